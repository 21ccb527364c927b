package scenario

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func encodingFunctions() map[string]builtin {
	return map[string]builtin{
		"jsonencode": {Function: jsonEncodeFunc}, "jsondecode": {Function: jsonDecodeFunc}, "csvdecode": {Function: stdlib.CSVDecodeFunc, fits: csvFits},
		"base64encode": {Function: textToText(func(s string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil })},
		"base64decode": {Function: textToText(base64Text)},
		"urlencode":    {Function: textToText(func(s string) (string, error) { return url.QueryEscape(s), nil })},
	}
}

// textToText is a function from a text to another.
func textToText(f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := f(args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			return cty.StringVal(s), nil
		},
	})
}

func base64Text(s string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", function.NewArgErrorf(0, "it is not base64")
	}
	if !utf8.Valid(raw) {
		return "", function.NewArgErrorf(0, "what it encodes is not text in UTF-8")
	}
	return string(raw), nil
}

// jsonEncodeFunc writes JSON as it is shown everywhere else: without escapes for <, > and &.
var jsonEncodeFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(cty.String), nil
		}
		text, err := jsonText(args[0])
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, "it is not something that JSON can say")
		}
		return cty.StringVal(text), nil
	},
})

// jsonDecodeFunc reads JSON within the bounds of every value.
var jsonDecodeFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "text", Type: cty.String}},
	Type:   function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, err := decodeJSON(args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		return v, nil
	},
})

func csvFits(args []cty.Value) error {
	text := textAt(args, 0)
	if strings.Count(text, ",")+strings.Count(text, "\n") > maxElements {
		return errTooMany
	}
	return nil
}

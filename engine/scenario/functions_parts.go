package scenario

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

func partFunctions(env functionEnv) map[string]builtin {
	return map[string]builtin{"text": {Function: textFunc}, "image": {Function: imageFunc(env)}, "synthetic": {Function: syntheticFunc}}
}

var textFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "text", Type: cty.String}},
	Type:   function.StaticReturnType(partType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return partValue(Part{Kind: PartText, Text: args[0].AsString()}), nil
	},
})

// maxImage bounds an image, in bytes.
const maxImage = 8 << 20

var imageTypes = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// imageFunc reads an image beside the scenario file. Its bytes say what it is, whatever its name says.
func imageFunc(env functionEnv) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "name", Type: cty.String}},
		Type:   function.StaticReturnType(partType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			raw, err := env.read(args[0].AsString(), maxImage)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			kind := http.DetectContentType(raw)
			if !slices.Contains(imageTypes, kind) {
				return cty.NilVal, function.NewArgErrorf(0, "the file is not a PNG, JPEG, GIF or WebP image")
			}
			return partValue(Part{Kind: PartImage, ImageURL: "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(raw)}), nil
		},
	})
}

// What a synthetic part may be, and the tokens of the text that one of several keys names where nothing else is said.
const (
	maxSyntheticTokens = 4 << 20
	defaultBlockTokens = 512
)

var syntheticFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "size", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(partType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(partType), nil
		}
		p, err := syntheticPart(args[0])
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		return partValue(p), nil
	},
})

func syntheticPart(v cty.Value) (Part, error) {
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		return Part{}, errors.New("it must be an object: { tokens = 512 }")
	}
	given := v.AsValueMap()
	p := Part{Kind: PartSynthetic}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		var err error
		switch name {
		case "tokens":
			if dist, ok := distFromValue(given[name]); ok {
				p.drawn = dist
			} else {
				p.Tokens, err = tokenCount(given[name])
			}
		case "block_tokens":
			p.BlockTokens, err = tokenCount(given[name])
		case "shared_by":
			p.SharedBy, err = sharedKeys(given[name])
		default:
			return p, fmt.Errorf("it has no attribute of that name.%s There is tokens, shared_by and block_tokens", didYouMean(name, []string{"tokens", "shared_by", "block_tokens"}))
		}
		if err != nil {
			return p, fmt.Errorf("%s %w", name, err)
		}
	}
	several := given["shared_by"] != cty.NilVal && isSequence(given["shared_by"].Type())
	switch {
	case p.Tokens == 0 && !p.drawn.IsSet():
		return p, errors.New("tokens is needed: { tokens = 512 }")
	case p.BlockTokens > 0 && !several:
		return p, errors.New("block_tokens goes with a list in shared_by")
	case several && p.BlockTokens == 0 && len(p.SharedBy) > 0:
		p.BlockTokens = defaultBlockTokens
	}
	return p, nil
}

func tokenCount(v cty.Value) (int, error) {
	if v.Type() == cty.Number && !v.IsNull() && v.AsBigFloat().IsInt() {
		if n, _ := v.AsBigFloat().Float64(); n >= 1 && n <= maxSyntheticTokens {
			return int(n), nil
		}
	}
	return 0, fmt.Errorf("must be a whole number from 1 to %d", maxSyntheticTokens)
}

// sharedKeys reads a key, or a list of keys; null is none.
func sharedKeys(v cty.Value) ([]string, error) {
	problem := errors.New("must be text or a number, or a list of them")
	if v.IsNull() {
		return nil, nil
	}
	if isSequence(v.Type()) {
		var keys []string
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			if e.IsNull() || !e.Type().IsPrimitiveType() {
				return nil, problem
			}
			key, err := convert.Convert(e, cty.String)
			if err != nil {
				return nil, problem
			}
			keys = append(keys, key.AsString())
		}
		return keys, nil
	}
	if !v.Type().IsPrimitiveType() {
		return nil, problem
	}
	key, err := convert.Convert(v, cty.String)
	if err != nil || strings.TrimSpace(key.AsString()) == "" {
		return nil, problem
	}
	return []string{key.AsString()}, nil
}

package scenario

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func textFunctions() map[string]builtin {
	return map[string]builtin{
		"upper": {Function: stdlib.UpperFunc}, "lower": {Function: stdlib.LowerFunc}, "title": {Function: stdlib.TitleFunc},
		"trim": {Function: stdlib.TrimFunc}, "trimspace": {Function: stdlib.TrimSpaceFunc}, "trimprefix": {Function: stdlib.TrimPrefixFunc},
		"trimsuffix": {Function: stdlib.TrimSuffixFunc}, "chomp": {Function: stdlib.ChompFunc}, "strrev": {Function: stdlib.ReverseFunc},
		"substr": {Function: stdlib.SubstrFunc}, "startswith": {Function: textTest("prefix", strings.HasPrefix)},
		"endswith": {Function: textTest("suffix", strings.HasSuffix)}, "strcontains": {Function: textTest("part", strings.Contains)},
		"join": {Function: stdlib.JoinFunc, fits: joinFits}, "split": {Function: stdlib.SplitFunc, fits: splitFits}, "indent": {Function: stdlib.IndentFunc, fits: indentFits},
		"replace": {Function: stdlib.ReplaceFunc, fits: replaceFits}, "format": {Function: stdlib.FormatFunc, fits: formatFits},
		"regex": {stdlib.RegexFunc, regexFits, matching(0, 1)}, "regexall": {stdlib.RegexAllFunc, regexAllFits, matching(0, 1)},
		"regexreplace": {stdlib.RegexReplaceFunc, regexReplaceFits, matching(1, 0)},
	}
}

// textTest asks something about a text and another.
func textTest(other string, holds func(text, other string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: other, Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(holds(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

var (
	errTooLong  = fmt.Errorf("the result would have more than %d MiB of text", maxBytes>>20)
	errTooMany  = fmt.Errorf("the result would have more than %d elements", maxElements)
	errTooWide  = fmt.Errorf("a width or a precision is at most %d", maxWidth)
	errTooHeavy = errors.New("the pattern is too large for a text of this length")
)

// fitsText refuses a text of n bytes that is too long.
func fitsText(n int) error {
	if n > maxBytes {
		return errTooLong
	}
	return nil
}

func joinFits(args []cty.Value) error {
	n := 0
	for _, list := range args[1:] {
		n += list.LengthInt() * len(textAt(args, 0))
	}
	return fitsText(n)
}

func splitFits(args []cty.Value) error {
	if strings.Count(textAt(args, 1), textAt(args, 0)) >= maxElements {
		return errTooMany
	}
	return nil
}

// maxWidth bounds how wide a value is written.
const maxWidth = 1000

func indentFits(args []cty.Value) error {
	width, _ := args[0].AsBigFloat().Float64()
	if width > maxWidth || width < 0 {
		return function.NewArgErrorf(0, "it must be a number from 0 to %d", maxWidth)
	}
	return fitsText(int(width) * strings.Count(textAt(args, 1), "\n"))
}

func replaceFits(args []cty.Value) error {
	if len(textAt(args, 1)) > 1 && strings.HasPrefix(textAt(args, 1), "/") && strings.HasSuffix(textAt(args, 1), "/") {
		return function.NewArgErrorf(1, "regexreplace is for patterns")
	}
	return fitsText(strings.Count(textAt(args, 0), textAt(args, 1)) * len(textAt(args, 2)))
}

var formatVerb = regexp.MustCompile(`%[-+# 0]*([0-9]*)(?:\.([0-9]*))?(?:\[[0-9]*\])?([a-zA-Z%]?)`)

func formatFits(args []cty.Value) error {
	verbs := formatVerb.FindAllStringSubmatch(textAt(args, 0), maxElements)
	for _, verb := range verbs {
		for _, width := range verb[1:3] {
			if len(width) > 4 || len(width) == 4 && width > fmt.Sprint(maxWidth) {
				return function.NewArgError(0, errTooWide)
			}
		}
	}
	largest := 0
	for _, v := range args[1:] {
		var s valueSize
		if err := s.add(v, 0); err != nil {
			return err
		}
		largest = max(largest, s.bytes+s.elements*8+maxNumber)
	}
	return fitsText(len(textAt(args, 0)) + len(verbs)*largest)
}

// What a pattern may be, and how many steps its machine may make over a text.
const (
	maxPattern    = 4096
	maxMatching   = 1 << 26
	maxManyInText = 256 << 10
)

func regexFits(args []cty.Value) error { return patternFits(args, 0, textAt(args, 1)) }

func patternFits(args []cty.Value, i int, text string) error {
	pattern := textAt(args, i)
	if len(pattern) > maxPattern {
		return function.NewArgErrorf(i, "a pattern has at most %d characters", maxPattern)
	}
	switch n := instructions(pattern); {
	case n == 0:
		return function.NewArgErrorf(i, "it is not a regular expression of RE2's syntax")
	case n*len(text) > maxMatching:
		return function.NewArgError(i, errTooHeavy)
	}
	return nil
}

// instructions is the length of the program that matches a pattern; 0 where it is none.
func instructions(pattern string) int {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0
	}
	return len(program.Inst)
}

// matching is the work of matching a pattern over a text, each given by its argument.
func matching(pattern, text int) func([]cty.Value) int {
	const stepsAtOnce = 64 // of a matcher, in one step of work
	return func(args []cty.Value) int {
		n := instructions(textAt(args, pattern))
		return n + n*len(textAt(args, text))/stepsAtOnce
	}
}

func regexAllFits(args []cty.Value) error {
	if len(textAt(args, 1)) > maxManyInText {
		return function.NewArgErrorf(1, "a text to find all matches in has at most %d KiB", maxManyInText>>10)
	}
	return patternFits(args, 0, textAt(args, 1))
}

func regexReplaceFits(args []cty.Value) error {
	text, replacement := textAt(args, 0), textAt(args, 2)
	if len(text) > maxManyInText {
		return function.NewArgErrorf(0, "a text to replace in has at most %d KiB", maxManyInText>>10)
	}
	if err := patternFits(args, 1, text); err != nil {
		return err
	}
	matches := len(regexp.MustCompile(textAt(args, 1)).FindAllStringIndex(text, -1))
	return fitsText(matches*len(replacement) + strings.Count(replacement, "$")*len(text))
}

// lengthFunc counts the characters of a text, or the elements of anything that has some.
var lengthFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowUnknown: true, AllowMarked: true}},
	Type: func(args []cty.Value) (cty.Type, error) {
		ty := args[0].Type()
		if ty == cty.String || ty == cty.DynamicPseudoType || ty.IsTupleType() || ty.IsObjectType() || ty.IsCollectionType() {
			return cty.Number, nil
		}
		return cty.Number, function.NewArgErrorf(0, "it must be text, a list, a set, a map or an object")
	},
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		var n cty.Value
		switch {
		case v.Type() != cty.String && v.Type() != cty.DynamicPseudoType && !v.Type().IsObjectType():
			n = v.Length()
		case !v.IsKnown():
			n = cty.UnknownVal(cty.Number)
		case v.Type().IsObjectType():
			n = cty.NumberIntVal(int64(v.LengthInt()))
		case ascii7(v.AsString()):
			n = cty.NumberIntVal(int64(len(v.AsString())))
		default:
			var err error
			if n, err = stdlib.Strlen(v); err != nil {
				return cty.NilVal, err
			}
		}
		return n.WithMarks(marks), nil
	},
})

// ascii7 reports whether every byte is a character of its own.
func ascii7(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf || r == '\r' }) < 0
}

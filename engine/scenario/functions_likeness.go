package scenario

import (
	"math"
	"math/big"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"golang.org/x/text/unicode/norm"
)

// likenessFunctions tell what a reply says without a model: by its words, by how far it is from another text, by its numbers.
func likenessFunctions() map[string]builtin {
	return map[string]builtin{
		"mentions_all":  {mentionsFunc(func(found, all int) bool { return found == all }), mentionsFit, searching},
		"mentions_any":  {mentionsFunc(func(found, _ int) bool { return found > 0 }), mentionsFit, searching},
		"mentions_none": {mentionsFunc(func(found, _ int) bool { return found == 0 }), mentionsFit, searching},
		"distance":      {distanceFunc, comparisonFits, editing}, "similarity": {similarityFunc, comparisonFits, editing},
		"near": {Function: nearFunc}, "numbers": {Function: numbersFunc, fits: numbersFit},
	}
}

// maxMentions bounds the bytes that are compared in looking for words: those of all words, times those of the text.
const maxMentions = 1 << 28

func mentionsFit(args []cty.Value) error {
	words := args[1]
	if words.LengthInt() == 0 {
		return function.NewArgErrorf(1, "it must name at least one word")
	}
	for it := words.ElementIterator(); it.Next(); {
		if _, w := it.Element(); !w.IsNull() && strings.TrimSpace(w.AsString()) == "" {
			return function.NewArgErrorf(1, "a word must not be empty")
		}
	}
	if comparisons(args) > maxMentions {
		return function.NewArgErrorf(1, "these are too many words for a text of this length")
	}
	return nil
}

// comparisons are the most bytes that are compared: a text may begin like a word anywhere.
func comparisons(args []cty.Value) int {
	n := 0
	for it := args[1].ElementIterator(); it.Next(); {
		if _, w := it.Element(); !w.IsNull() {
			n += len(w.AsString())
		}
	}
	return n * len(textAt(args, 0))
}

// searching is the work of looking for words in a text.
func searching(args []cty.Value) int {
	const bytesAtOnce = 1024
	return args[1].LengthInt() + comparisons(args)/bytesAtOnce
}

// Mentions reports whether a text has a word, whole and in whatever case, as mentions_all has it.
func Mentions(text, word string) bool {
	word = plainWords(word)
	return word != "" && mentions(plainWords(text), word)
}

// Similarity is how alike two texts are, from 0 to 1, as the function of that name has it; false where they are too long to
// compare.
func Similarity(a, b string) (float64, bool) {
	args := []cty.Value{cty.StringVal(a), cty.StringVal(b)}
	if comparisonFits(args) != nil {
		return 0, false
	}
	v, err := similarityFunc.Call(args)
	if err != nil {
		return 0, false
	}
	x, _ := v.AsBigFloat().Float64()
	return x, true
}

// Numbers are the numbers that a text writes, as the function of that name has them; false where the text is too long.
func Numbers(text string) ([]float64, bool) {
	args := []cty.Value{cty.StringVal(text)}
	if numbersFit(args) != nil {
		return nil, false
	}
	v, err := numbersFunc.Call(args)
	if err != nil {
		return nil, false
	}
	var out []float64
	for it := v.ElementIterator(); it.Next(); {
		_, n := it.Element()
		x, _ := n.AsBigFloat().Float64()
		out = append(out, x)
	}
	return out, true
}

// mentionsFunc asks of how many words a text has, whether that is as it should be.
func mentionsFunc(holds func(found, all int) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: "words", Type: cty.List(cty.String)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if !args[1].IsWhollyKnown() {
				return cty.UnknownVal(cty.Bool), nil
			}
			text, found := plainWords(args[0].AsString()), 0
			for it := args[1].ElementIterator(); it.Next(); {
				_, w := it.Element()
				if w.IsNull() {
					return cty.NilVal, function.NewArgErrorf(1, "a word must not be null")
				}
				if mentions(text, plainWords(w.AsString())) {
					found++
				}
			}
			return cty.BoolVal(holds(found, args[1].LengthInt())), nil
		},
	})
}

// plainWords is a text in small letters, with one space for each run of white space and each accented letter in one form.
func plainWords(s string) string {
	return strings.ToLower(norm.NFC.String(strings.Join(strings.Fields(s), " ")))
}

// mentions reports whether a text has a word, or several as they stand, that no letter or digit goes on with.
func mentions(text, word string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(word)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		first, width := utf8.DecodeRuneInString(word)
		last, _ := utf8.DecodeLastRuneInString(word)
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !joins(before, first) && !joins(last, after) {
			return true
		}
		at = start + width
	}
}

// joins reports whether two characters that stand side by side are of one word.
func joins(a, b rune) bool { return ofWord(a) && ofWord(b) }

// ofWord reports whether a character makes words that spaces stand between: the scripts of East and Southeast Asia have none.
func ofWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) &&
		!unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// maxEdits bounds the steps of comparing two texts, which is the product of their lengths in characters.
const maxEdits = 1 << 25

func comparisonFits(args []cty.Value) error {
	if utf8.RuneCountInString(textAt(args, 0))*utf8.RuneCountInString(textAt(args, 1)) > maxEdits {
		return function.NewArgErrorf(1, "the texts are too long to compare character by character; their lengths multiplied are at most %d", maxEdits)
	}
	return nil
}

// editing is the work of comparing two texts.
func editing(args []cty.Value) int {
	const stepsAtOnce = 16
	return utf8.RuneCountInString(textAt(args, 0)) * utf8.RuneCountInString(textAt(args, 1)) / stepsAtOnce
}

var distanceFunc = comparison(func(edits, _ int) cty.Value { return cty.NumberIntVal(int64(edits)) })

var similarityFunc = comparison(func(edits, longer int) cty.Value {
	if longer == 0 {
		return cty.NumberIntVal(1)
	}
	return cty.NumberFloatVal(1 - float64(edits)/float64(longer))
})

// comparison tells of two texts by the characters that must be put in, taken out or replaced to make one of the other, and by
// the characters of the longer.
func comparison(tell func(edits, longer int) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: "other", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			a, b := norm.NFC.String(args[0].AsString()), norm.NFC.String(args[1].AsString())
			return tell(levenshtein.Distance(a, b, nil), max(utf8.RuneCountInString(a), utf8.RuneCountInString(b))), nil
		},
	})
}

var nearFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "number", Type: cty.Number}, {Name: "want", Type: cty.Number}, {Name: "tolerance", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		number, want, tolerance := args[0].AsBigFloat(), args[1].AsBigFloat(), args[2].AsBigFloat()
		switch {
		case tolerance.Sign() < 0:
			return cty.NilVal, function.NewArgErrorf(2, "it must not be negative")
		case number.IsInf() || want.IsInf():
			return cty.BoolVal(number.Cmp(want) == 0), nil
		}
		off := new(big.Float).Sub(number, want)
		return cty.BoolVal(off.Abs(off).Cmp(tolerance) <= 0), nil
	},
})

// figures matches what may be a number, or several with commas between them.
var figures = regexp.MustCompile(`[-+−]?[0-9][0-9,]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?`)

// thousands matches a number whose commas stand between thousands, or that has none.
var thousands = regexp.MustCompile(`^[-+−]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:[.eE]|$)`)

func numbersFit(args []cty.Value) error {
	if len(textAt(args, 0)) > maxManyInText {
		return function.NewArgErrorf(0, "a text to find all numbers in has at most %d KiB", maxManyInText>>10)
	}
	return nil
}

var numbersFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "text", Type: cty.String}},
	Type:   function.StaticReturnType(cty.List(cty.Number)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		text := args[0].AsString()
		var out []cty.Value
		for _, at := range figures.FindAllStringIndex(text, -1) {
			out = append(out, numbersAt(text, at[0], at[1])...)
		}
		if len(out) == 0 {
			return cty.ListValEmpty(cty.Number), nil
		}
		return cty.ListVal(out), nil
	},
})

// numbersAt are the numbers that stand there: one, or several where the commas are none between thousands. What goes on with a
// word before it is none. A sign right after a word or a number, as in 2-3, belongs to neither.
func numbersAt(text string, start, end int) []cty.Value {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	found := strings.TrimRight(text[start:end], ",")
	parts := []string{found}
	if !thousands.MatchString(found) {
		parts = strings.Split(found, ",")
	}
	if joins(before, '0') {
		unsigned := strings.TrimLeft(parts[0], "-+−")
		if unsigned == parts[0] {
			parts = parts[1:]
		} else {
			parts[0] = unsigned
		}
	}
	var out []cty.Value
	for _, part := range parts {
		if len(part) > maxNumber {
			continue
		}
		v, err := cty.ParseNumberVal(strings.NewReplacer(",", "", "−", "-", "+", "").Replace(part))
		if err != nil {
			continue
		}
		if x, _ := v.AsBigFloat().Float64(); !math.IsInf(x, 0) {
			out = append(out, v)
		}
	}
	return out
}

package acceptance

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/agext/levenshtein"
)

// nearest is the word that was probably meant; empty where none is near.
func nearest(word string, words []string) string {
	best, least := "", max(1, len(word)/3)+1
	for _, w := range words {
		if d := levenshtein.Distance(word, w, nil); d < least {
			best, least = w, d
		}
	}
	return best
}

var particulars = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?`)

var parameters = regexp.MustCompile(`\{[a-z]+\}`)

// mostSentence bounds what is compared of a sentence, in bytes.
const mostSentence = 400

// shape is a sentence without what is particular in it, as words.
func shape(sentence string) []string {
	if len(sentence) > mostSentence {
		sentence = sentence[:mostSentence]
	}
	long := strings.ReplaceAll(strings.ToLower(sentence), "n't", " not")
	return strings.Fields(particulars.ReplaceAllString(long, "_"))
}

// suggest says which step was probably meant.
func (t *table) suggest(kind Kind, sentence string) string {
	given := shape(sentence)
	best, least := (*row)(nil), 1e9
	negated := false
	for i := range t.rows {
		r := &t.rows[i]
		for _, candidate := range []string{r.Example, parameters.ReplaceAllString(r.Not, "_")} {
			if candidate == "" {
				continue
			}
			d := unlike(given, shape(candidate))
			if kind != "" && r.Kind != kind {
				d += 0.05
			}
			if d < least {
				best, least, negated = r, d, candidate != r.Example
			}
		}
	}
	switch {
	case best == nil || least > 0.75:
		return "aimbench test --steps lists those there are"
	case kind != "" && best.Kind != kind:
		return fmt.Sprintf("did you mean this one, which stands at %s? %s", best.Kind, best.Example)
	case negated:
		return "did you mean: " + best.Not
	}
	return "did you mean: " + best.Example
}

// unlike says how far two sentences are apart: the share of their words to change, with words that are nearly alike
// counting for less.
func unlike(a, b []string) float64 {
	last, row := make([]float64, len(b)+1), make([]float64, len(b)+1)
	for j := range row {
		row[j] = float64(j)
	}
	for i := 1; i <= len(a); i++ {
		last, row = row, last
		row[0] = float64(i)
		for j := 1; j <= len(b); j++ {
			change := 0.0
			if x, y := a[i-1], b[j-1]; x != y {
				change = min(1, 1.5*float64(levenshtein.Distance(x, y, nil))/float64(max(len(x), len(y))))
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
		}
	}
	return row[len(b)] / float64(max(len(a), len(b), 1))
}

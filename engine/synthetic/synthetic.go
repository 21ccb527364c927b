// Package synthetic makes prompts of a number of tokens: texts drawn from words whose tokens an endpoint was asked to
// count. No tokenizer is needed for it.
package synthetic

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"strings"

	"aimbench/engine/scenario"
)

// Texts makes texts out of measured words. It is immutable, and safe for use by several goroutines at once.
type Texts struct {
	// words are the shortest, in tokens, first; each with the space before it.
	words []word
	// scale is how many tokens of words make one token of text: other than 1 only where words that stand side by side are
	// counted as fewer tokens than apart.
	scale float64
	// width is the bytes of a token, on average.
	width float64
	seed  uint64
	how   How
}

// word is a word with the space before it, and its tokens.
type word struct {
	text   string
	tokens int
}

// use takes the words, the shortest in tokens first.
func (t *Texts) use(words []word) {
	var width, tokens int
	for _, w := range words {
		width, tokens = width+len(w.text), tokens+w.tokens
	}
	t.words, t.width = words, float64(width)/float64(tokens)
}

// How says who counted the tokens.
type How int

// The ways to count tokens.
const (
	// ByTokenize: the endpoint's /tokenize did.
	ByTokenize How = iota
	// ByProbes: the endpoint's usage did, of requests made for that.
	ByProbes
	// Assumed: nobody did; one token a word is assumed, as most vocabularies have it.
	Assumed
)

// String makes it a word of a log.
func (h How) String() string { return [...]string{"tokenize", "probes", "assumption"}[h] }

// How says who counted the tokens of the words.
func (t *Texts) How() How { return t.how }

// Text makes the text of a synthetic part, with neither a space before nor after it. One key names the whole text: two
// parts of one key begin alike. Of several each names a block; what they do not fill is drawn for the request, as is the
// text of a part without keys. The same draw, seed and words make the same text.
func (t *Texts) Text(p *scenario.Part, draw uint64) string {
	var b strings.Builder
	b.Grow(int(float64(p.Tokens)*t.width*1.1) + 16)
	left := p.Tokens
	switch {
	case p.BlockTokens > 0:
		for _, key := range p.SharedBy {
			n := min(left, p.BlockTokens)
			t.write(&b, t.seed, hash(key), n)
			left -= n
		}
	case len(p.SharedBy) > 0:
		t.write(&b, t.seed, hash(p.SharedBy[0]), left)
		left = 0
	}
	t.write(&b, t.seed^unique, draw, left)
	return b.String()
}

// unique keeps the texts of requests apart from those of keys.
const unique = 0x9e3779b97f4a7c15

// write adds words of so many tokens, drawn from a seed and a draw. A longer text of the same draw begins alike, but for
// the last words of the shorter where words differ in tokens.
func (t *Texts) write(b *strings.Builder, seed, draw uint64, tokens int) {
	var source rand.PCG
	source.Seed(seed, draw)
	left := int(math.Round(float64(tokens) * t.scale))
	fitting := len(t.words)
	for {
		for fitting > 0 && t.words[fitting-1].tokens > left {
			fitting--
		}
		if fitting == 0 {
			return
		}
		i, _ := bits.Mul64(source.Uint64(), uint64(fitting))
		w := &t.words[i]
		left -= w.tokens
		if b.Len() == 0 {
			b.WriteString(w.text[1:])
		} else {
			b.WriteString(w.text)
		}
	}
}

// hash is FNV-1a.
func hash(key string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(key) {
		h = (h ^ uint64(key[i])) * 1099511628211
	}
	return h
}

package synthetic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// tokenizer is an endpoint that counts by a function of its own.
type tokenizer struct {
	count func(text string) int
	// route: there is /tokenize; usage: replies tell it.
	route, usage bool
	asked        int
	// failures are the errors of the first counts.
	failures []event.Class
}

func (e *tokenizer) fail() error {
	e.asked++
	if len(e.failures) == 0 {
		return nil
	}
	class := e.failures[0]
	e.failures = e.failures[1:]
	if class == event.OK {
		return nil
	}
	return &chat.Error{Class: class, Message: "broken on purpose"}
}

func (e *tokenizer) Tokenize(_ context.Context, text string) (int, error) {
	if !e.route {
		return 0, &chat.Error{Class: event.HTTP4xx, Status: 404}
	}
	return 1 + e.count(text), e.fail()
}

func (e *tokenizer) Do(ctx context.Context, request *chat.Request, reply *chat.Reply) error {
	reply.Reset()
	if ctx.Err() != nil {
		reply.Class = event.Censored
		return &chat.Error{Class: event.Censored}
	}
	if err := e.fail(); err != nil {
		return err
	}
	reply.Class = event.Empty
	if e.usage {
		reply.Usage = event.Usage{Input: 20 + e.count(request.Messages[0].Content), Source: event.FromServer}
	}
	return &chat.Error{Class: event.Empty}
}

// Vocabularies of several kinds.
var (
	byWord = func(text string) int { return len(strings.Fields(text)) }
	byByte = func(text string) int { return len(text) }
	// long words are cut.
	byPiece = func(text string) int {
		n := 0
		for _, w := range strings.Fields(text) {
			n += (len(w) + 4) / 5
		}
		return n
	}
	// some pairs of words are one token.
	byPhrase = func(text string) int {
		n, words := 0, strings.Fields(text)
		for i := 0; i < len(words); i++ {
			n++
			if i+1 < len(words) && len(words[i]) == 6 && words[i+1][0] == words[i][0]+1 {
				i++
			}
		}
		return n
	}
	// every word above five letters is two tokens.
	byHalf = func(text string) int {
		n := 0
		for _, w := range strings.Fields(text) {
			n += 1 + min(1, len(w)/6)
		}
		return n
	}
)

func measure(t *testing.T, e *tokenizer) *Texts {
	t.Helper()
	texts, err := Measure(t.Context(), e, 1)
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// near holds a count to within 2 % or 2 tokens.
func near(t *testing.T, got, want int) {
	t.Helper()
	if off := math.Abs(float64(got - want)); off > 2 && off > 0.02*float64(want) {
		t.Errorf("%d tokens, want %d", got, want)
	}
}

var lengths = []int{1, 2, 3, 7, 16, 100, 512, 3000, 20_000}

// A text has its tokens, whatever the vocabulary and whoever counts, and for a few questions.
func TestLengths(t *testing.T) {
	for _, c := range []struct {
		name      string
		count     func(string) int
		byRoute   int // most counts, where there is a route
		byProbes  int
		fewestBut int // words, at the least
	}{
		{"a token a word", byWord, 3, 4, len(candidates)},
		{"a token a byte", byByte, mostCounts, mostProbes + 4, fewest},
		{"pieces of words", byPiece, mostCounts, mostProbes + 4, 50},
		{"some words cut", byHalf, mostCounts, mostProbes + 4, 50},
		{"phrases", byPhrase, mostCounts, mostProbes + 4, fewest},
	} {
		for _, route := range []bool{true, false} {
			t.Run(fmt.Sprint(c.name, ", route ", route), func(t *testing.T) {
				e := &tokenizer{count: c.count, route: route, usage: true}
				texts := measure(t, e)
				how, most := ByTokenize, c.byRoute
				if !route {
					how, most = ByProbes, c.byProbes
				}
				t.Logf("%d counts, %d words, scale %.3f", e.asked, len(texts.words), texts.scale)
				if texts.How() != how || e.asked > most || len(texts.words) < c.fewestBut && route {
					t.Errorf("by %v after %d counts, %d words", texts.How(), e.asked, len(texts.words))
				}
				for _, n := range lengths {
					near(t, c.count(texts.Text(&scenario.Part{Tokens: n}, uint64(n))), n)
					near(t, c.count(texts.Text(&scenario.Part{Tokens: n, SharedBy: []string{"k"}}, 1)), n)
					near(t, c.count(texts.Text(&scenario.Part{Tokens: n, SharedBy: []string{"a", "b", "a"}, BlockTokens: 200}, 1)), n)
				}
			})
		}
	}
}

func part(tokens, block int, keys ...string) *scenario.Part {
	return &scenario.Part{Tokens: tokens, BlockTokens: block, SharedBy: keys}
}

// What is drawn: the same for the same draw, seed and key; else not.
func TestSharing(t *testing.T) {
	texts := measure(t, &tokenizer{count: byWord, route: true})
	other, err := Measure(t.Context(), &tokenizer{count: byWord, usage: true}, 2)
	if err != nil {
		t.Fatal(err)
	}
	begin := func(words int, s string) string { return strings.Join(strings.Fields(s)[:words], " ") }
	if a, b := texts.Text(part(50, 0), 1), texts.Text(part(50, 0), 1); a != b {
		t.Error("the same draw makes another text")
	}
	if a, b := texts.Text(part(50, 0), 1), texts.Text(part(50, 0), 2); begin(3, a) == begin(3, b) {
		t.Error("another draw begins alike")
	}
	if a, b := texts.Text(part(50, 0, "k"), 1), texts.Text(part(80, 0, "k"), 2); a != begin(50, b) {
		t.Errorf("one key begins with\n%s\n%s", a, b)
	}
	if a, b := texts.Text(part(50, 0, "k"), 1), texts.Text(part(50, 0, "l"), 1); begin(3, a) == begin(3, b) {
		t.Error("another key begins alike")
	}
	if a, b := texts.Text(part(50, 0, "k"), 1), other.Text(part(50, 0, "k"), 1); begin(3, a) == begin(3, b) {
		t.Error("another seed begins alike")
	}
	// Blocks: 16 tokens of "a", 16 of "b", then what is the request's own.
	a, b := texts.Text(part(50, 16, "a", "b"), 1), texts.Text(part(50, 16, "a", "b"), 2)
	if begin(32, a) != begin(32, b) || begin(35, a) == begin(35, b) {
		t.Errorf("blocks:\n%s\n%s", a, b)
	}
	if c := texts.Text(part(20, 16, "b", "a"), 3); begin(16, c) != strings.Join(strings.Fields(a)[16:32], " ") || byWord(c) != 20 {
		t.Errorf("the block of one key is not the same everywhere:\n%s\n%s", a, c)
	}
	if strings.TrimSpace(a) != a {
		t.Errorf("spaces around %q", a)
	}
}

// Where nobody counts, a token a word is assumed and said to be.
func TestNobodyCounts(t *testing.T) {
	e := &tokenizer{count: byWord}
	texts := measure(t, e)
	if texts.How() != Assumed || byWord(texts.Text(part(300, 0), 1)) != 300 || e.asked != 1 {
		t.Errorf("%v after %d", texts.How(), e.asked)
	}
}

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name     string
		failures []event.Class
		route    bool
		count    func(string) int
		asked    int
		how      How
		message  string
	}{
		{"that pass", []event.Class{event.HTTP5xx, event.Dial, event.OK, event.HTTP429}, true, byWord, 6, ByTokenize, ""},
		{"of the route alone", []event.Class{event.HTTP4xx}, true, byWord, 4, ByProbes, ""},
		{"of probes", []event.Class{event.HTTP4xx}, false, byWord, 1, 0, "broken on purpose"},
		{"in the middle", []event.Class{event.OK, event.OK, event.HTTP4xx}, false, byWord, 3, 0, "broken on purpose"},
		{"that last", slices.Repeat([]event.Class{event.HTTP5xx}, 9), true, byWord, 6, 0, "broken on purpose"},
		{"of a count that says nothing", nil, true, func(string) int { return 7 }, mostCounts, 0, "prompts cannot be sized: after"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &tokenizer{count: c.count, route: c.route, usage: true, failures: c.failures}
				texts, err := Measure(t.Context(), e, 1)
				if c.message == "" && (err != nil || texts.How() != c.how) || c.message != "" && (err == nil || !strings.Contains(err.Error(), c.message)) {
					t.Errorf("got %v, want %q", err, c.message)
				}
				if e.asked > c.asked {
					t.Errorf("asked %d times, want %d", e.asked, c.asked)
				}
			})
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Measure(ctx, &tokenizer{count: byWord, usage: true}, 1)
	var failure *chat.Error
	if !errors.As(err, &failure) {
		t.Errorf("an interrupted measurement is %v", err)
	}
}

func BenchmarkText(b *testing.B) {
	texts, err := Measure(b.Context(), &tokenizer{count: byWord, route: true}, 1)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{128, 512, 8192} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			draw := uint64(0)
			for b.Loop() {
				draw++
				if len(texts.Text(&scenario.Part{Tokens: n}, draw)) < n {
					b.Fatal("short")
				}
			}
		})
	}
}

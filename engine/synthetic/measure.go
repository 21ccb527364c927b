package synthetic

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// Endpoint counts the tokens of texts, by a route for it or by its usage. *chat.Client is one.
type Endpoint interface {
	Tokenize(ctx context.Context, text string) (int, error)
	Do(ctx context.Context, request *chat.Request, reply *chat.Reply) error
}

const (
	// mostCounts and mostProbes bound what measuring may ask, where words are of several tokens; 3 are enough where each
	// is one. A probe costs the endpoint a prompt and a token.
	mostCounts = 1000
	mostProbes = 48
	// tries is how often one count is tried, and pause the wait before the second.
	tries = 3
	pause = 500 * time.Millisecond
	// tolerance is how far a text's tokens may be from what its words add up to, in shares.
	tolerance = 0.02
	// sampleTokens is the length of the text by which that is checked.
	sampleTokens = 400
	// fewest words make a text.
	fewest = 4
	// anchor stands before each text that is measured, so that a space before the first word counts as in the middle.
	anchor = "the"
)

// Measure finds words whose tokens add up at the endpoint: by /tokenize, else by probes' usage. Where it counts neither
// way, the words are taken to be a token each, and How says so. The error is a *chat.Error where the endpoint does not
// answer; or it says that tokens do not add up there.
func Measure(ctx context.Context, e Endpoint, seed int64) (*Texts, error) {
	m := &meter{endpoint: e}
	t := &Texts{scale: 1, seed: uint64(seed)}
	err := m.begin(ctx)
	if errors.Is(err, errNoCount) {
		t.how = Assumed
		t.use(each(candidates))
		return t, nil
	}
	if err != nil {
		return nil, err
	}
	t.how = m.how
	words, err := m.words(ctx)
	if err != nil {
		return nil, err
	}
	t.use(words)
	if err := m.check(ctx, t); err != nil {
		return nil, err
	}
	return t, nil
}

// each has a token a word.
func each(words []string) []word {
	out := make([]word, len(words))
	for i, w := range words {
		out[i] = word{" " + w, 1}
	}
	return out
}

// meter counts tokens, in one of two ways.
type meter struct {
	endpoint Endpoint
	how      How
	asked    int
	most     int
	// empty is the count of the anchor alone: template, marks and all.
	empty int
}

var errNoCount = errors.New("the endpoint counts no tokens")

// begin finds out which way there is.
func (m *meter) begin(ctx context.Context) error {
	var err error
	m.how, m.most = ByTokenize, mostCounts
	if m.empty, err = m.try(ctx, anchor); err == nil || ctx.Err() != nil {
		return err
	}
	m.how, m.most = ByProbes, mostProbes
	m.empty, err = m.try(ctx, anchor)
	return err
}

// of is how many tokens a text of whole words has, with the space before it.
func (m *meter) of(ctx context.Context, text string) (int, error) {
	n, err := m.try(ctx, anchor+text)
	return n - m.empty, err
}

// try counts a text, again where the endpoint fails in a way that passes.
func (m *meter) try(ctx context.Context, text string) (int, error) {
	for tried := 1; ; tried++ {
		m.asked++
		n, err := m.count(ctx, text)
		var failure *chat.Error
		if err == nil || tried == tries || !errors.As(err, &failure) || !passing(failure.Class) {
			return n, err
		}
		wait := time.NewTimer(pause << (tried - 1))
		select {
		case <-ctx.Done():
			wait.Stop()
			return 0, err
		case <-wait.C:
		}
	}
}

func passing(c event.Class) bool {
	return c == event.HTTP429 || c == event.HTTP5xx || c == event.Dial || c == event.StreamTruncated || c.TimedOut()
}

func (m *meter) count(ctx context.Context, text string) (int, error) {
	if m.how == ByTokenize {
		return m.endpoint.Tokenize(ctx, text)
	}
	request := &chat.Request{
		Messages:  []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleUser, Content: text}},
		MaxTokens: 1,
	}
	var reply chat.Reply
	err := m.endpoint.Do(ctx, request, &reply)
	switch {
	case reply.Usage.Source == event.FromServer && reply.Usage.Input > 0:
		return reply.Usage.Input, nil // whatever became of the one token
	case err == nil, reply.Class == event.Empty:
		return 0, errNoCount
	}
	return 0, err
}

// words measures the candidates, all at once: where that many words have as many tokens, each has one. Else it goes on
// with the letters and with halves, the larger first; and near the end of what it may ask with the smallest, so that it
// comes to single words where none has one token.
func (m *meter) words(ctx context.Context) ([]word, error) {
	var found []word
	groups := [][]string{candidates}
	for len(groups) > 0 && m.asked < m.most {
		next := 0
		if m.asked > m.most*2/3 {
			next = len(groups) - 1
		}
		group := groups[next]
		groups = slices.Delete(groups, next, next+1)
		n, err := m.of(ctx, " "+strings.Join(group, " "))
		if err != nil {
			return nil, err
		}
		half := len(group) / 2
		switch {
		case n == len(group):
			found = append(found, each(group)...)
		case half > 0:
			if len(group) == len(candidates) {
				groups = append(groups, letters)
			}
			groups = append(groups, group[half:], group[:half])
		case n > 0:
			found = append(found, word{" " + group[0], n})
		}
	}
	if len(found) < fewest {
		return nil, fmt.Errorf("prompts cannot be sized: after %d counts, the endpoint's tokens add up for %d words", m.asked, len(found))
	}
	slices.SortStableFunc(found, func(a, b word) int { return cmp.Compare(a.tokens, b.tokens) })
	return found, nil
}

// check holds a text to what its words add up to, and finds the scale where they are counted as fewer tokens together.
func (m *meter) check(ctx context.Context, t *Texts) error {
	var off float64
	for draw := range uint64(2) {
		n, err := m.of(ctx, " "+t.Text(&scenario.Part{Tokens: sampleTokens}, draw))
		if err != nil {
			return err
		}
		if off = float64(n)/sampleTokens - 1; math.Abs(off) <= tolerance/2 {
			return nil
		}
		if n > 0 {
			t.scale *= sampleTokens / float64(n)
		}
	}
	if math.Abs(off) <= tolerance {
		return nil
	}
	return fmt.Errorf("prompts cannot be sized: the endpoint's tokens do not add up, a text of %d counted %.0f %% off", sampleTokens, 100*off)
}

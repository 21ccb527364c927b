package rubric

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/listen"
	"aimbench/engine/scenario"
	"aimbench/engine/simulate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// asked is a judge behind a real client and the embedded endpoint, which answers by rules over what it is given to judge.
func asked(t *testing.T, r scenario.Rubric, config simulate.Config) *Judge {
	t.Helper()
	config.Model = "judge"
	listener, dial := listen.Memory()
	server := listen.Serve(context.Background(), listener, simulate.New(config))
	client, err := chat.New(chat.Config{Name: "judge", BaseURL: server.URL(), Dial: dial, Model: "judge", Timeouts: chat.Timeouts{Total: 10 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		_ = server.Close()
	})
	r.Name, r.Endpoint = "polite", &scenario.Endpoint{Name: "judge"}
	if r.MaxTokens == 0 {
		r.MaxTokens = 200
	}
	return New(&r, client, event.NewClock(), func(s string) string { return strings.ReplaceAll(s, "hush-hush", "(sensitive)") })
}

func says(texts ...string) simulate.Config {
	c := simulate.Config{TTFT: func(uint64) time.Duration { return 100 * time.Millisecond }}
	for _, text := range texts {
		c.Replies = append(c.Replies, simulate.Reply{Text: text})
	}
	return c
}

// What the judge answers decides; whatever is not a vote is none.
func TestVerdicts(t *testing.T) {
	for name, c := range map[string]struct {
		config  simulate.Config
		outcome event.Outcome
		score   float64
		message string
	}{
		"met":             {says(`{"reason":"kind","score":9}`), event.Passed, 0.9, ""},
		"exactly met":     {says(`{"score":7,"reason":"just so"}`), event.Passed, 0.7, ""},
		"not met":         {says(` {"reason":"rude","score":6} `), event.Failed, 0.6, ""},
		"prose":           {says(`I give it a 10!`), event.Inconclusive, 0, "not the JSON that it was asked for: I give it a 10!"},
		"fenced":          {says("```json\n{\"reason\":\"kind\",\"score\":9}\n```"), event.Inconclusive, 0, "not the JSON"},
		"prose after it":  {says(`{"reason":"kind","score":9} Sure!`), event.Inconclusive, 0, "more than the JSON"},
		"two answers":     {says(`{"reason":"kind","score":9}{"reason":"rude","score":0}`), event.Inconclusive, 0, "more than the JSON"},
		"two scores":      {says(`{"reason":"kind","score":0,"score":9}`), event.Inconclusive, 0, "more than the JSON"},
		"another member":  {says(`{"reason":"kind","score":9,"sure":true}`), event.Inconclusive, 0, "not the JSON"},
		"no score":        {says(`{"reason":"kind"}`), event.Inconclusive, 0, "lacks its score"},
		"no reason":       {says(`{"score":9}`), event.Inconclusive, 0, "lacks its score or its reason"},
		"null":            {says(`null`), event.Inconclusive, 0, "lacks its score"},
		"empty object":    {says(`{}`), event.Inconclusive, 0, "lacks its score"},
		"a list":          {says(`[{"reason":"kind","score":9}]`), event.Inconclusive, 0, "not the JSON"},
		"beyond full":     {says(`{"reason":"kind","score":11}`), event.Inconclusive, 0, "is 11"},
		"below nothing":   {says(`{"reason":"kind","score":-1}`), event.Inconclusive, 0, "is -1"},
		"a fraction":      {says(`{"reason":"kind","score":9.5}`), event.Inconclusive, 0, "not the JSON"},
		"a word":          {says(`{"reason":"kind","score":"9"}`), event.Inconclusive, 0, "not the JSON"},
		"too long":        {says(`{"reason":"` + strings.Repeat("on and on ", 100) + `","score":9}`), event.Inconclusive, 0, "max_tokens"},
		"refused":         {simulate.Config{Replies: []simulate.Reply{{Refusal: "I judge nobody."}}}, event.Inconclusive, 0, "refused: I judge nobody."},
		"an error":        {simulate.Config{Faults: []simulate.Fault{{Kind: "http_503", Share: 1}}}, event.Inconclusive, 0, "503"},
		"no answer":       {simulate.Config{Faults: []simulate.Fault{{Kind: "stall_headers", Share: 1}}}, event.Inconclusive, 0, "within 10s"},
		"nothing":         {simulate.Config{Faults: []simulate.Fault{{Kind: "empty", Share: 1}}}, event.Inconclusive, 0, "content"},
		"a secret":        {says(`hush-hush`), event.Inconclusive, 0, "for: (sensitive)"},
		"nobody at home":  {simulate.Config{}, event.Failed, 0, ""}, // without rules, the embedded endpoint gives the first score there is
		"a bell, escaped": {says("\a"), event.Inconclusive, 0, "not the JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := asked(t, scenario.Rubric{Votes: 1, Threshold: 0.7, MaxInFlight: 1}, c.config).
					Judge(t.Context(), Case{Criteria: "It is polite.", User: "Hi", Reply: "Hello!"})
				if j.Outcome != c.outcome || !strings.Contains(j.Message, c.message) || (j.Score == nil) != (c.outcome == event.Inconclusive) {
					t.Fatalf("%+v", j)
				}
				if j.Score != nil && *j.Score != c.score {
					t.Errorf("score %v, want %v", *j.Score, c.score)
				}
				if c.outcome == event.Inconclusive && (j.Message == "" || j.Votes[0].Message == "" || j.Votes[0].Class == event.OK) {
					t.Errorf("it does not say why: %+v", j)
				}
			})
		})
	}
}

// voter is a judge that gives no score, and says what it is asked.
type voter struct {
	err   error
	took  time.Duration
	asked chan *chat.Request
}

// Do implements Endpoint.
func (v *voter) Do(ctx context.Context, r *chat.Request, reply *chat.Reply) error {
	if v.asked != nil {
		v.asked <- r
	}
	if v.took > 0 {
		select {
		case <-time.After(v.took):
		case <-ctx.Done():
			reply.Class = event.Censored
			return errors.New("the run ended before the reply did")
		}
	}
	return v.err
}

// Most of the votes decide; where there is no majority, nobody could tell. The score is the median of those that were read.
func TestVotesDecide(t *testing.T) {
	lost := -1.0
	for _, c := range []struct {
		votes   []float64
		outcome event.Outcome
		score   float64
		message string
	}{
		{[]float64{0.9, 0.2, 0.8}, event.Passed, 0.8, ""},
		{[]float64{0.1, 0.2, 0.8}, event.Failed, 0.2, ""},
		{[]float64{0.9, 0.8, lost}, event.Passed, 0.85, ""},
		{[]float64{0.9, 0.8, lost, lost}, event.Inconclusive, 0, "of 4 votes 2 are for, 0 against and 2 without a score: gone"},
		{[]float64{0.9, lost, lost}, event.Inconclusive, 0, "of 3 votes 1 are for, 0 against and 2 without a score: gone"},
		{[]float64{0.9, 0.1, lost}, event.Inconclusive, 0, "of 3 votes 1 are for, 1 against and 1 without a score: gone"},
		{[]float64{0.9, 0.1}, event.Inconclusive, 0, "its votes are split, 1 for and 1 against"},
		{[]float64{0.9, 0.8, 0.2, 0.7}, event.Passed, 0.75, ""},
		{[]float64{lost}, event.Inconclusive, 0, "gone"},
	} {
		j := event.Judgement{Threshold: 0.7, Outcome: event.Inconclusive}
		for _, score := range c.votes {
			v := event.Vote{Message: "gone"}
			if score != lost {
				v = event.Vote{Score: &score, Reason: fmt.Sprint(score)}
			}
			j.Votes = append(j.Votes, v)
		}
		decide(&j)
		if j.Outcome != c.outcome || j.Message != c.message {
			t.Errorf("%v: %s %q", c.votes, j.Outcome, j.Message)
		}
		if c.outcome == event.Inconclusive {
			continue
		}
		if diff := *j.Score - c.score; diff > 1e-9 || diff < -1e-9 || j.Reason == "" {
			t.Errorf("%v: score %v, reason %q", c.votes, *j.Score, j.Reason)
		}
		if met := *j.Score >= j.Threshold; met != (j.Outcome == event.Passed) {
			t.Errorf("%v: the score %v contradicts %s", c.votes, *j.Score, j.Outcome)
		}
	}
}

// Each vote has a seed of its own, the form that is asked for, and what the rubric says of the judge.
func TestWhatIsAsked(t *testing.T) {
	v := &voter{asked: make(chan *chat.Request, 3)}
	j := New(&scenario.Rubric{Votes: 3, Temperature: 0.7, MaxTokens: 99, MaxInFlight: 8, Endpoint: &scenario.Endpoint{}}, v, event.NewClock(), strings.ToLower)
	j.Judge(t.Context(), Case{Criteria: "It is POLITE.", User: "HI", Reply: "HELLO", Seed: 40})
	seeds := map[int64]bool{}
	for range 3 {
		r := <-v.asked
		seeds[*r.Seed] = true
		if *r.Temperature != 0.7 || r.MaxTokens != 99 || r.Stream || len(r.Messages) != 2 || r.Tools != nil {
			t.Errorf("%+v", r)
		}
		if !strings.Contains(r.Messages[0].Content, "it is polite.") || r.Messages[1].Content != `{"user":"hi","reply":"hello"}` {
			t.Errorf("not redacted: %+v", r.Messages)
		}
		if !json.Valid(r.ResponseFormat) {
			t.Errorf("%s", r.ResponseFormat)
		}
	}
	if d := cmp.Diff(map[int64]bool{40: true, 41: true, 42: true}, seeds); d != "" {
		t.Error(d)
	}
}

// What there is no judging of is not asked about.
func TestNothingToAsk(t *testing.T) {
	v := &voter{asked: make(chan *chat.Request)} // a request would block
	j := New(&scenario.Rubric{Votes: 1, MaxInFlight: 1, Endpoint: &scenario.Endpoint{}}, v, event.NewClock(), strings.Clone)
	for reply, want := range map[string]string{"": "no reply", strings.Repeat("x", mostJudged): "longer than the 256 KiB"} {
		got := j.Judge(t.Context(), Case{Criteria: "c", User: "u", Reply: reply})
		if got.Outcome != event.Inconclusive || !strings.Contains(got.Message, want) || len(got.Votes) != 0 {
			t.Errorf("%d bytes: %+v", len(reply), got)
		}
	}
}

// No more votes are asked for at once than the rubric allows, whoever asks; the end of the run leaves out the rest.
func TestVotesWaitTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &voter{took: time.Second, err: errors.New("no")}
		j := New(&scenario.Rubric{Votes: 4, MaxInFlight: 2, Endpoint: &scenario.Endpoint{}}, v, event.NewClock(), strings.Clone)
		got := j.Judge(t.Context(), Case{Reply: "x"})
		if took, _ := got.End.Since(got.Start); took.Round(time.Millisecond) != 2*time.Second {
			t.Errorf("4 votes of a second took %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		got = j.Judge(ctx, Case{Reply: "x"})
		asked, cut := 0, 0
		for i := range got.Votes {
			if got.Votes[i].Dispatched.Reached() {
				asked++
			}
			if got.Votes[i].Class == event.Censored {
				cut++
			}
		}
		if took, _ := got.End.Since(got.Start); took.Round(time.Millisecond) != 1500*time.Millisecond || asked != 4 || cut != 2 || got.Outcome != event.Inconclusive {
			t.Errorf("took %v, %d asked, %d cut: %+v", took, asked, cut, got)
		}
	})
}

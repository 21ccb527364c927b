package run

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// counted is a synthetic text that says its length, its key and how often it was asked for with another draw.
type counted map[uint64]int

func (c counted) Text(p *scenario.Part, draw uint64) string {
	if _, ok := c[draw]; !ok {
		c[draw] = len(c)
	}
	return fmt.Sprint(p.Tokens, p.SharedBy, "#", c[draw])
}

func TestSyntheticParts(t *testing.T) {
	s := read(t, `
locals {
  prompt = synthetic({ tokens = 7 })
}
conversation "c" {
  endpoint   = endpoint.aim
  turn "one" {
    user       = [synthetic({ tokens = 100, shared_by = "k" }), local.prompt, "Sum up: ", local.prompt]
    on_failure = continue
  }
  turn "two" {
    user = [text("a"), text("b")]
  }
}
`)
	if !s.Conversations[0].Synthetic() {
		t.Error("the conversation has synthetic parts")
	}
	var messages [2][]string
	for run := range messages {
		e := &script{steps: []step{{finish: "stop"}, {finish: "stop"}}}
		var out turns
		clock := event.NewClock()
		session := Session{Scenario: s, Conversation: s.Conversations[0], Endpoint: e, Clock: clock, Sink: &out, Texts: counted{}}
		session.Run(t.Context(), clock.Now())
		messages[run] = []string{e.sent[0][0].Content, out[0].User, e.sent[1][2].Content}
	}
	want := []string{
		"100 [k]#0 7 []#1 Sum up: 7 []#2",
		"[100 tokens][7 tokens]Sum up: [7 tokens]",
		"ab",
	}
	if d := cmp.Diff(want, messages[0]); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff(messages[0], messages[1]); d != "" {
		t.Errorf("another run says otherwise:\n%s", d)
	}
}

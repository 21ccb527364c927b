package run

import (
	"fmt"
	"strings"
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

// A recorded conversation is sent as it is, to the user's last message, and the conversation goes on after it.
func TestRecordedMessages(t *testing.T) {
	s := read(t, `
conversation "c" {
  endpoint = endpoint.aim
  system   = "Be brief."
  turn "one" {
    user = messages([
      { from = "human", value = "A" }, { from = "gpt", value = "B" }, { from = "human", value = "C" }, { from = "gpt", value = "D" },
    ])
  }
  turn "two" {
    user = messages([
      { role = "user", content = [{ type = "text", text = "E" }] },
      { role = "assistant", content = null, tool_calls = [{ id = "1", type = "function", function = { name = "f", arguments = "{}" } }] },
      { role = "tool", content = "7", tool_call_id = "1" },
    ])
  }
  turn "three" {
    user = messages([{ role = "user", content = [{ type = 5 }] }])
  }
}
`)
	e := &script{steps: []step{{finish: "stop"}, {finish: "stop"}}}
	got := walk(t.Context(), s, e)
	if want := "system user assistant user"; roles(e.sent[0]) != want || e.sent[0][3].Content != "C" {
		t.Errorf("sent %+v", e.sent[0])
	}
	last := e.sent[1]
	if want := "system user assistant user assistant user assistant tool"; roles(last) != want {
		t.Fatalf("sent %s", roles(last))
	}
	if last[5].MultiContent[0].Text != "E" || last[6].ToolCalls[0].Function.Name != "f" || last[7].ToolCallID != "1" {
		t.Errorf("sent %+v", last[5:])
	}
	if len(got) != 3 || got[0].User != "C" || got[1].User != "7" {
		t.Errorf("%d turns, %q", len(got), got[0].User)
	}
	if got[2].Class != event.Unsent || !strings.Contains(got[2].Message, "Message 1 of the recorded conversation is not in OpenAI's shape") {
		t.Errorf("%s: %s", got[2].Class, got[2].Message)
	}
}

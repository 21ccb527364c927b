package run

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// script answers each request with the next of its steps, and keeps the messages it was sent.
type script struct {
	steps []step
	sent  [][]openai.ChatCompletionMessage
}

type step struct {
	calls  []event.ToolCall
	finish string
	class  event.Class
	after  time.Duration
}

func (s *script) Do(ctx context.Context, request *chat.Request, reply *chat.Reply) error {
	next := s.steps[len(s.sent)]
	s.sent = append(s.sent, append([]openai.ChatCompletionMessage(nil), request.Messages...))
	reply.Reset()
	select {
	case <-ctx.Done():
		reply.Class = event.Censored
		return &chat.Error{Class: event.Censored}
	case <-time.After(next.after):
	}
	reply.FinishReason, reply.ToolCalls, reply.Class = next.finish, next.calls, next.class
	if next.class != event.OK {
		return &chat.Error{Class: next.class, Message: "broken on purpose"}
	}
	return nil
}

type turns []event.Turn

func (t *turns) Record(turn *event.Turn) { *t = append(*t, *turn) }

func read(t testing.TB, text string) *scenario.Scenario {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.hcl")
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "rows.txt"), []byte("one\ntwo\nthree\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("endpoint \"aim\" {\n  simulator {}\n}\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, diags := scenario.Read([]string{path}, scenario.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return s
}

func walk(ctx context.Context, s *scenario.Scenario, e Endpoint) turns {
	var out turns
	clock := event.NewClock()
	session := Session{Scenario: s, Conversation: s.Conversations[0], Endpoint: e, Clock: clock, Sink: &out}
	session.Run(ctx, clock.Now())
	return out
}

func roles(messages []openai.ChatCompletionMessage) string {
	var out []string
	for _, m := range messages {
		out = append(out, m.Role)
	}
	return strings.Join(out, " ")
}

const twoTurns = `
conversation "c" {
  endpoint = endpoint.aim
  system   = "Be brief."
  turn "one" {
    user = "first"
    %s
  }
  turn "two" {
    user       = "second"
    think_time = "2s"
  }
}
`

func TestHistoryIsCarried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &script{steps: []step{{finish: "stop", after: time.Second}, {finish: "stop"}}}
		got := walk(t.Context(), read(t, strings.Replace(twoTurns, "%s", "", 1)), e)
		if len(got) != 2 {
			t.Fatalf("%d turns, want 2", len(got))
		}
		want := []string{"system user", "system user assistant user"}
		if d := cmp.Diff(want, []string{roles(e.sent[0]), roles(e.sent[1])}); d != "" {
			t.Errorf("messages sent (-want +got):\n%s", d)
		}
		if think, _ := got[1].Intended.Since(got[0].End); think != 2*time.Second {
			t.Errorf("the second turn was intended %v after the first ended, want its think time of 2s", think)
		}
		if lag, _ := got[1].ScheduleLag(); lag != 0 {
			t.Errorf("schedule lag %v, want 0", lag)
		}
	})
}

func TestFailureEndsTheConversation(t *testing.T) {
	broken := []step{{class: event.HTTP5xx}, {finish: "stop"}}
	for _, c := range []struct {
		name, argument string
		turns          int
	}{
		{"by default", "", 1},
		{"unless the turn goes on", "on_failure = continue", 2},
		{"unless it was expected", "expect = failure", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &script{steps: broken}
				got := walk(t.Context(), read(t, strings.Replace(twoTurns, "%s", c.argument, 1)), e)
				if len(got) != c.turns {
					t.Fatalf("%d turns, want %d", len(got), c.turns)
				}
				if got[0].Class != event.HTTP5xx || !strings.Contains(got[0].Message, "broken on purpose") {
					t.Errorf("class %q, message %q", got[0].Class, got[0].Message)
				}
				if c.turns == 2 && roles(e.sent[1]) != "system user" {
					t.Errorf("the failed turn stayed in the history: %s", roles(e.sent[1]))
				}
			})
		})
	}
}

const withTool = `
tool "add" {
  description = "Adds two numbers."
  result      = call.arguments.a + call.arguments.b
}
conversation "c" {
  endpoint = endpoint.aim
  tools    = [tool.add]
  turn "one" {
    user            = "2 + 3?"
    max_tool_rounds = 2
  }
}
`

func TestAFailureIsSaidOnce(t *testing.T) {
	const checked = `
conversation "c" {
  endpoint = endpoint.aim
  turn "one" {
    user       = "first"
    %s
    on_failure = continue
    capture    = { code = response.status }
    assert {
      condition     = response.error_class == "http_5xx"
      error_message = "It is ${response.error_class}."
    }
  }
  turn "two" {
    user = "It was ${turn.one.capture.code == null ? "nothing" : "something"}."
  }
}
`
	for argument, want := range map[string]struct {
		assertions int
		said       string
	}{"": {0, "It was nothing."}, "expect = failure": {1, "It was something."}} {
		synctest.Test(t, func(t *testing.T) {
			e := &script{steps: []step{{class: event.HTTP5xx}, {finish: "stop"}}}
			got := walk(t.Context(), read(t, strings.Replace(checked, "%s", argument, 1)), e)
			if len(got) != 2 || len(got[0].Assertions) != want.assertions || got[1].User != want.said {
				t.Errorf("%q: %+v", argument, got)
			}
		})
	}
}

func TestToolResultsAreSentBack(t *testing.T) {
	call := step{finish: "tool_calls", calls: []event.ToolCall{{ID: "1", Name: "add", Arguments: `{"a":2,"b":3}`}}}
	synctest.Test(t, func(t *testing.T) {
		e := &script{steps: []step{call, {finish: "stop"}}}
		got := walk(t.Context(), read(t, withTool), e)
		if len(got) != 1 || len(got[0].Requests) != 2 || got[0].ToolCalls[0].Result != "5" {
			t.Fatalf("want one turn of two requests and the result 5, got %+v", got)
		}
		if last := e.sent[1][len(e.sent[1])-1]; last.Role != "tool" || last.Content != "5" || last.ToolCallID != "1" {
			t.Errorf("sent back %+v", last)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		got := walk(t.Context(), read(t, withTool), &script{steps: []step{call, call, call}})
		if len(got) != 1 || got[0].Class != event.ToolRounds || len(got[0].Requests) != 3 {
			t.Fatalf("want the turn to fail as tool_rounds after 3 requests, got %+v", got)
		}
	})
}

func TestTheEndOfTheContextCensors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		got := walk(ctx, read(t, strings.Replace(twoTurns, "%s", "", 1)), &script{steps: []step{{after: time.Minute}}})
		if len(got) != 1 || got[0].Class != event.Censored {
			t.Fatalf("want one censored turn, got %+v", got)
		}
	})
}

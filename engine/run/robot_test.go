package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// puppet is a robot that takes a time for each gesture, and moves a tenth of it later.
type puppet struct {
	takes  time.Duration
	status event.GestureStatus

	mu    sync.Mutex
	busy  bool
	order []string
	said  strings.Builder
}

func (p *puppet) Perform(ctx context.Context, g *scenario.Gesture) Performance {
	p.mu.Lock()
	if p.busy {
		panic("two gestures at once")
	}
	p.busy = true
	p.order = append(p.order, g.Name)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.busy = false
		p.mu.Unlock()
	}()
	if !wait(ctx, p.takes/10) {
		return Performance{End: time.Now(), Status: event.GestureCancelled, Detail: "cut"}
	}
	start := time.Now()
	if !wait(ctx, p.takes-p.takes/10) {
		return Performance{Start: start, End: time.Now(), Status: event.GestureCancelled, Detail: "cut"}
	}
	if p.status == "" {
		return Performance{Start: start, End: time.Now(), Status: event.GestureDone}
	}
	return Performance{Start: start, End: time.Now(), Status: p.status, Detail: "on purpose"}
}

func (p *puppet) State(context.Context) (scenario.RobotState, error) {
	if p.status == event.GestureFailed {
		return scenario.RobotState{}, errors.New("nobody there")
	}
	return scenario.RobotState{Pitch: 0.25, Motors: "enabled"}, nil
}

func (p *puppet) Replied(*event.Turn) {}

func (p *puppet) Speak(context.Context) Speech { return &voice{puppet: p} }

type voice struct {
	puppet *puppet
	start  time.Time
}

func (v *voice) Add(text string) {
	if v.start.IsZero() {
		v.start = time.Now().Add(50 * time.Millisecond)
	}
	v.puppet.said.WriteString(text)
}
func (v *voice) Close() {}
func (v *voice) Wait() Spoken {
	time.Sleep(2 * time.Second)
	return Spoken{Start: v.start, End: time.Now()}
}

// talker answers with pieces, a second after the request, and calls tools first where it has any to call.
type talker struct {
	pieces []string
	calls  []event.ToolCall
	class  event.Class
}

func (e *talker) Do(ctx context.Context, r *chat.Request, reply *chat.Reply) error {
	reply.Reset()
	if len(e.calls) > 0 && r.Messages[len(r.Messages)-1].Role == "user" {
		reply.ToolCalls = slices.Clone(e.calls)
		return nil
	}
	if !wait(ctx, time.Second) {
		return &chat.Error{Class: event.Censored, Message: "over"}
	}
	if e.class != "" {
		return &chat.Error{Class: e.class, Message: "broken on purpose"}
	}
	for _, piece := range e.pieces {
		if r.Live != nil {
			r.Live(chat.Delta{Kind: chat.Answer, Text: piece})
		}
		if !wait(ctx, 100*time.Millisecond) {
			return &chat.Error{Class: event.Censored, Message: "over"}
		}
	}
	return nil
}

const withRobot = `
robot "reachy" {
  simulator {}
}
conversation "c" {
  endpoint = endpoint.aim
  robot    = robot.reachy
  %s
  turn "one" {
    user = "first"
    %s
  }
  turn "two" {
    user       = "second"
    think_time = "%s"
  }
}
`

// play walks a conversation with a robot; with later, as a load does.
func play(ctx context.Context, t *testing.T, text string, e Endpoint, p *puppet, later bool) turns {
	t.Helper()
	s := read(t, text)
	var out kept
	var going sync.WaitGroup
	clock := event.NewClock()
	session := Session{Scenario: s, Conversation: s.Conversations[0], Endpoint: e, Clock: clock, Sink: &out}
	session.Lend = func() (Robot, func()) {
		if p == nil {
			return nil, nil
		}
		return p, func() {}
	}
	if later {
		session.Later = going.Go
	}
	session.Run(ctx, clock.Now())
	going.Wait()
	return out.turns
}

// kept keeps turns that several goroutines record.
type kept struct {
	mu sync.Mutex
	turns
}

func (k *kept) Record(t *event.Turn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.turns.Record(t)
}

func told(t *event.Turn) string {
	var out []string
	for _, g := range t.Gestures {
		out = append(out, fmt.Sprintf("%s on %s: %s", g.Perform, g.On, g.Status))
	}
	return strings.Join(out, ", ")
}

func TestEveryOccasion(t *testing.T) {
	const all = `
  perform "a" {
    on      = prompt
    gesture = gesture.ack
  }
  perform "b" {
    on      = waiting
    after   = "300ms"
    gesture = gesture.thinking
  }
  perform "c" {
    on      = waiting
    after   = "2s"
    gesture = gesture.curious
  }
  perform "d" {
    on      = first_token
    gesture = gesture.nod
  }
  perform "e" {
    on      = sentence
    gesture = gesture.happy
  }
  perform "f" {
    on      = reply
    when    = strcontains(response.text, "nothing of the kind")
    gesture = gesture.excited
  }
  perform "g" {
    on      = failure
    gesture = gesture.error
  }
  perform "h" {
    on      = idle
    after   = "1s"
    gesture = gesture.curious
  }
  perform "i" {
    on      = listening
    gesture = gesture.listening
  }`
	for _, c := range []struct {
		name     string
		endpoint *talker
		want     string
	}{
		{"a reply", &talker{pieces: []string{"Hello. I am", " well."}},
			"i on listening: done, a on prompt: done, b on waiting: done, c on waiting: skipped, d on first_token: done, e on sentence: done, e on sentence: done, f on reply: skipped"},
		{"a failure", &talker{class: event.HTTP5xx},
			"i on listening: done, a on prompt: done, b on waiting: done, c on waiting: skipped, g on failure: done"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				text := fmt.Sprintf(withRobot, all, "on_failure = continue", "5s")
				got := play(t.Context(), t, text, c.endpoint, &puppet{takes: 100 * time.Millisecond}, false)
				if len(got) != 2 || told(&got[0]) != c.want {
					t.Errorf("%d turns\ngot  %s\nwant %s", len(got), told(&got[0]), c.want)
				}
				if idle := told(&got[1]); !strings.HasPrefix(idle, "h on idle: done, i on listening") {
					t.Errorf("the second turn, after a wait: %s", idle)
				}
			})
		})
	}
}

const bow = `
    perform "bow" {
      on      = reply
      after   = "100ms"
      gesture = gesture.nod
    }
    assert {
      condition     = perform.bow.status == "done" && perform.bow.gesture_done > 8
      error_message = "${perform.bow.status}: ${perform.bow.detail}"
    }
    assert {
      condition     = robot.state.pitch == 0.25
      error_message = "It is elsewhere."
    }
    assert {
      condition     = response.error_class == ""
      error_message = "It failed."
    }`

// A slow robot holds up neither a load's next turn nor what is known of the first; nothing schedules a single run, in which
// the next turn begins when the robot is through.
func TestASlowRobotHoldsUpNothing(t *testing.T) {
	for later, want := range map[bool]struct{ first, second, wait time.Duration }{
		true:  {9 * time.Second, 2 * time.Second, 2 * time.Second},
		false: {9 * time.Second, 0, 2*time.Second + 9*time.Second + 100*time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			text := fmt.Sprintf(withRobot, "", bow, "2s")
			got := play(t.Context(), t, text, &talker{pieces: []string{"Hello."}}, &puppet{takes: 9 * time.Second}, later)
			slices.SortFunc(got, func(a, b event.Turn) int { return a.Index - b.Index })
			if len(got) != 2 || told(&got[0]) != "bow on reply: done" || len(got[0].Assertions) != 3 {
				t.Fatalf("%d turns, %+v", len(got), got)
			}
			for _, a := range got[0].Assertions {
				if a.Outcome != event.Passed {
					t.Errorf("%s: %s", a.Outcome, a.Detail)
				}
			}
			if d, _ := got[0].Gestures[0].DoneAfter(); d != want.first {
				t.Errorf("done %v after its trigger, want %v", d, want.first)
			}
			if d, _ := got[0].Gestures[0].StartAfter(); d != 900*time.Millisecond {
				t.Errorf("it moved %v after its trigger", d)
			}
			if d, _ := got[0].Reaction(); d.Round(time.Millisecond) != 1100*time.Millisecond+time.Second {
				t.Errorf("reaction %v", d)
			}
			if d, _ := got[1].Dispatched.Since(got[0].End); d != want.wait {
				t.Errorf("later %v: the second turn left %v after the first ended, want %v", later, d, want.wait)
			}
			if lag, _ := got[1].ScheduleLag(); lag != 0 {
				t.Errorf("schedule lag %v", lag)
			}
		})
	}
}

func TestWhatARobotDoesNotDo(t *testing.T) {
	for _, c := range []struct {
		name    string
		puppet  *puppet
		timeout time.Duration
		want    string
		asserts []event.Outcome
	}{
		{"refused", &puppet{takes: time.Second, status: event.GestureRefused}, time.Hour, "bow on reply: refused", []event.Outcome{event.Failed, event.Passed, event.Passed}},
		{"failed, and gone", &puppet{takes: time.Second, status: event.GestureFailed}, time.Hour, "bow on reply: failed", []event.Outcome{event.Failed, event.Errored, event.Passed}},
		{"cut by the end", &puppet{takes: time.Minute}, 10 * time.Second, "bow on reply: cancelled", []event.Outcome{event.Failed, event.Passed, event.Passed}},
		{"another has it", nil, time.Hour, "bow on reply: skipped", []event.Outcome{event.Passed}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.timeout)
				defer cancel()
				got := play(ctx, t, fmt.Sprintf(withRobot, "", bow, "0s"), &talker{pieces: []string{"Hello."}}, c.puppet, false)
				var outcomes []event.Outcome
				for _, a := range got[0].Assertions {
					outcomes = append(outcomes, a.Outcome)
				}
				if told(&got[0]) != c.want || !slices.Equal(outcomes, c.asserts) {
					t.Errorf("%s, %v", told(&got[0]), outcomes)
				}
				if got[0].Gestures[0].Detail == "" {
					t.Error("nothing says why")
				}
			})
		})
	}
}

// What the robot is to say reaches it as it comes, and the first sound is counted from the first token.
func TestSpeech(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &puppet{}
		got := play(t.Context(), t, fmt.Sprintf(withRobot, "speak = true", "", "0s"), &talker{pieces: []string{"I am ", "here."}}, p, true)
		if p.said.String() != "I am here.I am here." || got[0].Speech == nil || got[0].Speech.Start >= got[0].End {
			t.Errorf("said %q, %+v", p.said.String(), got[0].Speech)
		}
	})
}

// A function with a gesture is answered at once; what is not among the conversation's tools moves nothing.
func TestToolsMoveTheRobot(t *testing.T) {
	const tools = `
tool "bow" {
  gesture   = gesture.nod
  max_calls = 1
}
tool "unlisted" {
  gesture = gesture.no
}`
	calls := []event.ToolCall{{ID: "1", Name: "bow"}, {ID: "2", Name: "unlisted"}, {ID: "3", Name: "bow"}}
	synctest.Test(t, func(t *testing.T) {
		p := &puppet{takes: 20 * time.Second}
		text := tools + strings.Replace(fmt.Sprintf(withRobot, "tools = [tool.bow]", "", "0s"), `turn "two"`, `turn "two_"`, 1)
		got := play(t.Context(), t, text, &talker{calls: calls, pieces: []string{"Done."}}, p, true)
		slices.SortFunc(got, func(a, b event.Turn) int { return a.Index - b.Index })
		if told(&got[0]) != "tool.bow on tool_call: done" || !slices.Equal(p.order, []string{"nod", "nod"}) {
			t.Errorf("%s; %v", told(&got[0]), p.order)
		}
		if d, _ := got[0].End.Since(got[0].Dispatched); d > 2*time.Second {
			t.Errorf("the reply took %v", d)
		}
		for i, want := range []string{"ok: nod", `error: there is no tool named "unlisted"`, "error: bow may be called 1 times a turn"} {
			if r := got[0].ToolCalls[i].Result; r != want {
				t.Errorf("result %q, want %q", r, want)
			}
		}
	})
}

package engine_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/run"
	"aimbench/engine/scenario"
	"aimbench/robot/simulator"
)

// The language and the embedded robot know the same faults.
func TestRobotFaultKinds(t *testing.T) {
	if !slices.Equal(scenario.RobotFaultKinds, simulator.KindNames()) {
		t.Errorf("the language knows %v\nthe robot    %v", scenario.RobotFaultKinds, simulator.KindNames())
	}
}

const bowing = `
endpoint "aim" {
  simulator {
    ttft = "100ms"
    itl  = "10ms"
  }
}
robot "reachy" {
  simulator {
    %s
  }
}
conversation "c" {
  robot = robot.reachy
  perform "heard" {
    on      = prompt
    gesture = gesture.ack
  }
  turn "t" {
    user = "Hello!"
    assert {
      condition     = perform.heard.status == "done"
      error_message = "${perform.heard.status}: ${perform.heard.detail}"
    }
  }
}
`

// What goes wrong with a robot is seen as what it is, fails what was promised of it, and delays no reply.
func TestRobotFaults(t *testing.T) {
	for _, c := range []struct{ name, fault, want string }{
		{"none", "", "done"},
		{"refused", "fault {\n kind = refused\n }", "refused"},
		{"lost", "fault {\n kind = lost\n from = \"50ms\"\n for = \"20s\"\n }", "failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := compile(t, fmt.Sprintf(bowing, c.fault))
			synctest.Test(t, func(t *testing.T) {
				e, err := engine.Open(p, engine.Options{Memory: true})
				if err != nil {
					t.Fatal(err)
				}
				defer e.Close()
				summary, err := e.Run(t.Context(), nil)
				turns := e.Recorder().Turns()
				if err != nil || len(turns) != 1 || len(turns[0].Gestures) != 1 {
					t.Fatalf("%v, %+v", err, turns)
				}
				g := turns[0].Gestures[0]
				if string(g.Status) != c.want {
					t.Errorf("%s, want %s: %s", g.Status, c.want, g.Detail)
				}
				if code := summary.ExitCode; (code == measure.ExitPass) != (c.want == "done") {
					t.Errorf("exit code %d", code)
				}
				if e2e, _ := turns[0].E2E(event.FromSent); e2e > 300*time.Millisecond {
					t.Errorf("the reply took %v", e2e)
				}
			})
		})
	}
}

// The scenarios that ship with a robot do what they promise, and a fleet's robots never hold up its schedule.
func TestRobotScenariosThatShip(t *testing.T) {
	for _, c := range []struct {
		name     string
		turns    int
		gestures map[event.GestureStatus]int
	}{
		{"smoke", 1, map[event.GestureStatus]int{event.GestureDone: 1}},
		{"gestures", 3, map[event.GestureStatus]int{event.GestureDone: 5, event.GestureSkipped: 2}},
		{"edge", 2, map[event.GestureStatus]int{event.GestureDone: 2, event.GestureSkipped: 4}},
		{"fleet", 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			summary, turns := rehearse(t, c.name)
			if summary.ExitCode != measure.ExitPass {
				t.Errorf("exit code %d: %s", summary.ExitCode, summary.Reason)
			}
			gestures := map[event.GestureStatus]int{}
			for i := range turns {
				for _, g := range turns[i].Gestures {
					gestures[g.Status]++
					if g.Status != event.GestureDone && g.Status != event.GestureSkipped {
						t.Errorf("%s %s: %s", g.Perform, g.Status, g.Detail)
					}
				}
				if lag, ok := turns[i].ScheduleLag(); ok && lag > 0 {
					t.Errorf("%s %d left %v late", turns[i].Load, turns[i].Session, lag)
				}
			}
			if c.gestures != nil && (len(turns) != c.turns || fmt.Sprint(gestures) != fmt.Sprint(c.gestures)) {
				t.Errorf("%d turns, %v", len(turns), gestures)
			}
		})
	}
}

// A person talks with the endpoint and the robot: what was said before a cut stays in the history, marked.
func TestTalk(t *testing.T) {
	p := compile(t, fmt.Sprintf(bowing, ""))
	synctest.Test(t, func(t *testing.T) {
		e, err := engine.Open(p, engine.Options{Memory: true})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if err := e.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		var sink kept
		talk := e.Talk(p.Conversations[0], nil, &sink)
		if diags := talk.Begin(t.Context()); diags.HasErrors() {
			t.Fatal(diags)
		}
		say := func(ctx context.Context, name, text string) *event.Turn {
			return talk.Say(ctx, name, []scenario.Part{{Kind: scenario.PartText, Text: text}})
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(150*time.Millisecond, func() { cancel(run.ErrInterrupted) })
		if cut := say(ctx, "1", "Tell me a long story about a robot."); cut.Class != event.HungUp || cut.Text == "" {
			t.Errorf("%s, %q", cut.Class, cut.Text)
		}
		whole := say(t.Context(), "2", "Go on.")
		if whole.Class != event.OK || whole.Usage().Input < 20 {
			t.Errorf("%s, %d tokens of history", whole.Class, whole.Usage().Input)
		}
		talk.End()
		talk.Wait()
		slices.SortFunc(sink.turns, func(a, b event.Turn) int { return a.Index - b.Index })
		if len(sink.turns) != 2 || sink.turns[0].Gestures[0].Status != event.GestureCancelled || sink.turns[1].Gestures[0].Status != event.GestureDone {
			t.Errorf("%+v", sink.turns)
		}
	})
}

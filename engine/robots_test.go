package engine_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/listen"
	"aimbench/engine/measure"
	"aimbench/engine/run"
	"aimbench/engine/scenario"
	"aimbench/robot/api"
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
					t.Errorf("%s, want %s: %+v", g.Status, c.want, g)
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
		vars     []string
		gestures map[event.GestureStatus]int // nil where their number is not fixed
	}{
		{"smoke", nil, map[event.GestureStatus]int{event.GestureDone: 1}},
		{"gestures", nil, map[event.GestureStatus]int{event.GestureDone: 5, event.GestureSkipped: 2}},
		{"edge", nil, map[event.GestureStatus]int{event.GestureDone: 2, event.GestureSkipped: 4}},
		{"fleet", nil, nil},
		{"fleet", []string{"robots=100", "duration=500ms"}, nil},
	} {
		t.Run(strings.Join(append([]string{c.name}, c.vars...), " "), func(t *testing.T) {
			t.Parallel()
			summary, turns := rehearse(t, c.name, c.vars...)
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
			if c.gestures != nil && fmt.Sprint(gestures) != fmt.Sprint(c.gestures) {
				t.Errorf("%v", gestures)
			}
			if len(c.vars) > 0 && gestures[event.GestureDone] != 300 {
				t.Errorf("%v of 100 robots", gestures)
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

const behindDaemon = `
endpoint "aim" {
  simulator {
    ttft = "50ms"
    itl  = "5ms"
  }
}
robot "reachy" {
  %s
  daemon {
    url = "http://reachy"
  }
}
gesture "recorded" {
  recorded {
    dataset = "pollen-robotics/reachy-mini-dances-library"
    move    = "no_such_move"
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

// daemonRun runs a scenario whose robot is behind a daemon: an embedded one, which sleeps at first. It returns how the robot
// was left.
func daemonRun(t *testing.T, text string) (*measure.Summary, []event.Turn, api.MotorMode) {
	p := compile(t, text)
	var summary *measure.Summary
	var sink kept
	var left api.MotorMode
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Config{})
		defer sim.Close()
		listener, dial := listen.Memory()
		served := listen.Serve(t.Context(), listener, sim)
		defer served.Close() //nolint:errcheck // nothing is lost by it
		e, err := engine.Open(p, engine.Options{Memory: true, Dial: dial})
		if err != nil {
			t.Fatal(err)
		}
		summary, err = e.Run(t.Context(), nil, &sink)
		e.Close()
		if err != nil {
			t.Fatal(err)
		}
		left = sim.Motors()
	})
	return summary, sink.turns, left
}

// A robot that sleeps is woken before the first turn, and left as the scenario wants it.
func TestARobotIsWokenAndLeft(t *testing.T) {
	for on, want := range map[string]api.MotorMode{"": api.MotorsDisabled, "on_exit = hold": api.MotorsEnabled} {
		summary, turns, left := daemonRun(t, fmt.Sprintf(behindDaemon, on))
		if summary.ExitCode != measure.ExitPass || len(turns) != 1 || left != want {
			t.Errorf("%q: exit code %d, %+v, left %s", on, summary.ExitCode, turns, left)
		}
	}
}

// A run that did not begin leaves a robot as it is.
func TestARobotThatWasNotTakenIsLeftAlone(t *testing.T) {
	text := fmt.Sprintf(behindDaemon, "")
	text = strings.Replace(text, "simulator {\n    ttft = \"50ms\"\n    itl  = \"5ms\"\n  }", "base_url = \"http://127.0.0.1:1\"", 1)
	p := compile(t, text)
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Config{Awake: true})
		defer sim.Close()
		listener, dial := listen.Memory()
		served := listen.Serve(t.Context(), listener, sim)
		defer served.Close() //nolint:errcheck // nothing is lost by it
		e, err := engine.Open(p, engine.Options{Memory: true, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "reachy") {
				return dial(ctx, network, address)
			}
			return nil, errors.New("nobody there")
		}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second) // the robot answers by now
		_, err = e.Run(t.Context(), nil)
		e.Close()
		if err == nil || sim.Motors() != api.MotorsEnabled || sim.Pose().Head.Pitch > 0.1 {
			t.Errorf("%v, its motors are %s, it is at %+v", err, sim.Motors(), sim.Pose())
		}
	})
}

// Of those who share a body one has it at a time; the others go without, and promise nothing of it.
func TestASharedBody(t *testing.T) {
	summary, turns, _ := daemonRun(t, fmt.Sprintf(behindDaemon, "share = first")+`
load "guests" {
  mix {
    conversation = conversation.c
  }
  users      = 3
  iterations = 9
}
`)
	counts := map[event.GestureStatus]int{}
	var had []event.Gesture
	for i := range turns {
		g := turns[i].Gestures[0]
		counts[g.Status]++
		if (g.Status == event.GestureDone) != (len(turns[i].Assertions) == 1) {
			t.Errorf("%s, with %d assertions", g.Status, len(turns[i].Assertions))
		}
		if g.Status == event.GestureDone {
			had = append(had, g)
		}
	}
	slices.SortFunc(had, func(a, b event.Gesture) int { return int(a.Start - b.Start) })
	for i := 1; i < len(had); i++ {
		if had[i].Trigger < had[i-1].End {
			t.Errorf("two had it at once: %+v", had)
		}
	}
	if len(turns) != 9 || counts[event.GestureDone] == 0 || counts[event.GestureSkipped] == 0 || len(counts) != 2 || summary.ExitCode != measure.ExitPass {
		t.Errorf("%d turns, %v, exit code %d: %s", len(turns), counts, summary.ExitCode, summary.Reason)
	}
}

// A move that the daemon does not have is refused or failed, and says so.
func TestARecordedMoveThatIsNotThere(t *testing.T) {
	text := strings.Replace(fmt.Sprintf(behindDaemon, ""), "gesture = gesture.ack", "gesture = gesture.recorded", 1)
	summary, turns, _ := daemonRun(t, text)
	if g := turns[0].Gestures[0]; g.Status != event.GestureFailed && g.Status != event.GestureRefused || !strings.Contains(g.Detail, "no_such_move") ||
		summary.ExitCode != measure.ExitAssertion {
		t.Errorf("%+v, exit code %d", g, summary.ExitCode)
	}
}

// A robot that was lost in the middle of a gesture and comes back does the next one; the conversation went on.
func TestARobotThatComesBack(t *testing.T) {
	text := strings.Replace(fmt.Sprintf(bowing, "fault {\n kind = lost\n from = \"200ms\"\n for = \"4s\"\n }"), "    assert {", `  }
  turn "later" {
    user       = "Are you back?"
    think_time = "20s"
    assert {`, 1)
	p := compile(t, text)
	synctest.Test(t, func(t *testing.T) {
		e, err := engine.Open(p, engine.Options{Memory: true})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		summary, err := e.Run(t.Context(), nil)
		turns := e.Recorder().Turns()
		if err != nil || len(turns) != 2 || summary.ExitCode != measure.ExitPass {
			t.Fatalf("%v, exit code %d, %+v", err, summary.ExitCode, turns)
		}
		if was, is := turns[0].Gestures[0], turns[1].Gestures[0]; was.Status != event.GestureFailed || is.Status != event.GestureDone {
			t.Errorf("%+v, then %+v", was, is)
		}
	})
}

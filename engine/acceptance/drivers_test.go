package acceptance

import (
	"cmp"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cucumber/godog"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"aimbench/engine"
	"aimbench/engine/edge"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
)

// heldByAll is one conversation, with a robot, a tool and a reply that is cut off, and a load of one user who holds it once.
const heldByAll = `
endpoint "aim" {
  simulator {
    ttft  = uniform("80ms", "160ms")
    itl   = exponential("15ms")
    seed  = 7
    cache = true
    reply {
      when      = "(?i)nod"
      text      = "There."
      reasoning = "They want me to nod."
      tool_call "nod" {
        arguments = { times = 2 }
      }
    }
    reply {
      when = "(?i)name"
      text = "I am Reachy Mini. Nice to meet you, Ada!"
    }
  }
}
robot "reachy" {
  simulator {}
}
tool "nod" {
  description = "Nod."
  gesture     = gesture.nod
}
conversation "guest" {
  endpoint = endpoint.aim
  robot    = robot.reachy
  system   = "You are a small robot. Answer in one sentence."
  tools    = [tool.nod]
  defaults {
    max_tokens  = 40
    temperature = 0
    seed        = 11
  }
  perform "ack" {
    on      = prompt
    gesture = gesture.ack
  }
  perform "happy" {
    on      = reply
    after   = "40ms"
    when    = strcontains(response.text, "Ada")
    gesture = gesture.excited
  }
  turn "name" {
    user = "Hi, I am Ada. What is your name?"
  }
  turn "nod" {
    user       = "Please nod."
    think_time = "20s"
  }
  turn "story" {
    user       = "Tell me a story of a robot."
    think_time = "20s"
  }
}
load "one" {
  mix {
    conversation = conversation.guest
  }
  users         = 1
  iterations    = 1
  graceful_stop = "10m"
  seed          = 3
}
`

// said are the words of its turns, and pause what lies between a reply and the next.
var said = []string{"Hi, I am Ada. What is your name?", "Please nod.", "Tell me a story of a robot."}

const pause = 20 * time.Second

// gathered are the turns that a driver's run came to.
type gathered struct {
	mu    sync.Mutex
	turns []event.Turn
}

// Record implements event.Sink.
func (g *gathered) Record(t *event.Turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turns = append(g.turns, measure.CopyTurn(t, func(s string) string { return s }))
}

func noEnvironment(string) (string, bool) { return "", false }

// inBubble runs a driver where time is simulated, over connections in memory.
func inBubble(t *testing.T, drive func(*testing.T, engine.Options) []event.Turn) (turns []event.Turn) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { turns = drive(t, engine.Options{Version: "test", Memory: true}) })
	return turns
}

// byLoad is the load of one user.
func byLoad(path string) func(*testing.T, engine.Options) []event.Turn {
	return func(t *testing.T, o engine.Options) []event.Turn {
		s, diags := scenario.Read([]string{path}, scenario.Options{Getenv: noEnvironment})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		p, diags := plan.Compile(s, plan.Options{})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		e, err := engine.Open(p, o)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		sink := &gathered{}
		if summary, err := e.Run(t.Context(), nil, sink); err != nil || summary.ExitCode != measure.ExitPass {
			t.Fatalf("%v, %+v", err, summary)
		}
		return sink.turns
	}
}

// byEdge is a person who types the words.
func byEdge(path string) func(*testing.T, engine.Options) []event.Turn {
	return func(t *testing.T, o engine.Options) []event.Turn {
		view := newScreen()
		c, err := edge.Open(t.Context(), edge.Setup{Paths: []string{path}, Scenario: scenario.Options{Getenv: noEnvironment}, Engine: o}, view)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		view.now = c.Talk().Clock.Now
		for i, line := range said {
			if i > 0 {
				time.Sleep(pause)
			}
			c.Do(line)
		}
		c.Settle()
		return eventsOf(view.all())
	}
}

// bySaying is a scenario of Gherkin in which each line is said.
func bySaying(path string) func(*testing.T, engine.Options) []event.Turn {
	var steps []string
	for i, line := range said {
		if i > 0 {
			steps = append(steps, "there is silence for 20 s")
		}
		steps = append(steps, "I say \""+line+"\"")
	}
	return byFeature(path, steps...)
}

// byRunning is one that runs the conversation.
func byRunning(path string) func(*testing.T, engine.Options) []event.Turn {
	return byFeature(path, `the conversation "guest" runs`)
}

func byFeature(path string, whens ...string) func(*testing.T, engine.Options) []event.Turn {
	text := "Feature: a guest\n  Scenario: the guest talks\n    Given the scenario \"" + path + "\"\n"
	for _, step := range whens {
		text += "    When " + step + "\n"
	}
	text += "    Then the turn succeeds\n"
	return func(t *testing.T, o engine.Options) (turns []event.Turn) {
		register := func(sc *godog.ScenarioContext) {
			Register(sc, Options{Memory: o.Memory, Version: o.Version, Getenv: noEnvironment})
			sc.After(func(ctx context.Context, _ *godog.Scenario, err error) (context.Context, error) {
				if err != nil {
					t.Error(err)
				}
				turns = eventsOf(ctx.Value(worldKey{}).(*world).turns())
				return ctx, nil
			})
		}
		godog.TestSuite{ScenarioInitializer: register, Options: &godog.Options{
			Strict: true, Format: "progress", Output: io.Discard, DefaultContext: t.Context(),
			FeatureContents: []godog.Feature{{Name: "guest.feature", Contents: []byte(text)}},
		}}.Run()
		return turns
	}
}

func eventsOf(turns []*turn) []event.Turn {
	var out []event.Turn
	for _, t := range turns {
		out = append(out, t.Turn)
	}
	return out
}

// bare leaves out what names the driver, and counts every instant from when its turn was wanted: who said it, and when on the
// run's own clock, is all that may differ.
func bare(turns []event.Turn) []event.Turn {
	slices.SortFunc(turns, func(a, b event.Turn) int { return cmp.Compare(a.Index, b.Index) })
	for i := range turns {
		t := &turns[i]
		from := t.Intended
		t.Load, t.Turn, t.Session = "", "", 0
		shift := func(all ...*event.Instant) {
			for _, at := range all {
				if at.Reached() { // 0 is never, so that the first instant of a clock is 1 ns late
					*at = event.Instant(time.Duration(*at-from).Round(time.Microsecond)) + 1
				}
			}
		}
		shift(&t.Intended, &t.Dispatched, &t.End)
		for j := range t.Requests {
			r := &t.Requests[j]
			shift(&r.Dispatched, &r.Connected, &r.Sent, &r.Headers, &r.FirstEvent, &r.FirstToken, &r.FirstAnswer, &r.LastToken, &r.End)
			for k := range r.Arrivals {
				shift(&r.Arrivals[k])
			}
		}
		for j := range t.Gestures {
			shift(&t.Gestures[j].Trigger, &t.Gestures[j].Start, &t.Gestures[j].End)
		}
	}
	return turns
}

// sameGesture reports whether a gesture went the same way. It is asked for at the same instant; from then on the robot keeps its
// own time, which may be some of its steps of 20 ms off.
func sameGesture(a, b event.Gesture) bool {
	const steps = 3 * 20 * time.Millisecond
	near := func(x, y event.Instant) bool { return x.Reached() == y.Reached() && time.Duration(x-y).Abs() <= steps }
	return a.Perform == b.Perform && a.Gesture == b.Gesture && a.On == b.On && a.Status == b.Status && a.Detail == b.Detail &&
		a.Trigger == b.Trigger && near(a.Start, b.Start) && near(a.End, b.End)
}

// The same words, by hand, under load and as Gherkin, come to the same events: what runs them is one and the same.
func TestThreeDriversOneConversation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "guest.hcl")
	if err := os.WriteFile(path, []byte(heldByAll), 0o600); err != nil {
		t.Fatal(err)
	}
	load := bare(inBubble(t, byLoad(path)))
	if len(load) != len(said) || len(load[0].Gestures) != 2 || len(load[1].ToolCalls) != 1 || len(load[1].Requests) != 2 || load[2].FinishReason == "" {
		t.Fatalf("the conversation is not what it should be: %+v", load)
	}
	for name, drive := range map[string]func(string) func(*testing.T, engine.Options) []event.Turn{"edge": byEdge, "saying": bySaying, "running": byRunning} {
		if d := gocmp.Diff(load, bare(inBubble(t, drive(path))), cmpopts.EquateEmpty(), gocmp.Comparer(sameGesture)); d != "" {
			t.Errorf("%s (-load +%s):\n%s", name, name, d)
		}
	}
}

package edge

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/event"
	"aimbench/robot/api"
	"aimbench/robot/motion"
	"aimbench/robot/simulator"
)

// fuzzed is a talk whose replies come, fail, are cut and move the robot in turn.
const fuzzed = `retries = 0
  simulator {
    ttft = "80ms"
    itl  = "20ms"
    fault {
      kind  = http_429
      share = 0.1
    }
    fault {
      kind  = stream_truncated
      share = 0.1
    }
    reply {
      when = "dance"
      tool_call "nod" {}
    }
  }`

const fuzzedTools = `
  tools = [tool.nod]
  perform "reply" {
    on      = reply
    gesture = gesture.excited
  }
  perform "first" {
    on      = first_token
    gesture = gesture.curious
  }
  perform "hears" {
    on      = listening
    gesture = gesture.listening
  }`

// FuzzTalk types anything in any order, two bytes at a time, while the daemon breaks as it may: the daemon sees one move at a
// time and no target out of the limits, every line comes to an end, and so does the robot.
func FuzzTalk(f *testing.F) {
	f.Add([]byte{0, 0, 6, 60, 0, 1, 6, 30, 2, 0, 0, 2, 6, 100})              // turns, a barge-in
	f.Add([]byte{1, 3, 6, 20, 1, 8, 1, 0, 6, 200, 1, 1, 6, 100, 0, 0})       // sleep, wake, stop
	f.Add([]byte{0, 1, 6, 10, 4, 1, 6, 100, 0, 0, 6, 100, 4, 0, 6, 200})     // lost in a gesture, and back
	f.Add([]byte{3, 1, 6, 20, 0, 1, 3, 0, 1, 10, 1, 11, 1, 12, 1, 13, 1, 9}) // typing, commands
	f.Add([]byte{1, 21, 1, 22, 1, 24, 2, 0, 1, 4, 6, 5, 5, 1, 1, 5, 6, 250}) // gestures, stopped, and others' moves
	f.Fuzz(func(t *testing.T, what []byte) {
		if len(what) > 48 {
			what = what[:48]
		}
		synctest.Test(t, func(t *testing.T) { play(t, what) })
	})
}

func play(t *testing.T, what []byte) {
	daemon, net := newWire(t, simulator.Config{Media: true})
	text := talkOf(fuzzed, "daemon {\n url = \"http://reachy:8000\"\n }", fuzzedTools) +
		"tool \"nod\" {\n description = \"Nod.\"\n gesture = gesture.nod\n max_calls = 2\n}\n"
	w := hold(t, text, func(o *Setup) { o.Engine.Dial = net.dial })
	var under sync.WaitGroup
	var mu sync.Mutex
	open := 0
	enter := func(line string) {
		mu.Lock()
		open++
		mu.Unlock()
		under.Go(func() {
			w.Do(line)
			mu.Lock()
			defer mu.Unlock()
			open--
		})
	}
	for i := 0; i+1 < len(what); i += 2 {
		act(w, daemon, enter, what[i], int(what[i+1]))
		synctest.Wait()
	}
	daemon.sim.SetLost(false)
	w.typing(false, false)
	for range 600 {
		mu.Lock()
		done := open == 0
		mu.Unlock()
		if done {
			break
		}
		time.Sleep(time.Second)
	}
	mu.Lock()
	if open > 0 {
		t.Errorf("%d lines have not come to an end; shown %q", open, w.all())
	}
	mu.Unlock()
	under.Wait()
	w.Settle()
	time.Sleep(10 * time.Second)
	ends := []motion.Activity{motion.Idle, motion.Stopped, motion.Asleep}
	if s := w.body.machine.Loop.State(); s.Gesture != "" || s.Queued > 0 || !slices.Contains(ends, s.Activity) {
		t.Errorf("in the end the robot is %+v", s)
	}
	for i := range w.settled {
		for _, g := range w.settled[i].Gestures {
			if g.Status != event.GestureDone && g.Status != event.GestureSkipped && g.Detail == "" {
				t.Errorf("%s: %s, and not why", g.Gesture, g.Status)
			}
		}
	}
	w.leave()
	if daemon.sim.Moving() > 0 || daemon.sim.Motors() != api.MotorsDisabled {
		t.Errorf("it was left with %d moves, its motors %s", daemon.sim.Moving(), daemon.sim.Motors())
	}
}

// act does one thing.
func act(w *watched, daemon *wire, say func(line string), what byte, how int) {
	switch what % 7 {
	case 0:
		say([]string{"Hello!", "What is your name?", "dance", "Say a long sentence about a robot on a desk."}[how%4])
	case 1:
		lines := []string{"/wake", "/sleep", "/stop", "/gesture nod", "/gesture random", "/state", "/reset", "/mute", "/volume 40", "/retry",
			"/model m", "/system Be quick.", "/history", "/slo 1s", "/calibrate", "/help", "/image nothing.png", "/save x", "/gesture no_such", "/q"}
		gestures := w.gestureNames()
		if how < len(lines) {
			say(lines[how])
		} else {
			say(fmt.Sprintf("/gesture %s", gestures[how%len(gestures)]))
		}
	case 2:
		w.bargeIn()
	case 3:
		w.typing(how%2 == 1, how < 128)
	case 4:
		daemon.sim.SetLost(how%2 == 1)
	case 5:
		w.halt()
	case 6:
		time.Sleep(time.Duration(how) * 20 * time.Millisecond)
	}
}

// The commands of the fuzz are those there are.
func TestFuzzKnowsTheCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hold(t, "", nil)
		for how := range 19 {
			act(w, nil, func(line string) {
				name, _, _ := strings.Cut(strings.TrimPrefix(line, "/"), " ")
				if !slices.ContainsFunc(commands(), func(c command) bool { return c.name == name }) {
					t.Errorf("there is no %s", line)
				}
			}, 1, how)
		}
	})
}

package edge

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/event"
	"aimbench/robot/simulator"
)

const (
	quick    = "simulator {\n ttft = \"50ms\"\n itl = \"5ms\"\n }"
	embedded = "simulator {}"
)

// scrape is what the talk's metrics say.
func (w *watched) scrape() string {
	r := httptest.NewRecorder()
	w.Metrics().ServeHTTP(r, httptest.NewRequest("GET", "/metrics", nil))
	return r.Body.String()
}

// What is wrong with an endpoint is said in a line, shown by the robot and counted; and the talk goes on.
func TestTroubleWithTheEndpoint(t *testing.T) {
	broken := func(kind string) string {
		return "retries = 0\n timeout = \"3s\"\n simulator {\n ttft = \"50ms\"\n fault {\n kind = " + kind + "\n share = 1\n }\n }"
	}
	for _, c := range []struct{ name, endpoint, says, class string }{
		{"refuses connections", "base_url = \"http://nobody:8000\"\n model = \"m\"\n retries = 0", "dial: ", "dial"},
		{"has too much to do", broken("http_429"), "the endpoint has too much to do (429)", "http_429"},
		{"fails", broken("http_500"), "http_5xx: ", "http_5xx"},
		{"cuts a reply", broken("stream_truncated"), "stream_truncated: ", "stream_truncated"},
		{"resets the connection", broken("reset"), "", ""},
		{"never begins to answer", broken("stall_first_token"), "timeout_", "timeout_"},
		{"falls silent in a reply", broken("stall_idle"), "timeout_", "timeout_"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := hold(t, talkOf(c.endpoint, embedded, ""), func(o *Setup) { o.Engine.Dial = network{}.dial })
				for range 2 {
					begun := time.Now()
					w.Do("Hello!")
					if took := time.Since(begun); took > 10*time.Second {
						t.Errorf("the prompt was held up for %v", took)
					}
					w.Settle()
				}
				turn := w.settled[1]
				if !turn.Class.Failed() || !w.has("wrong: "+c.says) {
					t.Errorf("%s: %s; shown %q", turn.Class, turn.Message, w.all())
				}
				for _, text := range w.all() {
					if strings.HasPrefix(text, "wrong: ") && strings.Contains(text, "\n") {
						t.Errorf("more than a line: %q", text)
					}
				}
				sorry := false
				for _, g := range turn.Gestures {
					sorry = sorry || g.Perform == "sorry" && g.Status == event.GestureDone
				}
				if !sorry {
					t.Errorf("the robot did not show it: %+v", turn.Gestures)
				}
				if text := w.scrape(); !strings.Contains(text, string(turn.Class)) || !strings.HasPrefix(string(turn.Class), c.class) {
					t.Errorf("%s was not counted", turn.Class)
				}
				w.Do("/state")
				if !strings.HasPrefix(w.latest(), "answer: robot ") {
					t.Errorf("afterwards: %q", w.latest())
				}
			})
		})
	}
}

// A failed turn leaves the history whole: the next one is as if it had not been.
func TestAFailedTurnLeavesTheHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hold(t, talkOf("retries = 0\n simulator {\n ttft = \"50ms\"\n fault {\n kind = stream_truncated\n share = 0.5\n }\n }", embedded, ""), nil)
		good, bad := 0, 0
		for range 12 {
			w.Do("Hello!")
			w.Settle()
			if w.settled[len(w.settled)-1].Class == event.OK {
				good++
			} else {
				bad++
			}
		}
		if n := len(w.talk.History()); n != 1+2*good || good == 0 || bad == 0 {
			t.Errorf("%d messages after %d good turns and %d bad", n, good, bad)
		}
	})
}

// A robot that is not there, slow, or gone in the middle of a gesture delays no word of a reply; what is wrong is said in a
// line, and it is taken up again when it is back.
func TestTroubleWithTheRobot(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults []simulator.Fault
		lost   bool
	}{
		{"well", nil, false},
		{"slow", []simulator.Fault{{Kind: simulator.Late, Delay: 1500 * time.Millisecond, From: 3 * time.Second, For: 20 * time.Second}}, false},
		{"crashing", []simulator.Fault{{Kind: simulator.HTTP500, From: 3 * time.Second, For: 10 * time.Second}}, false},
		{"lost in a gesture", []simulator.Fault{{Kind: simulator.Lost, From: 5300 * time.Millisecond, For: 8 * time.Second}}, true},
		{"lost before", []simulator.Fault{{Kind: simulator.Lost, From: 2 * time.Second, For: 12 * time.Second}}, true},
		{"not there at first", []simulator.Fault{{Kind: simulator.Lost, For: 12 * time.Second}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, net := behind(t, simulator.Config{Awake: true, Faults: c.faults})
				begun := time.Now()
				w := hold(t, talkOf(quick, "daemon {\n url = \"http://reachy:8000\"\n }", ""), func(o *Setup) { o.Engine.Dial = net.dial })
				time.Sleep(time.Until(begun.Add(5 * time.Second)))
				for range 2 {
					w.Do("Hello!")
					if first := w.came.Sub(w.begun); first > 100*time.Millisecond || first < 0 {
						t.Errorf("the first word came after %v", first)
					}
					if e2e, ok := w.replies[len(w.replies)-1].E2E(event.FromIntended); !ok || e2e > 300*time.Millisecond {
						t.Errorf("the reply took %v", e2e)
					}
					w.Do("/state")
					w.Settle()
				}
				time.Sleep(time.Until(begun.Add(40 * time.Second)))
				var notes []string
				for _, text := range w.all() {
					if strings.HasPrefix(text, "note: ") {
						notes = append(notes, text)
					}
				}
				told := len(notes) == 2 && strings.HasPrefix(notes[0], "note: the robot is lost: ") && notes[1] == "note: the robot is back"
				if c.lost && !told || !c.lost && len(notes) > 1 {
					t.Errorf("it was told %q", notes)
				}
				w.Do("/gesture nod")
				if !strings.HasPrefix(w.latest(), "answer: nod: done") {
					t.Errorf("in the end: %q", w.latest())
				}
				if !strings.Contains(w.scrape(), "connected") {
					t.Error("whether it is connected is not told")
				}
			})
		})
	}
}

// Who cuts in has what was delivered in the history, marked; who stops has the robot stand still.
func TestCutIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hold(t, talkOf("simulator {\n ttft = \"100ms\"\n itl = \"200ms\"\n }", embedded, ""), nil)
		go w.Do("What is your name?")
		time.Sleep(time.Second)
		w.CutIn()
		w.Do("Go on.")
		w.Settle()
		if got := w.replies[0].Class; got != event.HungUp {
			t.Errorf("the first is %s", got)
		}
		history := w.talk.History()
		if len(history) != 5 || history[2].Content == "" || !strings.HasPrefix(history[2].Content, strings.TrimSpace(w.replies[0].Text)) ||
			history[2].Content == w.replies[0].Text {
			t.Errorf("%+v, of %q", history, w.replies[0].Text)
		}
		go w.Do("What is your name?")
		time.Sleep(time.Second)
		w.Do("/stop")
		time.Sleep(2 * time.Second)
		before := w.body.machine.Simulator.Pose()
		time.Sleep(2 * time.Second)
		if after := w.body.machine.Simulator.Pose(); after != before || w.busy() {
			t.Errorf("it went on from %+v to %+v", before, after)
		}
	})
}

// A talk is saved below its directory, over nothing, whoever named the file; what was said is data there.
func TestSave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hold(t, "", nil)
		outside := t.TempDir()
		if err := os.Symlink(outside, filepath.Join(w.dir, "link")); err != nil {
			t.Fatal(err)
		}
		w.Do("/save early")
		if !strings.HasPrefix(w.latest(), "answer: The talk was not saved: nothing was said") {
			t.Errorf("%q", w.latest())
		}
		w.Do("Say \"${path.root}\" \x1b[31m and %{ if true }")
		for _, name := range []string{"../out.hcl", "/tmp/aimbench-out.hcl", "link/out.hcl", "out.sh", "sub/../../out.hcl"} {
			w.Do("/save " + name)
			if strings.HasPrefix(w.latest(), "answer: Saved") {
				t.Errorf("%s: %q", name, w.latest())
			}
		}
		w.Do("/save talk")
		if !strings.HasPrefix(w.latest(), "answer: Saved 1 of 1 turns to talk.hcl") {
			t.Fatalf("%q", w.latest())
		}
		again := hold(t, "", func(o *Setup) { o.Paths = []string{filepath.Join(w.dir, "talk.hcl")} })
		if got := again.Scenario().Conversations[0].Name; got != "talk" {
			t.Errorf("it holds %s", got)
		}
		text, err := os.ReadFile(filepath.Join(w.dir, "talk.hcl"))
		if err != nil || strings.Contains(string(text), "\x1b") || !strings.Contains(string(text), "$${path.root}") {
			t.Errorf("%v: %s", err, text)
		}
		left, _ := os.ReadDir(outside)
		if _, err := os.Stat(filepath.Join(w.dir, "..", "out.hcl")); err == nil || len(left) > 0 {
			t.Error("something was written elsewhere")
		}
	})
}

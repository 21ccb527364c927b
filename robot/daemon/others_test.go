package daemon

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
	"aimbench/robot/motion"
)

// push sends targets at 50 Hz for a time, and tells how the last went.
func push(t *testing.T, c *Client, d time.Duration) (err error) {
	for range d / (20 * time.Millisecond) {
		err = c.SetTarget(t.Context(), robot.Pose{Head: robot.Head{Yaw: 0.5}})
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

func ignore(w http.ResponseWriter, _ *http.Request) {
	reply(w, api.TargetAnswer{Status: api.TargetIgnored, Reason: api.ReasonMoveRunning})
}

func TestSomebodyElseMovesTheRobot(t *testing.T) {
	for name, hearing := range map[string]bool{"by its events": true, "by the list of moves": false} {
		play(t, func(s *script) { s.refused[api.PathUpdates] = !hearing }, func(t *testing.T, s *script, c *Client) {
			ready(s, c)
			s.set(func() {
				s.running = []string{"other"}
				s.answers["POST "+api.PathSetTarget] = ignore
			})
			s.emit(api.MoveStarted, "other")
			if err := push(t, c, 2*time.Second); !errors.Is(err, motion.ErrIgnored) {
				t.Errorf("%s: %v", name, err)
			}
			same(t, name, s.told(), "foreign")
			if !hearing {
				return
			}
			s.set(func() { s.running = nil; clear(s.answers) })
			s.emit(api.MoveCompleted, "other")
			if err := push(t, c, 2*time.Second); err != nil {
				t.Errorf("%s, over: %v", name, err)
			}
			same(t, name+", over", s.told(), "free")
		})
	}
}

// A move that began before we came, and whose end is missed, does not count for ever.
func TestSomebodyElsesMoveIsFoundToBeOver(t *testing.T) {
	play(t, func(s *script) { s.running = []string{"other"} }, func(t *testing.T, s *script, c *Client) {
		if err := c.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		same(t, "at the start", s.told(), "foreign")
		s.set(func() { s.running = nil })
		time.Sleep(2 * time.Second)
		same(t, "later", s.told(), "free")
	})
}

// A move that came by /ws/sdk is in no list: only the robot's movement shows it.
func TestSomebodyElsesMoveIsNotListed(t *testing.T) {
	play(t, nil, func(t *testing.T, s *script, c *Client) {
		ready(s, c)
		s.set(func() { s.answers["POST "+api.PathSetTarget] = ignore })
		for i := range 10 {
			s.set(func() { s.pose.Head.Roll = float64(i) / 20 })
			if err := push(t, c, 500*time.Millisecond); i > 0 && !errors.Is(err, motion.ErrIgnored) {
				t.Errorf("%v", err)
			}
		}
		same(t, "told", s.told(), "foreign")
		s.set(func() { clear(s.answers) })
		if err := push(t, c, 2*time.Second); err != nil {
			t.Errorf("over: %v", err)
		}
		same(t, "over", s.told(), "free")
		for _, line := range s.took() {
			if line == "sdk stop_move" {
				t.Error("it was stopped")
			}
		}
	})
}

// "A move runs" can outlive a crash: a robot at rest that ignores targets is freed, once.
func TestStuckDaemonIsFreed(t *testing.T) {
	play(t, nil, func(t *testing.T, s *script, c *Client) {
		ready(s, c)
		s.set(func() { s.answers["POST "+api.PathSetTarget] = ignore })
		if err := push(t, c, 10*time.Second); !errors.Is(err, motion.ErrIgnored) {
			t.Errorf("%v", err)
		}
		stops := 0
		for _, line := range s.took() {
			if line == "sdk stop_move" {
				stops++
			}
		}
		if stops != 1 {
			t.Errorf("stopped %d times", stops)
		}
		same(t, "told", s.told(), "note")
		s.set(func() { clear(s.answers) })
		if err := push(t, c, 2*time.Second); err != nil {
			t.Errorf("freed: %v", err)
		}
		same(t, "freed", s.told())
	})
}

// The daemon would run our move and somebody else's at once.
func TestMovesGiveWay(t *testing.T) {
	for name, tc := range map[string]struct {
		listed, over bool
		asked        []string
	}{
		"a move that ends":                 {true, true, []string{"POST " + api.PathWakeUp}},
		"a move that goes on":              {true, false, nil},
		"a move that is not listed":        {false, false, nil},
		"one that is not listed, and ends": {false, true, []string{"POST " + api.PathWakeUp}},
	} {
		prepare := func(s *script) { s.runs(api.PathWakeUp, mine, 2*time.Second, api.MoveCompleted, nil) }
		play(t, prepare, func(t *testing.T, s *script, c *Client) {
			ready(s, c)
			s.set(func() {
				if tc.listed {
					s.running = []string{"other"}
				} else {
					s.answers["POST "+api.PathSetTarget] = ignore
				}
			})
			if tc.over {
				time.AfterFunc(3*time.Second, func() {
					s.set(func() { s.running = nil; delete(s.answers, "POST "+api.PathSetTarget) })
				})
			}
			err := c.Wake(t.Context())
			var e *Error
			if tc.over && err != nil || !tc.over && (!errors.As(err, &e) || e.Class != Refused || !strings.Contains(err.Error(), "somebody else")) {
				t.Errorf("%s: %v", name, err)
			}
			asked := slices.DeleteFunc(s.took(), func(line string) bool { return line == "POST "+api.PathSetTarget })
			same(t, name, asked, tc.asked...)
		})
	}
}

// A daemon that crashes in a target may take the next.
func TestDaemonCrashesInATarget(t *testing.T) {
	crashing := 2
	prepare := func(s *script) {
		s.refused[api.PathSetTargetStream] = true
		s.answers["POST "+api.PathSetTarget] = func(w http.ResponseWriter, r *http.Request) {
			if crashing--; crashing >= 0 {
				http.Error(w, "Internal Server Error", http.StatusInternalServerError)
			} else {
				s.atRest(w, r)
			}
		}
	}
	play(t, prepare, func(t *testing.T, s *script, c *Client) {
		ready(s, c)
		for i := range 4 {
			if err := c.SetTarget(t.Context(), robot.Init); err != nil {
				t.Errorf("target %d: %v", i, err)
			}
		}
		crashing = 3
		_, _ = c.SetTarget(t.Context(), robot.Init), c.SetTarget(t.Context(), robot.Init)
		var e *Error
		if err := c.SetTarget(t.Context(), robot.Init); !errors.As(err, &e) || e.Class != Crashed {
			t.Errorf("the third crash in a row: %v", err)
		}
	})
}

// The stream of targets answers only what it does not understand.
func TestTargetsThatAreNotUnderstood(t *testing.T) {
	play(t, nil, func(t *testing.T, s *script, c *Client) {
		ready(s, c)
		if err := push(t, c, time.Second); err != nil {
			t.Fatal(err)
		}
		s.mu.Lock()
		for conn, path := range s.open {
			for range 2 {
				if path == api.PathSetTargetStream {
					if err := write(t.Context(), conn, api.TargetError{Status: "error", Detail: "bad"}); err != nil {
						t.Error(err)
					}
				}
			}
		}
		s.mu.Unlock()
		same(t, "told", s.told(), "note")
	})
}

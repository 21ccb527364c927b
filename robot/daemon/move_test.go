package daemon

import (
	"context"
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

const (
	playDance = api.PathRecordedPlay + "org/dances/nod"
	mine      = "mine"
)

// runs has a route begin a move that lasts, and that ends as it is told. Its first event comes before its name does.
func (s *script) runs(path, name string, lasts time.Duration, end api.MoveEventType, then func()) {
	s.answers["POST "+path] = func(w http.ResponseWriter, _ *http.Request) {
		s.set(func() { s.running = append(s.running, name) })
		s.emit(api.MoveStarted, name)
		over := func() {
			if then != nil {
				then()
			}
			s.set(func() { s.running = nil })
			s.emit(end, name)
		}
		if lasts == 0 {
			over() // before the answer
		} else {
			time.AfterFunc(lasts, over)
		}
		reply(w, api.Move{UUID: name})
	}
}

func (s *script) put(pose robot.Pose, motors api.MotorMode) func() {
	return func() { s.set(func() { s.pose, s.motors = pose, motors }) }
}

func TestMoves(t *testing.T) {
	wake := func(c *Client, ctx context.Context) error { return c.Wake(ctx) }
	sleep := func(c *Client, ctx context.Context) error { return c.Sleep(ctx) }
	dance := func(c *Client, ctx context.Context) error { return c.Recorded(ctx, "org/dances", "nod") }
	const enable = "POST " + api.PathSetMotors + "enabled"
	lying := robot.Pose{Head: robot.Head{X: -0.021, Z: -0.044, Pitch: 0.43}, Antennas: robot.Asleep.Antennas}
	for _, tc := range []struct {
		what    string
		do      func(*Client, context.Context) error
		prepare func(s *script)
		asked   []string
		class   Class // empty: it is done
		want    string
	}{
		{"waking turns the motors on", wake, func(s *script) {
			s.pose, s.motors = lying, api.MotorsDisabled
			s.runs(api.PathWakeUp, mine, 2*time.Second, api.MoveCompleted, s.put(robot.Init, api.MotorsEnabled))
		}, []string{enable, "POST " + api.PathWakeUp, "sdk set_wobbling", "sdk set_speech_offsets"}, "", ""},
		{"waking ends gravity compensation", wake, func(s *script) {
			s.motors = api.MotorsGravityCompensation
			s.runs(api.PathWakeUp, mine, 2*time.Second, api.MoveCompleted, nil)
		}, []string{enable, "POST " + api.PathWakeUp}, "", ""},
		{"the end of a move may come before its name", wake, func(s *script) {
			s.runs(api.PathWakeUp, mine, 0, api.MoveCompleted, nil)
		}, []string{"POST " + api.PathWakeUp}, "", ""},
		{"events do not come", wake, func(s *script) {
			s.refused[api.PathUpdates] = true
			s.runs(api.PathWakeUp, mine, 2*time.Second, api.MoveCompleted, nil)
		}, []string{"POST " + api.PathWakeUp}, "", ""},
		{"the event of the end is missed", wake, func(s *script) {
			s.runs(api.PathWakeUp, mine, 2*time.Second, api.MoveStarted, nil)
		}, []string{"POST " + api.PathWakeUp}, "", ""},
		{"the head stays down", wake, func(s *script) {
			s.pose = lying
			s.runs(api.PathWakeUp, mine, 2*time.Second, api.MoveCompleted, nil)
		}, []string{"POST " + api.PathWakeUp}, Refused, "its head is not up: pitch 0.43 rad, z -44 mm"},
		{"a move fails", wake, func(s *script) {
			s.runs(api.PathWakeUp, mine, time.Second, api.MoveFailed, nil)
		}, []string{"POST " + api.PathWakeUp}, Refused, "the daemon failed in it: no such joint"},
		{"a move is cancelled", wake, func(s *script) {
			s.runs(api.PathWakeUp, mine, time.Second, api.MoveCancelled, nil)
		}, []string{"POST " + api.PathWakeUp}, Refused, "somebody cancelled it"},
		{"a move does not end", wake, func(s *script) {
			s.runs(api.PathWakeUp, mine, time.Hour, api.MoveCompleted, nil)
		}, []string{"POST " + api.PathWakeUp}, Timeout, "it did not end within 30s"},
		{"sleep ends with the motors off", sleep, func(s *script) {
			s.runs(api.PathGotoSleep, mine, 4*time.Second, api.MoveCompleted, s.put(lying, api.MotorsDisabled))
		}, []string{"POST " + api.PathGotoSleep}, "", ""},
		{"it sleeps already", sleep, func(s *script) { s.pose, s.motors = lying, api.MotorsDisabled }, nil, "", ""},
		{"without motors it does not get to sleep", sleep, func(s *script) {
			s.motors = api.MotorsDisabled
			s.runs(api.PathGotoSleep, mine, 4*time.Second, api.MoveCompleted, s.put(lying, api.MotorsDisabled))
		}, []string{enable, "POST " + api.PathGotoSleep}, "", ""},
		{"in gravity compensation it does not either", sleep, func(s *script) {
			s.pose, s.motors = lying, api.MotorsGravityCompensation
			s.runs(api.PathGotoSleep, mine, 4*time.Second, api.MoveCompleted, s.put(lying, api.MotorsDisabled))
		}, []string{enable, "POST " + api.PathGotoSleep}, "", ""},
		{"the motors stay on", sleep, func(s *script) {
			s.runs(api.PathGotoSleep, mine, 4*time.Second, api.MoveCompleted, s.put(lying, api.MotorsEnabled))
		}, []string{"POST " + api.PathGotoSleep}, Refused, "its motors are enabled"},
		{"the head stays up", sleep, func(s *script) {
			s.runs(api.PathGotoSleep, mine, 4*time.Second, api.MoveCompleted, s.put(robot.Init, api.MotorsDisabled))
		}, []string{"POST " + api.PathGotoSleep}, Refused, "its head is not down"},
		{"a recorded move", dance, func(s *script) {
			s.runs(playDance, mine, 3*time.Second, api.MoveCompleted, nil)
		}, []string{"POST " + playDance}, "", ""},
		{"a recorded move that is not done", dance, func(s *script) {
			s.runs(playDance, mine, 10*time.Millisecond, api.MoveCompleted, nil)
		}, []string{"POST " + playDance}, Refused, "it ended at once"},
		{"a recorded move without motors", dance, func(s *script) { s.motors = api.MotorsGravityCompensation }, nil,
			Refused, "its motors are gravity_compensation. Wake it first."},
		{"a recorded move that is not known", dance, func(s *script) {
			s.answers["POST "+playDance] = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusNotFound)
				reply(w, api.Problem{Detail: "Move nod not found"})
			}
		}, []string{"POST " + playDance}, Refused, "404 Not Found: Move nod not found. The daemon has to have the library"},
		{"a library that cannot be fetched", dance, func(s *script) {
			s.answers["POST "+playDance] = func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "Internal Server Error", 500) }
		}, []string{"POST " + playDance}, Crashed, "500 Internal Server Error. The daemon's own log says why."},
		{"a library that takes long to fetch", dance, func(s *script) {
			s.runs(playDance, mine, 3*time.Second, api.MoveCompleted, nil)
			play := s.answers["POST "+playDance]
			s.answers["POST "+playDance] = func(w http.ResponseWriter, r *http.Request) {
				fetched := time.Now().Add(40 * time.Second)
				s.set(func() {
					s.mute = true
					s.answers["GET "+api.PathStateFull] = func(w http.ResponseWriter, r *http.Request) {
						time.Sleep(time.Until(fetched))
						s.atRest(w, r)
					}
				})
				time.Sleep(time.Until(fetched))
				s.set(func() { s.mute = false })
				play(w, r)
			}
		}, []string{"POST " + playDance}, "", ""},
		{"an answer without a name", dance, func(s *script) {
			s.answers["POST "+playDance] = func(w http.ResponseWriter, _ *http.Request) { reply(w, api.Status{}) }
		}, []string{"POST " + playDance}, NoDaemon, "names no move"},
	} {
		t.Run(tc.what, func(t *testing.T) {
			play(t, tc.prepare, func(t *testing.T, s *script, c *Client) {
				ready(s, c)
				err := tc.do(c, t.Context())
				if tc.class == "" && err != nil {
					t.Error(err)
				}
				var e *Error
				if tc.class != "" && (!errors.As(err, &e) || e.Class != tc.class || !strings.Contains(err.Error(), tc.want)) {
					t.Errorf("%v", err)
				}
				if errors.Is(err, motion.ErrRefused) != (tc.class == Refused || tc.class == Crashed) {
					t.Errorf("refused: %v", err)
				}
				same(t, "asked", slices.DeleteFunc(s.took(), func(line string) bool { return line == "GET "+api.PathStateFull }), tc.asked...)
				same(t, "told", s.told())
				if err := c.SetTarget(t.Context(), robot.Init); err != nil {
					t.Errorf("a target, afterwards: %v", err)
				}
			})
		})
	}
}

func TestLostInAMove(t *testing.T) {
	prepare := func(s *script) { s.runs(api.PathWakeUp, mine, time.Hour, api.MoveCompleted, nil) }
	play(t, prepare, func(t *testing.T, s *script, c *Client) {
		ready(s, c)
		time.AfterFunc(time.Second, func() {
			s.set(func() { s.gone = true })
			s.cut(api.PathStateStream)
			s.cut(api.PathUpdates)
		})
		var e *Error
		if err := c.Wake(t.Context()); !errors.As(err, &e) || e.Class != Unreachable {
			t.Errorf("%v", err)
		}
		same(t, "told", s.told(), "lost")
	})
}

// There are never two moves at once: the daemon would let them fight. Nor is a target sent meanwhile.
func TestMovesAreSerialised(t *testing.T) {
	prepare := func(s *script) {
		s.runs(playDance, mine, 3*time.Second, api.MoveCompleted, nil)
		s.runs(api.PathWakeUp, "other", 2*time.Second, api.MoveCompleted, nil)
	}
	play(t, prepare, func(t *testing.T, s *script, c *Client) {
		ready(s, c)
		begun := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var e *Error
		if err := c.Recorded(ctx, "org/dances", "nod"); !errors.As(err, &e) || e.Class != Cancelled || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up: %v", err)
		}
		if err := c.SetTarget(t.Context(), robot.Pose{}); !errors.Is(err, motion.ErrIgnored) {
			t.Errorf("a target: %v", err)
		}
		if err := c.Wake(ctx); !errors.As(err, &e) || e.Class != Cancelled {
			t.Errorf("given up before it began: %v", err)
		}
		if err := c.Wake(t.Context()); err != nil || time.Since(begun) < 5*time.Second {
			t.Errorf("%v, after %s", err, time.Since(begun))
		}
		same(t, "asked", s.took(), "POST "+playDance, "POST "+api.PathWakeUp)
		if pose, _ := c.Measured(); pose != robot.Init {
			t.Errorf("a target was sent: %+v", pose)
		}
	})
}

func TestStop(t *testing.T) {
	prepare := func(s *script) { s.runs(api.PathWakeUp, mine, 2*time.Second, api.MoveCompleted, nil) }
	play(t, prepare, func(t *testing.T, s *script, c *Client) {
		ready(s, c)
		if err := c.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		same(t, "at rest", s.took(), "sdk stop_move", "POST "+api.PathStopSound)
		time.AfterFunc(time.Second, func() {
			if err := c.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
		if err := c.Wake(t.Context()); err != nil {
			t.Error(err)
		}
		same(t, "while it wakes", s.took(), "POST "+api.PathWakeUp, "POST "+api.PathStopSound)
	})
}

func TestLeave(t *testing.T) {
	for how, want := range map[OnExit][]string{
		Hold:  {"sdk set_wobbling", "sdk set_speech_offsets"},
		Sleep: {"POST " + api.PathGotoSleep},
	} {
		prepare := func(s *script) {
			s.runs(api.PathGotoSleep, mine, 4*time.Second, api.MoveCompleted, s.put(robot.Asleep, api.MotorsDisabled))
		}
		play(t, prepare, func(t *testing.T, s *script, c *Client) {
			ready(s, c)
			if asleep, err := c.Asleep(t.Context()); asleep || err != nil {
				t.Errorf("%v, %v", asleep, err)
			}
			if err := c.Leave(t.Context(), how); err != nil {
				t.Error(err)
			}
			same(t, string(how), s.took(), want...)
			if asleep, err := c.Asleep(t.Context()); asleep != (how == Sleep) || err != nil {
				t.Errorf("%s: %v, %v", how, asleep, err)
			}
		})
	}
}

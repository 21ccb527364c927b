package daemon

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"aimbench/engine/listen"
	"aimbench/robot"
	"aimbench/robot/api"
	"aimbench/robot/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestURL(t *testing.T) {
	for _, url := range []string{"", "robot:8000", "ftp://robot", "http://", "http://user:secret@robot", "http://robot?a=b", "http://robot:x"} {
		c, err := New(Config{URL: url})
		var e *Error
		if !errors.As(err, &e) || e.Class != BadURL || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", url, err)
		}
		if c != nil {
			c.Close(t.Context())
		}
	}
}

// What wobbles is turned off at the start and in the end: offsets outlive who set them.
func TestQuietAtStartAndExit(t *testing.T) {
	play(t, nil, func(t *testing.T, s *script, c *Client) {
		if err := c.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		same(t, "at the start", s.took(), "sdk set_wobbling", "sdk set_speech_offsets")
		c.Close(t.Context())
		same(t, "in the end", s.took(), "sdk set_wobbling", "sdk set_speech_offsets")
	})
}

// Who comes and goes leaves a robot lying that was never told where to be: with whatever offsets came, its daemon would send
// the head upright at once.
func TestALyingRobotStaysLying(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Config{})
		defer sim.Close()
		listener, dial := listen.Memory()
		served := listen.Serve(t.Context(), listener, sim)
		defer served.Close() //nolint:errcheck // nothing is lost by it
		for range 2 {
			c, err := New(Config{URL: served.URL(), Dial: dial})
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			c.Close(t.Context())
			time.Sleep(time.Second)
			if far(sim.Pose(), robot.Asleep, 0.01, 0.02) {
				t.Errorf("it is at %+v", sim.Pose())
			}
		}
	})
}

func TestStateIsWatched(t *testing.T) {
	for _, streamed := range []bool{true, false} {
		play(t, func(s *script) { s.refused[api.PathStateStream] = !streamed }, func(t *testing.T, s *script, c *Client) {
			ready(s, c)
			want := robot.Pose{Head: robot.Head{X: 0.01, Y: 0.02, Z: 0.03, Roll: 0.1, Pitch: 0.2, Yaw: 0.3}, Antennas: [2]float64{0.4, 0.5}, BodyYaw: 0.6}
			s.set(func() { s.pose = want })
			time.Sleep(200 * time.Millisecond)
			pose, at := c.Measured()
			state := c.Latest()
			if pose != want || time.Since(at) > 150*time.Millisecond || state.Motors != api.MotorsEnabled || time.Since(state.At) > 200*time.Millisecond {
				t.Errorf("streamed %v: %+v %s ago", streamed, state, time.Since(at))
			}
		})
	}
}

func TestWaitsUntilTheDaemonIsReady(t *testing.T) {
	unready := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		reply(w, api.Problem{Detail: "Backend not running"})
	}
	prepare := func(s *script) {
		s.answers["GET "+api.PathStateFull] = unready
		for _, path := range []string{api.PathStateStream, api.PathUpdates, api.PathSetTargetStream} {
			s.refused[path] = true
		}
	}
	play(t, prepare, func(t *testing.T, s *script, c *Client) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		var e *Error
		if err := c.Ready(ctx); !errors.As(err, &e) || e.Class != NotReady || !strings.Contains(err.Error(), "Backend not running") {
			t.Errorf("%v", err)
		}
		if err := c.SetTarget(t.Context(), robot.Init); !errors.As(err, &e) || e.Class != NotReady {
			t.Errorf("a target: %v", err)
		}
		s.set(func() { clear(s.answers); clear(s.refused) })
		ready(s, c)
		same(t, "nothing was lost", s.told())
	})
}

func TestWhatIsNoDaemon(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		class  Class
		want   string
	}{
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://elsewhere/", http.StatusFound)
		}, NoDaemon, "302 Found. A daemon does not redirect"},
		"a page":         {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>\x1b")) }, NoDaemon, "not a daemon's"},
		"not found":      {http.NotFound, NoDaemon, "404 Not Found"},
		"another's JSON": {func(w http.ResponseWriter, _ *http.Request) { reply(w, 5) }, NoDaemon, "not a daemon's"},
		"no pose":        {func(w http.ResponseWriter, _ *http.Request) { reply(w, api.State{}) }, NoDaemon, "without a pose"},
		"without end": {func(w http.ResponseWriter, _ *http.Request) {
			for range 2 * maxAnswer / 1024 {
				if _, err := w.Write(make([]byte, 1024)); err != nil {
					return
				}
			}
		}, Protocol, "more than 1 MiB"},
	} {
		prepare := func(s *script) {
			s.answers["GET "+api.PathStateFull] = c.answer
			s.refused[api.PathStateStream] = true
		}
		play(t, prepare, func(t *testing.T, _ *script, client *Client) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			err := client.Ready(ctx)
			var e *Error
			if !errors.As(err, &e) || e.Class != c.class || !strings.Contains(err.Error(), c.want) || strings.ContainsRune(err.Error(), '\x1b') {
				t.Errorf("%s: %v", name, err)
			}
			if waited := ctx.Err() != nil; waited != (c.class != NoDaemon) {
				t.Errorf("%s: waited %v", name, waited)
			}
		})
	}
}

func TestErrorsSayWhatHappened(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		class  Class
		want   string
	}{
		"a crash": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "Internal Server Error", 500) }, Crashed,
			"asking how the daemon is: tried GET http://robot/api/daemon/status, got 500 Internal Server Error. The daemon's own log says why."},
		"a bad body": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(422)
			reply(w, api.Problem{Detail: []api.Invalid{{Type: "missing", Loc: []any{"body", "duration"}, Msg: "Field required"}}})
		}, Refused, "422 Unprocessable Entity: [{"},
		"an answer that does not come": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, Timeout, "no answer within 5s"},
		"a cut":                        {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Unreachable, "got EOF"},
	} {
		play(t, func(s *script) { s.answers["GET "+api.PathDaemonStatus] = c.answer }, func(t *testing.T, s *script, client *Client) {
			ready(s, client)
			_, err := client.Status(t.Context())
			var e *Error
			if !errors.As(err, &e) || e.Class != c.class || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func TestLostAndBack(t *testing.T) {
	for name, lose := range map[string]func(s *script, on bool){
		"it is gone": func(s *script, on bool) {
			s.set(func() { s.gone = on })
			s.cut(api.PathStateStream)
			s.cut(api.PathUpdates)
		},
		"it hangs": func(s *script, on bool) {
			s.set(func() {
				s.mute = on
				delete(s.answers, "GET "+api.PathStateFull)
				if on {
					s.answers["GET "+api.PathStateFull] = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
				}
			})
		},
	} {
		play(t, nil, func(t *testing.T, s *script, c *Client) {
			ready(s, c)
			lose(s, true)
			time.Sleep(20 * time.Second)
			same(t, name+", lost", s.told(), "lost")
			var e *Error
			if err := c.SetTarget(t.Context(), robot.Init); !errors.As(err, &e) || c.Connected() {
				t.Errorf("%s: a target: %v", name, err)
			}
			_, seen := c.Measured()
			if time.Since(seen) < 10*time.Second {
				t.Errorf("%s: measured %s ago", name, time.Since(seen))
			}
			lose(s, false)
			time.Sleep(20 * time.Second)
			same(t, name+", back", s.told(), "back")
			if err := c.SetTarget(t.Context(), robot.Init); err != nil || !c.Connected() {
				t.Errorf("%s, back: %v", name, err)
			}
		})
	}
}

// A stream that breaks is no loss where the daemon still answers.
func TestStreamBreaks(t *testing.T) {
	play(t, nil, func(t *testing.T, s *script, c *Client) {
		ready(s, c)
		for range 5 {
			s.cut(api.PathStateStream)
			s.cut(api.PathUpdates)
			s.cut(api.PathSetTargetStream)
			time.Sleep(150 * time.Millisecond)
			if _, at := c.Measured(); time.Since(at) > 150*time.Millisecond {
				t.Errorf("measured %s ago", time.Since(at))
			}
			time.Sleep(3 * time.Second)
		}
		same(t, "told", s.told())
	})
}

// Nothing at all listens there.
func TestNobodyListens(t *testing.T) {
	c, err := New(Config{URL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	_, err = c.Status(t.Context())
	var e *Error
	if !errors.As(err, &e) || e.Class != Unreachable || !strings.Contains(err.Error(), "connection refused. Is the daemon running") {
		t.Errorf("%v", err)
	}
}

func TestTargetsAreStreamed(t *testing.T) {
	for _, streamed := range []bool{true, false} {
		asked := 0
		prepare := func(s *script) {
			s.refused[api.PathSetTargetStream] = !streamed
			s.answers["POST "+api.PathSetTarget] = func(w http.ResponseWriter, r *http.Request) {
				asked++
				s.atRest(w, r)
			}
		}
		play(t, prepare, func(t *testing.T, s *script, c *Client) {
			ready(s, c)
			for i := range 100 {
				want := robot.Pose{Head: robot.Head{Yaw: float64(i) / 100}, Antennas: [2]float64{0.1, 0.2}, BodyYaw: 0.3}
				if err := c.SetTarget(t.Context(), want); err != nil {
					t.Fatal(err)
				}
				time.Sleep(20 * time.Millisecond)
				synctest.Wait()
				s.mu.Lock()
				if s.pose != want {
					t.Errorf("target %d: the robot is at %+v", i, s.pose)
				}
				s.mu.Unlock()
			}
		})
		if byRequest := asked > 50; byRequest == streamed {
			t.Errorf("streamed %v, and %d requests", streamed, asked)
		}
	}
}

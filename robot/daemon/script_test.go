package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"aimbench/engine/listen"
	"aimbench/robot"
	"aimbench/robot/api"
)

// script is a daemon that does what a test tells it: each route is answered by what answers has for it, and as a daemon at
// rest answers else.
type script struct {
	t *testing.T

	mu      sync.Mutex
	answers map[string]http.HandlerFunc // by "METHOD path"
	refused map[string]bool             // paths whose WebSocket does not open
	lines   []string                    // what was asked, but for states
	open    map[*websocket.Conn]string  // by path
	pose    robot.Pose
	motors  api.MotorMode
	running []string
	events  []string
	mute    bool // states do not come
	gone    bool // nothing is answered
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	answer, refused, gone := s.answers[r.Method+" "+r.URL.Path], s.refused[r.URL.Path], s.gone
	s.mu.Unlock()
	switch {
	case gone:
		panic(http.ErrAbortHandler)
	case r.Header.Get("Upgrade") != "":
		if refused {
			http.Error(w, "", http.StatusForbidden)
			return
		}
		s.socket(w, r)
	case answer != nil:
		s.note("%s %s", r.Method, r.URL.Path)
		answer(w, r)
	default:
		s.atRest(w, r)
	}
}

// atRest answers as a daemon does that is at rest.
func (s *script) atRest(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; path {
	case api.PathStateFull:
		reply(w, s.state())
		return
	case api.PathMotors:
		s.mu.Lock()
		defer s.mu.Unlock()
		reply(w, api.Motors{Mode: s.motors})
		return
	case api.PathRunning:
		s.mu.Lock()
		defer s.mu.Unlock()
		moves := []api.Move{}
		for _, name := range s.running {
			moves = append(moves, api.Move{UUID: name})
		}
		reply(w, moves)
		return
	case api.PathSetTarget:
		s.target(r.Body)
		reply(w, api.TargetAnswer{Status: api.TargetOK})
		return
	default:
		s.note("%s %s", r.Method, path)
		if mode, ok := strings.CutPrefix(path, api.PathSetMotors); ok {
			s.set(func() { s.motors = api.MotorMode(mode) })
		}
		reply(w, api.Status{Status: "ok"})
	}
}

func reply(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

func (s *script) state() api.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	mode, pose := s.motors, s.pose
	return api.State{
		ControlMode: &mode, HeadPose: &api.Pose{Head: api.Head(pose.Head)}, BodyYaw: &pose.BodyYaw, Antennas: &pose.Antennas,
		Timestamp: time.Now().UTC().Format(time.RFC3339Nano),
	}
}

func (s *script) target(body io.Reader) {
	var t api.Target
	if json.NewDecoder(body).Decode(&t) == nil && t.HeadPose != nil {
		s.set(func() {
			s.pose = robot.Pose{Head: robot.Head(t.HeadPose.Head), Antennas: *t.Antennas, BodyYaw: *t.BodyYaw}
		})
	}
}

func (s *script) socket(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	s.set(func() { s.open[conn] = r.URL.Path })
	defer s.set(func() { delete(s.open, conn) })
	defer conn.CloseNow() //nolint:errcheck // a test
	if r.URL.Path == api.PathStateStream {
		go s.stream(r.Context(), conn)
	}
	for {
		_, message, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		switch r.URL.Path {
		case api.PathSetTargetStream:
			s.target(strings.NewReader(string(message)))
		case api.PathSDK:
			var c api.Command
			_ = json.Unmarshal(message, &c)
			s.note("sdk %s", c.Type)
		}
	}
}

func (s *script) stream(ctx context.Context, conn *websocket.Conn) {
	for sleep(ctx, 20*time.Millisecond) {
		s.mu.Lock()
		mute := s.mute
		s.mu.Unlock()
		if !mute && write(ctx, conn, s.state()) != nil {
			return
		}
	}
}

// emit tells who listens of a move.
func (s *script) emit(kind api.MoveEventType, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn, path := range s.open {
		if path == api.PathUpdates {
			if err := write(s.t.Context(), conn, api.MoveEvent{Type: kind, UUID: name, Details: "no\x1b such joint"}); err != nil {
				s.t.Error(err)
			}
		}
	}
}

// cut breaks the sockets of a path.
func (s *script) cut(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn, p := range s.open {
		if p == path {
			_ = conn.CloseNow()
		}
	}
}

func (s *script) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *script) note(format string, args ...any) {
	s.set(func() { s.lines = append(s.lines, fmt.Sprintf(format, args...)) })
}

// took gives what was asked since it was last called.
func (s *script) took() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := s.lines
	s.lines = nil
	return lines
}

// told gives what the client told since it was last called.
func (s *script) told() []string {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	events := s.events
	s.events = nil
	return events
}

// play runs in simulated time with a client of a script. The script is an awake robot at rest, unless prepare has it be
// another.
func play(t *testing.T, prepare func(*script), do func(*testing.T, *script, *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &script{
			t: t, answers: map[string]http.HandlerFunc{}, refused: map[string]bool{}, open: map[*websocket.Conn]string{},
			pose: robot.Init, motors: api.MotorsEnabled,
		}
		if prepare != nil {
			prepare(s)
		}
		listener, dial := listen.Memory()
		listening := listen.Serve(t.Context(), listener, s)
		c := connect(t, dial, func(e Event) { s.set(func() { s.events = append(s.events, string(e.Kind)) }) })
		do(t, s, c)
		c.Close(t.Context())
		if err := listening.Close(); err != nil {
			t.Error(err)
		}
	})
}

func connect(t *testing.T, dial func(context.Context, string, string) (net.Conn, error), notify func(Event)) *Client {
	t.Helper()
	c, err := New(Config{URL: "http://robot", Dial: dial, Notify: notify})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ready waits for the client, and drops what was asked until then.
func ready(s *script, c *Client) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	if err := c.Ready(ctx); err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(time.Second)
	s.took()
	s.told()
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

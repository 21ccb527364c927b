package edge

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"aimbench/engine/event"
	"aimbench/engine/listen"
	"aimbench/engine/report"
	"aimbench/engine/scenario"
	"aimbench/robot/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shown is a View that keeps what it is shown.
type shown struct {
	mu      sync.Mutex
	texts   []string
	replies []event.Turn
	settled []event.Turn
	begun   time.Time // of the reply that was shown last
	came    time.Time // its first piece
}

func (s *shown) note(kind, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts = append(s.texts, kind+": "+text)
}

func (s *shown) Said(text string) {
	s.note("said", text)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun, s.came = time.Now(), time.Time{}
}

func (s *shown) Delta(kind report.Kind, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if kind == report.Answer && s.came.IsZero() {
		s.came = time.Now()
	}
	if n := len(s.texts); n > 0 && strings.HasPrefix(s.texts[n-1], "reply: ") {
		s.texts[n-1] += text
		return
	}
	s.texts = append(s.texts, "reply: "+text)
}

func (s *shown) Called(call event.ToolCall) { s.note("called", call.Name) }
func (s *shown) Answer(text string)         { s.note("answer", text) }
func (s *shown) Note(text string)           { s.note("note", text) }

func (s *shown) Reply(t *event.Turn) {
	if text := trouble(t); text != "" {
		s.note("wrong", text)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies = append(s.replies, *t)
}

func (s *shown) Settled(t *event.Turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := *t
	kept.Gestures = slices.Clone(t.Gestures)
	s.settled = append(s.settled, kept)
}

// all is what was shown.
func (s *shown) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.texts)
}

// has says whether something was shown that begins so.
func (s *shown) has(start string) bool {
	return slices.ContainsFunc(s.all(), func(text string) bool { return strings.HasPrefix(text, start) })
}

// latest is the answer or note that was shown last.
func (s *shown) latest() string {
	all := s.all()
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// watched is a talk in memory, and what was shown of it.
type watched struct {
	*Chat
	*shown
	dir  string
	left sync.Once
}

// leave ends the talk.
func (w *watched) leave() { w.left.Do(w.Close) }

// network is what is to be reached in memory. Whoever is not there refuses.
type network map[string]func(ctx context.Context, network, address string) (net.Conn, error)

func (n network) dial(ctx context.Context, kind, address string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(address)
	if dial, ok := n[host]; ok {
		return dial(ctx, kind, address)
	}
	return nil, &net.OpError{Op: "dial", Net: kind, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

// hold opens a talk by a scenario's text; an empty one is the built-in talk.
func hold(t *testing.T, text string, change func(*Setup)) *watched {
	t.Helper()
	w := &watched{shown: &shown{}, dir: t.TempDir()}
	o := Setup{Dir: w.dir, Scenario: scenario.Options{Getenv: func(string) (string, bool) { return "", false }}}
	o.Engine.Memory = true
	if text != "" {
		path := filepath.Join(w.dir, "talk.hcl")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o.Paths = []string{path}
	}
	if change != nil {
		change(&o)
	}
	c, err := Open(t.Context(), o, w.shown)
	if err != nil {
		t.Fatal(err)
	}
	w.Chat = c
	t.Cleanup(w.leave)
	return w
}

// behind serves a robot in memory, for a scenario whose daemon has the URL http://reachy:8000.
func behind(t *testing.T, config simulator.Config) (*simulator.Simulator, network) {
	t.Helper()
	sim := simulator.New(config)
	listener, dial := listen.Memory()
	served := listen.Serve(t.Context(), listener, sim)
	t.Cleanup(func() {
		_ = served.Close() // nothing is lost by it
		sim.Close()
	})
	return sim, network{"reachy": dial}
}

// talkOf is a scenario of a talk, with what its endpoint and its robot are.
func talkOf(endpoint, robot, more string) string {
	return fmt.Sprintf(`
endpoint "aim" {
  %s
}
robot "reachy" {
  %s
}
conversation "talk" {
  robot  = robot.reachy
  system = "Be kind."
  perform "ack" {
    on      = prompt
    gesture = gesture.ack
  }
  perform "sorry" {
    on      = failure
    gesture = gesture.error
  }
  %s
  turn "unused" {
    user = "Nobody says this."
  }
}
`, endpoint, robot, more)
}

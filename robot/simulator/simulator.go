// Package simulator is a Reachy Mini without a robot: a daemon that speaks the maker's HTTP and WebSocket API, over a body
// that takes its time as a real one does, and breaks in the ways it is told. It is an http.Handler, which package listen serves
// on an address or in memory; at its root is a page that shows the robot. docs/robot.md says in what it differs.
package simulator

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

// DefaultName is the robot's name where Config gives none.
const DefaultName = "reachy_mini"

// Version is what the simulator says is its daemon's version: the one that it was compared with.
const Version = "1.13.0"

// Config says how a Simulator behaves. The zero Config is a robot that sleeps, with its motors on and without a speaker,
// and never breaks.
type Config struct {
	Name string
	// Media: there is a speaker. Nothing is heard of it; what plays is seen in the viewer and told by Playing.
	Media bool
	// Awake: the robot stands in its initial pose to begin with.
	Awake  bool
	Faults []Fault
	Seed   int64 // of what faults draw
}

// Simulator is a robot and its daemon. It may be used by many goroutines at once, and by several listeners. What it does
// in time it does by timers: one that nobody looks at and that has nothing to do costs nothing.
type Simulator struct {
	config Config
	routes map[string]route

	mu       sync.Mutex
	state    api.DaemonState
	body     *body
	moves    []*move // in the order in which they began
	faults   *faults
	lost     bool
	closed   bool
	timers   []*time.Timer    // of the faults that begin and end by themselves
	sockets  map[*socket]bool // that are open, and whether a viewer's
	updates  map[*socket]bool // who is told of moves
	sdk      map[*socket]bool // who is told of tasks
	media    media
	wobbling bool
	records  []json.RawMessage // nil while nothing is recorded
	show     show
	job      int
}

// New makes a simulator. Its time, which faults are counted by, begins here. Close ends what it does.
func New(config Config) *Simulator {
	if config.Name == "" {
		config.Name = DefaultName
	}
	now := time.Now()
	s := &Simulator{
		config: config, state: api.DaemonRunning, body: newBody(now), faults: newFaults(config.Faults, config.Seed, now),
		sockets: map[*socket]bool{}, updates: map[*socket]bool{}, sdk: map[*socket]bool{},
		media: newMedia(),
	}
	if config.Awake {
		s.body.measured, s.body.goal = initial, initial
		s.body.aim(initial)
	}
	s.routes = s.table()
	for _, f := range config.Faults {
		if f.Kind == Lost && f.For > 0 {
			s.timers = append(s.timers, time.AfterFunc(f.From, func() { s.SetLost(true) }),
				time.AfterFunc(f.From+f.For, func() { s.SetLost(false) }))
		}
	}
	return s
}

// Pose is where the robot is.
func (s *Simulator) Pose() robot.Pose {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body.advance(time.Now())
	return s.body.measured
}

// Motors is the mode of the motors.
func (s *Simulator) Motors() api.MotorMode {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.body.motors
}

// Moving reports how many moves run.
func (s *Simulator) Moving() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.moves)
}

// SetLost takes the robot from the network, or brings it back: while it is lost, every connection is cut. Its body goes
// on with what it does.
func (s *Simulator) SetLost(lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = lost && !s.closed
	if s.lost {
		s.cut(false)
	}
}

// cut ends every WebSocket; those of viewers only if told to.
func (s *Simulator) cut(viewers bool) {
	for c, viewer := range s.sockets {
		if viewers || !viewer {
			c.cancel()
		}
	}
}

// Close stops what the robot does and cuts its WebSockets. It answers nothing any more.
func (s *Simulator) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, t := range s.timers {
		t.Stop()
	}
	for _, m := range s.moves {
		m.turn++
		m.timer.Stop()
	}
	s.cut(true)
}

// ServeHTTP answers one request.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, rest, status := s.find(r)
	switch {
	case status == http.StatusTemporaryRedirect:
		http.Redirect(w, r, rest, status)
		return
	case status == http.StatusNotFound:
		refuse(w, status, "Not Found")
		return
	case status == http.StatusMethodNotAllowed:
		refuse(w, status, "Method Not Allowed")
		return
	case found.viewer:
		found.serve(w, r, rest)
		return
	}
	s.mu.Lock()
	gone := s.lost || s.closed
	fault := s.faults.draw(time.Now(), found.moves)
	ready := s.state == api.DaemonRunning || s.state == api.DaemonStopping
	s.mu.Unlock()
	if gone || fault.Kind == Dropped && !found.socket {
		panic(http.ErrAbortHandler) // net/http cuts the connection
	}
	if fault.Kind == Late && !sleep(r.Context(), fault.Delay) {
		return
	}
	switch {
	case fault.Kind == HTTP500:
		crash(w)
	case found.backend && !ready:
		refuse(w, http.StatusServiceUnavailable, "Backend not running")
	default:
		found.serve(w, r.WithContext(context.WithValue(r.Context(), faultKey{}, fault)), rest)
	}
}

// faultKey is where a request carries its fault.
type faultKey struct{}

func faultOf(r *http.Request) Fault {
	f, _ := r.Context().Value(faultKey{}).(Fault)
	return f
}

// sleep waits, and reports whether the client is still there.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

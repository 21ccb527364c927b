package simulator

import (
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

// longest is how long a move lasts at most: what is longer, or without an end, never ends in practice.
const longest = 100 * 365 * 24 * time.Hour

// A move is what the daemon does by itself over time: a list of steps, each begun when the one before has ended. All of
// it is guarded by the simulator's lock.
type move struct {
	id     string
	listed bool // among the running moves, and in the updates; tasks of /ws/sdk are not
	steps  []step
	glide  *glide // the way that is gone now; nil in a pause
	timer  *time.Timer
	turn   int // counts the steps, so that a timer that fired late knows that it is out of date
	// ended is told that all steps are done; nil where nobody asks.
	ended func()
}

// A step begins something, and says how long it takes.
type step func(s *Simulator, m *move) time.Duration

// pause does nothing for a while.
func pause(d time.Duration) step {
	return func(*Simulator, *move) time.Duration { return d }
}

// reach is what a way shall reach. Axes that are nil are held where they are measured when it begins.
type reach struct {
	head     *robot.Head
	antennas *[2]float64
	bodyYaw  *float64
}

// finite is the part of it that is made of numbers. The rest is passed over: no motor goes there.
func (r reach) finite() reach {
	if r.head != nil && !(robot.Pose{Head: *r.head}).Finite() {
		r.head = nil
	}
	if r.antennas != nil && !(robot.Pose{Antennas: *r.antennas}).Finite() {
		r.antennas = nil
	}
	if r.bodyYaw != nil && !(robot.Pose{BodyYaw: *r.bodyYaw}).Finite() {
		r.bodyYaw = nil
	}
	return r
}

// glideTo goes there, from where the body is measured.
func glideTo(to reach, seconds float64, how robot.Interpolation) step {
	return func(s *Simulator, m *move) time.Duration {
		d := duration(seconds)
		from := s.body.measured
		end := from
		if to.head != nil {
			end.Head = robot.Head(matrix(*to.head).Head())
		}
		if to.antennas != nil {
			end.Antennas = *to.antennas
		}
		if to.bodyYaw != nil {
			end.BodyYaw = *to.bodyYaw
		}
		return s.glide(m, func(elapsed time.Duration) robot.Pose {
			return from.Towards(end, how.At(elapsed.Seconds()/d.Seconds()))
		}, d)
	}
}

// duration turns a client's seconds into a duration of at least 0.
func duration(seconds float64) time.Duration {
	switch {
	case !(seconds > 0): // also what is not a number
		return 0
	case seconds > longest.Seconds():
		return longest
	}
	return time.Duration(seconds * float64(time.Second))
}

// glide puts the body on a way.
func (s *Simulator) glide(m *move, w way, d time.Duration) time.Duration {
	if d > 0 {
		m.glide = &glide{w, time.Now()}
		s.body.gliders = append(s.body.gliders, m.glide)
	}
	return d
}

// land takes the move's way from the body, at its end or before.
func (s *Simulator) land(m *move) {
	if m.glide == nil {
		return
	}
	now := time.Now()
	s.body.advance(now)
	s.body.aim(m.glide.way(now.Sub(m.glide.begun)))
	for i, g := range s.body.gliders {
		if g == m.glide {
			s.body.gliders = append(s.body.gliders[:i], s.body.gliders[i+1:]...)
			break
		}
	}
	m.glide = nil
}

// start begins a move. Nothing keeps several from running at once.
func (s *Simulator) start(m *move) {
	s.body.advance(time.Now())
	s.moves = append(s.moves, m)
	if m.listed {
		s.tell(api.MoveStarted, m)
	}
	s.next(m)
}

// next begins the steps that are due.
func (s *Simulator) next(m *move) {
	m.turn++
	for len(m.steps) > 0 {
		begin := m.steps[0]
		m.steps = m.steps[1:]
		if d := begin(s, m); d > 0 {
			s.wait(m, d)
			return
		}
	}
	s.drop(m)
	if m.listed {
		s.tell(api.MoveCompleted, m)
	}
	if m.ended != nil {
		m.ended()
	}
}

func (s *Simulator) wait(m *move, d time.Duration) {
	mine := m.turn
	m.timer = time.AfterFunc(d, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if m.turn == mine && !s.closed {
			s.body.advance(time.Now())
			s.land(m)
			s.next(m)
		}
	})
}

// drop forgets a move.
func (s *Simulator) drop(m *move) {
	for i, other := range s.moves {
		if other == m {
			s.moves = append(s.moves[:i], s.moves[i+1:]...)
			return
		}
	}
}

// cancel ends a listed move, and reports whether there was one.
func (s *Simulator) cancel(id string) bool {
	for _, m := range s.moves {
		if m.listed && m.id == id {
			m.turn++
			m.timer.Stop()
			s.land(m)
			s.drop(m)
			s.tell(api.MoveCancelled, m)
			return true
		}
	}
	return false
}

// stopAll ends every way that is gone now. As with the daemon, a move of several steps goes on with the next one.
func (s *Simulator) stopAll() {
	for _, m := range append([]*move(nil), s.moves...) {
		if m.glide != nil {
			m.timer.Stop()
			s.land(m)
			s.next(m)
		}
	}
}

// gliding reports whether the daemon says that a move is running: one that pauses is not.
func (s *Simulator) gliding() bool { return len(s.body.gliders) > 0 }

// aim sets targets, unless a move is running, and reports whether it did.
func (s *Simulator) aim(to reach) bool {
	s.body.advance(time.Now())
	if s.gliding() {
		return false
	}
	t := &s.body.target
	if to.head != nil {
		t.head, s.body.solve = to.head, true
	}
	if to.bodyYaw != nil {
		t.bodyYaw, s.body.solve = to.bodyYaw, true
	}
	if to.antennas != nil {
		t.antennas = to.antennas
	}
	return true
}

// offsetBy sets speech's offset.
func (s *Simulator) offsetBy(h robot.Head) {
	s.body.advance(time.Now())
	s.body.speech, s.body.solve = h, true
}

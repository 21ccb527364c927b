package simulate

import (
	"context"
	"sync"
)

// slots lets a number of requests through at once; the others wait in the order in which they came.
type slots struct {
	limit int // 0 is none

	mu      sync.Mutex
	running int
	queue   []chan struct{} // each is closed when its turn comes
}

func newSlots(limit int) *slots { return &slots{limit: limit} }

// take waits for a slot; it reports false when ctx ended first.
func (s *slots) take(ctx context.Context) bool {
	s.mu.Lock()
	if s.limit <= 0 || s.running < s.limit {
		s.running++
		s.mu.Unlock()
		return true
	}
	turn := make(chan struct{})
	s.queue = append(s.queue, turn)
	s.mu.Unlock()
	select {
	case <-turn:
		return true
	case <-ctx.Done():
		s.leave(turn)
		return false
	}
}

// leave gives up a place in the queue, or the slot that was given at the same moment.
func (s *slots) leave(turn chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, t := range s.queue {
		if t == turn {
			s.queue = append(s.queue[:i], s.queue[i+1:]...)
			return
		}
	}
	s.pass()
}

// give frees a slot.
func (s *slots) give() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pass()
}

// pass hands a slot to the first that waits. The lock is held.
func (s *slots) pass() {
	if len(s.queue) == 0 {
		s.running--
		return
	}
	close(s.queue[0])
	s.queue = s.queue[1:]
}

// load is how many requests are in service and how many wait.
func (s *slots) load() (running, waiting int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running, len(s.queue)
}

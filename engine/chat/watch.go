package chat

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"aimbench/engine/event"
)

// phase is what an attempt is waiting for.
type phase int

const (
	connecting phase = iota
	waiting          // for the first token
	arriving         // for more
	draining         // for the end of a stream whose events are all there
)

// drainFor is how long a finished stream may take to end, so that its connection can be used again.
const drainFor = 100 * time.Millisecond

// expired is the cause of a context that the watch cancelled.
type expired struct{ class event.Class }

func (e expired) Error() string { return string(e.class) }

// watch ends an attempt that takes too long, with one timer. An arrival costs it one atomic store: the timer finds out
// when it fires.
type watch struct {
	clock    event.Clock
	limits   Timeouts
	total    event.Instant // when the whole request must be over; 0 for never
	leave    event.Instant // when the user leaves; 0 for never
	cancel   context.CancelCauseFunc
	progress atomic.Int64 // the instant of the last arrival

	mu    sync.Mutex
	phase phase
	since event.Instant
	timer *time.Timer
	over  bool
}

// enter begins a phase; going back to an earlier one has no effect.
func (w *watch) enter(p phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p < w.phase || w.over {
		return
	}
	w.phase, w.since = p, w.clock.Now()
	w.progress.Store(int64(w.since))
	w.arm()
}

// arrived notes an arrival.
func (w *watch) arrived(at event.Instant) { w.progress.Store(int64(at)) }

// deadline is the earliest of the moments that would end the attempt as it stands, with the class; 0 for none.
func (w *watch) deadline() (at event.Instant, class event.Class) {
	earlier := func(t event.Instant, c event.Class) {
		if t.Reached() && (at == 0 || t < at) {
			at, class = t, c
		}
	}
	from := func(t event.Instant, limit time.Duration) event.Instant {
		if limit <= 0 {
			return 0
		}
		return t.Add(limit)
	}
	switch w.phase {
	case connecting:
		earlier(from(w.since, w.limits.Connect), event.TimeoutConnect)
	case waiting:
		earlier(from(w.since, w.limits.FirstToken), event.TimeoutFirstToken)
	case arriving:
		earlier(from(event.Instant(w.progress.Load()), w.limits.Idle), event.TimeoutIdle)
	case draining:
		return from(w.since, drainFor), event.OK
	}
	earlier(w.total, event.TimeoutTotal)
	earlier(w.leave, event.HungUp)
	return at, class
}

// arm sets the timer to the deadline. The caller holds mu.
func (w *watch) arm() {
	at, _ := w.deadline()
	switch {
	case at == 0:
		if w.timer != nil {
			w.timer.Stop()
		}
	case w.timer == nil:
		w.timer = time.AfterFunc(time.Duration(at-w.clock.Now()), w.fire)
	default:
		w.timer.Reset(time.Duration(at - w.clock.Now()))
	}
}

// fire ends the attempt if its deadline has truly passed, and waits on where there was progress.
func (w *watch) fire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return
	}
	at, class := w.deadline()
	if at == 0 || w.clock.Now() < at {
		w.arm()
		return
	}
	w.over = true
	w.cancel(expired{class})
}

// stop ends the watch.
func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	if w.timer != nil {
		w.timer.Stop()
	}
}

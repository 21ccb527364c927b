package run

import (
	"time"

	"aimbench/engine/event"
)

// state is how far the load is at an instant.
func (o *load) state(now event.Instant) State {
	s := State{
		Load: o.Name, Began: event.Instant(o.began.Load()), Ended: event.Instant(o.ended.Load()), Iterations: int64(o.Iterations),
		Offered: o.offered.Load(), Dropped: o.dropped.Load(), InFlight: o.inFlight.Load(),
	}
	table := newTimetable(o.Load, s.Began)
	s.Length = table.length
	if !s.Began.Reached() {
		return s
	}
	if s.Ended.Reached() {
		now = s.Ended
	}
	s.Elapsed = time.Duration(now - s.Began)
	s.Warmup = s.Elapsed < table.warmup
	for _, stage := range table.stages {
		if !s.Warmup && s.Elapsed < stage.end {
			s.Stage = stage.name
			break
		}
	}
	return s
}

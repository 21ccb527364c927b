package run

import (
	"sync/atomic"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// timetable says to which time of a load a turn belongs.
type timetable struct {
	load   string
	start  event.Instant // of the warmup
	warmup time.Duration
	stages []timedStage
	length time.Duration // warmup included; 0 where it ends when its conversations have
	// ended is when the schedule came to its end before its time; 0 where it has not.
	ended atomic.Int64
}

// timedStage is a stage with its end, counted from the load's start.
type timedStage struct {
	name string
	end  time.Duration
}

func newTimetable(l *scenario.Load, start event.Instant) *timetable {
	t := &timetable{load: l.Name, start: start, warmup: l.Warmup}
	end := l.Warmup
	for _, s := range l.Stages {
		end += s.Ramp + s.Hold
		t.stages = append(t.stages, timedStage{s.Name, end})
	}
	if end += l.Duration; end > l.Warmup {
		t.length = end
	}
	return t
}

// Place is the stage that an intended instant falls in, and whether it falls in the warmup, or after the load's end: then it
// belongs to no stage.
func (t *timetable) Place(intended event.Instant) (stage string, warmup, after bool) {
	at := time.Duration(intended - t.start)
	ended := event.Instant(t.ended.Load())
	switch {
	case ended.Reached() && intended >= ended || t.length > 0 && at >= t.length:
		return "", false, true
	case at < t.warmup:
		return "", true, false
	}
	for _, s := range t.stages {
		if at < s.end {
			return s.name, false, false
		}
	}
	return "", false, false
}

// end says that the schedule has come to its end.
func (t *timetable) end(now event.Instant) { t.ended.Store(int64(now)) }

// windows are the times in which the load wants turns: of the whole, and of each stage. The end is open where it is not known
// before the load has ended.
func (t *timetable) windows() []event.Window {
	start := t.start.Add(t.warmup)
	whole := event.Window{Load: t.load, Start: start}
	if t.length > 0 {
		whole.End = t.start.Add(t.length)
	}
	out := []event.Window{whole}
	for _, s := range t.stages {
		out = append(out, event.Window{Load: t.load, Stage: s.name, Start: start, End: t.start.Add(s.end)})
		start = t.start.Add(s.end)
	}
	return out
}

// endedAt are the windows of a load that has come to its end: those of stages that began, and none beyond the end.
func (t *timetable) endedAt(now event.Instant) []event.Window {
	var out []event.Window
	for _, w := range t.windows() {
		if w.Stage != "" && w.Start >= now {
			continue
		}
		if !w.End.Reached() || w.End > now {
			w.End = max(now, w.Start)
		}
		out = append(out, w)
	}
	return out
}

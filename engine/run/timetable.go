package run

import (
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

// Place is the stage that an intended instant falls in, and whether it falls in the warmup. What is intended after the
// load's end belongs to no stage.
func (t *timetable) Place(intended event.Instant) (stage string, warmup bool) {
	at := time.Duration(intended - t.start)
	if at < t.warmup {
		return "", true
	}
	for _, s := range t.stages {
		if at < s.end {
			return s.name, false
		}
	}
	return "", false
}

// windows are the times in which the load wanted turns: of the whole, and of each stage that began. now is when it came
// to its end.
func (t *timetable) windows(now event.Instant) []event.Window {
	end := now
	if t.length > 0 {
		end = min(now, t.start.Add(t.length))
	}
	start := t.start.Add(t.warmup)
	if end < start {
		return nil
	}
	out := []event.Window{{Load: t.load, Start: start, End: end}}
	for _, s := range t.stages {
		if start < end {
			out = append(out, event.Window{Load: t.load, Stage: s.name, Start: start, End: min(end, t.start.Add(s.end))})
		}
		start = t.start.Add(s.end)
	}
	return out
}

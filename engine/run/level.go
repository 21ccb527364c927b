package run

import (
	"math"
	"time"

	"aimbench/engine/scenario"
)

// level is what a schedule wants over time, in conversations a second or in users: straight lines, one after another.
// What it returns hangs on its arguments alone.
type level []line

// line is a part of a level, from one value to another.
type line struct {
	from, to float64
	length   time.Duration
}

// forever is the length of a line that ends when a number of conversations has started.
const forever = time.Duration(math.MaxInt64)

// steady is a level that stays where it is.
func steady(value float64, length time.Duration) level { return level{{value, value, length}} }

// staged is the level of the stages: a ramp leads from the stage before, the first from start.
func staged(start float64, stages []scenario.Stage) level {
	var l level
	for _, s := range stages {
		if s.Ramp > 0 {
			l = append(l, line{start, s.Target, s.Ramp})
		}
		if s.Hold > 0 {
			l = append(l, line{s.Target, s.Target, s.Hold})
		}
		start = s.Target
	}
	return l
}

// when is the first moment until which the area under the level has come to area; false where it never does.
func (l level) when(area float64) (time.Duration, bool) {
	before := time.Duration(0)
	for _, s := range l {
		whole := (s.from + s.to) / 2 * s.length.Seconds()
		if area < whole {
			return before + duration(s.after(area)), true
		}
		area -= whole
		before += s.length
	}
	return 0, false
}

// after is how many seconds into the line the area under it comes to area: the root of from·t + slope/2·t² = area, in the
// form that loses no digits where the slope is small.
func (s line) after(area float64) float64 {
	if area <= 0 {
		return 0
	}
	slope := (s.to - s.from) / s.length.Seconds()
	return 2 * area / (s.from + math.Sqrt(max(0, s.from*s.from+2*slope*area)))
}

// area is the whole area under the level.
func (l level) area() float64 {
	area := 0.0
	for _, s := range l {
		area += (s.from + s.to) / 2 * s.length.Seconds()
	}
	return area
}

// above is the first moment from which the level is above value, not before from; false where there is none.
func (l level) above(value float64, from time.Duration) (time.Duration, bool) {
	before := time.Duration(0)
	for _, s := range l {
		t := max(0, from-before)
		if t < s.length {
			if at, ok := s.above(value, t); ok {
				return before + at, true
			}
			if s.length == forever {
				return 0, false
			}
		}
		before += s.length
	}
	return 0, false
}

func (s line) above(value float64, from time.Duration) (time.Duration, bool) {
	here := s.from + (s.to-s.from)*(from.Seconds()/s.length.Seconds())
	switch {
	case here > value:
		return from, true
	case s.to <= value:
		return 0, false
	}
	crossing := (value - s.from) / (s.to - s.from) * s.length.Seconds()
	return max(from, duration(crossing)), true
}

// duration is a number of seconds.
func duration(seconds float64) time.Duration {
	return time.Duration(math.Round(seconds * float64(time.Second)))
}

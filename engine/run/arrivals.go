package run

import (
	"iter"
	"time"

	"aimbench/engine/scenario"
)

// Arrivals are the starts that an open loop intends, in their order: each conversation's number in the load, from 0, and
// its time since the load began, warmup included. They hang on the load alone: each draw is a hash of its seed, its name
// and the number.
func Arrivals(l *scenario.Load) iter.Seq2[int64, time.Duration] {
	if l.Replay != nil {
		return replayed(l.Replay)
	}
	return func(yield func(int64, time.Duration) bool) {
		number := int64(0)
		for i, part := range openParts(l) {
			from, most := time.Duration(0), int64(0)
			if i > 0 {
				from, most = l.Warmup, int64(l.Iterations)
			}
			first := number
			for at := range part.arrivals(l, first) {
				if most > 0 && number-first == most {
					break
				}
				if !yield(number, from+at) {
					return
				}
				number++
			}
		}
	}
}

// openParts are the rates of an open loop: at first in warmup, then in the time that counts.
func openParts(l *scenario.Load) [2]level {
	switch {
	case len(l.Stages) > 0:
		return [2]level{steady(l.Stages[0].Target, l.Warmup), staged(0, l.Stages)}
	case l.Iterations > 0:
		return [2]level{steady(l.Rate, l.Warmup), steady(l.Rate, forever)}
	}
	return [2]level{steady(l.Rate, l.Warmup), steady(l.Rate, l.Duration)}
}

// arrivals are the moments at which the area under the rate comes to the sum of the gaps so far. The gaps have a mean of
// 1, so that the number of arrivals is the area, but for chance; constant gaps give it exactly.
func (l level) arrivals(of *scenario.Load, first int64) iter.Seq[time.Duration] {
	var gap scenario.Dist
	switch of.Arrival {
	case "poisson":
		gap = scenario.Exponential(1)
	case "gamma":
		gap = scenario.Gamma(1, of.Shape)
	}
	// The sums of floating-point numbers must not make one arrival more of an area that is a whole number.
	end := l.area() * (1 - 1e-12)
	return func(yield func(time.Duration) bool) {
		area := 0.0
		for number := first; ; number++ {
			if gap.IsSet() {
				area += gap.Draw(scenario.Site{Seed: of.Seed, Load: of.Name, Session: number}.Draw("arrival"))
			} else {
				area = float64(number - first)
			}
			at, ok := l.when(area)
			if !ok || area >= end || !yield(at) {
				return
			}
		}
	}
}

func replayed(r *scenario.Replay) iter.Seq2[int64, time.Duration] {
	return func(yield func(int64, time.Duration) bool) {
		for i, at := range r.Times {
			if !yield(int64(i), at) {
				return
			}
		}
	}
}

// Part is the share of a load that one of several processes takes: arrival i goes to part i mod Of, and so does user i.
// The zero Part is the whole.
type Part struct{ Index, Of int }

// arrivals are the part's own, with the numbers that they have in the whole.
func (p Part) arrivals(all iter.Seq2[int64, time.Duration]) iter.Seq2[int64, time.Duration] {
	if p.Of <= 1 {
		return all
	}
	return func(yield func(int64, time.Duration) bool) {
		for number, at := range all {
			if p.has(number) && !yield(number, at) {
				return
			}
		}
	}
}

func (p Part) has(number int64) bool { return p.Of <= 1 || number%int64(p.Of) == int64(p.Index) }

// of is the part's share of a number of things, of which thing i goes to part i mod Of.
func (p Part) of(n int) int {
	if p.Of <= 1 {
		return n
	}
	return (n + p.Of - 1 - p.Index) / p.Of
}

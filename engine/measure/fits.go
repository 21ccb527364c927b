package measure

import (
	"math"

	"aimbench/engine/event"
	"aimbench/engine/metric"
)

// What another process hands over is checked before it is merged, so that merging cannot fail halfway: all that the merge
// and the judgement rely on is there, and no number asks for more memory than a run of any length has.

// longest bounds how often the length of a grid's cells may have doubled: 2^30 s are longer than any run.
const longest = firstCell << 30

// mostBuckets bounds a sketch: 1 µs × 1.04^2048 is longer than any run.
const mostBuckets = 2048

// fits reports whether the other set can be merged into this one.
func (s *set) fits(o *set) bool {
	for _, l := range o.Loads {
		if !l.fits() {
			return false
		}
	}
	if len(o.Objectives) != len(s.Objectives) || len(o.Doubts.Objectives) != len(s.Doubts.Objectives) {
		return false
	}
	for i, j := range s.Objectives {
		if !j.fits(o.Objectives[i]) {
			return false
		}
	}
	for i, j := range s.Doubts.Objectives {
		if other := o.Doubts.Objectives[i]; (j == nil) != (other == nil) || j != nil && !j.fits(other) {
			return false
		}
	}
	for _, c := range o.Checks {
		if c == nil {
			return false
		}
	}
	return o.Rubrics.fit() && s.Bias.fits(o.Bias)
}

// fit reports whether all are whole.
func (r rubrics) fit() bool {
	like := newRubricTally("")
	for _, one := range r {
		if one == nil || !one.Score.fits(like.Score) || !one.Took.fits(like.Took) {
			return false
		}
	}
	return true
}

func (l *loadSet) fits() bool {
	if l == nil || l.All == nil || l.Time == nil || !l.All.fits() || !fitsByName(l.Beside) || !l.Time.Cells.fits(mostPoints, (*moment).fits) {
		return false
	}
	for _, c := range l.Stages {
		if c == nil || !c.fits() {
			return false
		}
	}
	return true
}

func (c *cell) fits() bool { return fitsByName(c.Values) }

// fitsByName checks distributions by the names of their metrics.
func fitsByName(of map[string]*Distribution) bool {
	for name, d := range of {
		if m, known := metric.Lookup(name); !known || !d.fits(NewDistribution(m.Unit)) {
			return false
		}
	}
	return true
}

func (j *judged) fits(o *judged) bool {
	if o == nil || !j.Whole.fits(o.Whole) {
		return false
	}
	for _, t := range o.Stages {
		if !newTally(j.rule).fits(t) {
			return false
		}
	}
	return true
}

func (c *tally) fits(o *tally) bool {
	return o != nil &&
		(c.Values == nil) == (o.Values == nil) && (c.Values == nil || o.Values.fits(c.Values)) &&
		(c.Blocks == nil) == (o.Blocks == nil) && (c.Blocks == nil || o.Blocks.Cells.fits(mostBlocks, func(*block) bool { return true }))
}

func (b *bias) fits(o *bias) bool {
	if o == nil || !o.Lag.fits(b.Lag) {
		return false
	}
	for name, d := range o.Bounds {
		if own := b.Bounds[name]; own == nil || !d.fits(own) {
			return false
		}
	}
	return true
}

func (m *moment) fits() bool {
	for i := range m.Latency {
		if !m.Latency[i].fits() {
			return false
		}
	}
	return true
}

func (s *sketch) fits() bool {
	n := int64(0)
	for _, c := range s.Counts {
		n += int64(c)
	}
	return s.Base >= 0 && s.Base+len(s.Counts) <= mostBuckets && n == s.N && s.Lost >= 0 && counts(s.Max)
}

// fits reports whether the grid lies on the lines that all grids lie on, and has so many cells at most.
func (g *grid[C, P]) fits(most int, fit func(*C) bool) bool {
	if len(g.Cells) == 0 {
		return g.Length == 0
	}
	if g.Length < firstCell || g.Length > longest || g.Length%firstCell != 0 || !powerOfTwo(g.Length/firstCell) {
		return false
	}
	if g.Cells[g.First] == nil || g.Cells[g.Last] == nil || g.First < 0 || g.Last-g.First >= int64(most) || g.Last > int64(longest/g.Length) {
		return false
	}
	for n, c := range g.Cells {
		if n < g.First || n > g.Last || c == nil || !fit(c) {
			return false
		}
	}
	return true
}

func powerOfTwo(i event.Instant) bool { return i > 0 && i&(i-1) == 0 }

// fits reports whether the distribution has the unit of another, and as many values as it says.
func (d *Distribution) fits(o *Distribution) bool {
	if d == nil || d.scale != o.scale || !counts(d.sum, d.min, d.max, d.waited) || !counts(d.exact...) {
		return false
	}
	if d.cut != nil && (d.cut.cut != nil || !d.cut.fits(o)) {
		return false
	}
	if d.hist == nil {
		return d.n == int64(len(d.exact))
	}
	return len(d.exact) == 0 && d.n == d.hist.TotalCount()
}

// counts reports whether the values are such as a measurement has: none is negative, endless or no number.
func counts(values ...float64) bool {
	for _, x := range values {
		if !(x >= 0) || math.IsInf(x, 1) {
			return false
		}
	}
	return true
}

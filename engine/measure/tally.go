package measure

import (
	"math"
	"slices"

	"aimbench/engine/event"
	"aimbench/engine/metric"
)

// tally is what an objective is judged by, in the whole run or in one stage of it. It is not safe for concurrent use.
type tally struct {
	rule    *Objective
	offered int64
	limit   limit
	values  *Distribution // of p and mean over turns
	blocks  *blocks       // where an interval is asked for
	flow    flow          // of a metric of the run
	samples []float64     // of a server's series
}

func newTally(o *Objective) *tally {
	t := &tally{rule: o, limit: limit{max: o.Max, min: o.Min}}
	if o.perTurn() {
		m, _ := metric.Lookup(o.Metric)
		t.values = NewDistribution(m.Unit)
	}
	if o.Confidence > 0 {
		t.blocks = newBlocks()
	}
	return t
}

// perTurn: the objective is about the values of a metric of turns.
func (o *Objective) perTurn() bool { return (o.Fn == "p" || o.Fn == "mean") && o.Series == "" }

// ofRun: the objective is about a metric of the run.
func (o *Objective) ofRun() bool { return o.Fn == "value" }

// add counts a turn whose Holds is filled in, and reports whether the turn by itself keeps the objective.
func (c *tally) add(t *event.Turn) (kept bool) {
	c.offered++
	var b *block
	if c.blocks != nil {
		b = c.blocks.at(t.Intended)
	}
	kept = true
	count := func(s side) {
		c.limit.count(s)
		kept = kept && s == within
		if b != nil {
			b.judge(s)
		}
	}
	switch {
	case c.rule.conditional():
		count(c.rule.side(t))
		if b != nil {
			ttft(t, c.rule.Origin, b)
		}
		kept = kept || c.rule.Fn == "share" // a share is about all turns, and says of none that it is good
	case c.values != nil:
		valuesOf(t, c.rule.Origin, c.rule.Metric, func(v Value) {
			c.values.Add(v)
			count(c.limit.side(v))
			if b != nil {
				b.value(v.V)
			}
		})
	}
	return kept
}

// side says whether the turn meets the objective's condition.
func (o *Objective) side(t *event.Turn) side {
	switch held, certain := t.Holds[o.ID()]; {
	case !certain:
		return open
	case held:
		return within
	}
	return beyond
}

// ttft gives the block the value by which turns under a condition hang together.
func ttft(t *event.Turn, o event.Origin, b *block) {
	valuesOf(t, o, "ttft", func(v Value) { b.value(v.V) })
}

func (c *tally) merge(o *tally) {
	c.offered += o.offered
	c.limit.merge(&o.limit)
	if c.values != nil {
		c.values.Merge(o.values)
	}
	if c.blocks != nil {
		c.blocks.merge(&o.blocks.grid)
	}
	c.flow.merge(&o.flow)
	c.samples = append(c.samples, o.samples...)
}

// count is the number of values, or of turns offered, that there are to judge by.
func (c *tally) count() int64 {
	switch {
	case c.values != nil:
		return c.values.Count()
	case c.rule.Series != "":
		return int64(len(c.samples))
	}
	return c.offered
}

// measured returns the value with what was cut off counted one way and the other, NaN where it is unknown.
func (c *tally) measured(w event.Window) (low, high float64) {
	o := c.rule
	switch {
	case o.conditional():
		if c.offered == 0 {
			return math.NaN(), math.NaN()
		}
		n := float64(c.offered)
		return float64(c.limit.within) / n, float64(c.limit.within+c.limit.open) / n
	case o.Series != "":
		v := c.sampled()
		return v, v
	case o.Fn == "p":
		low = c.values.Quantile(o.Q)
		high = low
		if c.values.Open() {
			high = c.values.late().quantile(o.Q)
		}
		return low, high
	case o.Fn == "mean":
		low = c.values.Mean()
		high = low
		if c.values.Open() {
			high = math.Inf(1)
		}
		return low, high
	}
	v := c.flow.value(o.Metric, w)
	return v, v
}

// sampled is the quantile or the mean of what was read of a server.
func (c *tally) sampled() float64 {
	if len(c.samples) == 0 {
		return math.NaN()
	}
	if c.rule.Fn == "mean" {
		sum := 0.0
		for _, v := range c.samples {
			sum += v
		}
		return sum / float64(len(c.samples))
	}
	sorted := slices.Sorted(slices.Values(c.samples))
	return sorted[rank(c.rule.Q, int64(len(sorted)))-1]
}

// judge gives what was measured in a window, and the verdict. ramps says that the load changed bit by bit meanwhile.
func (c *tally) judge(w event.Window, ramps bool) Finding {
	f := Finding{Verdict: NoData, Samples: c.count()}
	low, high := c.measured(w)
	if f.Samples < max(1, c.rule.MinSamples) || math.IsNaN(low) {
		return f
	}
	if c.rule.Fn == "p" && c.values != nil {
		f.Verdict = c.limit.quantile(c.rule.Q)
		low, high = c.consistent(low, f.Verdict), c.consistent(high, f.Verdict)
	} else {
		f.Verdict = both(c.limit.keeps(low), c.limit.keeps(high))
	}
	f.set(low, c)
	if high != low {
		f.Low, f.High = finite(low), finite(high)
	}
	if c.blocks != nil {
		c.confide(&f, low, high, ramps)
	}
	return f
}

// consistent moves a value that the histogram rounded across the limit back to the side on which it was counted, by
// the least that a histogram tells apart.
func (c *tally) consistent(x float64, v Verdict) float64 {
	l, step := c.rule.Limit(), 1/c.values.scale
	switch {
	case v == Pass && !c.limit.keeps(x):
		return l
	case v == Fail && c.limit.keeps(x) && c.rule.Max != nil:
		return l + step
	case v == Fail && c.limit.keeps(x):
		return l - step
	}
	return x
}

func (f *Finding) set(v float64, c *tally) {
	if math.IsInf(v, 1) {
		above := c.values.Above()
		f.Above = &above
		return
	}
	f.Value = finite(v)
	f.Margin = finite(margin(v, c.rule.Limit(), c.rule.Max != nil))
}

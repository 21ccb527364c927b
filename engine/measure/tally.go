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
	Offered int64
	Limit   limit
	Values  *Distribution // of p and mean over turns
	Blocks  *blocks       // where an interval is asked for
	Flow    flow          // of a metric of the run
	Samples []float64     // of a server's series
}

func newTally(o *Objective) *tally {
	t := &tally{rule: o, Limit: limit{max: o.Max, min: o.Min}}
	if o.perTurn() {
		m, _ := metric.Lookup(o.Metric)
		t.Values = NewDistribution(m.Unit)
	}
	if o.Confidence > 0 {
		t.Blocks = newBlocks()
	}
	return t
}

// perTurn: the objective is about the values of a metric of turns.
func (o *Objective) perTurn() bool { return (o.Fn == "p" || o.Fn == "mean") && o.Series == "" }

// ofRun: the objective is about a metric of the run.
func (o *Objective) ofRun() bool { return o.Fn == "value" }

// add counts a turn whose Holds is filled in, and reports whether the turn by itself keeps the objective.
func (c *tally) add(t *event.Turn) (kept bool) {
	c.Offered++
	var b *block
	if c.Blocks != nil {
		b = c.Blocks.Cells.at(t.Intended)
	}
	kept = true
	count := func(s side) {
		c.Limit.count(s)
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
	case c.Values != nil:
		valuesOf(t, c.rule.Origin, c.rule.Metric, func(v Value) {
			c.Values.Add(v)
			count(c.Limit.side(v))
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
	c.Offered += o.Offered
	c.Limit.merge(&o.Limit)
	if c.Values != nil {
		c.Values.Merge(o.Values)
	}
	if c.Blocks != nil {
		c.Blocks.Cells.merge(&o.Blocks.Cells)
	}
	c.Flow.merge(&o.Flow)
	c.Samples = append(c.Samples, o.Samples...)
}

// count is the number of values, or of turns offered, that there are to judge by.
func (c *tally) count() int64 {
	switch {
	case c.Values != nil:
		return c.Values.Count()
	case c.rule.Series != "":
		return int64(len(c.Samples))
	}
	return c.Offered
}

// measured returns the value with what was cut off counted one way and the other, NaN where it is unknown.
func (c *tally) measured(w event.Window) (low, high float64) {
	o := c.rule
	switch {
	case o.conditional():
		if c.Offered == 0 {
			return math.NaN(), math.NaN()
		}
		n := float64(c.Offered)
		return float64(c.Limit.Within) / n, float64(c.Limit.Within+c.Limit.Open) / n
	case o.Series != "":
		v := c.sampled()
		return v, v
	case o.Fn == "p":
		low = c.Values.Quantile(o.Q)
		high = low
		if c.Values.Open() {
			high = c.Values.late().quantile(o.Q)
		}
		return low, high
	case o.Fn == "mean":
		low = c.Values.Mean()
		high = low
		if c.Values.Open() {
			high = math.Inf(1)
		}
		return low, high
	}
	v := c.Flow.value(o.Metric, w)
	return v, v
}

// sampled is the quantile or the mean of what was read of a server.
func (c *tally) sampled() float64 {
	if len(c.Samples) == 0 {
		return math.NaN()
	}
	if c.rule.Fn == "mean" {
		sum := 0.0
		for _, v := range c.Samples {
			sum += v
		}
		return sum / float64(len(c.Samples))
	}
	sorted := slices.Sorted(slices.Values(c.Samples))
	return sorted[rank(c.rule.Q, int64(len(sorted)))-1]
}

// judge gives what was measured in a window, and the verdict. ramps says that the load changed bit by bit meanwhile.
func (c *tally) judge(w event.Window, ramps bool) Finding {
	f := Finding{Verdict: NoData, Samples: c.count()}
	low, high := c.measured(w)
	if f.Samples < max(1, c.rule.MinSamples) || math.IsNaN(low) {
		return f
	}
	if c.rule.Fn == "p" && c.Values != nil {
		f.Verdict = c.Limit.quantile(c.rule.Q)
		low, high = c.consistent(low, f.Verdict), c.consistent(high, f.Verdict)
	} else {
		f.Verdict = both(c.Limit.keeps(low), c.Limit.keeps(high))
	}
	f.set(low, c)
	if high != low {
		f.Low, f.High = finite(low), finite(high)
	}
	if c.Blocks != nil {
		c.confide(&f, low, high, ramps)
	}
	return f
}

// consistent moves a value that the histogram rounded across the limit back to the side on which it was counted, by
// the least that a histogram tells apart.
func (c *tally) consistent(x float64, v Verdict) float64 {
	l, step := c.rule.Limit(), 1/c.Values.scale
	switch {
	case v == Pass && !c.Limit.keeps(x):
		return l
	case v == Fail && c.Limit.keeps(x) && c.rule.Max != nil:
		return l + step
	case v == Fail && c.Limit.keeps(x):
		return l - step
	}
	return x
}

func (f *Finding) set(v float64, c *tally) {
	if math.IsInf(v, 1) {
		above := c.Values.Above()
		f.Above = &above
		return
	}
	f.Value = finite(v)
	f.Margin = finite(margin(v, c.rule.Limit(), c.rule.Max != nil))
}

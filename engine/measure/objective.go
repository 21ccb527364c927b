package measure

import (
	"math"

	"aimbench/engine/event"
	"aimbench/engine/metric"
)

// Rules are all that the turns of a run are judged by. They are kept with a run's results, so that the verdict can be
// made again from the turns.
type Rules struct {
	// Single: each conversation ran once; turns are kept, and one that failed fails the run.
	Single     bool         `json:"single"`
	Simulated  bool         `json:"simulated"`
	Origin     event.Origin `json:"origin"`
	Objectives []Objective  `json:"objectives"`
}

// Objective is a limit on something that was measured.
type Objective struct {
	SLO  string `json:"slo"`
	Name string `json:"name"`
	// Text is the source of what is measured.
	Text string `json:"text,omitempty"`
	// Fn is "p", "mean", "share", "goodput" or "value", of Metric; share and goodput are of a condition instead.
	Fn     string `json:"fn"`
	Metric string `json:"metric,omitempty"`
	// Q is p's percentile, within (0, 100].
	Q float64 `json:"q,omitempty"`
	// Unit is "seconds", "tokens", "per second" or "share".
	Unit string   `json:"unit"`
	Max  *float64 `json:"max,omitempty"`
	Min  *float64 `json:"min,omitempty"`
	// MinSamples is the least number of values, or of turns offered, to judge by; at least 1.
	MinSamples int64 `json:"min_samples"`
	// Optional: no data is no failure.
	Optional bool `json:"optional,omitempty"`
	// Load, Conversation and Turn narrow the objective to some turns; each is empty where it does not.
	Load         string `json:"load,omitempty"`
	Conversation string `json:"conversation,omitempty"`
	Turn         string `json:"turn,omitempty"`
	// Origin is where the objective counts latencies from.
	Origin event.Origin `json:"origin"`
	File   string       `json:"file,omitempty"`
	Line   int          `json:"line,omitempty"`

	// condition evaluates share's and goodput's condition over one turn; nil where only its outcome in Turn.Holds is
	// at hand.
	condition func(Facts) bool
}

// Share is the unit of the objectives that are a share of the turns offered.
const Share = "share"

// ID names the objective within its scenario, as event.Turn.Holds does.
func (o *Objective) ID() string { return o.SLO + "/" + o.Name }

// Limit is the one of Max and Min that is set.
func (o *Objective) Limit() float64 {
	switch {
	case o.Max != nil:
		return *o.Max
	case o.Min != nil:
		return *o.Min
	}
	return math.NaN()
}

// about reports whether the turn is one of those that the objective is narrowed to.
func (o *Objective) about(t *event.Turn) bool {
	return (o.Load == "" || o.Load == t.Load) &&
		(o.Conversation == "" || o.Conversation == t.Conversation) &&
		(o.Turn == "" || o.Turn == t.Turn)
}

func (o *Objective) conditional() bool { return o.Fn == "share" || o.Fn == "goodput" }

// hold says whether the turn meets the condition, and whether that is certain: it is not where the turn was cut off
// and either could have followed.
func (o *Objective) hold(t *event.Turn) (held, certain bool) {
	if o.Fn == "goodput" && (t.Class.Failed() || t.Class == event.Dropped || t.Class == event.Unsent) {
		return false, true
	}
	low, high := FactsOf(t, o.Origin)
	held = o.condition(low)
	if t.Class != event.Censored && t.Class != event.HungUp {
		return held, true
	}
	return held, held == o.condition(high)
}

// tally is what an objective is judged by. It is not safe for concurrent use.
type tally struct {
	rule    *Objective
	offered int64
	limit   limit
	values  *Distribution // of p and mean
	rate    rate          // of a metric of the run
}

func newTally(o *Objective) *tally {
	t := &tally{rule: o, limit: limit{max: o.Max, min: o.Min}}
	if o.Fn == "p" || o.Fn == "mean" {
		m, _ := metric.Lookup(o.Metric)
		t.values = NewDistribution(m.Unit)
	}
	return t
}

// add counts a turn whose Holds is filled in.
func (c *tally) add(t *event.Turn) {
	if !c.rule.about(t) {
		return
	}
	c.offered++
	switch {
	case c.rule.conditional():
		switch held, certain := t.Holds[c.rule.ID()]; {
		case !certain:
			c.limit.open++
		case held:
			c.limit.within++
		default:
			c.limit.beyond++
		}
	case c.values != nil:
		Values(t, c.rule.Origin, func(name string, v Value) {
			if name == c.rule.Metric {
				c.values.Add(v)
				c.limit.add(v)
			}
		})
	default:
		c.rate.add(t)
	}
}

// samples is the number of values, or of turns offered, that there are to judge by.
func (c *tally) samples() int64 {
	if c.values != nil {
		return c.values.Count()
	}
	return c.offered
}

// measured returns the value with what was cut off counted one way and the other, NaN where it is unknown.
func (c *tally) measured() (low, high float64) {
	o := c.rule
	switch {
	case o.conditional():
		if c.offered == 0 {
			return math.NaN(), math.NaN()
		}
		n := float64(c.offered)
		return float64(c.limit.within) / n, float64(c.limit.within+c.limit.open) / n
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
	v := c.rate.value(o.Metric)
	return v, v
}

// judge gives the objective's result.
func (c *tally) judge() Result {
	r := Result{
		Objective: *c.rule, Finding: Finding{Verdict: NoData, Samples: c.samples()}, LimitValue: finite(c.rule.Limit()),
	}
	low, high := c.measured()
	if r.Samples < max(1, c.rule.MinSamples) || math.IsNaN(low) {
		return r
	}
	if c.rule.Fn == "p" {
		r.Verdict = c.limit.quantile(c.rule.Q)
		low, high = c.consistent(low, r.Verdict), c.consistent(high, r.Verdict)
	} else {
		r.Verdict = both(c.limit.keeps(low), c.limit.keeps(high))
	}
	r.setValue(low, c)
	if high != low {
		r.Low, r.High = finite(low), finite(high)
	}
	return r
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

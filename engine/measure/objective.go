package measure

import (
	"math"

	"aimbench/engine/event"
)

// Rules are all that the turns of a run are judged by. They are kept with a run's results, so that the verdict can be
// made again from the turns.
type Rules struct {
	// Single: each conversation ran once; turns are kept, and one that failed fails the run.
	Single     bool         `json:"single"`
	Simulated  bool         `json:"simulated"`
	Origin     event.Origin `json:"origin"`
	Objectives []Objective  `json:"objectives"`
	// Loads are those of the run, in the scenario's order.
	Loads []LoadRule `json:"loads,omitempty"`
	// Checks are the assertions that tolerate failures.
	Checks []CheckRule `json:"checks,omitempty"`
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
	// Series is the server's series that p and mean are of, where it is none of the metrics.
	Series string `json:"series,omitempty"`
	// Q is p's percentile, within (0, 100].
	Q float64 `json:"q,omitempty"`
	// Unit is "seconds", "tokens", "per second" or "share"; empty where a server's series has none that is known.
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
	// ByStage: one verdict a stage.
	ByStage bool `json:"by_stage,omitempty"`
	// Confidence is that of the interval that must pass as a whole; 0 where none is asked for.
	Confidence float64 `json:"confidence,omitempty"`
	// Abort: the run ends early once the objective is missed, though not within Grace seconds of its load's beginning.
	Abort bool    `json:"abort,omitempty"`
	Grace float64 `json:"grace,omitempty"`
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

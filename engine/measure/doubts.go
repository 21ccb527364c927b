package measure

import (
	"slices"

	"aimbench/engine/event"
)

// doubts judge objectives a second time, on the turns as they may have been without the harness's slowness. Where the
// verdict is another then, nobody can tell whose it is. It is not safe for concurrent use; several are merged
// instead.
type doubts struct {
	rules    *Rules
	earliest earliest
	// Objectives has a nil for each that the harness cannot move.
	Objectives []*judged
	// conditions: some objective is about a condition; recorded: what it came to is known from a record alone.
	conditions, recorded bool
}

func newDoubts(rules *Rules) *doubts {
	d := &doubts{rules: rules, Objectives: make([]*judged, len(rules.Objectives))}
	for i := range rules.Objectives {
		o := &rules.Objectives[i]
		if o.conditional() {
			d.conditions, d.recorded = true, d.recorded || o.condition == nil
		}
		if o.conditional() || o.perTurn() && slices.Contains(biased, o.Metric) {
			d.Objectives[i] = newJudged(o)
		}
	}
	return d
}

// add counts a turn whose Holds is filled in. counts says that it was wanted in its load's window.
func (d *doubts) add(t *event.Turn, w windows, counts bool) {
	other := d.earliest.of(t)
	switch {
	case d.recorded:
		other.Holds = t.Holds
	case d.conditions:
		d.rules.decide(other)
	default:
		for i := range other.Requests {
			other.Requests[i].Arrivals = nil // nobody asks for them
		}
	}
	for _, j := range d.Objectives {
		if j != nil && j.rule.about(t) {
			j.add(other, w, counts)
		}
	}
}

func (d *doubts) merge(o *doubts) {
	for i, j := range o.Objectives {
		if j != nil {
			d.Objectives[i].merge(j)
		}
	}
}

// of lists the results that come out otherwise.
func (d *doubts) of(results []Result, w windows) []*Result {
	var out []*Result
	for i, j := range d.Objectives {
		if j != nil && j.judge(d.rules, w).Verdict != results[i].Verdict {
			out = append(out, &results[i])
		}
	}
	return out
}

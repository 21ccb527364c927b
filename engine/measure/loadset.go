package measure

import (
	"slices"

	"aimbench/engine/event"
	"aimbench/engine/metric"
)

// staged are the metrics that are kept of each stage.
var staged = []string{"ttft", "tpot", "e2e"}

// besides are the latencies that hang on where they are counted from.
var besides = []string{"ttft", "ttfa", "e2e"}

// loadSet is what the turns of one load add up to.
type loadSet struct {
	All    *cell
	Stages map[string]*cell
	// beside holds the latencies from the other origin.
	Beside map[string]*Distribution
	Apart  Apart
	Time   *timeline
}

func newLoadSet() *loadSet {
	return &loadSet{All: newCell(), Stages: map[string]*cell{}, Beside: map[string]*Distribution{}, Time: newTimeline()}
}

func (l *loadSet) stage(name string) *cell {
	if l.Stages[name] == nil {
		l.Stages[name] = newCell()
	}
	return l.Stages[name]
}

// measure adds the values of a turn that was wanted in the load's window.
func (l *loadSet) measure(t *event.Turn, o event.Origin) {
	cells := []*cell{l.All}
	var stage *cell
	if t.Stage != "" {
		stage = l.stage(t.Stage)
		cells = append(cells, stage)
	}
	for _, c := range cells {
		c.count(t)
	}
	var name string
	var d *Distribution
	Values(t, o, func(of string, v Value) {
		if of != name { // the values of a turn's chunks come in a row
			name, d = of, l.All.value(of)
		}
		d.Add(v)
		if stage != nil && slices.Contains(staged, of) {
			stage.value(of).Add(v)
		}
	})
	perTurn(t, other(o), func(of string, v Value) {
		if slices.Contains(besides, of) {
			if l.Beside[of] == nil {
				l.Beside[of] = NewDistribution(metric.Seconds)
			}
			l.Beside[of].Add(v)
		}
	})
}

func (l *loadSet) merge(o *loadSet) {
	l.All.merge(o.All)
	for name, c := range o.Stages {
		l.stage(name).merge(c)
	}
	for name, d := range o.Beside {
		if l.Beside[name] == nil {
			l.Beside[name] = NewDistribution(metric.Seconds)
		}
		l.Beside[name].Merge(d)
	}
	l.Apart.Warmup += o.Apart.Warmup
	l.Apart.After += o.Apart.After
	l.Time.Cells.merge(&o.Time.Cells)
}

// other origin than o.
func other(o event.Origin) event.Origin {
	if o == event.FromIntended {
		return event.FromSent
	}
	return event.FromIntended
}

// flows counts what of the turn happened in the windows of its load and of the load's stages.
func (l *loadSet) flows(t *event.Turn, w windows, good bool) {
	if window, ok := w.of(t.Load, ""); ok || len(w) == 0 {
		l.All.Flow.add(t, window, good)
	}
	for _, window := range w {
		if window.Stage != "" && window.Load == t.Load && overlap(window, t.Dispatched, t.End) > 0 {
			l.stage(window.Stage).Flow.add(t, window, good)
		}
	}
}

// overTime adds the turn to the series.
func (l *loadSet) overTime(t *event.Turn, o event.Origin) {
	l.Time.add(t)
	scalars(t, o, func(name string, v Value) { l.Time.latencies(t, name, v) })
}

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
	all    *cell
	stages map[string]*cell
	// beside holds the latencies from the other origin.
	beside map[string]*Distribution
	apart  Apart
	time   *timeline
}

func newLoadSet() *loadSet {
	return &loadSet{all: newCell(), stages: map[string]*cell{}, beside: map[string]*Distribution{}, time: newTimeline()}
}

func (l *loadSet) stage(name string) *cell {
	if l.stages[name] == nil {
		l.stages[name] = newCell()
	}
	return l.stages[name]
}

// measure adds the values of a turn that was wanted in the load's window.
func (l *loadSet) measure(t *event.Turn, o event.Origin) {
	cells := []*cell{l.all}
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
			name, d = of, l.all.value(of)
		}
		d.Add(v)
		if stage != nil && slices.Contains(staged, of) {
			stage.value(of).Add(v)
		}
	})
	perTurn(t, other(o), func(of string, v Value) {
		if slices.Contains(besides, of) {
			if l.beside[of] == nil {
				l.beside[of] = NewDistribution(metric.Seconds)
			}
			l.beside[of].Add(v)
		}
	})
}

func (l *loadSet) merge(o *loadSet) {
	l.all.merge(o.all)
	for name, c := range o.stages {
		l.stage(name).merge(c)
	}
	for name, d := range o.beside {
		if l.beside[name] == nil {
			l.beside[name] = NewDistribution(metric.Seconds)
		}
		l.beside[name].Merge(d)
	}
	l.apart.Warmup += o.apart.Warmup
	l.apart.After += o.apart.After
	l.time.merge(&o.time.grid)
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
		l.all.flow.add(t, window, good)
	}
	for _, window := range w {
		if window.Stage != "" && window.Load == t.Load && overlap(window, t.Dispatched, t.End) > 0 {
			l.stage(window.Stage).flow.add(t, window, good)
		}
	}
}

// overTime adds the turn to the series.
func (l *loadSet) overTime(t *event.Turn, o event.Origin) {
	l.time.add(t)
	scalars(t, o, func(name string, v Value) { l.time.latencies(t, name, v) })
}

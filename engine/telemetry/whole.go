package telemetry

import (
	"math"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/metric"
)

// whole says at the end of a run what it came to, as its report does. Before, it has no series: what is not known yet is not 0.
type whole struct {
	turns     *prometheus.Desc
	quantiles map[string]*prometheus.Desc // by the metric's name
	summary   atomic.Pointer[measure.Summary]
}

func newWhole() *whole {
	w := &whole{
		turns:     prometheus.NewDesc(metric.RunTurns, "Turns of the run that ended, by how, as its report counts them.", []string{"class"}, nil),
		quantiles: map[string]*prometheus.Desc{},
	}
	for _, row := range metric.Table {
		if name := row.OfRun(); name != "" {
			w.quantiles[row.Name] = prometheus.NewDesc(name, "Of the run that ended, as its report has it: "+row.Definition+".", nil, nil)
		}
	}
	return w
}

// Describe and Collect make it a prometheus.Collector.
func (w *whole) Describe(ch chan<- *prometheus.Desc) {
	ch <- w.turns
	for _, d := range w.quantiles {
		ch <- d
	}
}

// Collect gives the counts and quantiles of the run, once it has ended.
func (w *whole) Collect(ch chan<- prometheus.Metric) {
	s := w.summary.Load()
	if s == nil {
		return
	}
	r := s.Requests
	counts := map[event.Class]int{
		event.OK: r.Succeeded, event.Dropped: r.Dropped, event.HungUp: r.HungUp, event.Censored: r.Censored, event.Unsent: r.Unsent,
	}
	for _, c := range classes() {
		ch <- prometheus.MustNewConstMetric(w.turns, prometheus.GaugeValue, float64(counts[c]+s.Errors[c]), className(c))
	}
	for name, stats := range s.Metrics {
		if d := w.quantiles[name]; d != nil {
			ch <- summary(d, &stats)
		}
	}
}

// summary is a metric's distribution. A quantile that is slower than everything observed is +Inf, as is the sum where a value
// never came, and a quantile that nobody knows is not there.
func summary(d *prometheus.Desc, s *measure.Stats) prometheus.Metric {
	quantiles := map[float64]float64{}
	for q, v := range map[float64]*float64{0.5: s.P50, 0.9: s.P90, 0.95: s.P95, 0.99: s.P99, 1: s.Max} {
		switch {
		case v != nil:
			quantiles[q] = *v
		case s.Lost > 0:
			quantiles[q] = math.Inf(1)
		}
	}
	sum := 0.0
	switch {
	case s.Mean != nil:
		sum = *s.Mean * float64(s.Count)
	case s.Lost > 0:
		sum = math.Inf(1)
	}
	return prometheus.MustNewConstSummary(d, uint64(s.Count), sum, quantiles)
}

package telemetry

import (
	"math"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aimbench/engine/measure"
	"aimbench/engine/metric"
)

// fresh is how long the state of the objectives is used again, so that scraping often costs the run nothing.
const fresh = time.Second

// verdicts are those that an objective may have.
var verdicts = []measure.Verdict{measure.Pass, measure.Fail, measure.Inconclusive, measure.NoData}

// objectives collects the state of the objectives when somebody asks.
type objectives struct {
	value, limit, verdict *prometheus.Desc

	mu      sync.Mutex
	judge   func() []measure.Result
	judged  time.Time
	results []measure.Result
}

func newObjectives(judge func() []measure.Result) *objectives {
	return &objectives{
		judge: judge,
		value: prometheus.NewDesc(metric.ObjectiveValue,
			"What was measured so far, in the objective's unit; NaN where there is none, +Inf where it is slower than everything observed.",
			[]string{"objective"}, nil),
		limit: prometheus.NewDesc(metric.ObjectiveLimit, "The limit, in the objective's unit.", []string{"objective", "limit"}, nil),
		verdict: prometheus.NewDesc(metric.ObjectiveVerdict, "1 for the verdict so far, 0 for the others.",
			[]string{"objective", "verdict"}, nil),
	}
}

// settle keeps the final results.
func (o *objectives) settle(results []measure.Result) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.results, o.judge = results, nil
}

func (o *objectives) state() []measure.Result {
	o.mu.Lock()
	defer o.mu.Unlock()
	if now := time.Now(); o.judge != nil && (o.judged.IsZero() || now.Sub(o.judged) >= fresh) {
		o.results, o.judged = o.judge(), now
	}
	return o.results
}

// Describe and Collect make it a prometheus.Collector.
func (o *objectives) Describe(ch chan<- *prometheus.Desc) {
	ch <- o.value
	ch <- o.limit
	ch <- o.verdict
}

// Collect judges what was measured so far.
func (o *objectives) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, r := range o.state() {
		id := r.ID()
		gauge(o.value, current(&r), id)
		for kind, limit := range map[string]*float64{"max": r.Max, "min": r.Min} {
			if limit != nil {
				gauge(o.limit, *limit, id, kind)
			}
		}
		for _, v := range verdicts {
			gauge(o.verdict, truth(r.Verdict == v), id, string(v))
		}
	}
}

func current(r *measure.Result) float64 {
	switch {
	case r.Value != nil:
		return *r.Value
	case r.Above != nil:
		return math.Inf(1)
	}
	return math.NaN()
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

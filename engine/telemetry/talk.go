package telemetry

import (
	"io"
	"net/http"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/metric"
	"aimbench/engine/plan"
)

// Talk is an event.Sink that counts the turns of one conversation that a person leads. Its histograms are those of a run,
// from the moment that the person sent what they said; besides, it has what only a talk has.
type Talk struct {
	registry *prometheus.Registry
	series   *series
	slo      atomic.Int64 // nanoseconds
	ready    atomic.Bool

	whole, spoken        prometheus.Histogram
	within, missed       prometheus.Counter
	interrupted, retried prometheus.Counter
}

// TalkOptions say what is known of a talk besides its turns.
type TalkOptions struct {
	Version string
	// SLO is how long a turn may take end to end.
	SLO time.Duration
	// Connected tells whether the robot answers; nil where there is none.
	Connected func() bool
}

// NewTalk makes all series of a talk: those of the one conversation of the plan, whatever its turns are called.
func NewTalk(p *plan.Plan, o TalkOptions) *Talk {
	t := &Talk{registry: prometheus.NewRegistry()}
	t.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	ours := prometheus.WrapRegistererWith(prometheus.Labels{"scenario": p.Scenario.Name}, t.registry)
	c := p.Conversations[0]
	t.series = newVectors(p, ours).at(place{"", c.Name, "", c.Endpoint.Name}, c.Robot != nil)
	counter := func(name, help string, labels prometheus.Labels) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels})
		ours.MustRegister(c)
		return c
	}
	const slo = "Turns by whether they kept to the limit of time end to end; those that failed missed it, and those that were cut in on do not count."
	t.within = counter(metric.EdgeSLO, slo, prometheus.Labels{"outcome": "within"})
	t.missed = counter(metric.EdgeSLO, slo, prometheus.Labels{"outcome": "missed"})
	t.interrupted = counter(metric.EdgeInterruptions, "Replies that the person cut in on.", nil)
	t.retried = counter(metric.EdgeRetries, "Attempts that were given up before a first token came, and made again.", nil)
	histogram := func(name, help string) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: pastTimeouts(slices.Clone(secondsBuckets), p),
			NativeHistogramBucketFactor: nativeFactor, NativeHistogramMaxBucketNumber: nativeBuckets})
		ours.MustRegister(h)
		return h
	}
	t.whole = histogram(metric.EdgeTurn, "From what the person sent to the end of all that came of it: reply, speech and gestures.")
	t.spoken = histogram(metric.EdgeSpeech, "How long a reply was spoken.")
	gauge := func(name, help string, value func() float64) {
		ours.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	gauge(metric.EdgeSLOLimit, "The limit of time end to end.", func() float64 { return time.Duration(t.slo.Load()).Seconds() })
	if o.Connected != nil {
		gauge(metric.EdgeRobot, "1 while the robot answers.", func() float64 { return truth(o.Connected()) })
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: metric.EdgeInfo, Help: "Which program this is: always 1.",
		ConstLabels: prometheus.Labels{"version": o.Version, "go": runtime.Version()}})
	info.Set(1)
	ours.MustRegister(info)
	t.SetSLO(o.SLO)
	return t
}

// SetSLO changes how long a turn may take end to end.
func (t *Talk) SetSLO(limit time.Duration) { t.slo.Store(int64(limit)) }

// SetReady says whether the endpoint answered when it was last asked.
func (t *Talk) SetReady(on bool) { t.ready.Store(on) }

// Record counts a turn when all that came of it is over.
func (t *Talk) Record(turn *event.Turn) {
	t.series.count(turn)
	measure.Values(turn, event.FromIntended, func(of string, v measure.Value) {
		if h := t.series.histograms[of]; h != nil {
			h.observe(v)
		}
	})
	for i := range turn.Requests {
		t.retried.Add(float64(turn.Requests[i].Retries))
	}
	end := turn.End
	for i := range turn.Gestures {
		end = max(end, turn.Gestures[i].End)
	}
	if s := turn.Speech; s != nil {
		end = max(end, s.End)
		if spoken, ok := s.End.Since(s.Start); ok {
			t.spoken.Observe(spoken.Seconds())
		}
	}
	if whole, ok := end.Since(turn.Intended); ok {
		t.whole.Observe(whole.Seconds())
	}
	t.judge(turn)
}

func (t *Talk) judge(turn *event.Turn) {
	switch e2e, ok := turn.E2E(event.FromIntended); {
	case turn.Class == event.HungUp:
		t.interrupted.Inc()
	case ok && e2e <= time.Duration(t.slo.Load()):
		t.within.Inc()
	case ok || turn.Class.Failed():
		t.missed.Inc()
	}
}

// Handler answers GET /metrics, /healthz and /readyz, which says 503 while the endpoint does not answer.
func (t *Talk) Handler() http.Handler {
	mux := handler(t.registry)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !t.ready.Load() {
			http.Error(w, "the endpoint does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ok\n")
	})
	return mux
}

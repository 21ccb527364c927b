// Package telemetry shows a run to Prometheus while it goes on. The names come from the table of metrics. Every series is
// there from the start at 0, and its labels come from the plan alone, so that their number is known before the run.
package telemetry

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/metric"
	"aimbench/engine/plan"
	"aimbench/engine/shard"
)

// Options say what is known of a run besides its turns.
type Options struct {
	// Version is the program's.
	Version string
	// Objectives judges what was measured so far. It is called when somebody scrapes, and at most once a second. It may
	// be nil.
	Objectives func() []measure.Result
	// InFlight is the number of conversations that a load has under way; the load's name is empty where there is none.
	// It may be nil.
	InFlight func(load string) int
	// Shards is how it stands with the shards of the run; nil is a run in one process.
	Shards func() shard.Standing
}

// Telemetry is an event.Sink that counts turns for Prometheus.
type Telemetry struct {
	registry   *prometheus.Registry
	origin     event.Origin
	series     map[key]*series
	judged     map[string]*judged // by the rubric's name
	objectives *objectives
	verdict    *prometheus.GaugeVec
	start, end prometheus.Gauge
	scenario   string
	whole      *whole
}

// runVerdicts are those that a run may have.
var runVerdicts = []measure.Verdict{
	measure.Pass, measure.Fail, measure.Inconclusive, measure.Invalid, measure.Interrupted, measure.Unknown,
}

// New makes all series of a plan.
func New(p *plan.Plan, o Options) *Telemetry {
	rules := measure.RulesOf(p)
	t := &Telemetry{registry: prometheus.NewRegistry(), origin: rules.Origin, series: map[key]*series{}, scenario: p.Scenario.Name, whole: newWhole()}
	t.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	ours := prometheus.WrapRegistererWith(prometheus.Labels{"scenario": p.Scenario.Name}, t.registry)
	t.places(p, ours)
	t.judged = judging(p, ours)
	t.run(p, &rules, o.Version, ours)
	ours.MustRegister(t.whole)
	if o.Shards == nil {
		o.Shards = alone
	}
	leading(o.Shards, ours)
	if o.Objectives != nil {
		t.objectives = newObjectives(o.Objectives)
		ours.MustRegister(t.objectives)
	}
	if o.InFlight != nil {
		inFlight(p, o.InFlight, ours)
	}
	return t
}

func (t *Telemetry) places(p *plan.Plan, registry prometheus.Registerer) {
	v := newVectors(p, registry)
	made := map[place]*series{}
	all := places(p)
	robots := moving(p, all)
	for k, at := range all {
		if made[at] == nil {
			made[at] = v.at(at, robots[at])
		}
		t.series[k] = made[at]
	}
}

// run makes the series of the run as a whole.
func (t *Telemetry) run(p *plan.Plan, rules *measure.Rules, version string, registry prometheus.Registerer) {
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
		registry.MustRegister(g)
		return g
	}
	digest := p.Scenario.Digest[:min(12, len(p.Scenario.Digest))]
	gauge(metric.RunInfo, "What runs: always 1.", "version", "digest", "origin", "simulated").
		WithLabelValues(version, digest, string(rules.Origin), strconv.FormatBool(rules.Simulated)).Set(1)
	t.start = gauge(metric.RunStart, "When the run began; 0 before.").WithLabelValues()
	t.end = gauge(metric.RunEnd, "When the run ended; 0 before.").WithLabelValues()
	t.verdict = gauge(metric.RunVerdict, "1 for the run's verdict, 0 for the others, and for all before its end.", "verdict")
	for _, v := range runVerdicts {
		t.verdict.WithLabelValues(string(v))
	}
}

func inFlight(p *plan.Plan, count func(string) int, registry prometheus.Registerer) {
	loads := []string{""}
	if len(p.Loads) > 0 {
		loads = nil
		for _, l := range p.Loads {
			loads = append(loads, l.Name)
		}
	}
	for _, load := range loads {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: metric.InFlight, Help: "Conversations under way.", ConstLabels: prometheus.Labels{"load": load},
		}, func() float64 { return float64(count(load)) }))
	}
}

// Begin says that the run begins now.
func (t *Telemetry) Begin() { t.start.Set(seconds(time.Now())) }

// End says that the run has ended, and how.
func (t *Telemetry) End(s *measure.Summary) {
	t.end.Set(seconds(time.Now()))
	t.verdict.WithLabelValues(string(s.Verdict)).Set(1)
	t.whole.summary.Store(s)
	if t.objectives != nil {
		t.objectives.settle(s.Objectives)
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// Record counts a turn. A turn that the plan does not have is not counted.
func (t *Telemetry) Record(turn *event.Turn) {
	s := t.series[key{turn.Load, turn.Conversation, turn.Turn}]
	if s == nil {
		return
	}
	if turn.Warmup {
		s.warmup.Inc()
		return
	}
	s.count(turn)
	t.judge(turn)
	var name string
	var h *histogram
	measure.Values(turn, t.origin, func(of string, v measure.Value) {
		if of != name || h == nil { // the values of a turn's chunks come in a row
			name, h = of, s.histograms[of]
		}
		if h != nil {
			h.observe(v)
		}
	})
}

func (s *series) count(t *event.Turn) {
	if c := s.classes[t.Class]; c != nil {
		c.Inc()
	}
	switch {
	case t.Class.Failed():
		s.errors.Inc()
	case t.Class == event.Dropped:
		s.dropped.Inc()
		return
	}
	for i := range t.Gestures {
		if c := s.gestures[t.Gestures[i].Status]; c != nil {
			c.Inc()
		}
	}
	u := t.Usage()
	s.outputTokens.Add(float64(max(0, u.Output)))
	if u.Source == event.FromServer {
		s.inTokens.Add(float64(max(0, u.Input)))
	}
}

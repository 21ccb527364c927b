package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"aimbench/engine/event"
	"aimbench/engine/metric"
	"aimbench/engine/plan"
)

// judged are the series of what judges say, and how long they take for it. They are no part of any other series.
type judged struct {
	outcomes map[event.Outcome]prometheus.Counter
	votes    prometheus.Observer
}

// voteBuckets are in seconds: a judge writes a whole answer.
var voteBuckets = []float64{0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60}

// judging makes the series of the plan's rubrics; there are none where it has none.
func judging(p *plan.Plan, registry prometheus.Registerer) map[string]*judged {
	if len(p.Rubrics) == 0 {
		return nil
	}
	outcomes := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: metric.Judgements, Help: "Replies that were judged, by how: pass meets the rubric, of inconclusive the judge could not tell.",
	}, []string{"rubric", "outcome"})
	votes := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: metric.JudgeVote, Help: "How long judges took for a vote.", Buckets: voteBuckets,
		NativeHistogramBucketFactor: nativeFactor, NativeHistogramMaxBucketNumber: nativeBuckets,
	}, []string{"rubric"})
	registry.MustRegister(outcomes, votes)
	out := map[string]*judged{}
	for _, r := range p.Rubrics {
		one := &judged{outcomes: map[event.Outcome]prometheus.Counter{}, votes: votes.WithLabelValues(r.Name)}
		for _, o := range []event.Outcome{event.Passed, event.Failed, event.Inconclusive} {
			one.outcomes[o] = outcomes.WithLabelValues(r.Name, string(o))
		}
		out[r.Name] = one
	}
	return out
}

// judge counts what was said of the turn's reply.
func (t *Telemetry) judge(turn *event.Turn) {
	for i := range turn.Judgements {
		j := &turn.Judgements[i]
		of := t.judged[j.Rubric]
		if of == nil {
			continue
		}
		if c := of.outcomes[j.Outcome]; c != nil {
			c.Inc()
		}
		for k := range j.Votes {
			if took, asked := j.Votes[k].Took(); asked {
				of.votes.Observe(took.Seconds())
			}
		}
	}
}

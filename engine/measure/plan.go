package measure

import (
	"strconv"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/metric"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
)

// NewRecorder returns a recorder for a run of the plan. It keeps no secret that the plan's scenario knows.
func NewRecorder(p *plan.Plan) *Recorder { return New(RulesOf(p), p.Scenario.Secrets.Redact) }

// RulesOf are the rules that the plan judges by.
func RulesOf(p *plan.Plan) Rules {
	r := Rules{
		Single: len(p.Loads) == 0, Simulated: p.Simulated, Origin: originOf(p.Loads...), Objectives: []Objective{},
	}
	for _, o := range p.Objectives {
		slo, _, _ := strings.Cut(o.ID, "/")
		r.Objectives = append(r.Objectives, objectiveOf(slo, o.Objective, r.Origin))
	}
	for _, l := range p.Loads {
		r.Loads = append(r.Loads, loadOf(l))
	}
	for _, c := range p.Conversations {
		for _, t := range c.Turns {
			for _, a := range t.Asserts {
				if a.Tolerate > 0 {
					at := a.Condition.Range()
					r.Checks = append(r.Checks, CheckRule{File: at.Filename, Line: at.Start.Line, Tolerate: a.Tolerate})
				}
			}
		}
	}
	return r
}

func loadOf(l *scenario.Load) LoadRule {
	unit := "/s"
	if l.Users > 0 {
		unit = " users"
	}
	rule := LoadRule{Name: l.Name, About: plan.Schedule(l)}
	before := float64(l.Users) // what the first stage ramps from
	for _, s := range l.Stages {
		rule.Stages = append(rule.Stages, StageRule{
			Name: s.Name, Target: strconv.FormatFloat(s.Target, 'g', 4, 64) + unit, Ramps: s.Ramp > 0 && s.Target != before,
		})
		before = s.Target
	}
	return rule
}

// originOf is where latencies are counted from: in an open loop, from when the schedule wanted the turn, so that a
// stalled server cannot hide the turns that it kept from being sent.
func originOf(loads ...*scenario.Load) event.Origin {
	for _, l := range loads {
		if l.Arrival != "" || l.Replay != nil {
			return event.FromIntended
		}
	}
	return event.FromSent
}

// ObjectivesOf are a scenario's objectives, for a run that they may not be of: latencies count from origin where no load
// of the scenario says otherwise.
func ObjectivesOf(s *scenario.Scenario, origin event.Origin) []Objective {
	out := []Objective{}
	for _, slo := range s.SLOs {
		for _, o := range slo.Objectives {
			out = append(out, objectiveOf(slo.Name, o, origin))
		}
	}
	return out
}

func objectiveOf(slo string, o *scenario.Objective, origin event.Origin) Objective {
	v := o.Value
	out := Objective{
		SLO: slo, Name: o.Name, Text: v.Text, Fn: v.Fn, Metric: v.Metric, Q: v.Q, Unit: string(v.Unit()),
		Max: o.Max, Min: o.Min, MinSamples: int64(max(1, o.MinSamples)), Optional: o.Optional, Turn: o.Turn,
		Series: v.Series, ByStage: o.ByStage, Confidence: o.Confidence, Abort: o.Abort, Grace: o.Grace.Seconds(),
		Origin: origin, File: o.Range.Filename, Line: v.Line,
	}
	if o.Load != nil {
		out.Load, out.Origin = o.Load.Name, originOf(o.Load)
	}
	if o.Conversation != nil {
		out.Conversation = o.Conversation.Name
	}
	if out.conditional() {
		out.Unit = Share
		out.condition = func(f Facts) bool { return v.Condition.Holds(f) }
	}
	if row, ok := metric.LookupServer(v.Series); ok {
		out.Unit = string(row.Unit)
	}
	return out
}

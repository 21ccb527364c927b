// Package plan decides what of a scenario runs, and says so without a request.
package plan

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"aimbench/engine/scenario"
)

// Options are what a run may change in a scenario.
type Options struct {
	// Run picks loads by name where there are any, else conversations; nil picks all.
	Run *regexp.Regexp
	// Seed goes over the seeds of the loads; nil keeps them.
	Seed *int64
	// Simulate puts the embedded endpoint and robot in the place of every real one.
	Simulate bool
	// Timeout bounds the whole run; 0 does not.
	Timeout time.Duration
}

// Plan is what runs. It is immutable.
type Plan struct {
	Scenario *scenario.Scenario
	Seed     int64
	// Simulated says that an embedded endpoint or robot stands in the place of a real one.
	Simulated bool
	Timeout   time.Duration
	// Endpoints are those that are used, as they are used.
	Endpoints []*scenario.Endpoint
	// Rubrics are those that the turns are judged by, with the endpoints that judge as they are used.
	Rubrics []*scenario.Rubric
	// Robots are those that are used, as they are used.
	Robots []*scenario.Robot
	// Conversations run once each, in order, where there is no load; else they are those that the loads run.
	Conversations []*scenario.Conversation
	Loads         []*scenario.Load
	Objectives    []*Objective
	// Skipped says what is left out, and why, in sentences.
	Skipped []string
}

// Objective is an objective that is judged.
type Objective struct {
	// ID is "slo/objective".
	ID string
	*scenario.Objective
}

// Compile decides what of a checked scenario runs. It fails where nothing would.
func Compile(s *scenario.Scenario, o Options) (*Plan, scenario.Diagnostics) {
	p := &Plan{Scenario: s, Timeout: o.Timeout}
	if o.Seed != nil {
		p.Seed = *o.Seed
	}
	if diag := p.pick(o.Run); diag != nil {
		return nil, scenario.Diagnostics{diag}
	}
	p.replaceSeeds(o.Seed)
	p.rubrics(p.endpoints(o.Simulate), o.Simulate)
	diags := append(p.robots(o.Simulate), p.gestures()...)
	if diags.HasErrors() {
		return nil, diags
	}
	p.objectives()
	return p, p.warnings()
}

// pick chooses the loads, or the conversations where there are none.
func (p *Plan) pick(run *regexp.Regexp) *hcl.Diagnostic {
	s := p.Scenario
	if len(s.Conversations) == 0 {
		return &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "No conversation",
			Detail: "There is nothing to run: the scenario has objectives alone, which aimbench judge holds against the record of a run.",
		}
	}
	picked := func(name string) bool { return run == nil || run.MatchString(name) }
	if len(s.Loads) == 0 {
		for _, c := range s.Conversations {
			if picked(c.Name) {
				p.Conversations = append(p.Conversations, c)
			}
		}
		if len(p.Conversations) == 0 {
			return nothing("conversation", run, conversationNames(s.Conversations))
		}
		return nil
	}
	for _, l := range s.Loads {
		if picked(l.Name) {
			p.Loads = append(p.Loads, l)
		}
	}
	if len(p.Loads) == 0 {
		return nothing("load", run, loadNames(s.Loads))
	}
	for _, l := range p.Loads {
		if l.After != nil && !slices.Contains(p.Loads, l.After) {
			p.Skipped = append(p.Skipped, fmt.Sprintf("load %s starts at once: load %s, which it comes after, does not run", l.Name, l.After.Name))
		}
		for _, m := range l.Mix {
			if m.Weight > 0 && !slices.Contains(p.Conversations, m.Conversation) {
				p.Conversations = append(p.Conversations, m.Conversation)
			}
		}
	}
	return nil
}

func nothing(kind string, run *regexp.Regexp, names []string) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Nothing to run", Detail: fmt.Sprintf("--run %s matches no %s. There is %s.", run, kind, joined(names))}
}

// replaceSeeds gives every load its own seed made from the run's, so that two loads do not draw the same.
func (p *Plan) replaceSeeds(seed *int64) {
	changed := map[*scenario.Load]*scenario.Load{}
	for i, l := range p.Loads {
		c := *l
		if seed != nil {
			c.Seed = *seed + int64(i)
		}
		changed[l], p.Loads[i] = &c, &c
	}
	for _, l := range p.Loads {
		l.After = changed[l.After] // nil where that load does not run
	}
	if seed == nil && len(p.Loads) > 0 {
		p.Seed = p.Loads[0].Seed
	}
}

// endpoints finds those that are used, and replaces them where the run is to be simulated. It returns what stands for each.
func (p *Plan) endpoints(simulate bool) map[*scenario.Endpoint]*scenario.Endpoint {
	replaced := map[*scenario.Endpoint]*scenario.Endpoint{}
	for i, c := range p.Conversations {
		e := replaced[c.Endpoint]
		if e == nil {
			e = c.Endpoint
			if simulate && e.Simulator == nil {
				e = embedded(e)
				p.Simulated = true
			}
			replaced[c.Endpoint] = e
			p.Endpoints = append(p.Endpoints, e)
		}
		if e != c.Endpoint {
			changed := *c
			changed.Endpoint = e
			p.Conversations[i] = &changed
		}
	}
	p.remix()
	return replaced
}

// remix lets the loads run the conversations of the plan.
func (p *Plan) remix() {
	for _, l := range p.Loads {
		mix := make([]scenario.MixEntry, 0, len(l.Mix))
		for _, m := range l.Mix {
			if i := slices.IndexFunc(p.Conversations, func(c *scenario.Conversation) bool { return c.Name == m.Conversation.Name }); i >= 0 {
				m.Conversation = p.Conversations[i]
				mix = append(mix, m)
			}
		}
		l.Mix = mix
	}
}

// embedded is the endpoint that stands for e in a rehearsal: nothing of the real one is reached, and its key stays here.
func embedded(e *scenario.Endpoint) *scenario.Endpoint {
	return &scenario.Endpoint{
		Name: e.Name, Model: e.Model, API: e.API, HTTP: 1, NewConnections: e.NewConnections, ExtraBody: e.ExtraBody,
		Timeout: e.Timeout, TimeoutConnect: e.TimeoutConnect, TimeoutFirstToken: e.TimeoutFirstToken, TimeoutIdle: e.TimeoutIdle,
		Retries: e.Retries, Range: e.Range,
		Simulator: &scenario.Simulator{TTFT: scenario.Constant(0.15), ITL: scenario.Constant(0.01), Cache: true},
	}
}

// sizes reports whether the tokens of an endpoint are measured before the run, for prompts of a size.
func (p *Plan) sizes(e *scenario.Endpoint) bool {
	return slices.ContainsFunc(p.Conversations, func(c *scenario.Conversation) bool { return c.Endpoint == e && c.Synthetic() })
}

// objectives keeps those that can be judged by what runs.
func (p *Plan) objectives() {
	for _, s := range p.Scenario.SLOs {
		for _, o := range s.Objectives {
			id := s.Name + "/" + o.Name
			if why := p.unbound(o); why != "" {
				p.Skipped = append(p.Skipped, fmt.Sprintf("objective %s is left out: %s does not run", id, why))
				continue
			}
			c := *o
			c.Load, c.Conversation = p.load(o.Load), p.conversation(o.Conversation)
			p.Objectives = append(p.Objectives, &Objective{ID: id, Objective: &c})
		}
	}
}

func (p *Plan) load(l *scenario.Load) *scenario.Load {
	if l != nil {
		for _, have := range p.Loads {
			if have.Name == l.Name {
				return have
			}
		}
	}
	return nil
}

func (p *Plan) conversation(c *scenario.Conversation) *scenario.Conversation {
	if c != nil {
		for _, have := range p.Conversations {
			if have.Name == c.Name {
				return have
			}
		}
	}
	return nil
}

// unbound names what an objective is about that does not run; empty where it all does.
func (p *Plan) unbound(o *scenario.Objective) string {
	switch {
	case o.Load != nil && p.load(o.Load) == nil:
		return "load " + o.Load.Name
	case o.Conversation != nil && p.conversation(o.Conversation) == nil:
		return "conversation " + o.Conversation.Name
	case o.ByStage && !slices.ContainsFunc(p.Loads, func(l *scenario.Load) bool { return len(l.Stages) > 0 }):
		return "a load with stages"
	}
	return ""
}

// warnings says where too few turns are planned to tell a quantile from the largest value.
func (p *Plan) warnings() scenario.Diagnostics {
	var out scenario.Diagnostics
	for _, o := range p.Objectives {
		if o.Value.Fn != "p" || o.Value.Q <= 50 || o.Value.Q >= 100 {
			continue // the largest value is asked for, or a middle that any number of turns has
		}
		turns, known := p.turns(o.Objective)
		need := int(math.Ceil(100/(100-o.Value.Q) - 1e-9))
		if !known || turns >= need {
			continue
		}
		out = append(out, &hcl.Diagnostic{
			Severity: hcl.DiagWarning, Summary: "Too few turns for the quantile", Subject: o.Range.Ptr(),
			Detail: fmt.Sprintf("%s of %s is its largest value; p%s needs at least %d.", o.Value.Text, count(turns, "turn"), trim(o.Value.Q), need),
		})
	}
	return out
}

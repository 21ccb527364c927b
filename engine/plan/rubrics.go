package plan

import (
	"fmt"
	"slices"

	"aimbench/engine/scenario"
)

// rubrics finds those that the turns are judged by, with the endpoints that stand for others in a simulated run.
func (p *Plan) rubrics(replaced map[*scenario.Endpoint]*scenario.Endpoint, simulate bool) {
	known := map[*scenario.Rubric]bool{}
	for _, c := range p.Conversations {
		for _, t := range c.Turns {
			for _, r := range t.Rubrics {
				if !known[r] {
					known[r] = true
					p.Rubrics = append(p.Rubrics, p.rubric(r, replaced, simulate))
				}
			}
		}
	}
}

// rubric is a rubric as the plan uses it. Where the run is to be simulated, nobody judges: the embedded endpoint gives full
// marks, and says so.
func (p *Plan) rubric(r *scenario.Rubric, replaced map[*scenario.Endpoint]*scenario.Endpoint, simulate bool) *scenario.Rubric {
	changed := *r
	if simulate && r.Endpoint.Simulator == nil {
		if replaced[r.Endpoint] == nil {
			replaced[r.Endpoint] = embedded(r.Endpoint)
		}
		changed.Endpoint = replaced[r.Endpoint]
		rehearse(changed.Endpoint.Simulator)
		p.Simulated = true
	}
	return &changed
}

// rehearse lets an embedded endpoint answer who asks it to judge.
func rehearse(s *scenario.Simulator) {
	if !slices.ContainsFunc(s.Replies, func(r scenario.SimulatorReply) bool { return r.When == scenario.RehearsedVote.When }) {
		s.Replies = append(s.Replies, scenario.RehearsedVote)
	}
}

// Judges are the endpoints that judge, each once.
func (p *Plan) Judges() []*scenario.Endpoint {
	var out []*scenario.Endpoint
	for _, r := range p.Rubrics {
		if !slices.Contains(out, r.Endpoint) {
			out = append(out, r.Endpoint)
		}
	}
	return out
}

// votes is how many votes on a rubric one run of every conversation asks for.
func (p *Plan) votes(r *scenario.Rubric) int {
	n := 0
	for _, c := range p.Conversations {
		for _, t := range c.Turns {
			if slices.ContainsFunc(t.Rubrics, func(used *scenario.Rubric) bool { return used.Name == r.Name }) {
				n += r.Votes
			}
		}
	}
	return n
}

func (t *text) rubric(p *Plan, r *scenario.Rubric) string {
	what := fmt.Sprintf("judged by %s (%s), %s, met from %s", r.Endpoint.Name, address(r.Endpoint), count(r.Votes, "vote"), trim(r.Threshold))
	if n := p.votes(r); len(p.Loads) == 0 {
		what += ", " + count(n, "request")
	} else {
		if r.Share < 1 {
			what += ", " + trim(r.Share*100) + " % of the replies"
		}
		what += ", off the schedule, at most " + count(r.MaxInFlight, "request") + " at once"
	}
	if slices.Contains(p.Endpoints, r.Endpoint) && len(p.Loads) > 0 {
		what += ", of the capacity that is measured"
	}
	return what
}

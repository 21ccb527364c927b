package engine

import (
	"context"
	"fmt"

	"aimbench/engine/event"
	"aimbench/engine/plan"
	"aimbench/engine/rubric"
	"aimbench/engine/scenario"
)

// openJudges makes the judges of the plan's rubrics. Their clients are their own, also where an endpoint judges its own
// replies: what they do leaves no trace in the connections that are measured.
func (e *Engine) openJudges() error {
	for _, endpoint := range e.plan.Judges() {
		client, err := e.connect(endpoint)
		if err != nil {
			return err
		}
		e.judging[endpoint.Name] = client
	}
	for _, r := range e.plan.Rubrics {
		e.judges[r.Name] = rubric.New(r, e.judging[r.Endpoint.Name], e.clock, e.plan.Scenario.Secrets.Redact)
	}
	return nil
}

// Judge has one reply judged by a rubric of the scenario, apart from any run. The error is that of an endpoint that is not
// there; what a judge that is there could not tell is in the judgement.
func Judge(ctx context.Context, s *scenario.Scenario, r *scenario.Rubric, o Options, c rubric.Case) (event.Judgement, error) {
	p := &plan.Plan{Scenario: s, Rubrics: []*scenario.Rubric{r}}
	e, err := Open(p, o)
	if err != nil {
		return event.Judgement{}, fmt.Errorf("judging by rubric %q: %w", r.Name, err)
	}
	defer e.Close()
	if err := e.readyEndpoint(ctx, r.Endpoint, e.judging[r.Endpoint.Name]); err != nil {
		return event.Judgement{}, fmt.Errorf("judging by rubric %q: %w", r.Name, err)
	}
	return e.judges[r.Name].Judge(ctx, c), nil
}

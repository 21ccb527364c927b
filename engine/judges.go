package engine

import "aimbench/engine/rubric"

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

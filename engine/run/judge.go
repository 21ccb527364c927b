package run

import (
	"context"
	"slices"
	"sync"

	"aimbench/engine/event"
	"aimbench/engine/rubric"
	"aimbench/engine/scenario"
)

// judge has the reply judged by the turn's rubrics, side by side, before its assertions are checked. The judges take the time
// that they take: under load nothing waits for them.
func (s *Session) judge(ctx context.Context, t *scenario.Turn, fact *event.Turn, scope *scenario.Scope) {
	rubrics := wanted(t, fact, scope)
	fact.Judgements = make([]event.Judgement, len(rubrics))
	var all sync.WaitGroup
	for i, r := range rubrics {
		c := rubric.Case{User: fact.User, Reply: fact.Text, Seed: int64(scope.Draw("rubric." + r.Name))}
		var diags scenario.Diagnostics
		if c.Criteria, diags = r.Criteria.String(scope); diags.HasErrors() {
			fact.Judgements[i] = s.unjudged(r, s.Scenario.Explain(diags))
			continue
		}
		if s.Judges[r.Name] == nil {
			fact.Judgements[i] = s.unjudged(r, "nobody judges here")
			continue
		}
		all.Go(func() { fact.Judgements[i] = s.Judges[r.Name].Judge(ctx, c) })
	}
	all.Wait()
	scope.SetRubrics(judgedBy(fact.Judgements))
}

// wanted are the turn's rubrics that the reply is judged by. What counts for nothing is not judged, and of a load only the
// share that the rubric says.
func wanted(t *scenario.Turn, fact *event.Turn, scope *scenario.Scope) []*scenario.Rubric {
	if fact.Warmup || fact.After {
		return nil
	}
	if fact.Load == "" {
		return t.Rubrics
	}
	var out []*scenario.Rubric
	for _, r := range t.Rubrics {
		if scope.Chance("rubric."+r.Name+".share") < r.Share {
			out = append(out, r)
		}
	}
	return out
}

// asked reports whether the reply was judged by every rubric that an assertion uses.
func asked(fact *event.Turn, a *scenario.Assert) bool {
	for _, name := range a.Rubrics() {
		if !slices.ContainsFunc(fact.Judgements, func(j event.Judgement) bool { return j.Rubric == name }) {
			return false
		}
	}
	return true
}

// unjudged is what comes of a rubric that nobody was asked about.
func (s *Session) unjudged(r *scenario.Rubric, why string) event.Judgement {
	now := s.Clock.Now()
	return event.Judgement{
		Rubric: r.Name, Endpoint: r.Endpoint.Name, Outcome: event.Inconclusive, Threshold: r.Threshold, Message: why, Votes: []event.Vote{}, Start: now, End: now,
	}
}

// judgedBy is what assertions see of the judgements.
func judgedBy(all []event.Judgement) map[string]scenario.Judged {
	out := make(map[string]scenario.Judged, len(all))
	for i := range all {
		j := &all[i]
		if j.Score == nil {
			out[j.Rubric] = scenario.Judged{Undecided: j.Message}
			continue
		}
		judged := scenario.Judged{Score: *j.Score, Met: j.Outcome == event.Passed, Reason: j.Reason}
		for k := range j.Votes {
			if v := j.Votes[k].Score; v != nil {
				judged.Votes = append(judged.Votes, *v)
			}
		}
		out[j.Rubric] = judged
	}
	return out
}

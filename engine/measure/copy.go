package measure

import (
	"maps"
	"slices"

	"aimbench/engine/event"
)

// CopyTurn returns a copy of the turn that shares nothing with it. Every text in it that is not a name that the
// scenario declares has gone through redact. The instants of the chunks are copied too.
func CopyTurn(t *event.Turn, redact func(string) string) event.Turn {
	c := *t
	for _, s := range []*string{
		&c.User, &c.Text, &c.Reasoning, &c.Refusal, &c.FinishReason, &c.Message,
	} {
		*s = redact(*s)
	}
	c.ToolCalls = slices.Clone(t.ToolCalls)
	for i := range c.ToolCalls {
		call := &c.ToolCalls[i]
		call.ID, call.Name = redact(call.ID), redact(call.Name)
		call.Arguments, call.Result = redact(call.Arguments), redact(call.Result)
	}
	c.Requests = slices.Clone(t.Requests)
	for i := range c.Requests {
		copyRequest(&c.Requests[i], redact)
	}
	c.Judgements = slices.Clone(t.Judgements)
	for i := range c.Judgements {
		copyJudgement(&c.Judgements[i], redact)
	}
	c.Assertions = slices.Clone(t.Assertions)
	for i := range c.Assertions {
		a := &c.Assertions[i]
		a.File, a.Condition = redact(a.File), redact(a.Condition)
		a.Message, a.Detail = redact(a.Message), redact(a.Detail)
	}
	c.Gestures = slices.Clone(t.Gestures)
	for i := range c.Gestures {
		c.Gestures[i].Detail = redact(c.Gestures[i].Detail)
	}
	if t.Speech != nil {
		speech := *t.Speech
		speech.Detail = redact(speech.Detail)
		c.Speech = &speech
	}
	c.Holds = maps.Clone(t.Holds)
	return c
}

func copyJudgement(j *event.Judgement, redact func(string) string) {
	j.Reason, j.Message, j.Score = redact(j.Reason), redact(j.Message), copied(j.Score)
	j.Votes = slices.Clone(j.Votes)
	for i := range j.Votes {
		v := &j.Votes[i]
		v.Reason, v.Message, v.Score = redact(v.Reason), redact(v.Message), copied(v.Score)
	}
}

func copied(x *float64) *float64 {
	if x == nil {
		return nil
	}
	c := *x
	return &c
}

func copyRequest(r *event.Request, redact func(string) string) {
	r.Model, r.FinishReason = redact(r.Model), redact(r.FinishReason)
	r.Notes = slices.Clone(r.Notes)
	for i := range r.Notes {
		r.Notes[i] = redact(r.Notes[i])
	}
	r.Arrivals = slices.Clone(r.Arrivals)
}

package run

import (
	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// request renders what the user says into the history, and the turn's arguments into a request.
func (s *Session) request(t *scenario.Turn, parts []scenario.Part, fact *event.Turn, a *act) (*chat.Request, scenario.Diagnostics) {
	var diags scenario.Diagnostics
	if parts == nil {
		if parts, diags = t.User.Parts(s.scope); diags.HasErrors() {
			return nil, diags
		}
	}
	if fact.User, diags = s.say(parts, t.User.Range()); diags.HasErrors() {
		return nil, diags
	}
	r := &chat.Request{
		Tools: s.tools, ToolChoice: t.ToolChoice, ResponseFormat: t.ResponseFormat, Stream: t.Stream, ExtraBody: t.ExtraBody,
	}
	r.Live = s.live(a)
	if err := s.limits(t, r); err.HasErrors() {
		return nil, err
	}
	if h := t.HangUp; h != nil && s.scope.Chance("hang_up") < h.Share {
		r.HangUpAfterTokens, r.HangUpAfter = h.AfterTokens, h.After
	}
	if s.Adjust != nil {
		s.Adjust(r)
	}
	return r, nil
}

// live is who hears the reply as it comes: whoever watches, and the robot; nil where nobody does.
func (s *Session) live(a *act) func(chat.Delta) {
	switch watched, heard := s.Live != nil, a.hears(); {
	case watched && heard:
		return func(d chat.Delta) {
			s.Live.Delta(d)
			a.hear(d.Text, d.Kind == chat.Answer)
		}
	case watched:
		return s.Live.Delta
	case heard:
		return func(d chat.Delta) { a.hear(d.Text, d.Kind == chat.Answer) }
	}
	return nil
}

// limits evaluates the arguments that bound and steer the reply.
func (s *Session) limits(t *scenario.Turn, r *chat.Request) (diags scenario.Diagnostics) {
	check := func(d scenario.Diagnostics) { diags = append(diags, d...) }
	var d scenario.Diagnostics
	r.MaxTokens, d = t.MaxTokens.Int(s.scope)
	check(d)
	r.OutputTokens, d = t.OutputTokens.Int(s.scope)
	check(d)
	r.Temperature, d = float(t.Temperature, s.scope)
	check(d)
	r.TopP, d = float(t.TopP, s.scope)
	check(d)
	if seed, ok, d := t.Seed.Int64(s.scope); ok {
		r.Seed = &seed
	} else {
		check(d)
	}
	r.Stop, d = t.Stop.Strings(s.scope)
	check(d)
	return diags
}

func float(e scenario.Expr, scope *scenario.Scope) (*float64, scenario.Diagnostics) {
	v, ok, diags := e.Float(scope)
	if !ok {
		return nil, diags
	}
	return &v, diags
}

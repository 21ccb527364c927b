// Package run walks conversations: it renders what the user says, sends it, checks the reply, and hands the facts on.
package run

import (
	"context"
	"errors"
	"time"

	openai "github.com/sashabaranov/go-openai"
	"github.com/zclconf/go-cty/cty"

	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/rubric"
	"aimbench/engine/scenario"
)

// Endpoint answers one request. *chat.Client is one. The error is a *chat.Error; what came before it is in the reply.
type Endpoint interface {
	Do(ctx context.Context, request *chat.Request, reply *chat.Reply) error
}

// Live sees a session as it happens. Under load there is none.
type Live interface {
	TurnStart(conversation, turn, user string)
	Delta(chat.Delta)
	// ToolCall has the result that is sent back; a call without one is seen at the turn's end.
	ToolCall(event.ToolCall)
	TurnEnd(*event.Turn)
}

// Session runs one conversation once. Its Run is the only loop that walks turns. It is not safe for concurrent use.
type Session struct {
	Scenario     *scenario.Scenario
	Conversation *scenario.Conversation
	Endpoint     Endpoint
	Clock        event.Clock
	Sink         event.Sink
	Live         Live // may be nil
	// Texts makes the text of synthetic parts; nil where the conversation has none.
	Texts Texts
	Site  scenario.Site
	// Place says which stage of the load an intended instant falls in, and whether it is before or after the load's own
	// time; nil where there is no load.
	Place func(intended event.Instant) (stage string, warmup, after bool)

	// Adjust may change what a person's turn asks for before it is sent; nil changes nothing.
	Adjust func(*chat.Request)
	// Lend gives the conversation its robot; nil where nobody has one.
	Lend Lend
	// Judges judge by the rubrics that the conversation's assertions use, by name.
	Judges map[string]*rubric.Judge
	// Later runs what is left of a turn when its reply has come, until the robot has done its part and the judges theirs,
	// while the session goes on. Nil where nothing schedules the turns: the session waits, and the turn is over when that is.
	Later func(func())

	scope   *scenario.Scope
	tools   []openai.Tool
	history []openai.ChatCompletionMessage
	reply   chat.Reply
	body    *body

	// A person talks: ctx is the conversation's, said counts their turns, next is what the robot does around the next, and
	// last what it may still do of the last.
	ctx        context.Context
	said       int
	next, last *act
}

// unsentPause is how long a user waits after a turn that could not be sent: an expression that fails at once must not
// make a closed loop spin.
const unsentPause = time.Second

// Run walks the conversation's turns from the intended start. It returns when it is over and when its user is free for
// another; false where a dataset has no row for it, so that there was nothing to say. A turn that breaks its promise ends
// the conversation, unless the turn says to go on; the end of ctx ends it at once, and the turn on its way is recorded as
// censored.
func (s *Session) Run(ctx context.Context, intended event.Instant) (free event.Instant, ok bool) {
	if !s.open() {
		return intended, false
	}
	defer s.leave()
	for i, t := range s.Conversation.Turns {
		s.scope.EnterTurn(t.Name)
		fact := s.fact(i, t)
		s.intend(fact, intended)
		a := s.act(ctx, t)
		think, diags := t.ThinkTime.Duration(s.scope)
		if diags.HasErrors() {
			return s.unsent(ctx, t, fact, a, diags), true
		}
		if !s.think(ctx, intended, think, a) {
			return s.Clock.Now(), true
		}
		s.intend(fact, intended.Add(think))
		if i == 0 {
			if diags := s.begin(); diags.HasErrors() {
				return s.unsent(ctx, t, fact, a, diags), true
			}
		}
		a.cue("listening")
		judged := s.take(ctx, t, nil, fact, a)
		intended = s.finish(ctx, t, fact, a, judged)
		if fact.Class == event.Unsent {
			return fact.End.Add(unsentPause), true
		}
		if ctx.Err() != nil || fact.Class == event.HungUp || s.broken(t, fact) {
			break
		}
	}
	return intended, true
}

// open readies the session; false where a dataset has no row for it.
func (s *Session) open() bool {
	s.scope = s.Scenario.NewScope(s.Site)
	s.scope.SetIteration(s.Site.Session)
	if !s.drawRows() {
		return false
	}
	s.tools = toolsOf(s.Conversation.Tools)
	s.body = s.newBody()
	return true
}

// think waits until the turn is due; false where ctx ended first.
func (s *Session) think(ctx context.Context, from event.Instant, think time.Duration, a *act) bool {
	if think > 0 {
		a.cue("idle")
	}
	if !wait(ctx, time.Duration(from.Add(think)-s.Clock.Now())) {
		a.drop(s.later)
		return false
	}
	a.pass("idle")
	return true
}

// finish judges the turn and hands it on: at once, or when the robot has done its part and the judges theirs. It returns
// when the next turn may begin.
func (s *Session) finish(ctx context.Context, t *scenario.Turn, fact *event.Turn, a *act, judged bool) event.Instant {
	moves, asks := a.waits(t), judged && len(t.Rubrics) > 0
	if !moves && !asks {
		if judged {
			s.check(t, fact, s.scope, false)
		}
		a.leave()
		s.record(fact)
		return fact.End
	}
	scope := s.scope
	if s.Later != nil {
		scope = scope.Fork()
	}
	s.later(func() {
		if moves {
			state := a.settle(fact)
			scope.SetPerforms(performed(t.Performs, fact.Gestures), state)
		}
		a.leave()
		if asks {
			s.judge(ctx, t, fact, scope)
		}
		if judged {
			s.check(t, fact, scope, moves && a.body.robot != nil)
		}
		s.record(fact)
	})
	if s.Later == nil {
		return s.Clock.Now()
	}
	return fact.End
}

func (s *Session) later(do func()) {
	if s.Later != nil {
		s.Later(do)
		return
	}
	do()
}

// leave gives the robot back when the turns are through with it.
func (s *Session) leave() {
	if b := s.body; b != nil {
		s.body = nil
		s.later(b.leave)
	}
}

func (s *Session) record(fact *event.Turn) {
	s.Sink.Record(fact)
	if s.Live != nil {
		s.Live.TurnEnd(fact)
	}
}

// intend sets when the schedule wanted the turn.
func (s *Session) intend(fact *event.Turn, at event.Instant) {
	fact.Intended = at
	if s.Place != nil {
		fact.Stage, fact.Warmup, fact.After = s.Place(at)
	}
}

// broken reports whether the conversation ends with this turn.
func (s *Session) broken(t *scenario.Turn, fact *event.Turn) bool {
	return !t.Continue && fact.Class.Failed() != t.ExpectFailure
}

func (s *Session) fact(index int, t *scenario.Turn) *event.Turn {
	return &event.Turn{
		Load: s.Site.Load, Session: s.Site.Session, Conversation: s.Conversation.Name, Turn: t.Name, Index: index,
		Endpoint: s.Conversation.Endpoint.Name, ExpectFailure: t.ExpectFailure,
	}
}

// drawRows takes the session's row of each dataset; false where one has come to its end.
func (s *Session) drawRows() bool {
	for _, d := range s.Conversation.Datasets {
		row, ok := d.Row(s.Site.Session)
		if !ok {
			return false
		}
		s.scope.SetRow(d, row)
	}
	return true
}

// begin starts the history with the system prompt.
func (s *Session) begin() scenario.Diagnostics {
	clear(s.history)
	s.history = s.history[:0]
	if !s.Conversation.System.Present() {
		return nil
	}
	system, diags := s.Conversation.System.String(s.scope)
	if !diags.HasErrors() {
		s.history = append(s.history, openai.ChatCompletionMessage{Role: openai.ChatMessageRoleSystem, Content: system})
	}
	return diags
}

// unsent records a turn that the scenario's own expressions kept from being sent: nobody could tell. It returns when the
// user is free again.
func (s *Session) unsent(ctx context.Context, t *scenario.Turn, fact *event.Turn, a *act, diags scenario.Diagnostics) event.Instant {
	fact.Dispatched = s.Clock.Now()
	fact.End = fact.Dispatched
	fact.Class = event.Unsent
	fact.Message = s.Scenario.Explain(diags)
	if s.Live != nil {
		s.Live.TurnStart(fact.Conversation, fact.Turn, "")
	}
	s.finish(ctx, t, fact, a, false)
	return fact.End.Add(unsentPause)
}

// take sends one turn, in these words or else in its own, with as many rounds of tools as it takes, and keeps what it
// captures. It reports whether there is something to judge. What comes before and after the reply is in functions of their
// own, so that the stacks of thousands of users who wait for theirs stay small.
func (s *Session) take(ctx context.Context, t *scenario.Turn, words []scenario.Part, fact *event.Turn, a *act) (judged bool) {
	before := len(s.history)
	request := s.ask(t, words, fact, a)
	if request == nil {
		s.history = s.history[:before]
		return false
	}
	a.cue("prompt")
	a.cue("waiting")
	err := s.rounds(ctx, t, request, fact, a)
	fact.End = s.Clock.Now()
	if err != nil {
		s.history = s.history[:before] // a failed turn goes whole
		s.failed(ctx, request, fact, err)
		if a != nil {
			a.still = errors.Is(context.Cause(ctx), ErrStopped)
		}
	}
	return s.settle(t, fact, a)
}

// ask makes the turn's request; nil where the scenario's own expressions keep it from being sent.
func (s *Session) ask(t *scenario.Turn, words []scenario.Part, fact *event.Turn, a *act) *chat.Request {
	request, diags := s.request(t, words, fact, a)
	fact.Dispatched = s.Clock.Now()
	if s.Live != nil {
		s.Live.TurnStart(fact.Conversation, fact.Turn, fact.User)
	}
	if diags.HasErrors() {
		fact.Class, fact.Message, fact.End = event.Unsent, s.Scenario.Explain(diags), fact.Dispatched
		return nil
	}
	return request
}

// failed says in the turn why it failed.
func (s *Session) failed(ctx context.Context, request *chat.Request, fact *event.Turn, err error) {
	var failure *chat.Error
	errors.As(err, &failure)
	fact.Class, fact.Message = failure.Class, failure.Error()
	if errors.Is(context.Cause(ctx), ErrInterrupted) {
		s.interrupted(fact, request.Messages)
	}
}

// settle keeps what the turn captures, and reports whether there is something to judge.
func (s *Session) settle(t *scenario.Turn, fact *event.Turn, a *act) (judged bool) {
	response := responseOf(fact)
	s.scope.SetResponse(response)
	a.end(fact)
	judged = fact.Class == event.OK || t.ExpectFailure && fact.Class.Failed()
	if judged {
		s.capture(t, fact, response)
	} else {
		s.pass(t, response)
	}
	return judged
}

// pass goes on without judging a turn that has no reply to judge: what would be said of it follows from its failure. What
// later turns look for in it is null.
func (s *Session) pass(t *scenario.Turn, response scenario.Response) {
	captures := make(map[string]cty.Value, len(t.Captures))
	for _, c := range t.Captures {
		captures[c.Name] = cty.NullVal(cty.DynamicPseudoType)
	}
	s.scope.SetTurn(t.Name, response, captures)
}

// capture keeps what the turn wants to keep of the reply.
func (s *Session) capture(t *scenario.Turn, fact *event.Turn, response scenario.Response) {
	captures := make(map[string]cty.Value, len(t.Captures))
	for _, c := range t.Captures {
		v, diags := c.Expr.Value(s.scope)
		if diags.HasErrors() {
			fact.Assertions = append(fact.Assertions, event.Assertion{
				Outcome: event.Errored, File: c.Expr.Range().Filename, Line: c.Expr.Range().Start.Line,
				Condition: c.Expr.Text(), Message: "capture " + c.Name + " could not be evaluated",
				Detail: s.Scenario.Explain(diags),
			})
			v = cty.NullVal(cty.DynamicPseudoType)
		}
		captures[c.Name] = v
	}
	s.scope.SetTurn(t.Name, response, captures)
}

// check checks the assertions, those about the robot only where the session had it, and those that use rubrics only where
// their judges were asked.
func (s *Session) check(t *scenario.Turn, fact *event.Turn, scope *scenario.Scope, robot bool) {
	for _, a := range t.Asserts {
		if !robot && a.OfRobot() || !asked(fact, a) {
			continue
		}
		result := a.Check(scope)
		rng := a.Condition.Range()
		fact.Assertions = append(fact.Assertions, event.Assertion{
			Outcome: event.Outcome(result.Outcome), File: rng.Filename, Line: rng.Start.Line,
			Condition: a.Condition.Text(), Message: result.Message, Detail: result.Detail,
		})
	}
}

// responseOf is what expressions see of a turn. Latencies count from sent: what the server did.
func responseOf(fact *event.Turn) scenario.Response {
	r := scenario.Response{
		Text: fact.Text, Reasoning: fact.Reasoning, Refusal: fact.Refusal, FinishReason: fact.FinishReason,
		ErrorClass: string(fact.Class),
		TTFT:       seconds(fact.TTFT(event.FromSent)), TTFA: seconds(fact.TTFA(event.FromSent)), E2E: seconds(fact.E2E(event.FromSent)),
	}
	for _, c := range fact.ToolCalls {
		r.ToolCalls = append(r.ToolCalls, scenario.ToolCall{Name: c.Name, Arguments: c.Arguments})
	}
	if n := len(fact.Requests); n > 0 {
		last := &fact.Requests[n-1]
		r.Model, r.Status = last.Model, last.Status
		r.TPOT = seconds(last.TPOT())
	}
	usage := fact.Usage()
	if usage.Source != event.FromNone {
		r.OutputTokens = &usage.Output
	}
	if usage.Source == event.FromServer {
		r.InputTokens, r.CachedTokens = &usage.Input, &usage.Cached
	}
	return r
}

func seconds(d time.Duration, ok bool) *float64 {
	if !ok {
		return nil
	}
	s := d.Seconds()
	return &s
}

// wait sleeps for d; false where ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

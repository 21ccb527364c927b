package run

import (
	"context"
	"errors"
	"slices"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// ErrInterrupted is the cause that ends the context of Say where the person cuts in.
var ErrInterrupted = errors.New("interrupted")

// Interrupted marks, in the history, a reply that the person cut in on.
const Interrupted = " [interrupted]"

// Begin readies the session for a person, who says the turns in the place of the conversation's own. Until End the robot is
// theirs; ctx is the conversation's, whose end cuts what the robot does.
func (s *Session) Begin(ctx context.Context) scenario.Diagnostics {
	if !s.open() {
		s.scope = s.Scenario.NewScope(s.Site) // a dataset that has ended keeps nobody from talking
	}
	s.ctx = ctx
	s.scope.EnterTurn("")
	s.await()
	return s.begin()
}

// await begins the wait for what the person says next.
func (s *Session) await() {
	s.next = s.act(s.ctx, s.Conversation.Talk)
	s.next.cue("idle")
}

// Listen says that the person begins to say something.
func (s *Session) Listen() {
	s.next.pass("idle")
	s.next.cue("listening")
}

// Say takes a turn in the person's own words, with the defaults and the performs of the conversation, and returns when the
// reply has ended. The end of ctx ends it; with ErrInterrupted as its cause the turn is hung up, and what was delivered stays
// in the history. What the robot does goes on, if the session has a Later; the turn is recorded after that, and what it says
// of the robot may only be read then.
func (s *Session) Say(ctx context.Context, name string, words []scenario.Part) *event.Turn {
	t := *s.Conversation.Talk
	t.Name = name
	a := s.next
	a.pass("idle")
	s.scope.EnterTurn(name)
	fact := s.fact(s.said, &t)
	s.said++
	s.intend(fact, s.Clock.Now())
	s.finish(&t, fact, a, s.take(ctx, &t, words, fact, a))
	s.await()
	return fact
}

// End gives the robot back, when it has done its part.
func (s *Session) End() {
	s.next.drop(s.later)
	s.next = nil
	s.leave()
}

// interrupted keeps of a turn that the person cut in on what was delivered. asked is the history with what they had said.
func (s *Session) interrupted(fact *event.Turn, asked []openai.ChatCompletionMessage) {
	fact.Class, fact.Message = event.HungUp, ""
	if fact.Text != "" {
		s.history = append(slices.Clone(asked), openai.ChatCompletionMessage{
			Role: openai.ChatMessageRoleAssistant, Content: fact.Text + Interrupted,
		})
	}
}

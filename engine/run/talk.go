package run

import (
	"context"
	"errors"
	"fmt"
	"slices"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// ErrInterrupted is the cause that ends the context of Say where the person cuts in.
var ErrInterrupted = errors.New("interrupted")

// ErrStopped is an ErrInterrupted after which the robot keeps still: the occasion "interrupted" does not come.
var ErrStopped = fmt.Errorf("stopped: %w", ErrInterrupted)

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

// Cut ends what the robot still does of what was said before.
func (s *Session) Cut() {
	if s.last != nil {
		s.last.cut()
		s.last = nil
	}
}

// Say takes a turn in the person's own words, with the defaults and the performs of the conversation, and returns when the
// reply has ended. The end of ctx ends it; with ErrInterrupted as its cause the turn is hung up, and what was delivered stays
// in the history. What the robot does goes on until the next turn, if the session has a Later; the turn is recorded after
// that. The one that is returned says nothing of the robot, and of no assertion.
func (s *Session) Say(ctx context.Context, name string, words []scenario.Part) *event.Turn {
	t := *s.Conversation.Talk
	t.Name = name
	a := s.next
	a.pass("idle")
	s.Cut()
	s.scope.EnterTurn(name)
	fact := s.fact(s.said, &t)
	s.said++
	s.intend(fact, s.Clock.Now())
	judged := s.take(ctx, &t, words, fact, a)
	if fact.Class != event.HungUp { // then it was cut, and what the robot does is about that
		s.last = a
	}
	said := *fact // the robot's part is written into the other one, later
	s.finish(ctx, &t, fact, a, judged)
	s.await()
	return &said
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

// History is what the model is told of the talk: the system prompt, where there is one, and the turns that succeeded.
func (s *Session) History() []openai.ChatCompletionMessage { return slices.Clone(s.history) }

// Forget begins the history anew, with the system prompt that it has.
func (s *Session) Forget() { s.history = s.history[:s.instructed()] }

// Instruct gives the talk another system prompt; an empty one is none.
func (s *Session) Instruct(system string) {
	rest := slices.Clone(s.history[s.instructed():])
	s.history = s.history[:0]
	if system != "" {
		s.history = append(s.history, openai.ChatCompletionMessage{Role: openai.ChatMessageRoleSystem, Content: system})
	}
	s.history = append(s.history, rest...)
}

// Retract takes the last turn out of the history.
func (s *Session) Retract() {
	for i := len(s.history) - 1; i >= s.instructed(); i-- {
		if s.history[i].Role == openai.ChatMessageRoleUser {
			s.history = s.history[:i]
			return
		}
	}
}

// Trim takes the oldest turns out of the history, each as a whole, until it comes to no more than most by the sum of cost.
// The system prompt stays. It returns how many turns went.
func (s *Session) Trim(most int, cost func(*openai.ChatCompletionMessage) int) int {
	sum := 0
	for i := range s.history {
		sum += cost(&s.history[i])
	}
	from, to, turns := s.instructed(), s.instructed(), 0
	for sum > most && to < len(s.history) {
		for begun := false; to < len(s.history) && !(begun && s.history[to].Role == openai.ChatMessageRoleUser); to++ {
			begun = true
			sum -= cost(&s.history[to])
		}
		turns++
	}
	s.history = slices.Delete(s.history, from, to)
	return turns
}

// instructed is where the turns begin in the history.
func (s *Session) instructed() int {
	if len(s.history) > 0 && s.history[0].Role == openai.ChatMessageRoleSystem {
		return 1
	}
	return 0
}

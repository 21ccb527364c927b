package engine

import (
	"context"
	"sync"

	"aimbench/engine/event"
	"aimbench/engine/run"
	"aimbench/engine/scenario"
)

// Talk is a conversation in which a person says the turns.
type Talk struct {
	*run.Session
	// Robot is the conversation's; nil where it has none.
	Robot *Machine

	later sync.WaitGroup
}

// Talk makes the session of a conversation of the plan for a person: Begin it when the engine is ready, and End it before
// Wait. live sees it as it happens, and the sinks get every turn when the robot has done its part.
func (e *Engine) Talk(c *scenario.Conversation, live run.Live, sinks ...event.Sink) *Talk {
	e.sinks = sinks
	t := &Talk{Session: e.session(c)}
	t.Live, t.Later = live, t.later.Go
	t.Site = scenario.Site{Seed: e.plan.Seed}
	if c.Robot != nil {
		t.Robot = e.fleets[c.Robot.Name].all[0]
	}
	return t
}

// Listen says that the person begins to say something: the robot keeps still.
func (t *Talk) Listen() {
	if t.Robot != nil {
		t.Robot.Loop.Listen(true)
	}
	t.Session.Listen()
}

// Say takes a turn in the person's own words, as run.Session.Say does; the robot listens no more.
func (t *Talk) Say(ctx context.Context, name string, words []scenario.Part) *event.Turn {
	if t.Robot != nil {
		t.Robot.Loop.Listen(false)
	}
	return t.Session.Say(ctx, name, words)
}

// Wait returns when the robot has done its part, and every turn is recorded.
func (t *Talk) Wait() { t.later.Wait() }

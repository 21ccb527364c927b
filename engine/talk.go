package engine

import (
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

// Wait returns when the robot has done its part, and every turn is recorded.
func (t *Talk) Wait() { t.later.Wait() }

package edge

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/plan"
	"aimbench/engine/run"
	"aimbench/engine/scenario"
	"aimbench/robot"
	"aimbench/robot/motion"
)

// body is the robot of a talk: a run.Robot that wakes when it is wanted, that can be muted, and whose troubles are told.
type body struct {
	chat    *Chat
	machine *engine.Machine
	muted   atomic.Bool
	silent  atomic.Bool   // its daemon has no sound
	waking  chan struct{} // holds one while somebody wakes it
	told    sync.Map      // what was said of gestures that did not come, to say each once in a row
}

func newBody(c *Chat, m *engine.Machine) *body {
	b := &body{chat: c, machine: m, waking: make(chan struct{}, 1)}
	b.muted.Store(c.settings.Mute)
	return b
}

// Perform does a gesture, after those under way. A robot that sleeps is woken first.
func (b *body) Perform(ctx context.Context, g *scenario.Gesture) run.Performance {
	if !g.Builtin || g.Name != "goto_sleep" {
		if done := b.wake(ctx); done.Status == motion.StatusCancelled {
			return run.Performance{End: time.Now(), Status: event.GestureCancelled, Detail: "before the robot was awake: " + done.Detail}
		}
	}
	p := b.machine.Perform(ctx, g)
	if p.Status == event.GestureRefused || p.Status == event.GestureFailed {
		b.complain(fmt.Sprintf("gesture %s was %s: %s", g.Name, p.Status, p.Detail), p.Detail)
		return p
	}
	b.told.Clear()
	return p
}

// complain tells of a gesture that did not come, once for each reason. Of a robot that is lost, watch tells.
func (b *body) complain(text, reason string) {
	if b.machine.Loop.State().Activity == motion.Lost {
		return
	}
	if _, again := b.told.LoadOrStore(reason, true); !again {
		b.chat.view.Note(text)
	}
}

// State is where the robot is.
func (b *body) State(ctx context.Context) (scenario.RobotState, error) { return b.machine.State(ctx) }

// Speak begins to speak a reply; nil where the robot is silent.
func (b *body) Speak(ctx context.Context) run.Speech {
	if b.muted.Load() || b.silent.Load() {
		return nil
	}
	return b.machine.Speak(ctx)
}

// wake gets the robot up, if it sleeps, and says what came of it; the zero Done where it was up.
func (b *body) wake(ctx context.Context) motion.Done {
	if b.machine.Loop.State().Activity != motion.Asleep {
		return motion.Done{}
	}
	select {
	case b.waking <- struct{}{}:
	case <-ctx.Done():
		return motion.Done{Status: motion.StatusCancelled, Detail: "it was given up"}
	}
	defer func() { <-b.waking }()
	if b.machine.Loop.State().Activity != motion.Asleep {
		return motion.Done{}
	}
	return b.do(ctx, robot.Gesture{Name: "wake_up", Kind: robot.Wake})
}

// rouse wakes the robot on a prompt, without waiting for it.
func (b *body) rouse() {
	if b.machine.Loop.State().Activity == motion.Asleep {
		b.chat.around.Go(func() { b.wake(b.chat.ctx) })
	}
}

// do performs what a command asks for, and says what came of it.
func (b *body) do(ctx context.Context, g robot.Gesture) motion.Done {
	done, err := b.machine.Loop.Perform(ctx, g)
	if err != nil {
		return motion.Done{Gesture: g.Name, Status: motion.StatusFailed, Detail: err.Error()}
	}
	return done
}

// named finds a gesture: one of the scenario's, a built-in one, or recorded:DATASET:MOVE.
func (b *body) named(name string) (robot.Gesture, error) {
	for _, g := range b.chat.plan.Scenario.Gestures {
		if g.Name == name {
			return plan.GestureOf(g)
		}
	}
	return robot.Named(name)
}

// hush cuts speech and gestures, and goes on with life.
func (b *body) hush() {
	b.machine.Speaker().Cut()
	b.machine.Loop.BargeIn()
	b.listen(false)
}

// freeze cuts speech and gestures, and keeps still.
func (b *body) freeze() {
	b.machine.Speaker().Cut()
	b.machine.Speaker().Resume()
	b.machine.Loop.Listen(false)
	b.machine.Loop.Stop()
}

// listen pauses speech and keeps still while the person writes, or goes on.
func (b *body) listen(on bool) {
	b.machine.Loop.Listen(on)
	if on {
		b.machine.Speaker().Pause()
	} else {
		b.machine.Speaker().Resume()
	}
}

// Replied shows the turn to who watches an embedded robot.
func (b *body) Replied(t *event.Turn) { b.machine.Replied(t) }

// watchPeriod is how often the state of the robot is looked at.
const watchPeriod = 250 * time.Millisecond

// watch tells when the robot is lost and when it is back, and asks one that has come whether it has a voice.
func (b *body) watch() {
	tick := time.NewTicker(watchPeriod)
	defer tick.Stop()
	was, asked := motion.Starting, false
	for {
		select {
		case <-b.chat.ctx.Done():
			return
		case <-tick.C:
		}
		s := b.machine.Loop.State()
		up := s.Activity != motion.Lost && s.Activity != motion.Starting
		if up && !asked {
			asked = b.askSound()
		}
		if s.Activity == was || s.Activity == motion.Starting {
			continue
		}
		switch {
		case s.Activity == motion.Lost:
			asked = false
			b.chat.view.Note(s.Detail)
		case s.Activity == motion.Yielded:
			b.chat.view.Note(s.Detail)
		case was == motion.Lost:
			b.chat.view.Note("the robot is back")
		case was == motion.Yielded:
			b.chat.view.Note("the robot is ours again")
		}
		was = s.Activity
	}
}

// askSound asks whether the robot can be heard; false where it did not say.
func (b *body) askSound() bool {
	ctx, cancel := context.WithTimeout(b.chat.ctx, 2*time.Second)
	defer cancel()
	sound, err := b.machine.Client.HasSound(ctx)
	if err != nil {
		return false
	}
	b.silent.Store(!sound)
	return true
}

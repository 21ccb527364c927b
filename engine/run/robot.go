package run

import (
	"context"
	"slices"
	"sync"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/scenario"
	"aimbench/robot/speech"
)

// Robot moves and speaks for one session at a time. It owns its own pace: a session never waits for it on the way to a
// reply.
type Robot interface {
	// Perform does a gesture and returns when it is over. The end of ctx cuts it. Two never run at once.
	Perform(ctx context.Context, g *scenario.Gesture) Performance
	// State measures where the robot is, and asks for its motors.
	State(ctx context.Context) (scenario.RobotState, error)
	// Speak begins to speak a reply; nil where the robot is silent. The end of ctx cuts it.
	Speak(ctx context.Context) Speech
	// Replied tells it how a turn ended, for whoever watches it. It does not block.
	Replied(turn *event.Turn)
}

// Performance is what a gesture came to. Start is when the robot first moved, and zero where it did not; Where is where it
// was measured to be at the end, and nil where it did not say.
type Performance struct {
	Start, End time.Time
	Status     event.GestureStatus
	Detail     string
	Where      *scenario.RobotState
}

// Speech speaks a reply while it still comes. None of its methods but Wait blocks.
type Speech interface {
	// Add gives it the next piece of the reply.
	Add(text string)
	// Close says that no more comes.
	Close()
	// Wait returns when all was said. It is called once, after Close.
	Wait() Spoken
}

// Spoken is what a speech came to. Start is when the first sound was accepted by whoever makes it, and zero where nothing
// was heard.
type Spoken struct {
	Start, End time.Time
	Detail     string
}

// Lend gives a session a robot for one conversation, and takes it back when release is called. It does not block. The robot
// is nil where none is free.
type Lend func() (robot Robot, release func())

// mostGesture bounds a gesture, whatever the robot says.
const mostGesture = 2 * time.Minute

// body is the robot of one conversation under way: its gestures follow one another in the order of their occasions.
type body struct {
	robot   Robot // nil where another conversation has it
	release func()

	mu     sync.Mutex
	queue  []func()
	moving bool
	users  sync.WaitGroup // turns that still use it
}

func (s *Session) newBody() *body {
	if s.Conversation.Robot == nil {
		return nil
	}
	b := &body{}
	if s.Lend != nil {
		b.robot, b.release = s.Lend()
	}
	return b
}

// then does the job after those before it.
func (b *body) then(job func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(b.queue, job)
	if !b.moving {
		b.moving = true
		go b.move()
	}
}

func (b *body) move() {
	for {
		b.mu.Lock()
		if len(b.queue) == 0 {
			b.moving = false
			b.mu.Unlock()
			return
		}
		job := b.queue[0]
		b.queue = b.queue[1:]
		b.mu.Unlock()
		job()
	}
}

// leave gives the robot back when no turn uses it any more.
func (b *body) leave() {
	b.users.Wait()
	if b.release != nil {
		b.release()
	}
}

// act is what the robot does in one turn. Its methods are the session's: they do not block, and may be called on nil, where
// there is no robot. What they start goes on without the session, until settle.
type act struct {
	session *Session
	turn    *scenario.Turn
	body    *body
	// ctx is the conversation's; present ends with it, or with a cut.
	ctx, present context.Context
	cut          context.CancelFunc

	answered bool // a token came
	still    bool // nothing is done any more
	sentence speech.Splitter
	silent   bool   // the robot has no voice
	speech   Speech // nil before the first word
	spoken   event.Speech

	passing map[string]context.CancelFunc // by the occasion that may pass before its performs are due
	going   sync.WaitGroup
	mu      sync.Mutex
	done    []event.Gesture
	where   *scenario.RobotState // at the end of the last gesture
}

// act begins a turn of the robot's.
func (s *Session) act(ctx context.Context, t *scenario.Turn) *act {
	if s.body == nil {
		return nil
	}
	s.body.users.Add(1)
	a := &act{session: s, turn: t, body: s.body, ctx: ctx, passing: map[string]context.CancelFunc{}}
	a.present, a.cut = context.WithCancel(ctx)
	return a
}

// cue says that an occasion has come.
func (a *act) cue(on string) {
	if a == nil {
		return
	}
	ctx := a.present
	if on == "waiting" || on == "idle" {
		ctx, a.passing[on] = context.WithCancel(ctx)
	}
	for _, p := range a.turn.Performs {
		if p.On == on {
			a.perform(ctx, p)
		}
	}
}

// pass says that an occasion is over: what waits for its moment then is not done.
func (a *act) pass(on string) {
	if a == nil {
		return
	}
	if cancel := a.passing[on]; cancel != nil {
		cancel()
		delete(a.passing, on)
	}
}

func (a *act) perform(ctx context.Context, p *scenario.Perform) {
	g := event.Gesture{Perform: p.Name, Gesture: p.Gesture.Name, On: p.On}
	if p.When.Present() {
		holds, diags := p.When.Bool(a.session.scope)
		switch {
		case diags.HasErrors():
			a.skip(g, event.GestureFailed, a.session.Scenario.Explain(diags))
			return
		case !holds:
			a.skip(g, event.GestureSkipped, "its when did not hold")
			return
		}
	}
	a.start(ctx, p.Gesture, p.After, g)
}

// tool does the gesture of a function that the model called.
func (a *act) tool(t *scenario.Tool) {
	if a == nil || t.Gesture == nil {
		return
	}
	a.start(a.present, t.Gesture, 0, event.Gesture{Perform: "tool." + t.Name, Gesture: t.Gesture.Name, On: "tool_call"})
}

// start does a gesture after a wait, and after those that came before.
func (a *act) start(ctx context.Context, gesture *scenario.Gesture, after time.Duration, g event.Gesture) {
	if a.body.robot == nil {
		a.skip(g, event.GestureSkipped, "another conversation has the robot")
		return
	}
	clock := a.session.Clock
	g.Trigger = clock.Now().Add(after)
	i := a.add(g)
	a.going.Add(1)
	present := a.present
	do := func() {
		defer a.going.Done()
		gesturing, cancel := context.WithTimeout(present, mostGesture)
		defer cancel()
		p := a.body.robot.Perform(gesturing, gesture)
		g.Status, g.Detail, g.End = p.Status, p.Detail, clock.At(p.End)
		if !p.Start.IsZero() {
			g.Start = clock.At(p.Start)
		}
		a.ended(i, g, p.Where)
	}
	if after == 0 {
		a.body.then(do)
		return
	}
	go func() {
		if wait(ctx, after) {
			a.body.then(do)
			return
		}
		defer a.going.Done()
		g.Trigger, g.Status, g.Detail = 0, event.GestureSkipped, "the occasion had passed"
		if present.Err() != nil {
			g.Status, g.Detail = event.GestureCancelled, "the conversation was over"
		}
		a.set(i, g)
	}()
}

func (a *act) add(g event.Gesture) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done = append(a.done, g)
	return len(a.done) - 1
}

func (a *act) set(i int, g event.Gesture) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done[i] = g
}

// ended keeps what a gesture came to, and where it left the robot, which soon goes on to breathe.
func (a *act) ended(i int, g event.Gesture, where *scenario.RobotState) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done[i], a.where = g, where
}

func (a *act) skip(g event.Gesture, status event.GestureStatus, why string) {
	g.Status, g.Detail = status, why
	a.add(g)
}

// hears reports whether the act wants the pieces of a reply as they come.
func (a *act) hears() bool {
	if a == nil {
		return false
	}
	for _, p := range a.turn.Performs {
		if p.On == "waiting" || p.On == "first_token" || p.On == "sentence" {
			return true
		}
	}
	return a.session.Conversation.Speak
}

// hear takes a piece of a reply; answer says that it is of the answer's text.
func (a *act) hear(text string, answer bool) {
	if a == nil {
		return
	}
	if !a.answered {
		a.answered = true
		a.pass("waiting")
		a.cue("first_token")
	}
	if !answer || text == "" {
		return
	}
	for range a.sentence.Feed(text) {
		a.cue("sentence")
	}
	if a.session.Conversation.Speak && a.body.robot != nil {
		a.speak(text)
	}
}

func (a *act) speak(text string) {
	if a.speech == nil && !a.silent {
		a.speech = a.body.robot.Speak(a.present)
		a.silent = a.speech == nil
	}
	if !a.silent {
		a.speech.Add(text)
	}
}

// end says that the reply has ended, well or not.
func (a *act) end(fact *event.Turn) {
	if a == nil {
		return
	}
	if fact.Class == event.OK && !a.answered { // the reply came whole
		a.hear(fact.Text, true)
	}
	a.pass("waiting")
	if a.body.robot != nil {
		a.body.robot.Replied(fact)
	}
	if a.speech != nil {
		a.speech.Close()
		a.going.Go(func() {
			spoken := a.speech.Wait()
			a.spoken.Detail = spoken.Detail
			if !spoken.Start.IsZero() {
				a.spoken.Start, a.spoken.End = a.session.Clock.At(spoken.Start), a.session.Clock.At(spoken.End)
			}
		})
	}
	switch {
	case fact.Class == event.OK:
		for range a.sentence.End() {
			a.cue("sentence")
		}
		a.cue("reply")
	case fact.Class == event.HungUp:
		a.cut()
		if a.still {
			return
		}
		a.present, a.cut = context.WithCancel(a.ctx)
		a.cue("interrupted")
	case fact.Class.Failed():
		a.cue("failure")
	}
}

// waits reports whether the turn has to wait for the robot.
func (a *act) waits(t *scenario.Turn) bool {
	if a == nil {
		return false
	}
	return len(a.asked()) > 0 || a.speech != nil || slices.ContainsFunc(t.Asserts, (*scenario.Assert).OfRobot)
}

func (a *act) asked() []event.Gesture {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.done
}

// drop ends a turn that did not come to its prompt.
func (a *act) drop(later func(func())) {
	if a != nil {
		later(func() {
			defer a.leave()
			a.going.Wait()
		})
	}
}

// leave says that the turn needs the robot no more.
func (a *act) leave() {
	if a != nil {
		a.cut()
		a.body.users.Done()
	}
}

// settle waits until the robot has done all that the turn asked for, and returns where it is then.
func (a *act) settle(fact *event.Turn) *scenario.RobotState {
	for on := range a.passing {
		a.pass(on)
	}
	a.going.Wait()
	fact.Gestures = a.done
	if a.speech != nil {
		fact.Speech = &a.spoken
	}
	return a.state()
}

// mostState bounds the wait for where the robot is.
const mostState = 5 * time.Second

func (a *act) state() *scenario.RobotState {
	if a.body.robot == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), mostState)
	defer cancel()
	state, err := a.body.robot.State(ctx)
	if err != nil {
		return nil
	}
	if a.where != nil {
		motors := state.Motors
		state = *a.where
		state.Motors = motors
	}
	return &state
}

// performed is what became of the turn's performs, by name: of one that was performed several times, of the last time.
func performed(performs []*scenario.Perform, gestures []event.Gesture) map[string]scenario.Performed {
	out := make(map[string]scenario.Performed, len(performs))
	for _, p := range performs {
		out[p.Name] = scenario.Performed{Detail: "on " + p.On + " did not come"}
	}
	for i := range gestures {
		g := &gestures[i]
		p, ok := out[g.Perform]
		if !ok {
			continue // a tool's
		}
		p.Count++
		p.Status, p.Detail = string(g.Status), g.Detail
		p.Start, p.Done = seconds(g.StartAfter()), seconds(g.DoneAfter())
		out[g.Perform] = p
	}
	return out
}

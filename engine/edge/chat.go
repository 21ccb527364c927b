// Package edge is the chat of a person with a robot: one conversation of a scenario, whose turns the person says. It is
// shown by a View: a terminal, lines of text, or JSON.
package edge

import (
	"cmp"
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"aimbench/engine"
	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/report"
	"aimbench/engine/run"
	"aimbench/engine/scenario"
	"aimbench/engine/telemetry"
)

// Chat is an open talk. Its methods may be called from any goroutine; those that take a turn wait for each other.
type Chat struct {
	*scene
	engine  *engine.Engine
	talk    *engine.Talk
	client  *chat.Client
	body    *body // nil where there is no robot
	metrics *telemetry.Talk
	view    *ordered
	dir     string // where talks are saved
	ctx     context.Context
	stop    context.CancelFunc
	around  sync.WaitGroup

	session gate // held by whoever uses the session: what follows
	said    int
	listens bool
	last    *said // what was said last
	kept    []said
	images  []scenario.Part // to go with what is said next
	ratio   float64         // tokens for each that cost estimates

	model atomic.Pointer[string] // by /model; nil is the endpoint's
	slo   atomic.Int64

	mu     sync.Mutex
	cancel context.CancelCauseFunc // of the turn under way
	worst  []int                   // exit codes of the turns that failed
	talked bool
}

// said is a turn as it went.
type said struct {
	words []scenario.Part
	turn  event.Turn
	inner bool // it is in the history
}

// options say around what a talk goes on.
type options struct {
	dir    string // where talks are saved; empty is the working directory
	engine engine.Options
}

// open opens a scene. Nothing is asked of endpoint or robot yet but to answer.
func open(ctx context.Context, sc *scene, o options, view View) (*Chat, error) {
	c := &Chat{scene: sc, view: &ordered{view: view}, ratio: 1, session: newGate(), dir: cmp.Or(o.dir, ".")}
	c.slo.Store(int64(sc.settings.SLO.Value))
	c.ctx, c.stop = context.WithCancel(ctx)
	o.engine.Note, o.engine.Watched = c.view.Note, true
	e, err := engine.Open(sc.plan, o.engine)
	if err != nil {
		c.stop()
		return nil, err
	}
	c.engine = e
	c.metrics = telemetry.NewTalk(sc.plan, telemetry.TalkOptions{Version: o.engine.Version, SLO: sc.settings.SLO.Value, Connected: c.connected()})
	c.talk = e.Talk(sc.conversation, live{c}, c.metrics, keeper{c})
	c.client, _ = c.talk.Endpoint.(*chat.Client)
	c.talk.Adjust = c.adjust
	if c.talk.Robot != nil {
		c.body = newBody(c, c.talk.Robot)
		c.talk.Lend = func() (run.Robot, func()) { return c.body, func() {} }
		c.around.Go(c.body.watch)
	}
	if diags := c.talk.Begin(c.ctx); diags.HasErrors() {
		err := diags
		c.close()
		return nil, err
	}
	return c, nil
}

// connected says whether the robot answers; nil where the plan has none.
func (c *Chat) connected() func() bool {
	if len(c.plan.Robots) == 0 {
		return nil
	}
	return func() bool { return c.body != nil && c.body.machine.Client.Connected() }
}

// takeRobot moves the robot from now on, if there is one. Who only looks leaves it alone.
func (c *Chat) takeRobot() {
	if c.body != nil {
		c.body.machine.Take()
	}
}

// close ends the talk: whatever goes on is cut, and the robot is left as the scenario wants it.
func (c *Chat) close() {
	c.interrupt(run.ErrStopped)
	c.session.Lock()
	c.talk.Cut()
	c.talk.End()
	c.session.Unlock()
	c.talk.Wait()
	c.stop()
	c.around.Wait()
	c.engine.Close()
}

// adjust puts into a request what the person chose.
func (c *Chat) adjust(r *chat.Request) {
	if m := c.model.Load(); m != nil {
		r.Model = *m
	}
	if most := c.settings.MaxTokens; most.Value > 0 && (r.MaxTokens == 0 || most.From == FromFlag) {
		r.MaxTokens = most.Value
	}
}

// take takes a turn for whoever holds the session. It returns when the reply has ended.
func (c *Chat) take(words []scenario.Part) {
	if c.ctx.Err() != nil {
		return
	}
	c.trim()
	if c.body != nil {
		c.body.rouse()
	}
	ctx, cancel := context.WithCancelCause(c.ctx)
	c.setCancel(cancel)
	c.said++
	turn := c.talk.Say(ctx, strconv.Itoa(c.said), words)
	c.setCancel(nil)
	cancel(nil)
	c.listens = false
	c.view.Reply(turn)
	c.metrics.SetReady(!turn.Class.Failed())
	c.learn(turn)
	kept := said{words: words, turn: measure.CopyTurn(turn, func(s string) string { return s }),
		inner: turn.Class == event.OK || turn.Class == event.HungUp && turn.Text != ""}
	c.last = &kept
	c.kept = append(c.kept, kept)
	c.count(turn)
}

func (c *Chat) setCancel(cancel context.CancelCauseFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel = cancel
}

// count keeps what the turn means for the exit code.
func (c *Chat) count(turn *event.Turn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case turn.Class == event.OK:
		c.talked = true
	case turn.Class == event.Dial || turn.Class == event.TLS:
		c.worst = append(c.worst, measure.ExitUnknown)
	case turn.Class.Failed() || turn.Class == event.Unsent:
		c.worst = append(c.worst, measure.ExitAssertion)
	}
}

// exitCode is that of the turns: ExitUnknown where none got to an endpoint.
func (c *Chat) exitCode() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, code := range c.worst {
		if c.talked || code == measure.ExitAssertion {
			return measure.ExitAssertion
		}
	}
	if len(c.worst) > 0 {
		return measure.ExitUnknown
	}
	return measure.ExitPass
}

// interrupt ends the reply under way, what is spoken and what moves. It reports whether a reply was under way.
func (c *Chat) interrupt(cause error) bool {
	c.mu.Lock()
	cancel := c.cancel
	c.mu.Unlock()
	if cancel != nil {
		cancel(cause)
	}
	return cancel != nil
}

// busy says whether a reply is under way.
func (c *Chat) busy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cancel != nil
}

// bargeIn makes way for what the person says now.
func (c *Chat) bargeIn() {
	c.interrupt(run.ErrInterrupted)
	if c.body != nil {
		c.body.hush()
	}
}

// halt stops the reply, motion and sound.
func (c *Chat) halt() {
	c.interrupt(run.ErrStopped)
	if c.body != nil {
		c.body.freeze()
	}
	if c.session.TryLock() { // else the turn that was under way is ending, and cuts what it does itself
		c.talk.Cut()
		c.session.Unlock()
	}
}

// typing says whether the person is writing something: speech pauses, and the robot keeps still. It listens where the words
// are for it.
func (c *Chat) typing(on, toRobot bool) {
	if c.body == nil {
		return
	}
	c.body.listen(on)
	if on && toRobot && c.session.TryLock() {
		if !c.listens {
			c.listens = true
			c.talk.Listen()
		}
		c.session.Unlock()
	}
}

// live passes on what the session sees.
type live struct{ *Chat }

// TurnStart makes it a run.Live.
func (l live) TurnStart(_, _, user string) { l.view.Said(user) }

// Delta passes on a piece of the reply.
func (l live) Delta(d chat.Delta) {
	switch d.Kind {
	case chat.Answer:
		l.view.Delta(report.Answer, d.Text)
	case chat.Reasoning:
		l.view.Delta(report.Reasoning, d.Text)
	case chat.Refusal:
		l.view.Delta(report.Refusal, d.Text)
	}
}

// ToolCall passes on a call that was answered.
func (l live) ToolCall(call event.ToolCall) { l.view.Called(call) }

// TurnEnd does nothing: the turn's end is seen by who said it, and by the keeper.
func (l live) TurnEnd(*event.Turn) {}

// keeper sees the turns when all that came of them is over.
type keeper struct{ *Chat }

// Record makes it an event.Sink.
func (k keeper) Record(t *event.Turn) { k.view.Settled(t) }

// ordered is a View for whoever calls it when.
type ordered struct {
	mu   sync.Mutex
	view View
}

func (o *ordered) show(do func(View)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	do(o.view)
}

func (o *ordered) Said(text string)                    { o.show(func(v View) { v.Said(text) }) }
func (o *ordered) Delta(kind report.Kind, text string) { o.show(func(v View) { v.Delta(kind, text) }) }
func (o *ordered) Called(call event.ToolCall)          { o.show(func(v View) { v.Called(call) }) }
func (o *ordered) Reply(t *event.Turn)                 { o.show(func(v View) { v.Reply(t) }) }
func (o *ordered) Settled(t *event.Turn)               { o.show(func(v View) { v.Settled(t) }) }
func (o *ordered) Answer(text string)                  { o.show(func(v View) { v.Answer(text) }) }
func (o *ordered) Note(text string)                    { o.show(func(v View) { v.Note(text) }) }

// limit is how long a turn may take end to end.
func (c *Chat) limit() time.Duration { return time.Duration(c.slo.Load()) }

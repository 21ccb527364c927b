package motion

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"aimbench/robot"
)

// Options are what a loop may be told; the zero value is good.
type Options struct {
	// Limits hold for every pose that is commanded; nil for robot.DefaultLimits.
	Limits *robot.Limits
	// OnState is called by the loop when the state has changed. It must not block, nor call the loop.
	OnState func(State)
	// OnTarget is called by the loop with every target that the robot took. It must not block, nor call the loop.
	OnTarget func(Target)
	// Draw draws a number from 0 to n − 1 for a random gesture; nil for math/rand.
	Draw func(n int) int
}

// Target is a pose that a robot was told and took.
type Target struct {
	// At is when it was told, and After how long after the one before, as the loop counts: without what the robot takes
	// over a target, where that is less than a tenth of a tick.
	At    time.Time
	After time.Duration
	Pose  robot.Pose
	// Here is where the robot was last measured to be.
	Here robot.Pose
}

// mode is who moves the robot.
type mode int

const (
	starting  mode = iota // nothing has been heard of the body
	assessing             // it answers; whether it is awake is being asked
	active                // the loop moves it
	lent                  // a move of its own moves it
	asleep                // nobody: it lies down, or its motors are off
	yielded               // somebody else
	lost                  // it does not answer
)

// Loop owns where a robot is to be. Its methods may be called from any goroutine, before and while it runs, and none but
// Perform waits for the robot.
type Loop struct {
	body     Body
	limits   robot.Limits
	onState  func(State)
	onTarget func(Target)
	draw     func(n int) int

	mu     sync.Mutex // guards what follows
	inbox  []func(context.Context, time.Time)
	begun  bool
	ended  bool
	state  State
	notify chan struct{}

	// What follows belongs to the goroutine of Run.

	mode   mode
	detail string    // why the robot does not do what it is told
	since  time.Time // when the mode began
	calls  sync.WaitGroup
	ending bool

	limiter   *robot.Limiter
	ticked    time.Time // when the last tick was that moved the robot
	commanded time.Time // when the last target was taken
	course    course
	breathing time.Time // when it began to; zero while the course leads
	wobble    wobble
	braking   bool
	stopped   bool
	listening bool

	queue   []*task
	running *task

	giveUpOwn context.CancelFunc // gives up waiting for the move that the body runs
	watch     watch
}

// New makes a loop for a body, which nobody else may set targets of. Run runs it.
func New(body Body, o Options) *Loop {
	l := &Loop{body: body, limits: robot.DefaultLimits(), onState: o.OnState, onTarget: o.OnTarget, draw: o.Draw, notify: make(chan struct{}, 1)}
	if o.Limits != nil {
		l.limits = *o.Limits
	}
	if l.draw == nil {
		l.draw = rand.IntN
	}
	l.state = State{Activity: Starting}
	return l
}

// State is what the robot is doing.
func (l *Loop) State() State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// do has the loop do something between two ticks, and says whether it will. It does not wait.
func (l *Loop) do(f func(ctx context.Context, now time.Time)) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return false
	}
	l.inbox = append(l.inbox, f)
	select {
	case l.notify <- struct{}{}:
	default:
	}
	return true
}

func (l *Loop) hasBegun() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.begun
}

// drain does what was asked for.
func (l *Loop) drain(ctx context.Context) {
	l.mu.Lock()
	asked := l.inbox
	l.inbox = nil
	l.mu.Unlock()
	for _, f := range asked {
		f(ctx, time.Now())
	}
}

// Run moves the robot until ctx ends, brings it to a stand, lets a wake-up or a way to sleep end, and returns. Gestures
// that have not ended by then are cancelled.
func (l *Loop) Run(ctx context.Context) {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	l.mu.Lock()
	l.begun = true
	l.mu.Unlock()
	l.since = time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	leave := ctx.Done()
	for !l.over() {
		select {
		case <-leave:
			leave = nil
			l.ending = true
			l.halt(working, time.Now(), "the loop ends")
		case <-l.notify:
			l.drain(working)
		case <-timer.C:
			l.tick(working, time.Now())
			// Never sooner than a tick after the last target was taken: a burst of targets would be a jump.
			timer.Reset(robot.Tick)
		}
		l.publish()
	}
	stop()
	l.calls.Wait()
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.drain(working)
	l.calls.Wait()
	l.settleAll(time.Now(), StatusCancelled, "the loop has ended")
}

// over says that the loop was told to end and nothing moves any more.
func (l *Loop) over() bool {
	return l.ending && l.running == nil && l.mode != lent && (l.mode != active || l.limiter.Still())
}

func (l *Loop) enter(m mode, now time.Time, detail string) {
	l.mode, l.since, l.detail = m, now, detail
}

// tick is the fiftieth part of a second.
func (l *Loop) tick(ctx context.Context, now time.Time) {
	l.watch.see(l.body.Measured())
	switch l.mode {
	case starting, lost, yielded:
		l.seek(ctx, now)
	case lent:
		l.watchOwn()
	case asleep:
		l.slumber(ctx, now)
	case active:
		l.move(ctx, now)
	}
}

// delay makes up for a tick that comes late, on a machine or with a body that is slow: what moves the robot takes so much
// longer, and neither jumps nor ends elsewhere.
func (l *Loop) delay(now time.Time) {
	late := now.Sub(l.ticked) - 2*robot.Tick
	l.ticked = now
	if late <= 0 {
		return
	}
	l.course.start = l.course.start.Add(late)
	if !l.breathing.IsZero() {
		l.breathing = l.breathing.Add(late)
	}
	if t := l.running; t != nil {
		t.end, t.late = t.end.Add(late), t.late.Add(late)
	}
}

// stall is how long after its last target the robot no longer moves.
const stall = 500 * time.Millisecond

// move commands the next pose and sees what the robot makes of it.
func (l *Loop) move(ctx context.Context, now time.Time) {
	if silent := now.Sub(l.watch.at); silent > silence {
		l.lose(now, quiet(silent))
		return
	}
	l.delay(now)
	l.advance(ctx, now)
	if l.mode != active {
		return
	}
	dt := max(robot.Tick, now.Sub(l.commanded))
	switch {
	case !l.watch.taking(): // what is taken next must not be far from where the robot is then
		l.limiter, dt = robot.NewLimiter(l.limits, l.watch.pose), robot.Tick
	case dt > stall: // it has long come to a stand
		l.limiter, dt = robot.NewLimiter(l.limits, l.limiter.At()), robot.Tick
	}
	before := l.limiter.At()
	offset := l.wobble.offset(now, dt)
	if l.braking {
		l.limiter.Brake(dt)
		if l.limiter.Still() {
			l.braking = false
			l.follow(hold(l.limiter.At(), now))
		}
	} else {
		l.live(now)
		l.limiter.Follow(l.base(now).Plus(offset), dt)
	}
	command := l.limiter.At()
	held, err := l.command(ctx, now, command)
	if held > 0 {
		l.limiter.Took(dt + held)
	}
	switch {
	case err == nil:
		l.watch.accepted(now, command, offset)
		if t := l.running; t != nil {
			t.tell(now, l.course, before, command, offset)
		}
	case errors.Is(err, ErrIgnored):
		if l.watch.ignore(now) > patience {
			l.yield(now, "another move runs, and the robot ignores ours")
		}
		return
	case errors.Is(err, errLate):
		if l.watch.late(now) > silence {
			l.lose(now, err)
		}
		return
	default:
		l.lose(now, err)
		return
	}
	if l.watch.ranAway(now) {
		l.yield(now, "it moves otherwise than it is told")
	}
}

// setTargetTimeout bounds how long a body may hold up the loop.
const setTargetTimeout = 250 * time.Millisecond

// command sends a target, and returns for how long that held up the loop; 0 where it hardly did.
func (l *Loop) command(ctx context.Context, now time.Time, pose robot.Pose) (held time.Duration, err error) {
	limited, done := context.WithTimeout(ctx, setTargetTimeout)
	defer done()
	before := l.commanded
	err = l.body.SetTarget(limited, pose)
	l.commanded = time.Now()
	if held = l.commanded.Sub(now); held <= robot.Tick/10 {
		held = 0
	}
	switch {
	case err != nil && limited.Err() != nil:
		err = fmt.Errorf("%w: %w", errLate, err)
	case err == nil && l.onTarget != nil:
		l.onTarget(Target{At: now, After: now.Sub(before) + held, Pose: pose, Here: l.watch.pose})
	}
	return held, err
}

// errLate says that a target was not taken in time, by a body or a machine that is slow now and may not be gone.
var errLate = fmt.Errorf("the robot takes more than %v over a target", setTargetTimeout)

// publish tells of a state that has changed.
func (l *Loop) publish() {
	s := State{Queued: len(l.queue), Detail: l.detail}
	if l.running != nil {
		s.Gesture = l.running.gesture.Name
	}
	switch {
	case l.mode == starting || l.mode == assessing:
		s.Activity = Starting
	case l.mode == asleep:
		s.Activity = Asleep
	case l.mode == yielded:
		s.Activity = Yielded
	case l.mode == lost:
		s.Activity = Lost
	case l.running != nil || len(l.queue) > 0 || l.mode == lent:
		s.Activity = Moving
	case !l.wobble.silent():
		s.Activity = Speaking
	case l.listening:
		s.Activity = Listening
	case l.stopped:
		s.Activity = Stopped
	default:
		s.Activity = Idle
	}
	l.mu.Lock()
	changed := s != l.state
	l.state = s
	l.mu.Unlock()
	if changed && l.onState != nil {
		l.onState(s)
	}
}

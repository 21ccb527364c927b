package motion

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aimbench/robot"
)

// How long the body may take for what it does itself, where it does not give up before. A recorded move may have to be
// fetched first.
const (
	ownMove      = 40 * time.Second
	recordedMove = 6 * time.Minute
	answer       = 2 * time.Second
)

// lying is how near to its pose of sleep a robot is taken to lie: it sinks into it.
var lying = robot.Distance{Angle: 0.3, Way: 0.03, Antenna: 0.5, BodyYaw: 7}

// call has the body asked for something outside the loop, and the loop told of it.
func (l *Loop) call(ctx context.Context, timeout time.Duration, ask func(context.Context) error, then func(ctx context.Context, now time.Time, err error)) context.CancelFunc {
	limited, giveUp := context.WithTimeout(ctx, timeout)
	l.calls.Go(func() {
		defer giveUp()
		err := ask(limited)
		l.do(func(ctx context.Context, now time.Time) { then(ctx, now, err) })
	})
	return giveUp
}

// lend leaves the robot to a move of its own until that ends.
func (l *Loop) lend(ctx context.Context, now time.Time, t *task) {
	l.enter(lent, now, "")
	timeout := ownMove
	if t.gesture.Kind == robot.Recorded {
		timeout = recordedMove
	}
	l.giveUpOwn = l.call(ctx, timeout,
		func(ctx context.Context) error { return l.own(ctx, t.gesture) },
		func(ctx context.Context, now time.Time, err error) { l.ownEnded(ctx, now, t, err) })
}

func (l *Loop) own(ctx context.Context, g robot.Gesture) error {
	switch g.Kind {
	case robot.Sleep:
		return l.body.Sleep(ctx)
	case robot.Recorded:
		return l.body.Recorded(ctx, g.Dataset, g.Move)
	}
	return l.body.Wake(ctx)
}

// moved is how far a robot has to be seen to have gone before it is taken to move.
var moved = robot.Distance{Angle: 0.01, Way: 0.001, Antenna: 0.03, BodyYaw: 0.01}

// watchOwn sees when a move of the body's begins.
func (l *Loop) watchOwn() {
	t := l.running
	if t.started.IsZero() && !t.seenAt.Distance(l.watch.pose).Within(moved) {
		t.started = l.watch.at
	}
}

// ownEnded takes the robot back from a move of its own.
func (l *Loop) ownEnded(ctx context.Context, now time.Time, t *task, err error) {
	l.watch.see(l.body.Measured())
	l.watchOwn()
	switch {
	case err == nil && t.gesture.Kind == robot.Wake:
		l.resume(now) // which also has it at rest where the body found it upright, and left its antennas
		t.expect(robot.Init, tolerance, now, l.course.end())
	case err == nil && t.gesture.Kind == robot.Sleep:
		l.enter(asleep, now, asleepNow)
		t.expect(robot.Asleep, lying, now, now)
	case err == nil || t.settled: // cut, and so whatever it says, it has ended
		l.running = nil
		t.finish(now, StatusDone, "")
		l.assess(ctx, now)
	case errors.Is(err, ErrRefused), errors.Is(err, context.DeadlineExceeded):
		if !errors.Is(err, ErrRefused) && !t.sacred() { // it may run still
			l.stopBody(ctx)
		}
		l.running = nil
		t.finish(now, StatusRefused, err.Error())
		l.assess(ctx, now)
	default:
		l.lose(now, err)
	}
}

// endOwn has the body end the move it runs, and takes it to have ended a while after, whatever the body says.
func (l *Loop) endOwn(ctx context.Context) {
	giveUp := l.giveUpOwn
	l.call(ctx, answer, l.body.Stop, func(ctx context.Context, _ time.Time, _ error) {
		l.calls.Go(func() {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
			giveUp()
		})
	})
}

// stopBody has the body end whatever it runs. A robot that somebody else was moving is then ours again.
func (l *Loop) stopBody(ctx context.Context) {
	l.call(ctx, answer, l.body.Stop, func(ctx context.Context, now time.Time, _ error) {
		if l.mode == yielded {
			l.assess(ctx, now)
		}
	})
}

// asleepNow is the detail of a robot that lies down.
const asleepNow = "the robot is asleep; wake it first"

// assess asks whether the robot is awake, before the loop moves it.
func (l *Loop) assess(ctx context.Context, now time.Time) {
	l.enter(assessing, now, "")
	var motors MotorMode
	l.call(ctx, answer,
		func(ctx context.Context) (err error) { motors, err = l.body.Motors(ctx); return err },
		func(_ context.Context, now time.Time, err error) {
			l.watch.see(l.body.Measured())
			switch {
			case l.mode != assessing:
			case err != nil:
				l.lose(now, fmt.Errorf("asking for the motors' mode: %w", err))
			case motors != MotorsOn:
				l.enter(asleep, now, motorsOff(motors))
			case l.watch.pose.Distance(robot.Asleep).Within(lying):
				l.enter(asleep, now, asleepNow)
			default:
				l.resume(now)
			}
		})
}

// suspect finds out about a robot that did not do what it was told: its motors may be off, and where it is not where it
// was told to be, it is taken up where it is.
func (l *Loop) suspect(ctx context.Context) {
	var motors MotorMode
	l.call(ctx, answer,
		func(ctx context.Context) (err error) { motors, err = l.body.Motors(ctx); return err },
		func(_ context.Context, now time.Time, err error) {
			switch {
			case l.mode != active || err != nil: // a body that is lost says so with the next target
			case motors != MotorsOn:
				if l.running != nil {
					l.running.finish(now, StatusRefused, motorsOff(motors))
					l.running = nil
				}
				l.enter(asleep, now, motorsOff(motors))
			case !l.watch.astray.IsZero():
				l.resume(now)
			}
		})
}

func motorsOff(m MotorMode) string {
	return fmt.Sprintf("the robot's motors are off (%s); wake it first", m)
}

// resume takes the robot up where it is.
func (l *Loop) resume(now time.Time) {
	l.enter(active, now, "")
	at := l.watch.pose
	l.watch.forget()
	l.limiter, l.commanded, l.ticked = robot.NewLimiter(l.limits, at), now, now
	l.wobble, l.braking = wobble{}, false
	if l.stopped || l.listening {
		l.follow(hold(at, now))
	} else {
		l.follow(l.toRest(at, now, blend))
	}
}

// slumber lets a robot lie until it is woken.
func (l *Loop) slumber(ctx context.Context, now time.Time) {
	if silent := now.Sub(l.watch.at); silent > silence {
		l.lose(now, quiet(silent))
		return
	}
	if t := l.running; t != nil {
		l.settle(ctx, now, t)
		return
	}
	for len(l.queue) > 0 {
		t := l.queue[0]
		l.take(t)
		if t.sacred() {
			l.lend(ctx, now, t)
			return
		}
		l.running = nil
		t.finish(now, StatusRefused, l.detail)
	}
}

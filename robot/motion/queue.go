package motion

import (
	"context"
	"slices"
	"time"

	"aimbench/robot"
)

// maxQueue bounds how many gestures may wait: what would come minutes late is better refused.
const maxQueue = 32

// settleTime is how long the robot may take, after a gesture's end, to be measured where the gesture ends.
const settleTime = 300 * time.Millisecond

// tolerance is how near that must be.
var tolerance = robot.Distance{Angle: 0.05, Way: 0.005, Antenna: 0.1, BodyYaw: 0.05}

// enqueue takes a gesture in, or says at once why not.
func (l *Loop) enqueue(now time.Time, t *task) {
	wakes := t.sacred() || slices.ContainsFunc(l.queue, func(q *task) bool { return q.gesture.Kind == robot.Wake })
	switch {
	case l.ending:
		t.finish(now, StatusCancelled, "the loop ends")
	case l.mode == lost:
		t.finish(now, StatusFailed, l.detail)
	case l.mode == yielded, l.mode == asleep && !wakes:
		t.finish(now, StatusRefused, l.detail)
	case len(l.queue) >= maxQueue:
		t.finish(now, StatusRefused, "too many gestures wait already")
	default:
		l.queue = append(l.queue, t)
	}
}

// settleAll ends every gesture that has not ended.
func (l *Loop) settleAll(now time.Time, status Status, detail string) {
	if l.running != nil {
		l.running.finish(now, status, detail)
		l.running = nil
	}
	l.dropQueue(now, status, detail)
}

func (l *Loop) dropQueue(now time.Time, status Status, detail string) {
	for _, t := range l.queue {
		t.finish(now, status, detail)
	}
	l.queue = nil
}

// advance ends the running gesture when its time has come, and begins the next.
func (l *Loop) advance(ctx context.Context, now time.Time) {
	if t := l.running; t != nil && !l.braking {
		l.settle(ctx, now, t)
	}
	if l.running != nil || len(l.queue) == 0 {
		return
	}
	next := l.queue[0]
	if !next.ours() { // the body's own moves begin from a stand
		if !l.limiter.Still() {
			if !l.braking {
				l.brake()
			}
			return
		}
		l.take(next)
		l.lend(ctx, now, next)
		return
	}
	if l.braking {
		return
	}
	l.take(next)
	from := l.base(now)
	l.follow(course{from: from, gesture: l.limits.Fit(next.gesture, from), start: now})
	next.expect(l.course.goal(), tolerance, l.course.end(), l.course.end())
}

// take makes the first gesture of the queue the one that is performed.
func (l *Loop) take(t *task) {
	l.queue = slices.Delete(l.queue, 0, 1)
	l.running, l.stopped = t, false
	t.seenAt, t.lastSeen = l.watch.pose, l.watch.at
}

// expect says where a gesture has the robot, between two instants and the time to settle.
func (t *task) expect(goal robot.Pose, within robot.Distance, end, late time.Time) {
	t.goal, t.within, t.end, t.late = goal, within, end, late.Add(settleTime)
}

// behind is for how long after its time a gesture may be on its way because the limits, or a slow body, hold it back.
const behind = time.Second

// tell takes in a target that the body took, and the one before it.
func (t *task) tell(now time.Time, c course, before, command, offset robot.Pose) {
	t.asked = most(t.asked, c.from.Distance(command))
	if t.started.IsZero() && command != before {
		t.started = now
	}
	if !t.sent && !now.Before(c.end()) && command.Distance(t.goal.Plus(offset)).Within(arrived) {
		t.sent = true
		if late := now.Add(settleTime); late.After(t.late) {
			t.late = late
		}
	}
}

// arrived is how near to a gesture's end the last target must be.
var arrived = robot.Distance{Angle: 0.01, Way: 0.001, Antenna: 0.02, BodyYaw: 0.01}

// look takes in where the robot is on its way.
func (t *task) look(pose robot.Pose, at time.Time) {
	t.seen = most(t.seen, t.seenAt.Distance(pose))
	if at.After(t.lastSeen) {
		t.unseen, t.lastSeen = max(t.unseen, at.Sub(t.lastSeen)), at
	}
}

// settle ends the running gesture when the robot is where it should be, or late.
func (l *Loop) settle(ctx context.Context, now time.Time, t *task) {
	t.look(l.watch.pose, l.watch.at)
	if l.watch.at.Before(t.end) { // where nothing more comes, the robot is lost
		return
	}
	why := t.unmoved()
	if !l.watch.near(t.goal, t.within) {
		if !t.sent && now.Before(t.late.Add(behind)) || l.watch.at.Before(t.late) {
			return
		}
		why = away(t.goal.Distance(l.watch.pose), t.within)
	}
	l.running = nil
	if why == "" {
		t.finish(l.watch.at, StatusDone, "")
		return
	}
	t.finish(now, StatusRefused, why)
	if l.mode == active {
		l.suspect(ctx)
	}
}

// brake brings the robot to a stand, wobble included.
func (l *Loop) brake() {
	l.braking, l.wobble = true, wobble{}
}

// cancel takes a gesture out of the queue, or cuts it.
func (l *Loop) cancel(ctx context.Context, now time.Time, t *task) {
	switch {
	case t.settled:
	case t != l.running:
		l.queue = slices.DeleteFunc(l.queue, func(q *task) bool { return q == t })
		t.finish(now, StatusCancelled, "it was taken out of the queue")
	case t.sacred():
		t.finish(now, StatusCancelled, "nobody waits for its end any more; it goes on, because it is never interrupted")
	default:
		l.cut(ctx, now, "it was given up")
		if t.ours() {
			l.follow(l.toRest(l.base(now), now, blend))
		}
	}
}

// cut ends the running gesture in its middle, unless it is one that is never interrupted.
func (l *Loop) cut(ctx context.Context, now time.Time, why string) {
	t := l.running
	switch {
	case t == nil || t.sacred() || t.settled: // the last: the body has been told to end it
	case t.ours():
		l.running = nil
		t.finish(now, StatusCancelled, why)
	default: // it runs until the body has ended it
		t.finish(now, StatusCancelled, why)
		l.endOwn(ctx)
	}
}

// BargeIn cuts speech and gestures, because somebody speaks or types while the robot does: those that wait are
// cancelled, and the robot goes back to rest within 0.4 s, or as soon after as its limits allow.
func (l *Loop) BargeIn() {
	l.do(func(ctx context.Context, now time.Time) {
		const why = "somebody barged in"
		l.dropQueue(now, StatusCancelled, why)
		moves := l.running != nil || !l.wobble.silent()
		l.cut(ctx, now, why)
		l.wobble = wobble{}
		if moves && l.mode == active && !l.stopped && !l.braking {
			l.follow(l.toRest(l.limiter.At(), now, blend))
		}
	})
}

// Stop freezes the robot as fast as its limits allow, and has the body end whatever it runs itself, sound included,
// unless it is waking or going to sleep. All gestures are cancelled. The robot then keeps still until something is asked
// of it.
func (l *Loop) Stop() {
	l.do(func(ctx context.Context, now time.Time) { l.halt(ctx, now, "stopped") })
}

func (l *Loop) halt(ctx context.Context, now time.Time, why string) {
	l.dropQueue(now, StatusCancelled, why)
	l.wobble = wobble{}
	if l.mode == lent && l.running.sacred() {
		return
	}
	l.stopped = true
	l.cut(ctx, now, why)
	if l.mode == active {
		l.brake()
	}
	if l.mode != lent && !l.ending { // a move that is lent to was told by cut
		l.stopBody(ctx)
	}
}

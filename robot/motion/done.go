package motion

import (
	"context"
	"errors"
	"time"

	"aimbench/robot"
)

// Status is what became of a gesture.
type Status string

// The statuses. Done means that within 300 ms of its end the robot was measured to be where the gesture ends; for a
// recorded move, whose end is not known, that the body said so. Refused means that the robot did not do it, though it
// answers; Failed that it was lost.
const (
	StatusDone      Status = "done"
	StatusRefused   Status = "refused"
	StatusCancelled Status = "cancelled"
	StatusFailed    Status = "failed"
)

// Done is how a gesture went.
type Done struct {
	// Gesture is the name of what was performed; for a random gesture, that of the one that was drawn.
	Gesture string
	Status  Status
	// Started is the first movement: when the body took the first pose of the gesture that differs, or was first seen to
	// move where it runs the gesture itself. Zero where there was none.
	Started time.Time
	// Ended is when the gesture was known to be where it ends, or to have ended otherwise.
	Ended time.Time
	// Detail says why it is not done, in a line; empty where it is.
	Detail string
}

// ErrEnded is the error of everything that is asked of a loop that has ended.
var ErrEnded = errors.New("the robot's loop has ended")

// task is a gesture on its way through the queue.
type task struct {
	gesture robot.Gesture
	done    chan Done // holds one; gets exactly one
	started time.Time
	settled bool // done has been sent

	// Where the gesture ends, when at the earliest and when at the latest, and how near to there the robot must be. Sent
	// says that the robot has been told to be there.
	goal      robot.Pose
	end, late time.Time
	within    robot.Distance
	sent      bool

	// What the robot was asked for and what it was seen to do since the beginning, as distances from there; when it was
	// last seen, and the longest that it was not.
	seenAt      robot.Pose
	asked, seen robot.Distance
	lastSeen    time.Time
	unseen      time.Duration
}

func (t *task) finish(now time.Time, status Status, detail string) {
	if t.settled {
		return
	}
	t.settled = true
	t.done <- Done{Gesture: t.gesture.Name, Status: status, Started: t.started, Ended: now, Detail: detail}
}

// ours says that the loop itself moves the robot through the gesture.
func (t *task) ours() bool { return t.gesture.Kind == robot.Keyframes }

// sacred says that the gesture is never interrupted: a robot that is stopped on its way to sleep or from it drops.
func (t *task) sacred() bool { return t.gesture.Kind == robot.Wake || t.gesture.Kind == robot.Sleep }

// Perform queues a gesture and waits until it has ended, one way or another. The error is that of a gesture that cannot
// be performed by any robot, such as a *robot.LimitError, or ErrEnded; what the robot makes of it is in Done.
//
// Ending ctx takes the gesture out of the queue or cuts it. Waking and going to sleep then go on, unwatched.
func (l *Loop) Perform(ctx context.Context, g robot.Gesture) (Done, error) {
	if err := robot.Check(g, l.limits); err != nil {
		return Done{}, err
	}
	t := &task{gesture: g.Drawn(l.draw), done: make(chan Done, 1)}
	if !l.do(func(_ context.Context, now time.Time) { l.enqueue(now, t) }) {
		return Done{}, ErrEnded
	}
	select {
	case done := <-t.done:
		return done, nil
	case <-ctx.Done():
		if l.do(func(ctx context.Context, now time.Time) { l.cancel(ctx, now, t) }) && !l.hasBegun() {
			return Done{Gesture: t.gesture.Name, Status: StatusCancelled, Ended: time.Now(), Detail: "the robot's loop has not begun"}, nil
		}
		return <-t.done, nil
	}
}

package motion

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"aimbench/robot"
)

var errGone = errors.New("connection refused")

// body is a robot in memory: it is where it was told to be 40 ms ago, says so at 50 Hz, and holds every target to the
// limits.
type body struct {
	t      *testing.T
	limits robot.Limits

	mu      sync.Mutex
	motors  MotorMode
	pose    robot.Pose // where it is, but for targets younger than the latency
	pending []target
	gone    bool          // lost: it answers nothing
	goneAt  time.Time     // since when
	frozen  bool          // takes targets, and does not move
	carried bool          // somebody carried it elsewhere, and the next target may already be on its way
	ignores bool          // somebody else's move runs
	slow    time.Duration // every target takes so long
	wasSlow bool          // the last one did
	own     string        // the move of its own that it runs
	abort   chan struct{} // ends that move
	calls   []string
	targets int
	last    target // the last one that was taken
	before  target // the one before
	trail   *robot.Trail
}

type target struct {
	at   time.Time
	pose robot.Pose
}

const latency = 40 * time.Millisecond

func newBody(t *testing.T) *body {
	limits := robot.DefaultLimits()
	return &body{t: t, limits: limits, trail: robot.NewTrail(limits), motors: MotorsOn, pose: robot.Init}
}

// settle moves the robot to where it was told to be a while ago.
func (b *body) settle() {
	for len(b.pending) > 0 && time.Since(b.pending[0].at) >= latency {
		if !b.frozen && b.motors == MotorsOn {
			b.pose = b.pending[0].pose
		}
		b.pending = b.pending[1:]
	}
}

func (b *body) Measured() (robot.Pose, time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	if b.gone {
		return b.pose, b.goneAt
	}
	return b.pose, time.Now()
}

func (b *body) SetTarget(ctx context.Context, p robot.Pose) error {
	b.mu.Lock()
	slow := b.slow
	b.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	if b.gone {
		return errGone
	}
	if b.own != "" {
		b.t.Errorf("a target came while it runs %s", b.own)
	}
	if b.ignores || b.own != "" {
		return ErrIgnored
	}
	b.hold(p, slow > 0)
	b.targets++
	b.pending = append(b.pending, target{time.Now(), p})
	return nil
}

// hold fails the test where a target breaks a limit. What is taken late is so whenever it was asked for, and not by how the
// body is now.
func (b *body) hold(p robot.Pose, late bool) {
	here, dt := b.pose, time.Since(b.last.at)
	if b.carried {
		late, b.carried = true, false
		b.trail, here = robot.NewTrail(b.limits), p
	}
	if late || b.wasSlow { // when it takes a target is then its own doing, and so are jumps of speed
		dt = max(dt, robot.Tick+robot.Tick/10)
	}
	if err := b.trail.Add(p, here, dt); err != nil {
		b.t.Errorf("after %v: %v", dt, err)
	}
	b.wasSlow = late
	b.before, b.last = b.last, target{time.Now(), p}
}

func (b *body) call(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls = append(b.calls, name)
	if b.gone {
		return errGone
	}
	return nil
}

func (b *body) Motors(context.Context) (MotorMode, error) {
	err := b.call("motors")
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.motors, err
}

// run is a move of the robot's own, of a duration, which leaves it at a pose.
func (b *body) run(ctx context.Context, name string, d time.Duration, to robot.Pose) error {
	if err := b.call(name); err != nil {
		return err
	}
	b.mu.Lock()
	if b.own != "" {
		b.t.Errorf("%s came while it runs %s", name, b.own)
	}
	abort := make(chan struct{})
	b.own, b.abort = name, abort
	b.settle()
	b.pending = nil
	from := b.pose
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		b.own = ""
		b.mu.Unlock()
	}()
	for s := time.Duration(0); s < d; s += 20 * time.Millisecond {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-abort:
			return fmt.Errorf("%w: the move was cancelled", ErrRefused)
		case <-ctx.Done():
			return ctx.Err()
		}
		b.mu.Lock()
		if gone := b.gone; gone {
			b.mu.Unlock()
			return errGone
		}
		if b.motors == MotorsOn && !b.frozen {
			b.pose = from.Towards(to, robot.MinJerk.At(min(1, float64(s+20*time.Millisecond)/float64(d))))
		}
		b.mu.Unlock()
	}
	return nil
}

func (b *body) Wake(ctx context.Context) error {
	b.change(func() { b.motors = MotorsOn })
	return b.run(ctx, "wake", 2100*time.Millisecond, robot.Init)
}

func (b *body) Sleep(ctx context.Context) error {
	err := b.run(ctx, "sleep", 5*time.Second, robot.Asleep)
	if err == nil {
		b.mu.Lock()
		b.motors = MotorsOff
		b.mu.Unlock()
	}
	return err
}

func (b *body) Recorded(ctx context.Context, dataset, move string) error {
	return b.run(ctx, "recorded "+dataset+" "+move, 3*time.Second, robot.Pose{Head: robot.Head{Yaw: 0.4}, Antennas: [2]float64{-1, 1}})
}

func (b *body) Stop(context.Context) error {
	if err := b.call("stop"); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ignores = false
	if b.own == "wake" || b.own == "sleep" {
		b.t.Errorf("%s was stopped", b.own)
	}
	if b.own != "" && b.abort != nil {
		close(b.abort)
		b.abort = nil
	}
	return nil
}

// change does something to the robot behind the loop's back.
func (b *body) change(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

func (b *body) is() robot.Pose {
	p, _ := b.Measured()
	return p
}

// asked is what was asked of the robot but targets, and how many targets it took.
func (b *body) asked() (calls []string, targets int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.calls), b.targets
}

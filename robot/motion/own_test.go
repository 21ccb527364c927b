package motion

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/robot"
)

func calls(b *body) []string {
	c, _ := b.asked()
	return c
}

func lies(b *body) { b.pose, b.motors = robot.Asleep, MotorsOff }

func TestASleepingRobotIsWokenFirst(t *testing.T) {
	with(t, lies, func(t *testing.T, b *body, l *Loop) {
		if s := l.State(); s.Activity != Asleep || !strings.Contains(s.Detail, "motors are off (disabled)") {
			t.Errorf("it is %+v", s)
		}
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusRefused, "wake it first")
		if _, targets := b.asked(); targets > 0 {
			t.Errorf("it was sent %d targets in its sleep", targets)
		}
		asked := time.Now()
		wake, nod := perform(t, l, t.Context(), "wake_up"), perform(t, l, t.Context(), "nod")
		woken := <-wake
		expect(t, woken, StatusDone, "")
		if first := woken.Started.Sub(asked); first <= 0 || first > time.Second {
			t.Errorf("it was first seen to move after %v", first)
		}
		expect(t, <-nod, StatusDone, "")
		if want := []string{"motors", "wake"}; !slices.Equal(calls(b), want) {
			t.Errorf("it was asked for %q, not %q", calls(b), want)
		}
	})
}

func TestMotorsThatAreHeldByHandAreOff(t *testing.T) {
	with(t, func(b *body) { b.motors = GravityCompensation }, func(t *testing.T, b *body, l *Loop) {
		if s := l.State(); s.Activity != Asleep || !strings.Contains(s.Detail, "gravity_compensation") {
			t.Errorf("it is %+v", s)
		}
	})
}

func TestWakingAndGoingToSleepAreNeverInterrupted(t *testing.T) {
	for _, name := range []string{"wake_up", "goto_sleep"} {
		t.Run(name, func(t *testing.T) {
			with(t, nil, func(t *testing.T, b *body, l *Loop) {
				own, next := perform(t, l, t.Context(), name), perform(t, l, t.Context(), "nod")
				time.Sleep(500 * time.Millisecond)
				l.BargeIn()
				l.Listen(true)
				l.Speak(1)
				l.Stop()
				expect(t, <-next, StatusCancelled, "barged in")
				expect(t, <-own, StatusDone, "")
				if slices.Contains(calls(b), "stop") {
					t.Errorf("it was stopped: %q", calls(b))
				}
			})
		})
	}
}

func TestNobodyNeedWaitForAWakeUp(t *testing.T) {
	with(t, lies, func(t *testing.T, b *body, l *Loop) {
		ctx, leave := context.WithCancel(t.Context())
		wake := perform(t, l, ctx, "wake_up")
		time.Sleep(500 * time.Millisecond)
		leave()
		expect(t, <-wake, StatusCancelled, "it goes on")
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusDone, "")
	})
}

func TestTheLoopEndsAfterTheWayToSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBody(t)
		l := New(b, Options{})
		ctx, end := context.WithCancel(t.Context())
		over := make(chan struct{})
		go func() { l.Run(ctx); close(over) }()
		sleep := perform(t, l, t.Context(), "goto_sleep")
		time.Sleep(time.Second)
		end()
		<-over
		expect(t, <-sleep, StatusDone, "")
		if !b.is().Distance(robot.Asleep).Within(exact) {
			t.Errorf("it lies at %+v", b.is())
		}
	})
}

func TestARecordedMoveSuspendsTheLoop(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		time.Sleep(2 * time.Second)
		expect(t, <-perform(t, l, t.Context(), "recorded:ours/dances:twist"), StatusDone, "")
		if at := b.is(); at.Head.Yaw < 0.3 {
			t.Errorf("after it the robot is at %+v", at)
		}
		time.Sleep(time.Second)
		if at := b.is(); at.Head.Yaw > 0.01 {
			t.Errorf("a second later it is at %+v: it did not go to rest", at)
		}
	})
}

func TestARecordedMoveIsStopped(t *testing.T) {
	for name, stop := range map[string]func(*Loop, context.CancelFunc){
		"stop":     func(l *Loop, _ context.CancelFunc) { l.Stop() },
		"barge in": func(l *Loop, _ context.CancelFunc) { l.BargeIn() },
		"twice":    func(l *Loop, _ context.CancelFunc) { l.BargeIn(); l.Stop() },
		"context":  func(_ *Loop, leave context.CancelFunc) { leave() },
	} {
		t.Run(name, func(t *testing.T) {
			with(t, nil, func(t *testing.T, b *body, l *Loop) {
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				done := perform(t, l, ctx, "recorded:ours/dances:twist")
				time.Sleep(time.Second)
				stop(l, leave)
				if d := <-done; d.Status != StatusCancelled {
					t.Errorf("it is %+v", d)
				}
				time.Sleep(100 * time.Millisecond)
				if n := len(slices.DeleteFunc(calls(b), func(c string) bool { return c != "stop" })); n != 1 {
					t.Errorf("it was stopped %d times", n)
				}
				expect(t, <-perform(t, l, t.Context(), "nod"), StatusDone, "")
			})
		})
	}
}

func TestARobotThatDoesNotMoveRefuses(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		b.change(func() { b.frozen = true })
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusRefused, "did not move its head")
		expect(t, <-perform(t, l, t.Context(), "thinking"), StatusRefused, "its head is 0.41 rad (24°), its antenna is")
		b.change(func() { b.frozen, b.pending = false, nil })
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusDone, "")
	})
}

func TestMotorsThatGoOffAreNoticed(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		b.change(func() { b.motors = MotorsOff })
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusRefused, "did not move")
		time.Sleep(robot.Tick)
		if s := l.State(); s.Activity != Asleep || !strings.Contains(s.Detail, "motors are off") {
			t.Errorf("it is %+v", s)
		}
		expect(t, <-perform(t, l, t.Context(), "wake_up"), StatusDone, "")
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusDone, "")
	})
}

func TestABodyThatIsLost(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		running, waiting := perform(t, l, t.Context(), "excited"), perform(t, l, t.Context(), "nod")
		time.Sleep(500 * time.Millisecond)
		b.change(func() { b.gone, b.goneAt = true, time.Now() })
		expect(t, <-running, StatusFailed, "connection refused")
		expect(t, <-waiting, StatusFailed, "connection refused")
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusFailed, "connection refused")
		if s := l.State(); s.Activity != Lost || !strings.Contains(s.Detail, "connection refused") {
			t.Errorf("it is %+v", s)
		}
		time.Sleep(10 * time.Second)
		b.change(func() { b.gone, b.pose, b.pending = false, robot.Pose{Head: robot.Head{Yaw: -0.5}}, nil })
		time.Sleep(retry + latency)
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusDone, "")
	})
}

func TestABodyThatFallsSilentIsLost(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		quiet := &silent{body: b, since: time.Now()}
		l.do(func(context.Context, time.Time) { l.body = quiet })
		time.Sleep(1500 * time.Millisecond)
		if s := l.State(); s.Activity != Lost || !strings.Contains(s.Detail, "has not said where it is") {
			t.Errorf("it is %+v", s)
		}
	})
}

// silent takes targets, and no longer says where it is.
type silent struct {
	*body
	since time.Time
}

func (s *silent) Measured() (robot.Pose, time.Time) { return s.pose, s.since }

func TestABodyThatWasNeverThere(t *testing.T) {
	with(t, func(b *body) { b.gone = true }, func(t *testing.T, b *body, l *Loop) {
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusFailed, "has not said where it is")
		b.change(func() { b.gone = false })
		time.Sleep(2 * retry)
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusDone, "")
	})
}

func TestSomebodyElseMovesTheRobot(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		done := perform(t, l, t.Context(), "confused")
		time.Sleep(300 * time.Millisecond)
		b.change(func() { b.frozen = true })
		for k := range 40 {
			b.change(func() { b.pose.Head.Yaw = -0.02 * float64(k) })
			time.Sleep(robot.Tick)
		}
		expect(t, <-done, StatusRefused, "somebody else moves the robot: it moves otherwise")
		if a := l.State().Activity; a != Yielded {
			t.Errorf("it is %s", a)
		}
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusRefused, "somebody else")
		b.change(func() { b.frozen, b.pending = false, nil })
		_, before := b.asked()
		time.Sleep(calm - 4*robot.Tick)
		if _, targets := b.asked(); targets != before {
			t.Errorf("%d targets came while somebody else moved it", targets-before)
		}
		time.Sleep(100 * time.Millisecond)
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusDone, "")
	})
}

func TestSomebodyElsesMoveRuns(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		b.change(func() { b.ignores = true })
		done := perform(t, l, t.Context(), "confused")
		expect(t, <-done, StatusRefused, "ignores ours")
		time.Sleep(3 * time.Second)
		if a := l.State().Activity; a != Yielded {
			t.Errorf("it is %s", a)
		}
		l.Stop() // takes the robot back: a move that crashed would block it for good
		time.Sleep(100 * time.Millisecond)
		if a := l.State().Activity; a != Stopped {
			t.Errorf("after a stop it is %s", a)
		}
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusDone, "")
	})
}

func TestABriefMoveOfOthersIsOutwaited(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		b.change(func() { b.ignores, b.pose, b.pending = true, robot.Pose{Head: robot.Head{Yaw: 0.4}}, nil })
		done := perform(t, l, t.Context(), "thinking")
		time.Sleep(patience / 2)
		b.change(func() { b.ignores = false })
		expect(t, <-done, StatusDone, "")
	})
}

func TestARefusedMoveOfTheBodys(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		l.do(func(context.Context, time.Time) { l.body = refusing{b} })
		expect(t, <-perform(t, l, t.Context(), "recorded:ours/dances:nope"), StatusRefused, "there is no move nope")
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusDone, "")
	})
}

type refusing struct{ *body }

func (refusing) Recorded(_ context.Context, _, move string) error {
	return fmt.Errorf("%w: there is no move %s", ErrRefused, move)
}

// A move of the body's that does not end is ended, and is not the end of the loop.
func TestARecordedMoveThatHangs(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		l.do(func(context.Context, time.Time) { l.body = hanging{b} })
		expect(t, <-perform(t, l, t.Context(), "recorded:ours/dances:forever"), StatusRefused, "deadline exceeded")
		synctest.Wait() // it is asked to stop while the gesture is being told of
		if !slices.Contains(calls(b), "stop") {
			t.Errorf("it was not stopped: %q", calls(b))
		}
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusDone, "")
	})
}

type hanging struct{ *body }

func (hanging) Recorded(ctx context.Context, _, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

// A robot that takes its time over every target gets fewer of them and no faster ones, and so takes longer.
func TestASlowBodyKeepsItsLimits(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		b.change(func() { b.slow = 90 * time.Millisecond })
		expect(t, <-perform(t, l, t.Context(), "happy"), StatusDone, "")
		done := perform(t, l, t.Context(), "thinking")
		time.Sleep(300 * time.Millisecond)
		b.change(func() { b.slow = time.Second })
		time.Sleep(600 * time.Millisecond)
		b.change(func() { b.slow = 0 })
		expect(t, <-done, StatusDone, "")
		b.change(func() { b.slow = time.Second })
		expect(t, <-perform(t, l, t.Context(), "happy"), StatusFailed, "the robot is lost: the robot takes more than 250ms over a target")
	})
}

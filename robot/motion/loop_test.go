package motion

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"aimbench/robot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// with runs a test in a bubble of time, with a robot and the loop that moves it.
func with(t *testing.T, prepare func(*body), test func(t *testing.T, b *body, l *Loop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBody(t)
		if prepare != nil {
			prepare(b)
		}
		l := New(b, Options{})
		ctx, end := context.WithCancel(t.Context())
		over := make(chan struct{})
		go func() { l.Run(ctx); close(over) }()
		time.Sleep(100 * time.Millisecond)
		test(t, b, l)
		end()
		<-over
	})
}

func named(t *testing.T, name string) robot.Gesture {
	t.Helper()
	g, err := robot.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// perform begins a gesture; the channel gives how it went.
func perform(t *testing.T, l *Loop, ctx context.Context, name string) <-chan Done {
	t.Helper()
	g, done := named(t, name), make(chan Done, 1)
	go func() {
		d, err := l.Perform(ctx, g)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		done <- d
	}()
	synctest.Wait()
	return done
}

func expect(t *testing.T, d Done, status Status, detail string) {
	t.Helper()
	if d.Status != status || !strings.Contains(d.Detail, detail) || (detail == "") != (d.Detail == "") {
		t.Errorf("it is %s: %q, not %s: %q", d.Status, d.Detail, status, detail)
	}
}

var exact = robot.Distance{Angle: 1e-6, Way: 1e-6, Antenna: 1e-6, BodyYaw: 1e-6}

func TestANodIsSeenAndDone(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		asked := time.Now()
		done := perform(t, l, t.Context(), "nod")
		time.Sleep(320*time.Millisecond + 80*time.Millisecond)
		if pitch := b.is().Head.Pitch; pitch < 0.2 {
			t.Errorf("in the middle of a nod its pitch is %v: it does not look down", pitch)
		}
		if s := l.State(); s.Activity != Moving || s.Gesture != "nod" {
			t.Errorf("meanwhile it is %+v", s)
		}
		d := <-done
		expect(t, d, StatusDone, "")
		if d.Started.Sub(asked) > 2*robot.Tick || d.Ended.Sub(asked) < 880*time.Millisecond || d.Ended.Sub(asked) > 880*time.Millisecond+settleTime {
			t.Errorf("it started after %v, and ended after %v", d.Started.Sub(asked), d.Ended.Sub(asked))
		}
	})
}

func TestGesturesQueue(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		first, second := perform(t, l, t.Context(), "nod"), perform(t, l, t.Context(), "happy")
		if s := l.State(); s.Queued != 2 && s.Queued != 1 {
			t.Errorf("%d wait", s.Queued)
		}
		one, two := <-first, <-second
		expect(t, one, StatusDone, "")
		expect(t, two, StatusDone, "")
		if two.Started.Before(one.Ended) {
			t.Errorf("the second started %v before the first ended", one.Ended.Sub(two.Started))
		}
	})
}

func TestAFullQueueRefuses(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		ctx, cancel := context.WithCancel(t.Context())
		all := []<-chan Done{perform(t, l, ctx, "nod")}
		time.Sleep(robot.Tick)
		for range maxQueue {
			all = append(all, perform(t, l, ctx, "nod"))
		}
		expect(t, <-perform(t, l, ctx, "nod"), StatusRefused, "too many")
		cancel()
		for _, c := range all {
			expect(t, <-c, StatusCancelled, "it was")
		}
	})
}

func TestAnIdleRobotBreathes(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		expect(t, <-perform(t, l, t.Context(), "thinking"), StatusDone, "")
		time.Sleep(idleAfter + easeDuration + 100*time.Millisecond)
		var low, high, apart, together float64
		for range 500 {
			time.Sleep(robot.Tick)
			p := b.is()
			low, high = min(low, p.Head.Z), max(high, p.Head.Z)
			apart, together = max(apart, p.Antennas[1]-p.Antennas[0]), min(together, p.Antennas[1]-p.Antennas[0])
			if p.Head.Pitch != 0 || math.Abs(p.Antennas[0]+p.Antennas[1]) > 1e-9 {
				t.Fatalf("it breathes at %+v", p)
			}
		}
		sway := 30 * math.Pi / 180
		if math.Abs(low+0.005) > 1e-4 || math.Abs(high-0.005) > 1e-4 || math.Abs(apart-together-2*sway) > 0.01 {
			t.Errorf("it rises to %v, sinks to %v, and its antennas sway from %v to %v", high, low, together, apart)
		}
		if a := l.State().Activity; a != Idle {
			t.Errorf("it is %s", a)
		}
	})
}

func TestAListeningRobotKeepsStill(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		time.Sleep(2500 * time.Millisecond)
		l.Listen(true)
		time.Sleep(200 * time.Millisecond)
		still := b.is()
		if still.Distance(robot.Init).Within(exact) {
			t.Error("it did not breathe before")
		}
		for range 100 {
			time.Sleep(robot.Tick)
			if p := b.is(); !p.Distance(still).Within(exact) {
				t.Fatalf("it moves from %+v to %+v", still, p)
			}
		}
		if a := l.State().Activity; a != Listening {
			t.Errorf("it is %s", a)
		}
		l.Listen(false)
		time.Sleep(blend + latency + robot.Tick)
		if p := b.is(); !p.Distance(robot.Init).Within(robot.Distance{Angle: 0.001, Way: 0.001, Antenna: 0.01}) {
			t.Errorf("0.4 s after, it is at %+v", p)
		}
		time.Sleep(time.Second)
		if p := b.is(); p.Distance(robot.Init).Within(exact) {
			t.Error("it does not breathe after")
		}
	})
}

func TestASpeakingRobotWobbles(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		var most robot.Head
		for range 80 {
			l.Speak(1)
			time.Sleep(50 * time.Millisecond)
			h := b.is().Head
			most = robot.Head{Roll: max(most.Roll, h.Roll), Pitch: max(most.Pitch, h.Pitch), Yaw: max(most.Yaw, h.Yaw)}
		}
		for _, x := range []struct{ got, want float64 }{{most.Pitch, 4.5}, {most.Yaw, 7.5}, {most.Roll, 2.25}} {
			if want := x.want * math.Pi / 180; math.Abs(x.got-want) > 0.1*want {
				t.Errorf("it wobbles by %+v", most)
			}
		}
		if a := l.State().Activity; a != Speaking {
			t.Errorf("it is %s", a)
		}
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusDone, "")
		time.Sleep(2 * time.Second)
		if h := b.is().Head; h.Pitch != 0 || h.Yaw != 0 {
			t.Errorf("after its last word its head is at %+v", h)
		}
	})
}

// A gesture ends where it ends, and so is done while the robot speaks.
func TestAGestureIsDoneWhileTheRobotSpeaks(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		quiet, silenced := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(silenced)
			for {
				select {
				case <-time.After(50 * time.Millisecond):
					l.Speak(1)
				case <-quiet:
					return
				}
			}
		}()
		for _, name := range robot.Names()[:18] {
			if d := <-perform(t, l, t.Context(), name); d.Status != StatusDone {
				t.Errorf("%s is %s: %s", name, d.Status, d.Detail)
			}
		}
		close(quiet)
		<-silenced
	})
}

func TestBargeInCutsSpeechAndGestures(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		l.Speak(1)
		one, two := perform(t, l, t.Context(), "thinking"), perform(t, l, t.Context(), "nod")
		time.Sleep(600 * time.Millisecond)
		l.BargeIn()
		l.Listen(true)
		expect(t, <-one, StatusCancelled, "barged in")
		expect(t, <-two, StatusCancelled, "barged in")
		time.Sleep(blend + latency + 2*robot.Tick)
		if p := b.is(); !p.Distance(robot.Init).Within(robot.Distance{Angle: 0.01, Way: 0.001, Antenna: 0.02}) {
			t.Errorf("0.4 s after, it is at %+v", p)
		}
	})
}

func TestStopFreezes(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		done := perform(t, l, t.Context(), "excited")
		time.Sleep(500 * time.Millisecond)
		l.Stop()
		expect(t, <-done, StatusCancelled, "stopped")
		time.Sleep(100*time.Millisecond + 2*latency)
		still := b.is()
		if still.Distance(robot.Init).Within(tolerance) {
			t.Error("it was not moving")
		}
		for range 150 {
			time.Sleep(robot.Tick)
			if p := b.is(); !p.Distance(still).Within(exact) {
				t.Fatalf("it moves from %+v to %+v", still, p)
			}
		}
		if a := l.State().Activity; a != Stopped {
			t.Errorf("it is %s", a)
		}
		expect(t, <-perform(t, l, t.Context(), "nod"), StatusDone, "")
	})
}

func TestAGestureIsGivenUpWithItsContext(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		one, cut := context.WithCancel(t.Context())
		two, drop := context.WithCancel(t.Context())
		running, waiting, last := perform(t, l, one, "thinking"), perform(t, l, two, "no"), perform(t, l, t.Context(), "nod")
		time.Sleep(300 * time.Millisecond)
		drop()
		expect(t, <-waiting, StatusCancelled, "queue")
		cut()
		expect(t, <-running, StatusCancelled, "given up")
		expect(t, <-last, StatusDone, "")
	})
}

func TestAGestureOutOfReachIsAnError(t *testing.T) {
	with(t, nil, func(t *testing.T, b *body, l *Loop) {
		_, err := l.Perform(t.Context(), robot.Gesture{Name: "far", Moves: []robot.Keyframe{
			{Pose: robot.Pose{Head: robot.Head{Pitch: 1}}, Axes: robot.Pitch, Duration: time.Second},
		}})
		var limit *robot.LimitError
		if !errors.As(err, &limit) {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestALoopThatEndsSettlesEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBody(t)
		l := New(b, Options{})
		early, giveUp := context.WithCancel(t.Context())
		before := perform(t, l, early, "nod")
		giveUp()
		expect(t, <-before, StatusCancelled, "not begun")
		ctx, end := context.WithCancel(t.Context())
		over := make(chan struct{})
		go func() { l.Run(ctx); close(over) }()
		one, two := perform(t, l, t.Context(), "excited"), perform(t, l, t.Context(), "nod")
		time.Sleep(500 * time.Millisecond)
		end()
		<-over
		expect(t, <-one, StatusCancelled, "ends")
		expect(t, <-two, StatusCancelled, "ends")
		if b.last.pose != b.before.pose {
			t.Errorf("it left the robot moving, from %+v to %+v", b.before.pose, b.last.pose)
		}
		if _, err := l.Perform(t.Context(), named(t, "nod")); !errors.Is(err, ErrEnded) {
			t.Errorf("after its end, Perform gives %v", err)
		}
	})
}

func TestTheStateIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []Activity
		l := New(newBody(t), Options{OnState: func(s State) { told = append(told, s.Activity) }})
		ctx, end := context.WithCancel(t.Context())
		over := make(chan struct{})
		go func() { l.Run(ctx); close(over) }()
		<-perform(t, l, t.Context(), "nod")
		l.Listen(true)
		time.Sleep(time.Second)
		l.Stop()
		end()
		<-over
		if want := []Activity{Starting, Moving, Idle, Listening}; !slices.Equal(slices.Compact(told), want) {
			t.Errorf("it told of %v, not of %v", told, want)
		}
	})
}

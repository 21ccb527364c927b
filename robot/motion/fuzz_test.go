package motion

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/robot"
)

// FuzzCommands does anything to a robot in any order, two bytes at a time: what, and how much, and then lets some time
// pass. The body holds every target to the limits and sees that nothing moves the robot but one thing at a time; here
// every gesture must come to an end, one after the other, and the robot to a state that lasts.
func FuzzCommands(f *testing.F) {
	f.Add([]byte{0, 4, 1, 200, 6, 1, 0, 5, 7, 0})                           // gestures, a barge-in, a stop
	f.Add([]byte{2, 0, 7, 0, 0, 4, 1, 250, 3, 0, 6, 0, 1, 255})             // wake, stop, nod, sleep, barge in
	f.Add([]byte{0, 17, 1, 40, 8, 0, 1, 100, 8, 1, 1, 255, 0, 4})           // lost in a gesture, and back
	f.Add([]byte{4, 0, 1, 90, 6, 0, 0, 4, 4, 0, 1, 30, 7, 0, 1, 200})       // recorded moves, cut
	f.Add([]byte{5, 255, 0, 9, 1, 60, 9, 90, 1, 80, 9, 0, 10, 1, 1, 250})   // speech, somebody else, motors off
	f.Add([]byte{11, 1, 0, 4, 1, 90, 11, 0, 12, 0, 1, 9, 12, 1, 13, 50, 0}) // ignored, listening, slow
	f.Fuzz(func(t *testing.T, commands []byte) {
		if len(commands) > 80 {
			commands = commands[:80]
		}
		synctest.Test(t, func(t *testing.T) { play(t, commands) })
	})
}

func play(t *testing.T, commands []byte) {
	b := newBody(t)
	l := New(b, Options{Draw: func(n int) int { return n - 1 }})
	ctx, end := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { l.Run(ctx); close(over) }()

	var mu sync.Mutex
	var done []Done
	var waiting sync.WaitGroup
	give, giveUp := context.WithCancel(t.Context())
	asked := 0
	perform := func(g robot.Gesture) {
		asked++
		waiting.Go(func() {
			d, err := l.Perform(give, g)
			if err != nil {
				t.Errorf("%s: %v", g.Name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			done = append(done, d)
		})
	}
	for i := 0; i+1 < len(commands); i += 2 {
		command(b, l, perform, commands[i], commands[i+1])
	}
	time.Sleep(3 * time.Second)
	b.change(func() { b.gone, b.frozen, b.ignores, b.slow, b.pending = false, false, false, 0, nil })
	for range 300 { // longer than a full queue takes, or a recorded move that does not end
		if mu.Lock(); len(done) == asked {
			mu.Unlock()
			break
		}
		mu.Unlock()
		time.Sleep(time.Second)
	}
	time.Sleep(3 * time.Second)
	if s := l.State(); s.Gesture != "" || s.Queued > 0 || s.Activity == Starting || s.Activity == Lost || s.Activity == Yielded || s.Activity == Moving {
		t.Errorf("in the end the robot is %+v", s)
	}
	giveUp()
	end()
	<-over
	waiting.Wait()
	orderly(t, done)
}

// orderly holds gestures to having ended, those that are done one after the other.
func orderly(t *testing.T, done []Done) {
	slices.SortStableFunc(done, func(a, b Done) int { return a.Ended.Compare(b.Ended) })
	var last Done
	for _, d := range done {
		switch d.Status {
		case StatusDone:
			if !d.Started.IsZero() && d.Started.Before(last.Ended) { // one that woke a robot that was awake moved nothing
				t.Errorf("%+v started before the end of %+v", d, last)
			}
			last = d
		case StatusRefused, StatusCancelled, StatusFailed:
			if d.Detail == "" {
				t.Errorf("%+v does not say why", d)
			}
		default:
			t.Errorf("%+v is nothing", d)
		}
		if d.Ended.IsZero() {
			t.Errorf("%+v has not ended", d)
		}
	}
}

func command(b *body, l *Loop, perform func(robot.Gesture), what, how byte) {
	switch what % 14 {
	case 0:
		perform(robot.Builtins[int(how)%18].Gesture)
	case 1:
		time.Sleep(time.Duration(how) * 10 * time.Millisecond)
	case 2:
		perform(robot.Gesture{Name: "wake_up", Kind: robot.Wake})
	case 3:
		perform(robot.Gesture{Name: "goto_sleep", Kind: robot.Sleep})
	case 4:
		perform(robot.Gesture{Name: "dance", Kind: robot.Recorded, Dataset: "ours/dances", Move: "twist"})
	case 5:
		l.Speak(float64(how) / 255)
	case 6:
		l.BargeIn()
	case 7:
		l.Stop()
	case 8:
		b.change(func() { b.gone, b.goneAt, b.pending = how%2 == 0, time.Now(), nil })
	case 9: // somebody else takes the robot, or lets it go
		b.change(func() {
			b.frozen, b.pending, b.carried = how > 0, nil, true
			b.pose = b.limits.Clamp(robot.Pose{Head: robot.Head{Yaw: float64(how) / 100, Pitch: float64(how)/200 - 0.6}, BodyYaw: float64(how) / 150})
		})
	case 10:
		b.change(func() { b.motors = []MotorMode{MotorsOn, MotorsOff, GravityCompensation}[how%3] })
	case 11:
		b.change(func() { b.ignores = how%2 == 1 })
	case 12:
		l.Listen(how%2 == 1)
	case 13:
		b.change(func() { b.slow = time.Duration(how) * time.Millisecond })
	}
}

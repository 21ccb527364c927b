package edge

import (
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/event"
	"aimbench/robot/api"
	"aimbench/robot/motion"
	"aimbench/robot/simulator"
)

// A robot behind a daemon is left alone by who only looks. It is woken by what is said, moves, and is laid down at the end.
func TestARobotBehindADaemon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, net := behind(t, simulator.Config{})
		w := hold(t, talkOf("simulator {}", "daemon {\n url = \"http://reachy:8000\"\n }", ""), func(o *Setup) { o.Engine.Dial = net.dial })
		time.Sleep(3 * time.Second)
		if got := w.body.machine.Loop.State().Activity; got != motion.Asleep {
			t.Fatalf("before anything is said it is %s, at %+v", got, sim.Pose())
		}
		w.Do("Hello!")
		w.Settle()
		if g := w.settled[0].Gestures[0]; g.Gesture != "ack" || g.Status != event.GestureDone {
			t.Errorf("%+v", g)
		}
		if got := w.body.machine.Loop.State().Activity; got != motion.Idle || sim.Motors() != api.MotorsEnabled {
			t.Errorf("after a turn it is %s, its motors are %s", got, sim.Motors())
		}
		w.leave()
		if sim.Pose().Head.Pitch < 0.3 || sim.Motors() != api.MotorsDisabled {
			t.Errorf("it was left at %+v, its motors are %s", sim.Pose(), sim.Motors())
		}
	})
}

// Who types to a robot that sleeps and sends that at once is not told that it does not listen.
func TestASleepingRobotIsTypedTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, net := behind(t, simulator.Config{})
		listening := "perform \"hears\" {\n on = listening\n gesture = gesture.listening\n }"
		w := hold(t, talkOf(quick, "daemon {\n url = \"http://reachy:8000\"\n }", listening), func(o *Setup) { o.Engine.Dial = net.dial })
		time.Sleep(3 * time.Second)
		w.typing(true, true)
		time.Sleep(time.Millisecond)
		w.bargeIn()
		w.Do("Hello!")
		w.Settle()
		if w.has("note: ") {
			t.Errorf("shown: %q", w.all())
		}
		if got := w.body.machine.Loop.State().Activity; got == motion.Asleep {
			t.Error("it sleeps still")
		}
	})
}

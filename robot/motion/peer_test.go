package motion_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/listen"
	"aimbench/robot"
	"aimbench/robot/daemon"
	"aimbench/robot/motion"
	"aimbench/robot/simulator"
)

// peer is a daemon, simulated or real, whose robot a loop moves, and another client of it, who does as he likes.
type peer struct {
	*testing.T
	loop          *motion.Loop
	client, other *daemon.Client
}

func (p *peer) perform(name string) motion.Done {
	p.Helper()
	g, err := robot.Named(name)
	if err != nil {
		p.Fatal(err)
	}
	d, err := p.loop.Perform(p.Context(), g)
	if err != nil {
		p.Fatal(err)
	}
	return d
}

func (p *peer) does(name string) {
	p.Helper()
	if d := p.perform(name); d.Status != motion.StatusDone {
		p.Errorf("%s is %s: %s", name, d.Status, d.Detail)
	}
}

// least is the least and most pitch that is measured for a while.
func (p *peer) pitches(d time.Duration) (low, high float64) {
	for range int(d / robot.Tick) {
		time.Sleep(robot.Tick)
		pose, _ := p.client.Measured()
		low, high = min(low, pose.Head.Pitch), max(high, pose.Head.Pitch)
	}
	return low, high
}

// scenes begin with a robot that sleeps, its motors on or off.
var scenes = map[string]func(p *peer){
	"a nod is seen": func(p *peer) {
		if s := p.loop.State(); s.Activity != motion.Asleep {
			p.Errorf("to begin with it is %+v", s)
		}
		if d := p.perform("nod"); d.Status != motion.StatusRefused {
			p.Errorf("asleep, a nod is %+v", d)
		}
		p.does("wake_up")
		done := make(chan struct{})
		go func() { defer close(done); p.does("nod") }()
		low, high := p.pitches(1100 * time.Millisecond)
		<-done
		if high < 0.24 || high > 0.31 || low > -0.03 || low < -0.12 {
			p.Errorf("a nod goes from pitch %.3f down to %.3f", low, high)
		}
	},
	"every gesture is done": func(p *peer) {
		p.does("wake_up")
		for _, name := range robot.Names() {
			if name != "wake_up" && name != "goto_sleep" {
				p.does(name)
			}
		}
	},
	"a stop freezes it": func(p *peer) {
		p.does("wake_up")
		done := make(chan motion.Done, 1)
		go func() { done <- p.perform("excited") }()
		time.Sleep(600 * time.Millisecond)
		p.loop.Stop()
		if d := <-done; d.Status != motion.StatusCancelled {
			p.Errorf("it is %+v", d)
		}
		time.Sleep(300 * time.Millisecond)
		before, _ := p.client.Measured()
		time.Sleep(2 * time.Second)
		if after, _ := p.client.Measured(); !after.Distance(before).Within(robot.Distance{Angle: 0.005, Way: 0.0005, Antenna: 0.01, BodyYaw: 0.005}) {
			p.Errorf("it went from %+v to %+v", before, after)
		}
		p.does("nod")
	},
	"the way to sleep is not cut": func(p *peer) {
		p.does("wake_up")
		done := make(chan motion.Done, 1)
		go func() { done <- p.perform("goto_sleep") }()
		time.Sleep(1500 * time.Millisecond)
		p.loop.BargeIn()
		p.loop.Stop()
		if d := <-done; d.Status != motion.StatusDone {
			p.Errorf("it is %+v", d)
		}
		if mode, err := p.client.Motors(p.Context()); mode != motion.MotorsOff || err != nil {
			p.Errorf("the motors are %s, %v", mode, err)
		}
	},
	"somebody else moves it": func(p *peer) {
		p.does("wake_up")
		done := make(chan error, 1)
		go func() { done <- p.other.Sleep(p.Context()) }()
		time.Sleep(2500 * time.Millisecond)
		if s := p.loop.State(); s.Activity != motion.Yielded {
			p.Errorf("meanwhile it is %+v", s)
		}
		if d := p.perform("nod"); d.Status != motion.StatusRefused || !strings.Contains(d.Detail, "somebody else") {
			p.Errorf("meanwhile a nod is %+v", d)
		}
		if err := <-done; err != nil {
			p.Error(err)
		}
		time.Sleep(3 * time.Second)
		if s := p.loop.State(); s.Activity != motion.Asleep {
			p.Errorf("afterwards it is %+v", s)
		}
		p.does("wake_up")
		p.does("nod")
	},
}

func play(t *testing.T, config daemon.Config, scene func(*peer)) {
	p := &peer{T: t}
	for _, c := range []**daemon.Client{&p.client, &p.other} {
		client, err := daemon.New(config)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close(context.WithoutCancel(t.Context()))
		if err := client.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		*c = client
	}
	// A real daemon that has just started puts the head elsewhere when it sleeps before it has woken.
	if err := errors.Join(p.other.Wake(t.Context()), p.other.Sleep(t.Context())); err != nil {
		t.Fatal(err)
	}
	p.loop = motion.New(p.client, motion.Options{})
	ctx, end := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { p.loop.Run(ctx) })
	time.Sleep(500 * time.Millisecond)
	scene(p)
	end()
	running.Wait()
}

func TestSimulatedRobot(t *testing.T) {
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := simulator.New(simulator.Config{})
				defer sim.Close()
				listener, dial := listen.Memory()
				listening := listen.Serve(t.Context(), listener, sim)
				play(t, daemon.Config{URL: "http://robot", Dial: dial}, scene)
				if err := listening.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestRealRobot plays the scenes with the daemon that REACHY_DAEMON_URL names.
func TestRealRobot(t *testing.T) {
	url := os.Getenv("REACHY_DAEMON_URL")
	if url == "" {
		t.Skip("REACHY_DAEMON_URL is not set")
	}
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) { play(t, daemon.Config{URL: url}, scene) })
	}
}

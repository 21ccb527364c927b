package daemon

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/listen"
	"aimbench/robot"
	"aimbench/robot/api"
	"aimbench/robot/motion"
	"aimbench/robot/simulator"
)

// peer is a daemon, simulated or real, with a client of it, and with another client who does as he likes.
type peer struct {
	*testing.T
	config Config
	client *Client
	other  *Client

	mu     sync.Mutex
	events []Event
}

// kinds are the kinds of the events so far.
func (p *peer) kinds() (kinds []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		kinds = append(kinds, string(e.Kind))
	}
	return kinds
}

// does fails the test where something went wrong.
func (p *peer) does(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// at compares where the robot is with where it should be.
func (p *peer) at(what string, want robot.Pose, angle, length float64) {
	p.Helper()
	time.Sleep(300 * time.Millisecond)
	if got, _ := p.client.Measured(); far(got, want, angle, length) {
		p.Errorf("%s: the robot is at %+v, not at %+v", what, got, want)
	}
}

// glide sends targets at 50 Hz from the initial pose to another, and returns the last error.
func (p *peer) glide(to robot.Pose, d time.Duration) (err error) {
	steps := int(d / (20 * time.Millisecond))
	for i := range steps {
		part := float64(i+1) / float64(steps)
		pose := robot.Init
		pose.Head.Pitch, pose.Head.Yaw = part*to.Head.Pitch, part*to.Head.Yaw
		pose.Antennas[0] += part * (to.Antennas[0] - pose.Antennas[0])
		pose.Antennas[1] += part * (to.Antennas[1] - pose.Antennas[1])
		err = p.client.SetTarget(p.Context(), pose)
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

func (p *peer) turnAside(seconds float64) api.Goto {
	return api.Goto{HeadPose: &api.Pose{Head: api.Head{Yaw: 0.6}}, Duration: seconds}
}

// manners are what a daemon is like, and what the client makes of it. Each begins with the robot awake.
var manners = map[string]func(p *peer){
	"it wakes and sleeps": func(p *peer) {
		p.at("awake", robot.Init, 0.05, 0.005)
		p.does(p.client.Sleep(p.Context()))
		asleep, err := p.client.Asleep(p.Context())
		mode, err2 := p.client.Motors(p.Context())
		if !asleep || mode != motion.MotorsOff || err != nil || err2 != nil {
			p.Errorf("asleep %v, motors %s: %v, %v", asleep, mode, err, err2)
		}
		p.does(p.client.Sleep(p.Context()))
		p.does(p.client.Wake(p.Context()))
		p.does(p.client.Wake(p.Context())) // which it is already
		p.at("awake again", robot.Init, 0.05, 0.005)
	},
	"it goes where targets say": func(p *peer) {
		to := robot.Pose{Head: robot.Head{Pitch: 0.2, Yaw: 0.4}, Antennas: [2]float64{-0.8, 0.6}}
		p.does(p.glide(to, 2*time.Second))
		p.at("there", to, 0.05, 0.005)
		if state := p.client.Latest(); time.Since(state.At).Abs() > time.Hour || state.Motors != api.MotorsEnabled {
			p.Errorf("%+v", state)
		}
	},
	"somebody's goto is made way for": func(p *peer) {
		p.does(p.other.post(p.Context(), "turning", api.PathGoto, p.turnAside(2), nil))
		if err := p.glide(robot.Init, time.Second); !errors.Is(err, motion.ErrIgnored) {
			p.Errorf("a target: %v", err)
		}
		time.Sleep(2 * time.Second)
		p.at("turned", robot.Pose{Head: robot.Head{Yaw: 0.6}, Antennas: robot.Init.Antennas}, 0.05, 0.005)
		p.does(p.glide(robot.Init, time.Second))
		same(p.T, "told", p.kinds(), "foreign", "free")
	},
	"somebody's task is made way for": func(p *peer) {
		turned := api.Head{Yaw: 0.6}.Matrix()
		conn, err := p.other.dial(p.Context(), "turning", api.PathSDK, "")
		p.does(err)
		defer conn.CloseNow() //nolint:errcheck // a test
		p.does(write(p.Context(), conn, api.Task{
			Type: api.TypeTask, UUID: "6e1a9f3e-29f2-4d5e-9b57-0a6f3f1f2c11", Request: api.TaskGoto{Head: &turned, Duration: 3, Method: api.MinJerk},
			Timestamp: time.Now().UTC().Format(time.RFC3339Nano),
		}))
		time.Sleep(100 * time.Millisecond)
		if err := p.glide(robot.Init, 2500*time.Millisecond); !errors.Is(err, motion.ErrIgnored) {
			p.Errorf("a target: %v", err)
		}
		time.Sleep(time.Second)
		_ = p.glide(robot.Init, 500*time.Millisecond) // finds out
		p.does(p.glide(robot.Init, time.Second))
		same(p.T, "told", p.kinds(), "foreign", "free")
	},
	"our moves give way": func(p *peer) {
		p.does(p.other.post(p.Context(), "turning", api.PathGoto, p.turnAside(2), nil))
		time.Sleep(100 * time.Millisecond)
		p.does(p.client.Sleep(p.Context()))
		same(p.T, "told", p.kinds(), "foreign", "free")
		p.does(p.client.Wake(p.Context()))
		p.at("awake", robot.Init, 0.05, 0.005)
	},
	"stop ends whatever moves": func(p *peer) {
		p.does(p.other.post(p.Context(), "turning", api.PathGoto, p.turnAside(4), nil))
		time.Sleep(500 * time.Millisecond)
		p.does(p.client.Stop(p.Context()))
		time.Sleep(300 * time.Millisecond)
		names, err := p.client.Running(p.Context())
		if pose, _ := p.client.Measured(); len(names) > 0 || err != nil || pose.Head.Yaw > 0.5 {
			p.Errorf("%v run, %v, yaw %v", names, err, pose.Head.Yaw)
		}
	},
	"gravity compensation is as motors off": func(p *peer) {
		if err := p.client.SetMotors(p.Context(), motion.GravityCompensation); errors.Is(err, motion.ErrRefused) {
			p.Skip(err) // it needs a kinematics that a daemon need not have
		}
		if asleep, err := p.client.Asleep(p.Context()); !asleep || err != nil {
			p.Errorf("asleep: %v, %v", asleep, err)
		}
		if err := p.client.Recorded(p.Context(), "aimbench/moves", "nod"); !errors.Is(err, motion.ErrRefused) {
			p.Errorf("%v", err)
		}
		p.does(p.client.Wake(p.Context()))
		if mode, err := p.client.Motors(p.Context()); mode != motion.MotorsOn || err != nil {
			p.Errorf("%s, %v", mode, err)
		}
	},
	"a library that is not there": func(p *peer) {
		_, err := p.client.RecordedMoves(p.Context(), "aimbench/no-such-library")
		var e *Error
		if !errors.As(err, &e) || e.Class != Crashed && e.Class != Refused {
			p.Errorf("%v", err)
		}
		if err := p.client.Recorded(p.Context(), "aimbench/no-such-library", "nod"); !errors.As(err, &e) || e.Class != Crashed && e.Class != Refused {
			p.Errorf("%v", err)
		}
		same(p.T, "told", p.kinds())
	},
	"sounds": func(p *peer) {
		has, err := p.client.HasSound(p.Context())
		p.does(err)
		name, err := p.client.UploadSound(p.Context(), []byte("no sound"))
		if !errors.Is(err, motion.ErrRefused) {
			p.Errorf("what is no sound: %v", err)
		}
		p.does(p.client.DeleteSound(p.Context(), name))
		p.does(p.client.StopSound(p.Context()))
		if _, err := p.client.Volume(p.Context()); has && err != nil {
			p.Error(err)
		}
	},
	"what somebody left added is taken away": func(p *peer) {
		p.does(p.other.command(p.Context(), "tilting", api.Command{Type: api.TypeSetSpeechOffsets, Offsets: []float64{0, 0, 0, 0.2, 0, 0}}))
		tilted := robot.Init
		tilted.Head.Roll = 0.2
		p.at("tilted", tilted, 0.05, 0.01)
		again, err := New(p.config)
		p.does(err)
		defer again.Close(p.Context())
		p.does(again.Ready(p.Context()))
		p.at("upright", robot.Init, 0.05, 0.005)
	},
	"two moves do not overlap": func(p *peer) {
		done := make(chan error, 2)
		go func() { done <- p.client.Sleep(p.Context()) }()
		time.Sleep(100 * time.Millisecond)
		go func() { done <- p.client.Wake(p.Context()) }()
		p.does(<-done)
		p.does(<-done)
		p.at("awake", robot.Init, 0.05, 0.005)
	},
}

// behave holds a daemon to one of the manners.
func behave(t *testing.T, config Config, manner func(*peer)) {
	t.Helper()
	p := &peer{T: t, config: config}
	mine := config
	mine.Notify = func(e Event) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.events = append(p.events, e)
	}
	for _, c := range []struct {
		is     **Client
		config Config
	}{{&p.other, config}, {&p.client, mine}} {
		client, err := New(c.config)
		p.does(err)
		*c.is = client
		defer client.Close(context.WithoutCancel(t.Context()))
		p.does(client.Ready(t.Context()))
	}
	p.does(p.client.Wake(t.Context()))
	p.does(p.glide(robot.Init, time.Second)) // a wake-up that finds it upright leaves the rest as it is
	p.mu.Lock()
	p.events = nil
	p.mu.Unlock()
	manner(p)
}

func TestSimulator(t *testing.T) {
	for name, manner := range manners {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := simulator.New(simulator.Config{Media: true})
				defer sim.Close()
				listener, dial := listen.Memory()
				listening := listen.Serve(t.Context(), listener, sim)
				behave(t, Config{URL: "http://robot", Dial: dial}, manner)
				if err := listening.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestReal holds the daemon that REACHY_DAEMON_URL names to the same. Nobody else may use it.
func TestReal(t *testing.T) {
	url := os.Getenv("REACHY_DAEMON_URL")
	if url == "" {
		t.Skip("REACHY_DAEMON_URL is not set")
	}
	for name, manner := range manners {
		t.Run(name, func(t *testing.T) { behave(t, Config{URL: url, Dial: (&net.Dialer{}).DialContext}, manner) })
	}
}

package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"aimbench/engine/listen"
	"aimbench/engine/run"
	"aimbench/engine/scenario"
	"aimbench/robot/daemon"
	"aimbench/robot/motion"
	"aimbench/robot/simulator"
	"aimbench/robot/speech"
)

// fleet are the bodies of one robot of the plan: the one behind its daemon, or as many embedded ones as there are
// conversations under way.
type fleet struct {
	*scenario.Robot
	engine *Engine
	voice  speech.Voice // nil where it is silent, and why
	why    string

	mu   sync.Mutex
	all  []*Machine
	free []*Machine // those that no conversation has
}

// maxPrepared bounds the embedded robots that are there before anybody wants them.
const maxPrepared = 1000

// openRobots opens the robots that the plan wants to begin with.
func (e *Engine) openRobots() error {
	e.fleets = map[string]*fleet{}
	for _, r := range e.plan.Robots {
		f := &fleet{Robot: r, engine: e}
		e.fleets[r.Name] = f
		e.closers = append(e.closers, f.close)
		f.findVoice()
		for range min(maxPrepared, e.plan.Bodies(r)) {
			m, err := f.open()
			if err != nil {
				return fmt.Errorf("robot %q: %w", r.Name, err)
			}
			f.free = append(f.free, m)
		}
	}
	return nil
}

// findVoice looks for what speaks, where a conversation wants it to.
func (f *fleet) findVoice() {
	speaks := false
	for _, c := range f.engine.plan.Conversations {
		speaks = speaks || c.Robot == f.Robot && c.Speak
	}
	switch {
	case !speaks || f.Speech.Program == "none":
		f.why = "the scenario wants no voice"
		return
	case f.engine.options.Memory:
		f.why = "no program is run where time is simulated"
		return
	}
	o := speech.Options{Voice: f.Speech.Voice, Speed: f.Speech.Speed}
	if f.Speech.Program != "auto" {
		o.Program = f.Speech.Program
	}
	voice, err := speech.Find(context.Background(), o)
	if err != nil {
		f.why = err.Error()
		f.engine.note(fmt.Sprintf("robot %s is silent: %s", f.Name, err))
		return
	}
	f.voice = voice
}

// open makes one more body.
func (f *fleet) open() (*Machine, error) {
	m := &Machine{sleep: f.Simulator == nil && !f.Hold, redact: f.engine.plan.Scenario.Secrets.Redact}
	config := daemon.Config{URL: f.DaemonURL, Dial: f.engine.options.Dial, Notify: f.heard}
	if f.Simulator != nil {
		if err := m.embed(f, &config); err != nil {
			return nil, err
		}
	}
	client, err := daemon.New(config)
	if err != nil {
		m.closeSimulator()
		return nil, err
	}
	m.Client = client
	m.prepare(f, len(f.all))
	if f.Simulator != nil {
		m.Take()
	}
	f.all = append(f.all, m)
	return m, nil
}

// embed starts an embedded robot, in memory, and on an address as well where it is to be watched.
func (m *Machine) embed(f *fleet, config *daemon.Config) error {
	faults := make([]simulator.Fault, len(f.Simulator.Faults))
	for i, fault := range f.Simulator.Faults {
		faults[i] = simulator.Fault{
			Kind: simulator.Kind(fault.Kind), Share: fault.Share, Count: fault.Count, From: fault.From, For: fault.For, Delay: fault.Delay,
		}
	}
	m.Simulator = simulator.New(simulator.Config{Name: f.Name, Media: f.voice != nil, Awake: true, Faults: faults, Seed: f.Simulator.Seed + int64(len(f.all))})
	var listener net.Listener
	listener, config.Dial = listen.Memory()
	served := listen.Serve(context.Background(), listener, m.Simulator)
	config.URL = served.URL()
	m.served = append(m.served, served)
	if addr := f.engine.options.Viewer; addr != "" && len(f.engine.viewer) == 0 {
		viewer, err := listen.Start(context.Background(), addr, m.Simulator)
		if err != nil {
			m.closeSimulator()
			return err
		}
		m.served, f.engine.viewer = append(m.served, viewer), viewer.URL()
	}
	return nil
}

// Machines are the bodies of a robot of the plan that are open now.
func (e *Engine) Machines(robot string) []*Machine {
	f := e.fleets[robot]
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all)
}

// lend gives a conversation its robot, until it is released.
func (f *fleet) lend() (run.Robot, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.Simulator == nil && !f.ShareFirst:
		return f.all[0], func() {} // what its conversations want follows one another
	case len(f.free) > 0:
	case f.Simulator == nil:
		return nil, func() {}
	default:
		m, err := f.open()
		if err != nil {
			return absent{err}, func() {}
		}
		f.free = append(f.free, m)
	}
	m := f.free[len(f.free)-1]
	f.free = f.free[:len(f.free)-1]
	return m, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.free = append(f.free, m)
	}
}

// close leaves every body as the scenario wants it.
func (f *fleet) close() {
	f.mu.Lock()
	all := f.all
	f.mu.Unlock()
	var closing sync.WaitGroup
	for _, m := range all {
		closing.Go(m.close)
	}
	closing.Wait()
}

// heard passes on what a user should know of a robot.
func (f *fleet) heard(e daemon.Event) {
	f.engine.options.Log.Debug("robot", "robot", f.Name, "event", e.Kind, "text", e.Text, "error", e.Err)
	if f.Simulator != nil || f.engine.options.Watched && e.Kind != daemon.Note {
		return // its faults are the scenario's
	}
	switch e.Kind {
	case daemon.Lost:
		f.engine.note(fmt.Sprintf("robot %s is lost: %s", f.Name, e.Err))
	case daemon.Back:
		f.engine.note(fmt.Sprintf("robot %s is back", f.Name))
	case daemon.Foreign, daemon.Free, daemon.Note:
		f.engine.note(fmt.Sprintf("robot %s: %s", f.Name, e.Text))
	}
}

const (
	// mostContact bounds the wait for a daemon to answer, mostWaking that for a robot to get up.
	mostContact = 5 * time.Second
	mostWaking  = 15 * time.Second
)

// readyRobots waits for the robots, and wakes those that sleep. The error is a *RobotError.
func (e *Engine) readyRobots(ctx context.Context) error {
	for _, r := range e.plan.Robots {
		f := e.fleets[r.Name]
		for _, m := range f.all {
			if err := m.ready(ctx, f); err != nil && ctx.Err() == nil {
				return &RobotError{Robot: r, Err: err}
			}
		}
	}
	return nil
}

// RobotError says which robot kept a run from beginning.
type RobotError struct {
	Robot *scenario.Robot
	Err   error // a *daemon.Error where the daemon is why
}

// Error says it in a sentence.
func (e *RobotError) Error() string {
	return fmt.Sprintf("robot %q is not ready: %s", e.Robot.Name, e.Err)
}

func (e *RobotError) brief() string {
	why := e.Err.Error()
	var d *daemon.Error
	if errors.As(e.Err, &d) {
		why = d.Message
	}
	return fmt.Sprintf("robot %q is not ready: %s", e.Robot.Name, why)
}

// Unwrap returns the cause.
func (e *RobotError) Unwrap() error { return e.Err }

// ready waits until the robot can be moved.
func (m *Machine) ready(ctx context.Context, f *fleet) error {
	if err := m.connect(ctx); err != nil {
		if f.Simulator != nil {
			return nil // its faults are the scenario's
		}
		return err
	}
	m.Take() // not before: a robot is left alone by a run that does not begin
	if f.voice != nil {
		if sound, err := m.Client.HasSound(ctx); err == nil && !sound {
			m.mute("its daemon has no sound")
			f.engine.note(fmt.Sprintf("robot %s is silent: its daemon has no sound", f.Name))
		}
	}
	ctx, cancel := context.WithTimeout(ctx, mostWaking)
	defer cancel()
	asleep, err := m.Client.Asleep(ctx)
	if err != nil || !asleep {
		return err
	}
	done := m.wake(ctx)
	if done.Status != motion.StatusDone {
		return errors.New("it does not wake: " + done.Detail)
	}
	return nil
}

// drawn draws for random gestures, of the same seed the same.
func drawn(seed int64, body int) func(int) int {
	var mu sync.Mutex
	source := rand.New(rand.NewPCG(uint64(seed), uint64(body)))
	return func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return source.IntN(n)
	}
}

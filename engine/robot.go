package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/listen"
	"aimbench/engine/plan"
	"aimbench/engine/run"
	"aimbench/engine/scenario"
	"aimbench/robot"
	"aimbench/robot/daemon"
	"aimbench/robot/motion"
	"aimbench/robot/simulator"
	"aimbench/robot/speech"
)

// Machine is a robot that is open: the connection to its daemon, the loop that moves it and the voice that speaks for it.
// It makes what a session asks for the robot's, and is what a chat steers it by.
type Machine struct {
	Client *daemon.Client
	Loop   *motion.Loop
	// Simulator is nil where the robot is not an embedded one.
	Simulator *simulator.Simulator

	mu      sync.Mutex
	speaker *speech.Speaker

	redact  func(string) string
	sleep   bool // lie down at the end
	take    sync.Once
	taken   atomic.Bool     // somebody has had the robot
	ctx     context.Context // the loop's
	stop    context.CancelFunc
	running sync.WaitGroup
	served  []*listen.Listening
}

// prepare makes the parts of the robot that is number body of its fleet. Nothing moves yet.
func (m *Machine) prepare(f *fleet, body int) {
	m.ctx, m.stop = context.WithCancel(context.Background())
	moving := motion.Options{Draw: drawn(f.engine.plan.Seed, body)}
	if told := f.engine.options.OnTarget; told != nil {
		moving.OnTarget = func(t motion.Target) { told(m, t) }
	}
	m.Loop = motion.New(m.Client, moving)
	m.speaker = speech.New(speech.Config{Voice: f.voice, Player: m.Client, Silence: f.why, Loudness: m.Loop.Speak})
}

// Take moves the robot from now on, whether it answers already or not, and has it left in the end as its scenario wants it.
// A robot that is not taken is left alone.
func (m *Machine) Take() {
	m.take.Do(func() {
		m.taken.Store(true)
		m.running.Go(func() {
			_ = m.connect(m.ctx) // what is asked of the loop before it runs waits; then the loop says that the robot is lost
			m.Loop.Run(m.ctx)
		})
	})
}

// connect waits for the robot to answer for the first time.
func (m *Machine) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, mostContact)
	defer cancel()
	return m.Client.Ready(ctx)
}

// mute makes the robot silent.
func (m *Machine) mute(why string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.speaker.Close()
	m.speaker = speech.New(speech.Config{Silence: why})
}

// Speaker is the robot's voice.
func (m *Machine) Speaker() *speech.Speaker {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.speaker
}

// mostRest bounds the way to sleep.
const mostRest = 15 * time.Second

// close leaves the robot as its scenario wants it, if it was ever taken.
func (m *Machine) close() {
	m.Speaker().Close()
	ctx, cancel := context.WithTimeout(context.Background(), mostRest)
	defer cancel()
	if m.sleep && m.taken.Load() && m.Client.Connected() {
		_ = m.LieDown(ctx) // nobody is left to be told
	}
	m.stop()
	m.running.Wait()
	m.Client.Close(ctx)
	m.closeSimulator()
}

func (m *Machine) closeSimulator() {
	if m.Simulator != nil {
		m.Simulator.Close()
	}
	for _, s := range m.served {
		_ = s.Close() // nothing is lost by it
	}
}

// LieDown takes the robot to sleep.
func (m *Machine) LieDown(ctx context.Context) error {
	done, err := m.Loop.Perform(ctx, robot.Gesture{Name: "goto_sleep", Kind: robot.Sleep})
	if err == nil && done.Status != motion.StatusDone {
		err = fmt.Errorf("the robot does not lie down: %s", done.Detail)
	}
	return err
}

// wake gets the robot up, if it lies.
func (m *Machine) wake(ctx context.Context) motion.Done {
	done, err := m.Loop.Perform(ctx, robot.Gesture{Name: "wake_up", Kind: robot.Wake})
	if err != nil {
		return motion.Done{Status: motion.StatusFailed, Detail: err.Error()}
	}
	return done
}

// Perform does a gesture, after those under way.
func (m *Machine) Perform(ctx context.Context, g *scenario.Gesture) run.Performance {
	what, err := plan.GestureOf(g)
	if err == nil {
		var done motion.Done
		if done, err = m.Loop.Perform(ctx, what); err == nil {
			p := run.Performance{Start: done.Started, End: done.Ended, Status: event.GestureStatus(done.Status), Detail: done.Detail}
			if pose, at := m.Client.Measured(); !at.IsZero() {
				p.Where = stateOf(pose)
			}
			return p
		}
	}
	return run.Performance{End: time.Now(), Status: event.GestureFailed, Detail: err.Error()}
}

// State is where the robot was last measured to be, and the mode of its motors.
func (m *Machine) State(ctx context.Context) (scenario.RobotState, error) {
	pose, at := m.Client.Measured()
	motors, err := m.Client.Motors(ctx)
	if err != nil {
		return scenario.RobotState{}, err
	}
	if at.IsZero() {
		return scenario.RobotState{}, errors.New("the robot has not said where it is")
	}
	s := stateOf(pose)
	s.Motors = string(motors)
	return *s, nil
}

func stateOf(p robot.Pose) *scenario.RobotState {
	return &scenario.RobotState{
		X: p.Head.X, Y: p.Head.Y, Z: p.Head.Z, Roll: p.Head.Roll, Pitch: p.Head.Pitch, Yaw: p.Head.Yaw,
		BodyYaw: p.BodyYaw, Antennas: p.Antennas,
	}
}

// absent is the robot of a conversation for which none could be opened: what is asked of it fails.
type absent struct{ err error }

func (a absent) Perform(context.Context, *scenario.Gesture) run.Performance {
	return run.Performance{End: time.Now(), Status: event.GestureFailed, Detail: a.err.Error()}
}

func (a absent) State(context.Context) (scenario.RobotState, error) {
	return scenario.RobotState{}, a.err
}

func (a absent) Speak(context.Context) run.Speech { return nil }
func (a absent) Replied(*event.Turn)              {}

// Replied shows, beside an embedded robot, what was said and how long that took.
func (m *Machine) Replied(t *event.Turn) {
	if m.Simulator == nil {
		return
	}
	user, text := m.redact(t.User), m.redact(t.Text)
	show := simulator.Show{Heard: &user}
	if m.Speaker().Silent() {
		show.Caption = &text // else each sentence is shown as it is spoken
	}
	if d, ok := t.E2E(event.FromSent); ok {
		ms := float64(d) / float64(time.Millisecond)
		show.LatencyMS = &ms
	}
	m.Simulator.Set(show)
}

// Speak begins to speak a reply; nil where the robot is silent.
func (m *Machine) Speak(ctx context.Context) run.Speech {
	speaker := m.Speaker()
	if speaker.Silent() {
		return nil
	}
	s := &spoken{machine: m}
	s.utterance = speaker.Begin(s.heard)
	s.uncut = context.AfterFunc(ctx, s.utterance.Cut)
	return s
}

// spoken is a reply that is spoken: a run.Speech.
type spoken struct {
	machine   *Machine
	utterance *speech.Utterance
	uncut     func() bool

	mu     sync.Mutex
	result run.Spoken
}

// Add gives it more of the reply.
func (s *spoken) Add(text string) { s.utterance.Feed(text) }

// Close says that no more comes.
func (s *spoken) Close() { s.utterance.End() }

// Wait returns when all was said.
func (s *spoken) Wait() run.Spoken {
	<-s.utterance.Done()
	s.uncut()
	if sim := s.machine.Simulator; sim != nil {
		sim.Say("")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.result
}

// heard takes note of what becomes of a sentence.
func (s *spoken) heard(e speech.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.result
	switch e.Kind {
	case speech.Started:
		if r.Start.IsZero() {
			r.Start = e.At
		}
		if sim := s.machine.Simulator; sim != nil {
			sim.Say(s.machine.redact(e.Text))
		}
	case speech.Ended:
		r.End = e.At
	case speech.Cut:
		r.End = e.At
		if r.Detail == "" {
			r.Detail = "cut off"
		}
	case speech.Failed:
		if e.Err != nil {
			r.Detail = e.Err.Error()
		}
	}
}

package acceptance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/scenario"
	"aimbench/robot/motion"
)

// state is how a robot is.
type state string

const (
	nobody state = ""
	awake  state = "awake"
	asleep state = "asleep"
	lost   state = "lost"
)

var robotSteps = []Step{
	{
		Kind: Given, Expr: "an embedded robot", Example: "an embedded robot",
		About: "puts the embedded robot in the place of a real one, awake; the talk has it",
		do: func(_ context.Context, w *world, _ *args) error {
			w.robot = awake
			w.env["REACHY_DAEMON_URL"], w.env["ROBOT_MODE"] = "", ""
			w.robots(func(r *scenario.Robot) {
				if r.Simulator == nil {
					r.DaemonURL, r.Simulator = "", &scenario.RobotSimulator{}
				}
			})
			return nil
		},
	},
	{
		Kind: Given, Expr: "the robot is {state}", Example: "the robot is asleep",
		About: "brings it there before anything is said or run: awake, asleep or lost",
		do: func(_ context.Context, w *world, a *args) error {
			w.robot = state(a.text(0))
			return nil
		},
	},
	{
		Kind: Given, Expr: "the robot at {text}", Example: `the robot at "http://127.0.0.1:8000"`,
		About: "puts the robot behind the daemon at this URL in the place of every other",
		do: func(_ context.Context, w *world, a *args) error {
			w.behind(a.text(0))
			return nil
		},
	},
	{
		Kind: Given, Expr: "the robot of the environment", Example: "the robot of the environment", Needs: "REACHY_DAEMON_URL",
		About: "puts the one at REACHY_DAEMON_URL in the place of every other",
		do: func(_ context.Context, w *world, _ *args) error {
			url, _ := w.getenv("REACHY_DAEMON_URL")
			w.behind(url)
			return nil
		},
	},
	{
		Kind: When, Expr: "the robot is lost", Example: "the robot is lost",
		About: "the embedded robot leaves the network, and it is waited until that was seen",
		do:    func(ctx context.Context, w *world, _ *args) error { return w.lose(ctx, true) },
	},
	{
		Kind: When, Expr: "the robot is back", Example: "the robot is back",
		About: "it answers again, and it is waited until that was seen",
		do:    func(ctx context.Context, w *world, _ *args) error { return w.lose(ctx, false) },
	},
	{
		Kind: Then, Expr: "the robot nods", Not: "the robot does not nod", Example: "the robot nods",
		About: "it performed nod, nod_fast, nod_tilt or a gesture of the scenario's with nod in its name in the last turn",
		check: ofReply(func(w *world, t *turn, _ *args) (finding, error) {
			return performed(w, t, func(g string) bool { return strings.Contains(g, "nod") })
		}),
	},
	{
		Kind: Then, Expr: "the robot performed {gesture}", Not: "the robot did not perform {gesture}", Example: `the robot performed "ack"`,
		About: "it was measured to be where the gesture leads, in the last turn",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			if err := w.gesture(a.text(0)); err != nil {
				return finding{}, err
			}
			return performed(w, t, func(g string) bool { return g == a.text(0) })
		}),
	},
	{
		Kind: Then, Expr: "the robot performed {gesture} before the reply ended", Not: "the robot did not perform {gesture} before the reply ended",
		Example: `the robot performed "ack" before the reply ended`,
		About:   "the same, and the gesture's end came before that of the reply",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			if err := w.gesture(a.text(0)); err != nil {
				return finding{}, err
			}
			for _, g := range t.Gestures {
				if g.Gesture == a.text(0) && g.Status == event.GestureDone {
					return found(g.End <= t.End, "the gesture ended %s the end of the reply", apart(g.End, t.End))
				}
			}
			return found(false, "no such gesture was done: %s", answer(t, w.redact()))
		}),
	},
	{
		Kind: Then, Expr: "the robot woke before it answered", Not: "the robot did not wake before it answered", Example: "the robot woke before it answered",
		About: "it slept, and left its sleep before the first word of the last reply",
		check: ofReply(func(w *world, t *turn, _ *args) (finding, error) {
			woke, word := w.body.wokeAt(), firstWord(t)
			switch {
			case !woke.Reached():
				return found(false, "it did not wake")
			case !word.Reached():
				return found(false, "it woke, and no word came")
			}
			return found(woke < word, "it woke %s the first word", apart(woke, word))
		}),
	},
	{
		Kind: Then, Expr: "the robot breathes", Not: "the robot keeps still", Example: "the robot breathes",
		About: "in the last 4 s it was idle, and its antennas swayed while its head stayed; still is a robot that did not sway",
		check: func(_ context.Context, w *world, a *args) (finding, error) {
			if err := w.embodied(); err != nil {
				return finding{}, err
			}
			samples := w.body.lately(4 * time.Second)
			if len(samples) < int(2*time.Second/watchPeriod) {
				return finding{}, &Failure{Code: measure.ExitUnknown, Text: "it was not seen for long enough: let there be silence for 4 s"}
			}
			antennas, head := sway(samples)
			idle := !slices.ContainsFunc(samples, func(s sample) bool { return s.activity != motion.Idle })
			got := fmt.Sprintf("it was %s; its antennas went %.0f°, its head %.0f°", samples[len(samples)-1].activity, degrees(antennas), degrees(head))
			if a.not {
				return found(antennas > still || head > still, "%s", got)
			}
			return found(idle && antennas > still && head < 2*still, "%s", got)
		},
	},
	{
		Kind: Then, Expr: "the robot stays within its limits", Example: "the robot stays within its limits",
		About: "those of position, speed and acceleration, in every target that it or another robot of the scenario was told; moves of its own, such as its way to sleep, are its maker's",
		check: func(_ context.Context, w *world, _ *args) (finding, error) {
			if err := w.embodied(); err != nil {
				return finding{}, err
			}
			return w.held.kept(w.body.start), nil
		},
	},
	{
		Kind: Then, Expr: "the robot is {state}", Not: "the robot is not {state}", Example: "the robot is awake",
		About: "now: awake, asleep or lost",
		check: func(_ context.Context, w *world, a *args) (finding, error) {
			if err := w.embodied(); err != nil {
				return finding{}, err
			}
			now := stateOf(w.body.machine.Loop.State().Activity)
			return found(now == state(a.text(0)), "it is %s", now)
		},
	},
	{
		Kind: Then, Expr: "the robot speaks", Not: "the robot is silent", Example: "the robot speaks",
		About: "a sound of the last reply was made; where time is simulated, nothing speaks",
		check: ofReply(func(_ *world, t *turn, _ *args) (finding, error) {
			switch {
			case t.Speech == nil:
				return found(false, "nothing was to be spoken, or nobody has a voice")
			case !t.Speech.Start.Reached():
				return found(false, "no sound was made: %s", clip(t.Speech.Detail))
			}
			return found(true, "it spoke the reply")
		}),
	},
}

// still is how far a robot that keeps still may move, in radians.
const still = 0.05

// robots makes something of every robot.
func (w *world) robots(change func(*scenario.Robot)) {
	w.changes = append(w.changes, func(s *scenario.Scenario) error {
		for _, r := range s.Robots {
			change(r)
		}
		return nil
	})
}

// behind puts the robot of a daemon in the place of every other.
func (w *world) behind(url string) {
	w.robot, w.flags.RobotURL = awake, url
	w.robots(func(r *scenario.Robot) {
		r.DaemonURL, r.DaemonURLSource, r.Simulator = url, "the robot of the feature", nil
	})
}

// gesture says that no gesture has that name.
func (w *world) gesture(name string) error {
	names := slices.Clone(scenario.BuiltinGestures)
	for _, g := range w.scenario().Gestures {
		names = append(names, g.Name)
	}
	return there("gesture", name, names)
}

// performed finds whether a gesture was done.
func performed(w *world, t *turn, meant func(string) bool) (finding, error) {
	done := slices.ContainsFunc(t.Gestures, func(g event.Gesture) bool {
		return g.Status == event.GestureDone && meant(g.Gesture)
	})
	return found(done, "%s", answer(t, w.redact()))
}

// embodied says that there is no robot to be seen.
func (w *world) embodied() error {
	if w.body == nil {
		return &Failure{Code: measure.ExitUsage, Text: "there is no robot here: Given an embedded robot, or a scenario with one"}
	}
	return nil
}

func stateOf(a motion.Activity) state {
	switch a {
	case motion.Asleep:
		return asleep
	case motion.Lost, motion.Starting:
		return lost
	}
	return awake
}

// mostNotice bounds the wait until it was seen that a robot is lost, or back.
const mostNotice = 20 * time.Second

// lose takes the robot from the network or brings it back, and waits until that was seen.
func (w *world) lose(ctx context.Context, on bool) error {
	chat, err := w.talk()
	if err != nil {
		return err
	}
	m := chat.Talk().Robot
	switch {
	case m == nil:
		return w.embodied()
	case m.Simulator == nil:
		return &Failure{Code: measure.ExitUsage, Text: "only an embedded robot can be lost by a step"}
	}
	m.Simulator.SetLost(on)
	for waited := time.Duration(0); (stateOf(m.Loop.State().Activity) == lost) != on; waited += watchPeriod {
		if waited > mostNotice {
			return &Failure{Code: measure.ExitUnknown, Text: "nobody saw it"}
		}
		if err := w.sleep(ctx, watchPeriod); err != nil {
			return err
		}
	}
	return w.sleep(ctx, time.Second) // whoever tells of it looks now and then
}

// pose brings the robot of a talk or a run into the state that the Givens want.
func (w *world) pose(m *engine.Machine) error {
	switch w.robot {
	case asleep:
		ctx, cancel := context.WithTimeout(w.ctx, mostNotice)
		defer cancel()
		return m.LieDown(ctx)
	case lost:
		if m.Simulator == nil {
			return &Failure{Code: measure.ExitUsage, Text: "only an embedded robot can be lost by a step"}
		}
		m.Simulator.SetLost(true)
	}
	return nil
}

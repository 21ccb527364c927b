package simulator

import (
	"maps"
	"slices"
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

// wakeUp is the daemon's way to be awake: up, a sound, and a roll of 20° to the left and back. It does nothing where the
// head is told to be there already, and it does not turn the motors on.
func wakeUp() []step {
	return []step{pause(100 * time.Millisecond), func(s *Simulator, m *move) time.Duration {
		if s.awake() {
			return 0
		}
		upright, tilted := robot.Head{}, robot.Head{Roll: 20 * degree}
		seconds := distance(s.body.measured.Head, upright) / 50
		m.steps = []step{
			glideTo(reach{head: &upright, antennas: &initial.Antennas, bodyYaw: new(float64)}, seconds, robot.MinJerk),
			pause(100 * time.Millisecond),
			sound("wake_up.wav"),
			glideTo(reach{head: &tilted, bodyYaw: new(float64)}, 0.2, robot.MinJerk),
			glideTo(reach{head: &upright, bodyYaw: new(float64)}, 0.2, robot.MinJerk),
		}
		return 0
	}}
}

// awake reports whether the initial pose is what the body is told to hold.
func (s *Simulator) awake() bool {
	t := s.body.target
	return s.body.motors == api.MotorsEnabled && t.head != nil && t.antennas != nil && distance(*t.head, robot.Head{}) < 1 &&
		max(t.antennas[0]-initial.Antennas[0], initial.Antennas[0]-t.antennas[0]) < 0.01 &&
		max(t.antennas[1]-initial.Antennas[1], initial.Antennas[1]-t.antennas[1]) < 0.01
}

// goToSleep is the daemon's way to be asleep: upright first where the head is far from it, then down, then a rest, and
// then the motors are turned off.
func goToSleep() []step {
	return []step{func(s *Simulator, m *move) time.Duration {
		s.wobbling = false
		s.offsetBy(robot.Head{})
		upright := robot.Head{}
		rest := 2 * time.Second
		if distance(s.body.measured.Head, sleeping) > 10 {
			if distance(s.body.measured.Head, upright) > 30 {
				m.steps = append(m.steps, glideTo(reach{head: &upright, antennas: &initial.Antennas, bodyYaw: new(float64)}, 1, robot.MinJerk),
					pause(200*time.Millisecond))
			}
			m.steps = append(m.steps, sound("go_sleep.wav"),
				glideTo(reach{head: &sleeping, antennas: &asleep.Antennas, bodyYaw: new(float64)}, 2, robot.MinJerk))
		} else {
			m.steps = append(m.steps, sound("go_sleep.wav"))
			rest += 3 * time.Second
		}
		m.steps = append(m.steps, pause(rest), func(s *Simulator, _ *move) time.Duration {
			s.body.advance(time.Now())
			s.body.setMotors(api.MotorsDisabled)
			return 0
		})
		return 0
	}}
}

func sound(name string) step {
	return func(s *Simulator, _ *move) time.Duration {
		s.play(name)
		return 0
	}
}

// Dataset is the name of the recorded moves that every simulator has.
const Dataset = "aimbench/moves"

// keyframe is a pose of all axes on the way of a recorded move, and how long the way to it takes.
func keyframe(h robot.Head, antennas [2]float64, d time.Duration) robot.Keyframe {
	return robot.Keyframe{Pose: robot.Pose{Head: h, Antennas: antennas}, Axes: robot.AllAxes, Duration: d}
}

func headTo(h robot.Head, d time.Duration) robot.Keyframe { return keyframe(h, initial.Antennas, d) }

func antennasTo(right, left float64, d time.Duration) robot.Keyframe {
	return keyframe(robot.Head{}, [2]float64{right, left}, d)
}

// ending makes a recorded move out of its keyframes: it ends in the initial pose.
func ending(f ...robot.Keyframe) robot.Gesture {
	return robot.Gesture{Moves: append(f, headTo(robot.Head{}, 400*time.Millisecond))}
}

// recorded are the moves of Dataset.
var recorded = map[string]robot.Gesture{
	"bow": ending(headTo(robot.Head{Pitch: 0.4, Z: -0.01}, 600*time.Millisecond), headTo(robot.Head{Pitch: 0.4, Z: -0.01}, 400*time.Millisecond)),
	"nod": ending(headTo(robot.Head{Pitch: 0.25}, 250*time.Millisecond), headTo(robot.Head{Pitch: -0.1}, 300*time.Millisecond),
		headTo(robot.Head{Pitch: 0.2}, 300*time.Millisecond)),
	"shake": ending(headTo(robot.Head{Yaw: 0.35}, 300*time.Millisecond), headTo(robot.Head{Yaw: -0.35}, 400*time.Millisecond),
		headTo(robot.Head{Yaw: 0.25}, 400*time.Millisecond), headTo(robot.Head{Yaw: -0.25}, 350*time.Millisecond)),
	"wave": ending(antennasTo(-1.2, 0.2, 300*time.Millisecond), antennasTo(0.6, 0.2, 300*time.Millisecond),
		antennasTo(-1.2, 0.2, 300*time.Millisecond), antennasTo(0.6, 0.2, 300*time.Millisecond)),
}

// recordedNames are the names of the moves of Dataset.
func recordedNames() []string { return slices.Sorted(maps.Keys(recorded)) }

// replay makes a recorded move, in one way, so that a stop ends all of it.
func replay(g robot.Gesture) step {
	return func(s *Simulator, m *move) time.Duration {
		from := s.body.measured
		return s.glide(m, func(elapsed time.Duration) robot.Pose { return g.At(from, elapsed) }, g.Duration())
	}
}

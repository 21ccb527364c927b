package simulator

import (
	"maps"
	"math"
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
			glideTo(reach{head: &upright, antennas: &initial.Antennas, bodyYaw: new(float64)}, seconds, api.MinJerk),
			pause(100 * time.Millisecond),
			sound("wake_up.wav"),
			glideTo(reach{head: &tilted, bodyYaw: new(float64)}, 0.2, api.MinJerk),
			glideTo(reach{head: &upright, bodyYaw: new(float64)}, 0.2, api.MinJerk),
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
				m.steps = append(m.steps, glideTo(reach{head: &upright, antennas: &initial.Antennas, bodyYaw: new(float64)}, 1, api.MinJerk),
					pause(200*time.Millisecond))
			}
			m.steps = append(m.steps, sound("go_sleep.wav"),
				glideTo(reach{head: &sleeping, antennas: &asleep.Antennas, bodyYaw: new(float64)}, 2, api.MinJerk))
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

const degree = math.Pi / 180

// Dataset is the name of the recorded moves that every simulator has.
const Dataset = "aimbench/moves"

// keyframe is a pose on the way of a recorded move, and how long the way to it takes.
type keyframe struct {
	pose    robot.Pose
	seconds float64
}

// frames makes a recorded move out of its keyframes: it begins in the first and ends in the initial pose.
func frames(f ...keyframe) []keyframe { return append(f, keyframe{initial, 0.4}) }

func head(h robot.Head, seconds float64) keyframe {
	return keyframe{robot.Pose{Head: h, Antennas: initial.Antennas}, seconds}
}

func antennas(right, left, seconds float64) keyframe {
	return keyframe{robot.Pose{Antennas: [2]float64{right, left}}, seconds}
}

// recorded are the moves of Dataset.
var recorded = map[string][]keyframe{
	"bow": frames(head(robot.Head{Pitch: 0.4, Z: -0.01}, 0.6), head(robot.Head{Pitch: 0.4, Z: -0.01}, 0.4)),
	"nod": frames(head(robot.Head{Pitch: 0.25}, 0.25), head(robot.Head{Pitch: -0.1}, 0.3), head(robot.Head{Pitch: 0.2}, 0.3)),
	"shake": frames(head(robot.Head{Yaw: 0.35}, 0.3), head(robot.Head{Yaw: -0.35}, 0.4), head(robot.Head{Yaw: 0.25}, 0.4),
		head(robot.Head{Yaw: -0.25}, 0.35)),
	"wave": frames(antennas(-1.2, 0.2, 0.3), antennas(0.6, 0.2, 0.3), antennas(-1.2, 0.2, 0.3), antennas(0.6, 0.2, 0.3)),
}

// recordedNames are the names of the moves of Dataset.
func recordedNames() []string { return slices.Sorted(maps.Keys(recorded)) }

// replay goes through keyframes in one way, so that a stop ends all of it.
func replay(f []keyframe) step {
	return func(s *Simulator, m *move) time.Duration {
		var total float64
		for _, k := range f {
			total += k.seconds
		}
		from := s.body.measured
		var parts []way
		for _, k := range f {
			parts = append(parts, straight(from, k.pose, duration(k.seconds), api.MinJerk))
			from = k.pose
		}
		return s.glide(m, func(elapsed time.Duration) robot.Pose {
			for i, k := range f {
				if d := duration(k.seconds); elapsed < d || i == len(f)-1 {
					return parts[i](elapsed)
				}
				elapsed -= duration(k.seconds)
			}
			return from
		}, duration(total))
	}
}

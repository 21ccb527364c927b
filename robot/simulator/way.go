package simulator

import (
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

// straight goes from one pose to another.
func straight(from, to robot.Pose, duration time.Duration, how api.Interpolation) way {
	between := line(from, to)
	return func(elapsed time.Duration) robot.Pose {
		if elapsed >= duration {
			return to
		}
		return between(ease(how, elapsed.Seconds()/duration.Seconds()))
	}
}

// line gives the poses between two, by the part of the way that is gone; the part may be outside [0, 1]. Positions, body
// yaw and antennas go straight; so does the head's yaw, as a number, so that the head never turns about its back; what is
// left of its rotation goes about one axis.
func line(a, b robot.Pose) func(part float64) robot.Pose {
	tilt := rotation{0, a.Head.Pitch, a.Head.Roll}.matrix()
	about := tilt.transposed().times(rotation{0, b.Head.Pitch, b.Head.Roll}.matrix()).vector()
	return func(part float64) robot.Pose {
		at := func(x, y float64) float64 { return x + part*(y-x) }
		turned := tilt.times(turn(about, part))
		turned = rotation{at(a.Head.Yaw, b.Head.Yaw), 0, 0}.matrix().times(turned)
		m := api.Matrix{
			turned[0][0], turned[0][1], turned[0][2], at(a.Head.X, b.Head.X),
			turned[1][0], turned[1][1], turned[1][2], at(a.Head.Y, b.Head.Y),
			turned[2][0], turned[2][1], turned[2][2], at(a.Head.Z, b.Head.Z),
			0, 0, 0, 1,
		}
		return robot.Pose{
			Head:     robot.Head(m.Head()),
			Antennas: [2]float64{at(a.Antennas[0], b.Antennas[0]), at(a.Antennas[1], b.Antennas[1])},
			BodyYaw:  at(a.BodyYaw, b.BodyYaw),
		}
	}
}

// ease says how much of a way is gone after a part t of its time, both in [0, 1]; cartoon leaves that range on its way.
func ease(how api.Interpolation, t float64) float64 {
	switch how {
	case api.Linear:
		return t
	case api.EaseInOut:
		if t < 0.5 {
			return 2 * t * t
		}
		return 1 - 2*(1-t)*(1-t)
	case api.Cartoon: // easeInOutBack of Robert Penner's easing functions
		const back = 1.70158 * 1.525
		if t < 0.5 {
			return 2 * t * t * ((back+1)*2*t - back)
		}
		u := 2*t - 2
		return (u*u*((back+1)*u+back) + 2) / 2
	default: // the polynomial of least jerk between two rests (Flash and Hogan, 1985)
		return t * t * t * (10 - 15*t + 6*t*t)
	}
}

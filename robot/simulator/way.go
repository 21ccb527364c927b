package simulator

import (
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

// straight goes from one pose to another.
func straight(from, to robot.Pose, duration time.Duration, how api.Interpolation) way {
	return func(elapsed time.Duration) robot.Pose {
		if elapsed >= duration {
			return to
		}
		return between(from, to, ease(how, elapsed.Seconds()/duration.Seconds()))
	}
}

// between is a pose between two; part may be outside [0, 1].
func between(a, b robot.Pose, part float64) robot.Pose {
	at := func(x, y float64) float64 { return x + part*(y-x) }
	return robot.Pose{
		Head: robot.Head{
			X: at(a.Head.X, b.Head.X), Y: at(a.Head.Y, b.Head.Y), Z: at(a.Head.Z, b.Head.Z),
			Roll: at(a.Head.Roll, b.Head.Roll), Pitch: at(a.Head.Pitch, b.Head.Pitch), Yaw: at(a.Head.Yaw, b.Head.Yaw),
		},
		Antennas: [2]float64{at(a.Antennas[0], b.Antennas[0]), at(a.Antennas[1], b.Antennas[1])},
		BodyYaw:  at(a.BodyYaw, b.BodyYaw),
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

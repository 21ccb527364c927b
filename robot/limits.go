package robot

import (
	"math"
	"time"
)

func deg(d float64) float64 { return d * math.Pi / 180 }

// Limits bound where the robot may be and how fast it may get there.
//
// The positions' limits are those that the maker publishes, which the daemon does not enforce, but for the head's
// translation, of which it publishes none. By its kinematics a level head reaches x from −62 to 52 mm, y ±54 mm and z
// from −55 to 24 mm, and a tilted one less: at z = 20 mm it tilts by 8° and no more. So x and y are held to ±30 mm and z
// to −50 to 20 mm.
type Limits struct {
	// Low and High bound each axis.
	Low, High Pose
	// Twist bounds |head yaw − body yaw|, in radians.
	Twist float64
	// Speed and Acceleration are bounds of our own.
	Speed, Acceleration Rates
}

// Rates are a speed (per second) or an acceleration (per second squared) of each part of the robot: the angle of the
// head's rotation in radians, its way in metres, the body and each antenna in radians.
type Rates struct{ Turn, Way, BodyYaw, Antenna float64 }

// Tick is the period at which the loop sets targets. A speed that jumps between two moves does so in one tick.
const Tick = 20 * time.Millisecond

// DefaultLimits reach each speed in no less than 0.1 s.
func DefaultLimits() Limits {
	speed := Rates{Turn: 6, Way: 0.4, BodyYaw: 4, Antenna: 15}
	return Limits{
		Low: Pose{
			Head:     Head{X: -0.03, Y: -0.03, Z: -0.05, Roll: deg(-40), Pitch: deg(-40), Yaw: -math.Pi},
			Antennas: [2]float64{-math.Pi, -math.Pi},
			BodyYaw:  deg(-160),
		},
		High: Pose{
			Head:     Head{X: 0.03, Y: 0.03, Z: 0.02, Roll: deg(40), Pitch: deg(40), Yaw: math.Pi},
			Antennas: [2]float64{math.Pi, math.Pi},
			BodyYaw:  deg(160),
		},
		Twist:        deg(65),
		Speed:        speed,
		Acceleration: speed.per(0.1),
	}
}

// Clamp is the pose of the limits nearest to p, axis by axis; the head gives way where it is turned too far from the
// body.
func (l Limits) Clamp(p Pose) Pose {
	v, low, high := p.values(), l.Low.values(), l.High.values()
	for i := range v {
		v[i] = max(low[i], min(high[i], v[i]))
	}
	p = v.pose()
	p.Head.Yaw = max(p.BodyYaw-l.Twist, min(p.BodyYaw+l.Twist, p.Head.Yaw))
	return p
}

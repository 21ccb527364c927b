// Package robot is what a Reachy Mini can be asked for: poses, gestures, and the limits that both must keep. It is pure:
// robot/motion makes a robot move.
package robot

import "math"

// Head is where the head is, in metres and radians. The angles are Euler angles xyz, R = Rz·Ry·Rx: positive pitch looks
// down, positive yaw looks left. All zero is upright and straight ahead.
type Head struct{ X, Y, Z, Roll, Pitch, Yaw float64 }

// Pose is where all of the robot is. Antennas are [right, left], in radians, as is BodyYaw, where positive turns left.
// The head's yaw is the world's, not the body's.
type Pose struct {
	Head     Head
	Antennas [2]float64
	BodyYaw  float64
}

// The poses that have names. Init is where the daemon's wake-up ends, its antennas off the vertical, where they would
// shake; Asleep is where its way to sleep ends.
var (
	Neutral = Pose{}
	Init    = Pose{Antennas: [2]float64{-0.1745, 0.1745}}
	Asleep  = Pose{Head: Head{Z: -0.05, Pitch: 0.54}, Antennas: [2]float64{-3.05, 3.05}}
)

// Axes is a set of the axes of a pose.
type Axes uint16

// The axes of a pose, and sets of them.
const (
	X Axes = 1 << iota
	Y
	Z
	Roll
	Pitch
	Yaw
	RightAntenna
	LeftAntenna
	BodyYaw

	Antennas = RightAntenna | LeftAntenna
	HeadAxes = X | Y | Z | Roll | Pitch | Yaw
	AllAxes  = HeadAxes | Antennas | BodyYaw
)

// axisNames are the axes' names as scenarios write them, in the order of the bits.
var axisNames = [...]string{"x", "y", "z", "roll", "pitch", "yaw", "right_antenna", "left_antenna", "body_yaw"}

const axisCount = len(axisNames)

// values are the axes of a pose, in the order of the bits of Axes.
type values [axisCount]float64

func (p Pose) values() values {
	h := p.Head
	return values{h.X, h.Y, h.Z, h.Roll, h.Pitch, h.Yaw, p.Antennas[0], p.Antennas[1], p.BodyYaw}
}

func (v values) pose() Pose {
	return Pose{Head{v[0], v[1], v[2], v[3], v[4], v[5]}, [2]float64{v[6], v[7]}, v[8]}
}

// With is the pose with the axes of the set taken from other.
func (p Pose) With(other Pose, set Axes) Pose {
	v, o := p.values(), other.values()
	for i := range v {
		if set&(1<<i) != 0 {
			v[i] = o[i]
		}
	}
	return v.pose()
}

// Finite says that no axis is infinite or not a number.
func (p Pose) Finite() bool {
	for _, x := range p.values() {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

package simulator

import (
	"math"

	"aimbench/robot"
	"aimbench/robot/api"
)

// The head stands on six rods, each on the arm of a motor: a Stewart platform that turns with the body. The measures are
// those of the maker's kinematics_data.json, in metres, taken to be as regular as the robot was meant to be.
const (
	armLength   = 0.04
	rodLength   = 0.085
	headHeight  = 0.177     // of the head's origin over the motors' frame, in its neutral pose
	motorHeight = 0.0766335 // of the motors' axes
	motorAside  = 0.01      // from the frame's centre to the axis, along the arm's neutral direction
	motorAhead  = 0.0366602 // from the axis to the arm's plane

	// mostTwist is how far head and body may be turned against each other, mostBodyYaw how far the body turns. The
	// daemon turns the body along, so that they hold.
	mostTwist   = 65 * math.Pi / 180
	mostBodyYaw = 160 * math.Pi / 180
)

// rod is one of the six: where it holds the head, where its arm points, and where the motor's axis points, both as angles
// in the plane of the body.
type rod struct {
	x, y       float64
	arm, axis  float64
	upsideDown bool // the motor's own y points down
}

var rods = [6]rod{
	{0.0206482, 0.0217637, -math.Pi / 6, 4 * math.Pi / 3, false},
	{0.0085238, 0.0287637, 5 * math.Pi / 6, 4 * math.Pi / 3, true},
	{-0.0291720, 0.0070000, math.Pi / 2, 0, false},
	{-0.0291720, -0.0070000, -math.Pi / 2, 0, true},
	{0.0085238, -0.0287637, -5 * math.Pi / 6, 2 * math.Pi / 3, false},
	{0.0206482, -0.0217637, math.Pi / 6, 2 * math.Pi / 3, true},
}

// joints gives the angles of the seven motors, body first, that put the head there, and whether there are any. The body's
// yaw is bent to what the head's allows.
func joints(head robot.Head, bodyYaw float64) ([7]float64, bool) {
	m := matrix(head)
	yaw, upright := m.Head().Yaw, math.Abs(m.Head().Roll) <= math.Pi/2
	bodyYaw = max(yaw-mostTwist, min(yaw+mostTwist, bodyYaw))
	bodyYaw = max(-mostBodyYaw, min(mostBodyYaw, bodyYaw))
	angles := [7]float64{bodyYaw}
	sin, cos := math.Sincos(bodyYaw)
	for i, r := range rods {
		x := m[0]*r.x + m[1]*r.y + m[3]
		y := m[4]*r.x + m[5]*r.y + m[7]
		z := m[8]*r.x + m[9]*r.y + m[11] + headHeight
		angles[i+1] = r.angle(x*cos+y*sin, y*cos-x*sin, z)
	}
	for _, a := range angles {
		if math.IsNaN(a) || math.IsInf(a, 0) {
			return angles, false
		}
	}
	return angles, upright // the rods could hold a head that is upside down, but nothing gets it there
}

// angle is that of the motor whose rod ends at a point of the body's frame; not a number where it is too far or too near.
// With the point at (x, y, z) in the motor's frame, the arm's end at armLength·(cos a, sin a, 0) is rodLength away from it
// where x·cos a + y·sin a = (x² + y² + z² + armLength² − rodLength²) / (2·armLength); of the two solutions the robot is
// built for the outer one.
func (r rod) angle(x, y, z float64) float64 {
	sinArm, cosArm := math.Sincos(r.arm)
	sinAxis, cosAxis := math.Sincos(r.axis)
	along := x*cosArm + y*sinArm - motorAside
	up := z - motorHeight
	off := x*cosAxis + y*sinAxis + motorAhead
	k := (along*along + up*up + off*off + armLength*armLength - rodLength*rodLength) / (2 * armLength)
	side := math.Acos(k / math.Hypot(along, up))
	if r.upsideDown {
		return math.Atan2(-up, along) + side
	}
	return math.Atan2(up, along) - side
}

func matrix(h robot.Head) api.Matrix { return api.Head(h).Matrix() }

const degree = math.Pi / 180

// distance is how far two head poses are apart, in the daemon's own unit: millimetres plus degrees.
func distance(a, b robot.Head) float64 { return 1000*a.Shift(b).Length() + a.Turn(b).Length()/degree }

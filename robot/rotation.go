package robot

import "math"

// quaternion is a rotation as a unit quaternion w + xi + yj + zk.
type quaternion struct{ w, x, y, z float64 }

// rotation is the head's, R = Rz·Ry·Rx.
func (h Head) rotation() quaternion {
	sr, cr := math.Sincos(h.Roll / 2)
	sp, cp := math.Sincos(h.Pitch / 2)
	sy, cy := math.Sincos(h.Yaw / 2)
	return quaternion{
		cr*cp*cy + sr*sp*sy,
		sr*cp*cy - cr*sp*sy,
		cr*sp*cy + sr*cp*sy,
		cr*cp*sy - sr*sp*cy,
	}
}

func (a quaternion) times(b quaternion) quaternion {
	return quaternion{
		a.w*b.w - a.x*b.x - a.y*b.y - a.z*b.z,
		a.w*b.x + a.x*b.w + a.y*b.z - a.z*b.y,
		a.w*b.y - a.x*b.z + a.y*b.w + a.z*b.x,
		a.w*b.z + a.x*b.y - a.y*b.x + a.z*b.w,
	}
}

func (a quaternion) inverse() quaternion { return quaternion{a.w, -a.x, -a.y, -a.z} }

// euler are roll, pitch and yaw of R = Rz·Ry·Rx, each in ±π and pitch in ±π/2.
func (a quaternion) euler() (roll, pitch, yaw float64) {
	roll = math.Atan2(2*(a.w*a.x+a.y*a.z), 1-2*(a.x*a.x+a.y*a.y))
	pitch = math.Asin(max(-1, min(1, 2*(a.w*a.y-a.z*a.x))))
	yaw = math.Atan2(2*(a.w*a.z+a.x*a.y), 1-2*(a.y*a.y+a.z*a.z))
	return roll, pitch, yaw
}

// Vector is a vector of the world: x forward, y left, z up.
type Vector [3]float64

// Length is the Euclidean norm.
func (v Vector) Length() float64 { return math.Sqrt(v[0]*v[0] + v[1]*v[1] + v[2]*v[2]) }

// Minus is the difference v − w.
func (v Vector) Minus(w Vector) Vector { return Vector{v[0] - w[0], v[1] - w[1], v[2] - w[2]} }

// Over is the vector divided by d.
func (v Vector) Over(d float64) Vector { return Vector{v[0] / d, v[1] / d, v[2] / d} }

// vector is the rotation as an axis whose length is the angle, in radians of 0 to π.
func (a quaternion) vector() Vector {
	if a.w < 0 { // the same rotation, the short way round
		a = quaternion{-a.w, -a.x, -a.y, -a.z}
	}
	v := Vector{a.x, a.y, a.z}
	s := v.Length()
	if s < 1e-12 {
		return Vector{2 * a.x, 2 * a.y, 2 * a.z}
	}
	return v.Over(s / (2 * math.Atan2(s, a.w)))
}

// Turn is the rotation from h to other in the world, as an axis whose length is the angle in radians.
func (h Head) Turn(other Head) Vector { return other.rotation().times(h.rotation().inverse()).vector() }

// Shift is the way from h to other, in metres.
func (h Head) Shift(other Head) Vector { return Vector{other.X - h.X, other.Y - h.Y, other.Z - h.Z} }

// Plus is the pose with an offset composed onto it: translations, antennas and body yaw add, and the head is turned by
// the offset's rotation about the axes of the world.
func (p Pose) Plus(offset Pose) Pose {
	v, o := p.values(), offset.values()
	for i := range v {
		v[i] += o[i]
	}
	sum := v.pose()
	h := &sum.Head
	h.Roll, h.Pitch, h.Yaw = offset.Head.rotation().times(p.Head.rotation()).euler()
	h.Yaw += 2 * math.Pi * math.Round((p.Head.Yaw-h.Yaw)/(2*math.Pi)) // past ±180° it goes on, rather than around
	return sum
}

// Towards is the pose at a share of the way to other, each axis on its own; a share outside 0 to 1 lies beyond.
func (p Pose) Towards(other Pose, share float64) Pose {
	v, o := p.values(), other.values()
	for i := range v {
		v[i] += (o[i] - v[i]) * share
	}
	return v.pose()
}

// Distance is how far apart two poses are: the angle of the rotation between the heads and the way between them, the
// larger of the antennas' differences, and that of the bodies. Radians and metres.
type Distance struct{ Angle, Way, Antenna, BodyYaw float64 }

// Distance is how far the pose is from other.
func (p Pose) Distance(other Pose) Distance {
	return Distance{
		Angle:   p.Head.Turn(other.Head).Length(),
		Way:     p.Head.Shift(other.Head).Length(),
		Antenna: max(math.Abs(p.Antennas[0]-other.Antennas[0]), math.Abs(p.Antennas[1]-other.Antennas[1])),
		BodyYaw: math.Abs(p.BodyYaw - other.BodyYaw),
	}
}

// Within says that no distance is over its bound.
func (d Distance) Within(bound Distance) bool {
	return d.Angle <= bound.Angle && d.Way <= bound.Way && d.Antenna <= bound.Antenna && d.BodyYaw <= bound.BodyYaw
}

package simulator

import (
	"math"

	"aimbench/robot"
	"aimbench/robot/api"
)

// rotation is one by Euler angles.
type rotation struct{ yaw, pitch, roll float64 }

func (r rotation) matrix() matrix3 {
	m := api.Head{Roll: r.roll, Pitch: r.pitch, Yaw: r.yaw}.Matrix()
	return rotationOf(m)
}

// matrix3 is a rotation as three rows.
type matrix3 [3][3]float64

func rotationOf(m api.Matrix) matrix3 {
	return matrix3{{m[0], m[1], m[2]}, {m[4], m[5], m[6]}, {m[8], m[9], m[10]}}
}

func (a matrix3) times(b matrix3) (c matrix3) {
	for i := range c {
		for j := range c {
			c[i][j] = a[i][0]*b[0][j] + a[i][1]*b[1][j] + a[i][2]*b[2][j]
		}
	}
	return c
}

func (a matrix3) transposed() (b matrix3) {
	for i := range a {
		for j := range a {
			b[j][i] = a[i][j]
		}
	}
	return b
}

// angle is that of the rotation, in [0, π].
func (a matrix3) angle() float64 {
	return math.Acos(max(-1, min(1, (a[0][0]+a[1][1]+a[2][2]-1)/2)))
}

// vector is the axis of the rotation, as long as its angle.
func (a matrix3) vector() [3]float64 {
	angle := a.angle()
	axis := [3]float64{a[2][1] - a[1][2], a[0][2] - a[2][0], a[1][0] - a[0][1]} // 2·sin(angle) long
	length := math.Hypot(math.Hypot(axis[0], axis[1]), axis[2])
	switch {
	case angle < 1e-9:
		return [3]float64{}
	case length > 1e-6:
		for i := range axis {
			axis[i] *= angle / length
		}
		return axis
	}
	// Half a turn: a + aᵀ is 4·axis·axisᵀ − 2; the column of its largest element has the axis.
	largest := 0
	for i := range 3 {
		if a[i][i] > a[largest][largest] {
			largest = i
		}
	}
	for i := range 3 {
		axis[i] = (a[i][largest] + a[largest][i]) / 2
	}
	axis[largest]++
	length = math.Hypot(math.Hypot(axis[0], axis[1]), axis[2])
	for i := range axis {
		axis[i] *= angle / length
	}
	return axis
}

// turn is the rotation by a part of a vector (Rodrigues' formula).
func turn(vector [3]float64, part float64) matrix3 {
	angle := math.Hypot(math.Hypot(vector[0], vector[1]), vector[2])
	if angle == 0 {
		return matrix3{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	}
	x, y, z := vector[0]/angle, vector[1]/angle, vector[2]/angle
	sin, cos := math.Sincos(angle * part)
	rest := 1 - cos
	return matrix3{
		{cos + x*x*rest, x*y*rest - z*sin, x*z*rest + y*sin},
		{y*x*rest + z*sin, cos + y*y*rest, y*z*rest - x*sin},
		{z*x*rest - y*sin, z*y*rest + x*sin, cos + z*z*rest},
	}
}

func matrix(h robot.Head) api.Matrix { return api.Head(h).Matrix() }

// offset adds an offset to a pose as the daemon does: translations add, and the offset's rotation comes on top, in the
// world's axes.
func offset(h, by robot.Head) robot.Head {
	if by == (robot.Head{}) {
		return h
	}
	r := rotationOf(matrix(by)).times(rotationOf(matrix(h)))
	return robot.Head(api.Matrix{
		r[0][0], r[0][1], r[0][2], h.X + by.X,
		r[1][0], r[1][1], r[1][2], h.Y + by.Y,
		r[2][0], r[2][1], r[2][2], h.Z + by.Z,
		0, 0, 0, 1,
	}.Head())
}

// distance is how far two head poses are apart, in the daemon's own unit: millimetres plus degrees.
func distance(a, b robot.Head) float64 {
	angle := rotationOf(matrix(a)).transposed().times(rotationOf(matrix(b))).angle()
	return 1000*math.Hypot(math.Hypot(a.X-b.X, a.Y-b.Y), a.Z-b.Z) + angle/degree
}

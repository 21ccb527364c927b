package api

import (
	"encoding/json"
	"fmt"
	"math"
)

// Head is where the head is. Its fields are those of robot.Head, so that the one converts to the other.
type Head struct {
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Z     float64 `json:"z"`
	Roll  float64 `json:"roll"`
	Pitch float64 `json:"pitch"`
	Yaw   float64 `json:"yaw"`
}

// Matrix is the same as a homogeneous transformation of 4 × 4, row by row.
type Matrix [16]float64

// Matrix gives the pose as a transformation: the rotation is Rz(yaw)·Ry(pitch)·Rx(roll).
func (h Head) Matrix() Matrix {
	sr, cr := math.Sincos(h.Roll)
	sp, cp := math.Sincos(h.Pitch)
	sy, cy := math.Sincos(h.Yaw)
	return Matrix{
		cy * cp, cy*sp*sr - sy*cr, cy*sp*cr + sy*sr, h.X,
		sy * cp, sy*sp*sr + cy*cr, sy*sp*cr - cy*sr, h.Y,
		-sp, cp * sr, cp * cr, h.Z,
		0, 0, 0, 1,
	}
}

// Head gives the six numbers of a transformation. Pitch is within ±π/2; where it is at an end, roll is 0.
func (m Matrix) Head() Head {
	h := Head{X: m[3], Y: m[7], Z: m[11], Pitch: math.Atan2(-m[8], math.Hypot(m[0], m[4]))}
	if math.Hypot(m[0], m[4]) < 1e-9 { // looks straight up or down: only yaw and roll together are known
		h.Yaw = math.Atan2(-m[1], m[5])
		return h
	}
	h.Roll = math.Atan2(m[9], m[10])
	h.Yaw = math.Atan2(m[4], m[0])
	return h
}

// Rows gives the matrix as messages of /ws/sdk have it.
func (m Matrix) Rows() [4][4]float64 {
	var rows [4][4]float64
	for i, v := range m {
		rows[i/4][i%4] = v
	}
	return rows
}

// Pose is a head pose in the form that its sender chose.
type Pose struct {
	Head   Head
	Matrix *Matrix // nil: Head is the form on the wire. Else it is what was sent, and Head says the same
}

// MarshalJSON writes {"m": …} for a matrix, and x to yaw else.
func (p Pose) MarshalJSON() ([]byte, error) {
	if p.Matrix != nil {
		return json.Marshal(struct {
			M *Matrix `json:"m"`
		}{p.Matrix})
	}
	return json.Marshal(p.Head)
}

// UnmarshalJSON reads either form.
func (p *Pose) UnmarshalJSON(b []byte) error {
	var either struct {
		Head
		M []float64 `json:"m"`
	}
	if err := json.Unmarshal(b, &either); err != nil {
		return err
	}
	*p = Pose{Head: either.Head}
	if either.M == nil {
		return nil
	}
	if len(either.M) != len(Matrix{}) {
		return fmt.Errorf("a pose's matrix has %d numbers, not 16", len(either.M))
	}
	m := Matrix(either.M)
	*p = Pose{Head: m.Head(), Matrix: &m}
	return nil
}

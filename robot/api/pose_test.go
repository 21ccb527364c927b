package api

import (
	"encoding/json"
	"math"
	"testing"
)

// near compares numbers within tolerance.
func near(a, b Head, tolerance float64) bool {
	for _, d := range []float64{a.X - b.X, a.Y - b.Y, a.Z - b.Z, a.Roll - b.Roll, a.Pitch - b.Pitch, a.Yaw - b.Yaw} {
		if math.Abs(d) > tolerance {
			return false
		}
	}
	return true
}

func TestMatrixKeepsThePose(t *testing.T) {
	for _, h := range []Head{
		{},
		{X: 0.01, Y: -0.02, Z: 0.03, Roll: 0.1, Pitch: -0.2, Yaw: 0.3},
		{Yaw: 3, Roll: -3},
		{Pitch: math.Pi / 2, Yaw: 0.4},
		{Pitch: -math.Pi / 2, Yaw: -1},
	} {
		if got := h.Matrix().Head(); !near(got, h, 1e-9) {
			t.Errorf("%+v came back as %+v", h, got)
		}
	}
}

// The sleeping head, as a daemon gave it in both forms. Its matrix is not quite a rotation, for its kinematics are
// numerical.
func TestMatrixIsTheDaemons(t *testing.T) {
	head := Head{-0.015183067281008027, 0.0010163894721086145, -0.05040809340068264, 0.0012714938344468407, 0.5379696207966149, -0.004702811562671162}
	matrix := Matrix{
		0.8589596817939296, 0.005327144467848372, 0.5125094014594173, -0.015183067281008027,
		-0.003996687111117374, 0.9999932666567062, -0.0038069848155070658, 0.0010163894721086145,
		-0.5125204278105725, 0.0009626717068098322, 0.8589603508544806, -0.05040809340068264,
		0, 0, 0, 1,
	}
	if got := matrix.Head(); !near(got, head, 5e-4) {
		t.Errorf("the matrix's head is %+v", got)
	}
	for i, v := range head.Matrix() {
		if math.Abs(v-matrix[i]) > 5e-4 {
			t.Errorf("the head's matrix has %v at %d, not %v", v, i, matrix[i])
		}
	}
}

func TestPoseReadsBothForms(t *testing.T) {
	var p Pose
	if err := json.Unmarshal([]byte(`{"pitch":0.5,"typo":1}`), &p); err != nil || p.Matrix != nil || p.Head.Pitch != 0.5 {
		t.Errorf("six numbers: %+v, %v", p, err)
	}
	m := Head{Yaw: 0.5, Z: 0.01}.Matrix()
	text, err := json.Marshal(Pose{Matrix: &m})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &p); err != nil || p.Matrix == nil || !near(p.Head, Head{Yaw: 0.5, Z: 0.01}, 1e-9) {
		t.Errorf("%s: %+v, %v", text, p, err)
	}
	if err := json.Unmarshal([]byte(`{"m":[1,2]}`), &p); err == nil {
		t.Error("a matrix of two numbers was read")
	}
	if text, _ := json.Marshal(Pose{Head: Head{Z: 1}}); string(text) != `{"x":0,"y":0,"z":1,"roll":0,"pitch":0,"yaw":0}` {
		t.Errorf("wrote %s", text)
	}
}

package simulator

import (
	"math"
	"testing"

	"aimbench/robot"
	"aimbench/robot/api"
)

func TestDistance(t *testing.T) {
	if d := distance(robot.Head{Z: 0.003, Pitch: math.Pi / 18}, robot.Head{}); math.Abs(d-13) > 1e-6 {
		t.Errorf("3 mm and 10° are %v", d)
	}
}

// Offsets turn the head in the world's axes.
func TestOffset(t *testing.T) {
	got := offset(robot.Head{Z: 0.01, Pitch: 0.2}, robot.Head{Z: 0.002, Yaw: 0.3})
	want := robot.Head{Z: 0.012, Pitch: 0.2, Yaw: 0.3}
	if d := distance(got, want); d > 1e-5 {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// A line begins and ends where it is told to, whichever rotation lies between.
func TestLine(t *testing.T) {
	for _, h := range []robot.Head{
		{}, {Pitch: 0.3}, {Roll: -0.4, Pitch: 0.2, Yaw: 1}, {Roll: math.Pi}, {Roll: math.Pi, Pitch: 0.4}, {Roll: 3, Yaw: -3},
	} {
		from, to := robot.Pose{Head: robot.Head{Pitch: -0.1, Roll: 0.1}}, robot.Pose{Head: h, Antennas: [2]float64{1, 2}, BodyYaw: 3}
		between := line(from, to)
		if d := distance(between(0).Head, from.Head); d > 1e-4 {
			t.Errorf("%+v: it begins %v off", h, d)
		}
		if d := distance(between(1).Head, h); d > 1e-4 {
			t.Errorf("%+v: it ends %v off, at %+v", h, d, between(1).Head)
		}
		if p := between(0.5); p.Antennas != [2]float64{0.5, 1} || p.BodyYaw != 1.5 {
			t.Errorf("half way: %+v", p)
		}
	}
}

// The interpolations begin at 0, end at 1, are half way in the middle, and only cartoon goes beyond.
func TestEase(t *testing.T) {
	for _, how := range []api.Interpolation{api.Linear, api.MinJerk, api.EaseInOut, api.Cartoon} {
		least, most := 0.0, 1.0
		for i := range 101 {
			v := ease(how, float64(i)/100)
			least, most = min(least, v), max(most, v)
		}
		if a, b, c := ease(how, 0), ease(how, 0.5), ease(how, 1); math.Abs(a) > 1e-9 || math.Abs(b-0.5) > 1e-9 || math.Abs(c-1) > 1e-9 {
			t.Errorf("%s: %v, %v, %v", how, a, b, c)
		}
		if beyond := least < -1e-9 || most > 1+1e-9; beyond != (how == api.Cartoon) {
			t.Errorf("%s: from %v to %v", how, least, most)
		}
	}
}

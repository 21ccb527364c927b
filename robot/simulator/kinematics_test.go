package simulator

import (
	"math"
	"testing"

	"aimbench/robot"
)

// What the maker's own kinematics (reachy-mini 1.13) give.
func TestJointsAreTheMakers(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		head    robot.Head
		bodyYaw float64
		want    [7]float64
	}{
		{robot.Head{}, 0, [7]float64{0, 0.6265, -0.6265, 0.6265, -0.6265, 0.6265, -0.6265}},
		{robot.Head{}, 1, [7]float64{1, 0.5591, -1.0306, 0.5591, -1.0306, 0.5591, -1.0306}},
		{robot.Head{}, 3, [7]float64{1.1345, 0.5916, -1.0921, 0.5916, -1.0921, 0.5916, -1.0921}},
		{robot.Head{Z: 0.02}, 0, [7]float64{0, 1.211, -1.211, 1.211, -1.211, 1.211, -1.211}},
		{robot.Head{Pitch: 0.3}, 1, [7]float64{1, 0.4056, -0.9722, 0.8181, -1.2215, 0.4972, -0.9135}},
		{robot.Head{Roll: 0.3}, 0, [7]float64{0, 0.7785, -0.8439, 0.6782, -0.5825, 0.4452, -0.4774}},
		{robot.Head{X: 0.03}, 1, [7]float64{1, 0.7529, -1.7055, 0.9769, -0.8002, 0.4551, -1.0073}},
		{robot.Head{Yaw: 2.5}, 0, [7]float64{1.3655, 1.0921, -0.5916, 1.0921, -0.5916, 1.0921, -0.5916}},
		{robot.Head{Yaw: -3}, 3, [7]float64{-1.8655, 0.5916, -1.0921, 0.5916, -1.0921, 0.5916, -1.0921}},
		{robot.Head{Yaw: 3.1}, 3, [7]float64{2.7925, 0.7318, -0.5541, 0.7318, -0.5541, 0.7318, -0.5541}},
		{robot.Head{Pitch: -1.2}, 1, [7]float64{1, 1.2158, -1.1272, 0.1513, -0.3019, 0.8497, nan}},
		{robot.Head{Pitch: 0.9}, 0, [7]float64{0, 0.3672, -0.4486, nan, nan, 0.4486, -0.3672}},
		{robot.Head{Z: 0.05}, 0, [7]float64{0, nan, nan, nan, nan, nan, nan}},
	} {
		got, ok := joints(c.head, c.bodyYaw)
		reachable := true
		for i, want := range c.want {
			reachable = reachable && !math.IsNaN(want)
			if math.IsNaN(want) != math.IsNaN(got[i]) || math.Abs(got[i]-want) > 2e-4 {
				t.Errorf("%+v, body %v: motor %d at %v, want %v", c.head, c.bodyYaw, i, got[i], want)
			}
		}
		if ok != reachable {
			t.Errorf("%+v, body %v: in reach %v", c.head, c.bodyYaw, ok)
		}
	}
	if _, ok := joints(robot.Head{X: math.Inf(1)}, 0); ok {
		t.Error("infinity is in reach")
	}
	if got, ok := joints(asleep.Head, 0); !ok {
		t.Errorf("the sleeping head is out of reach: %v", got)
	}
}

func TestDistance(t *testing.T) {
	if d := distance(robot.Head{Z: 0.003, Pitch: math.Pi / 18}, robot.Head{}); math.Abs(d-13) > 1e-6 {
		t.Errorf("3 mm and 10° are %v", d)
	}
}

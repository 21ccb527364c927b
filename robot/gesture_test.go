package robot

import (
	"math"
	"testing"
	"time"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestInterpolationsStartEndAndTurnInTheMiddle(t *testing.T) {
	for i, want := range map[Interpolation]struct{ quarter, fastest float64 }{
		"":        {0.103515625, 1.875},
		MinJerk:   {0.103515625, 1.875},
		Linear:    {0.25, 1},
		EaseInOut: {0.125, 2},
		Cartoon:   {-0.09968184375, backswing + 3},
	} {
		for s, at := range map[float64]float64{-1: 0, 0: 0, 0.25: want.quarter, 0.5: 0.5, 0.75: 1 - want.quarter, 1: 1, 2: 1} {
			if got := i.At(s); !near(got, at) {
				t.Errorf("%q at %g is %v, not %v", i, s, got, at)
			}
		}
		if got := i.rate(0.5); !near(got, want.fastest) {
			t.Errorf("%q is at most %v times as fast as its mean, not %v", i, got, want.fastest)
		}
		for s := 0.01; s < 1; s += 0.01 { // the derivative is that of the curve
			if d := (i.At(s+1e-7) - i.At(s-1e-7)) / 2e-7; math.Abs(d-i.rate(s)) > 1e-5 {
				t.Errorf("%q at %g changes by %v, and says %v", i, s, d, i.rate(s))
			}
		}
	}
}

func TestMovesLeaveAxesWhereTheyAre(t *testing.T) {
	from := Pose{Head: Head{Z: 0.01, Yaw: 0.3}, Antennas: [2]float64{-1, 1}, BodyYaw: 0.1}
	g := Gesture{Moves: []Keyframe{
		{Pose: Pose{Head: Head{Pitch: 0.2}}, Axes: Pitch, Duration: 100 * time.Millisecond},
		{Pose: Pose{Antennas: [2]float64{0, 0.5}}, Axes: LeftAntenna, Duration: 100 * time.Millisecond},
		{Duration: 50 * time.Millisecond},
	}}
	end := from
	end.Head.Pitch, end.Antennas[1] = 0.2, 0.5
	if got := g.End(from); got != end {
		t.Errorf("it ends at %+v, not %+v", got, end)
	}
	half := from
	half.Head.Pitch = 0.1
	if got := g.At(from, 50*time.Millisecond); got != half {
		t.Errorf("halfway through its first move it is at %+v, not %+v", got, half)
	}
	if got := g.At(from, 200*time.Millisecond); got != end {
		t.Errorf("while it waits it is at %+v, not %+v", got, end)
	}
}

func TestOffsetsComposeAsRotations(t *testing.T) {
	base := Pose{Head: Head{X: 0.01, Roll: 0.2, Pitch: -0.3, Yaw: 0.5}, BodyYaw: 0.2}
	turned := base.Plus(Pose{Head: Head{Z: 0.005, Yaw: 0.25}, BodyYaw: 0.1, Antennas: [2]float64{0.1, -0.1}})
	// Rz·(Rz·Ry·Rx): a turn about the world's z adds to the yaw alone.
	want := Pose{Head: Head{X: 0.01, Z: 0.005, Roll: 0.2, Pitch: -0.3, Yaw: 0.75}, BodyYaw: 0.3, Antennas: [2]float64{0.1, -0.1}}
	if d := turned.Distance(want); !d.Within(Distance{1e-9, 1e-9, 1e-9, 1e-9}) || !near(turned.Head.Roll, 0.2) {
		t.Errorf("it is %+v, not %+v", turned, want)
	}
	offset := Pose{Head: Head{Roll: 0.3, Pitch: 0.2, Yaw: -0.4}}
	if got := base.Plus(offset).Distance(base).Angle; !near(got, offset.Distance(Neutral).Angle) {
		t.Errorf("an offset turns the head by %v, not by its own angle", got)
	}
	past := Pose{Head: Head{Yaw: math.Pi - 0.05}}.Plus(Pose{Head: Head{Yaw: 0.1}})
	if !near(past.Head.Yaw, math.Pi+0.05) {
		t.Errorf("past half a turn the yaw is %v: it jumped around", past.Head.Yaw)
	}
}

func TestDistanceIsThatOfTheRotation(t *testing.T) {
	// Where pitch is ±π/2, roll and yaw turn about the same axis: different angles, one and the same head.
	a, b := Head{Roll: 0.3, Pitch: math.Pi / 2, Yaw: 0.5}, Head{Roll: 0, Pitch: math.Pi / 2, Yaw: 0.2}
	if d := a.Turn(b).Length(); d > 1e-6 {
		t.Errorf("the same rotation is %v rad from itself", d)
	}
	if d := (Head{Yaw: math.Pi - 0.1}).Turn(Head{Yaw: -math.Pi + 0.1}).Length(); !near(d, 0.2) {
		t.Errorf("the short way round is %v rad, not 0.2", d)
	}
	d := Init.Distance(Asleep)
	if !near(d.Angle, 0.54) || !near(d.Way, 0.05) || !near(d.Antenna, 3.05-0.1745) {
		t.Errorf("from init to sleep it is %+v", d)
	}
}

func TestNamed(t *testing.T) {
	for _, name := range Names() {
		if g, err := Named(name); err != nil || g.Name != name {
			t.Errorf("%s: %+v, %v", name, g, err)
		}
	}
	g, err := Named("recorded:pollen-robotics/reachy-mini-dances-library:simple_nod")
	if err != nil || g.Kind != Recorded || g.Dataset != "pollen-robotics/reachy-mini-dances-library" || g.Move != "simple_nod" {
		t.Errorf("recorded is %+v, %v", g, err)
	}
	for _, name := range []string{"nodd", "", "recorded:", "recorded:a", "recorded:a:", "recorded::b", "recorded:../x:y", "recorded:a/b/c:y", "recorded:a:b?c"} {
		if g, err := Named(name); err == nil {
			t.Errorf("%q is the gesture %+v", name, g)
		}
	}
	random, _ := Named("random")
	seen := map[string]bool{}
	for i := range 18 {
		seen[random.Drawn(func(n int) int { return i % n }).Name] = true
	}
	if len(seen) != 18 || seen["wake_up"] || seen["goto_sleep"] || seen["random"] {
		t.Errorf("random draws from %v", seen)
	}
}

package robot

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func one(axes Axes, p Pose, d time.Duration, i Interpolation) Gesture {
	return Gesture{Name: "g", Moves: []Keyframe{{p, axes, d, i}}}
}

func TestCheckNamesTheLimitTheMoveAndBothNumbers(t *testing.T) {
	const second = time.Second
	for _, c := range []struct {
		name string
		g    Gesture
		want string
	}{
		{"pitch", one(Pitch, Pose{Head: Head{Pitch: 9}}, 10*second, ""), "move 1: pitch comes to 0.7"},
		{"pitch up", one(Pitch, Pose{Head: Head{Pitch: -0.8}}, 10*second, ""), "under the limit of -0.698 rad (-40°)"},
		{"cartoon swings over", one(Pitch, Pose{Head: Head{Pitch: 0.69}}, 10*second, Cartoon), "move 1: pitch comes to"},
		{"z", one(Z, Pose{Head: Head{Z: 0.03}}, 10*second, Linear), "over the limit of 20 mm"},
		{"twist", one(BodyYaw, Pose{BodyYaw: 2}, 10*second, ""), "the angle between head yaw and body yaw comes to"},
		{"speed", one(Yaw, Pose{Head: Head{Yaw: 1}}, 300*time.Millisecond, ""), "head rotation speed comes to 6.25 rad/s, over the limit of 6 rad/s; let it take 313 ms or more"},
		{"way", one(X, Pose{Head: Head{X: 0.03}}, 100*time.Millisecond, ""), "head translation speed comes to 0.562 m/s"},
		{"antenna", one(LeftAntenna, Pose{Antennas: [2]float64{0, 3}}, 200*time.Millisecond, ""), "antenna speed"},
		{"body", one(BodyYaw|Yaw, Pose{Head: Head{Yaw: 1}, BodyYaw: 1}, 400*time.Millisecond, ""), "body yaw speed comes to 4.69 rad/s"},
		{"jump", one(Pitch, Pose{Head: Head{Pitch: 0.5}}, 300*time.Millisecond, Linear), "head rotation acceleration comes to 83.3 rad/s², over the limit of 60 rad/s²; let it take 417 ms"},
		{"no moves", Gesture{Name: "g"}, "it has no moves"},
		{"no duration", one(Pitch, Pose{}, 0, ""), "move 1: its duration is 0s"},
		{"too long", one(Pitch, Pose{}, math.MaxInt64, ""), "limit of 10m0s"},
		{"interpolation", one(Pitch, Pose{}, second, "bouncy"), `no interpolation "bouncy"`},
		{"not a number", one(Pitch, Pose{Head: Head{Pitch: math.NaN()}}, second, ""), "not finite"},
		{"kind", Gesture{Name: "g", Kind: "dance"}, `no kind of gesture "dance"`},
	} {
		err := Check(c.g, DefaultLimits())
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), `gesture "g"`) {
			t.Errorf("%s: %v, not %q", c.name, err, c.want)
		}
	}
}

func TestCheckNamesTheMoveThatBreaksIt(t *testing.T) {
	g := Gesture{Name: "g", Moves: []Keyframe{
		{Pose{Head: Head{Yaw: 0.5}}, Yaw, time.Second, ""}, {Pose{Head: Head{Yaw: -0.5}}, Yaw, 100 * time.Millisecond, ""},
	}}
	var limit *LimitError
	if err := Check(g, DefaultLimits()); !errors.As(err, &limit) || limit.Move != 2 || limit.Bound != 6 {
		t.Fatalf("it says %v", err)
	}
	g.Moves[1].Duration = limit.Least
	if err := Check(g, DefaultLimits()); err != nil {
		t.Errorf("with the duration it names: %v", err)
	}
}

func TestFitMakesAGestureSlowEnough(t *testing.T) {
	l := DefaultLimits()
	from := Pose{Head: Head{Pitch: 0.6, Yaw: -1, Z: -0.04}, Antennas: [2]float64{-3, 3}, BodyYaw: -0.8}
	for _, b := range Builtins {
		if b.Kind != Keyframes {
			continue
		}
		fitted := l.Fit(b.Gesture, from)
		if err := CheckFrom(fitted, from, l); err != nil {
			t.Errorf("%s: %v", b.Name, err)
		}
		if fitted.End(from) != b.End(from) || fitted.Duration() < b.Duration() {
			t.Errorf("%s became another gesture", b.Name)
		}
		if same := l.Fit(b.Gesture, Init); same.Duration() != b.Duration() {
			t.Errorf("%s fits as it is, and was made %v long", b.Name, same.Duration())
		}
	}
}

func TestClamp(t *testing.T) {
	l := DefaultLimits()
	if got := l.Clamp(Init); got != Init {
		t.Errorf("a pose within the limits became %+v", got)
	}
	got := l.Clamp(Pose{Head: Head{X: 1, Z: -1, Roll: -2, Pitch: 2, Yaw: 9}, Antennas: [2]float64{-9, 9}, BodyYaw: -9})
	want := Pose{Head: Head{X: 0.03, Z: -0.05, Roll: -deg(40), Pitch: deg(40), Yaw: deg(-160) + deg(65)}, Antennas: [2]float64{-math.Pi, math.Pi}, BodyYaw: deg(-160)}
	if got != want {
		t.Errorf("it is %+v, not %+v", got, want)
	}
}

// FuzzCheck holds a gesture that is let through to the limits, as a robot that is told its poses at 50 Hz would see them.
func FuzzCheck(f *testing.F) {
	f.Add(0.2, 0.1, 0.3, 0.005, 1.0, 0.2, 300, 250, byte(1))
	f.Add(-0.3, 0.3, -0.8, -0.01, -1.0, -0.6, 500, 33, byte(3))
	f.Fuzz(func(t *testing.T, pitch, roll, yaw, z, antenna, body float64, first, second int, kind byte) {
		there := Pose{Head{Z: z, Roll: roll, Pitch: pitch, Yaw: yaw}, [2]float64{antenna, -antenna}, body}
		i := Interpolations[int(kind)%len(Interpolations)]
		g := Gesture{Name: "g", Moves: []Keyframe{
			{there, AllAxes, time.Duration(first%5000) * time.Millisecond, i},
			{Pose{}, AllAxes &^ Axes(kind), time.Duration(second%5000) * time.Millisecond, i},
		}}
		l := DefaultLimits()
		if CheckFrom(g, Init, l) != nil {
			return
		}
		tick, last, before := Tick.Seconds(), Init, velocity{}
		for at := time.Duration(0); at < g.Duration()+2*Tick; at += Tick {
			p := g.At(Init, at)
			if l.outside(p) != nil {
				t.Fatalf("at %v it is outside: %v", at, l.outside(p))
			}
			v := velocityBetween(last, p, tick)
			// 5 %: a jump and what is smooth on either side of it can fall into the same tick.
			for _, r := range (use{speed: v.minus(velocity{}), smooth: v.minus(before).per(tick)}).rates(l) {
				if r.used > r.bound*1.05 {
					t.Fatalf("at %v the %s is %v, over %v", at, r.limit, r.used, r.bound)
				}
			}
			last, before = p, v
		}
	})
}

package robot

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestTrail(t *testing.T) {
	const late = 5 * Tick
	turned := func(yaw float64) Pose { return Pose{BodyYaw: yaw} }
	type told struct {
		target, here Pose
		dt           time.Duration
	}
	up := []told{{turned(0.016), Pose{}, Tick}, {turned(0.048), Pose{}, Tick}, {turned(0.096), Pose{}, Tick}, {turned(0.16), Pose{}, Tick}, {turned(0.24), Pose{}, Tick}}
	out := Pose{Head: Head{Pitch: 0.8}}
	for _, c := range []struct {
		name string
		told []told
		want string // of the last; empty where it keeps the limits
	}{
		{"as fast as may be", up, ""},
		{"goes on", append(up[:5:5], told{turned(0.32), Pose{}, Tick}), ""},
		{"out of reach", []told{{out, Pose{}, Tick}}, "pitch comes to 0.8 rad (45.8°), over the limit of 0.698 rad (40°)"},
		{"twisted", []told{{Pose{Head: Head{Yaw: 1.2}}, Pose{Head: Head{Yaw: 1.12}}, Tick}}, "the angle between head yaw and body yaw comes to 1.2 rad"},
		{"comes in from outside", []told{{Pose{Head: Head{Pitch: 0.79}}, out, Tick}, {Pose{Head: Head{Pitch: 0.78}}, out, Tick}}, ""},
		{"goes farther out", []told{{Pose{Head: Head{Pitch: 0.81}}, out, Tick}}, "pitch comes to 0.81 rad"},
		{"too fast", append(up[:5:5], told{turned(0.336), Pose{}, Tick}), "body yaw speed comes to 4.8 rad/s, over the limit of 4 rad/s"},
		{"too sudden", append(up[:1:1], told{turned(0.056), Pose{}, Tick}), "body yaw acceleration comes to 60 rad/s², over the limit of 40 rad/s²"},
		{"a sudden stop", append(up[:5:5], told{turned(0.24), Pose{}, Tick}), "body yaw acceleration comes to 200 rad/s²"},
		{"a sudden start", []told{{turned(0.04), Pose{}, Tick}}, "body yaw acceleration comes to 100 rad/s²"},
		{"taken up elsewhere", append(up[:5:5], told{turned(-1), turned(-1), Tick}, told{turned(-0.984), turned(-1), Tick}), ""},
		{"sudden where taken up", append(up[:5:5], told{turned(-1), turned(-1), Tick}, told{turned(-0.95), turned(-0.98), Tick}), "body yaw acceleration comes to 125 rad/s²"},
		{"late", append(up[:5:5], told{turned(0.4), Pose{}, late}, told{turned(0.4), Pose{}, Tick}), ""},
		{"late, and farther than two ticks allow", append(up[:5:5], told{turned(0.44), Pose{}, late}), "body yaw speed comes to 5 rad/s"},
		{"in a burst", append(up[:5:5], told{turned(0.32), Pose{}, Tick / 4}), "body yaw speed comes to 16 rad/s"},
		{"not finite", []told{{turned(math.NaN()), Pose{}, Tick}}, "a target that is not finite"},
	} {
		trail := NewTrail(DefaultLimits())
		var err error
		for i, s := range c.told {
			if err != nil {
				t.Errorf("%s: target %d: %v", c.name, i, err)
			}
			err = trail.Add(s.target, s.here, s.dt)
		}
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("%s: %v, not %q", c.name, err, c.want)
		}
	}
}

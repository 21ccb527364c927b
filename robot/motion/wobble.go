package motion

import (
	"context"
	"math"
	"time"

	"aimbench/robot"
)

// The wobble of a head that speaks, from the maker's own conversation app: degrees at full loudness, and hertz.
const (
	wobblePitch, pitchRate = 4.5, 2.2
	wobbleYaw, yawRate     = 7.5, 0.6
	wobbleRoll, rollRate   = 2.25, 1.3
)

const (
	// sampleHeld is how long a loudness counts: three samples of 50 ms, so that one may be late.
	sampleHeld = 150 * time.Millisecond
	// attack and release are the time constants at which the wobble follows the loudness.
	attack  = 60 * time.Millisecond
	release = 150 * time.Millisecond
)

// wobble turns the loudness of speech into an offset of the head.
type wobble struct {
	loudness float64
	sampled  time.Time
	size     float64 // follows the loudness
	phase    time.Duration
}

func (w *wobble) sample(loudness float64, now time.Time) {
	if math.IsNaN(loudness) {
		return
	}
	w.loudness, w.sampled = max(0, min(1, loudness)), now
}

// silent says that there is no wobble, and none to come.
func (w *wobble) silent() bool { return w.size == 0 && w.loudness == 0 }

// offset is the wobble after another dt.
func (w *wobble) offset(now time.Time, dt time.Duration) robot.Pose {
	if now.Sub(w.sampled) > sampleHeld {
		w.loudness = 0
	}
	constant := release
	if w.loudness > w.size {
		constant = attack
	}
	w.size += (w.loudness - w.size) * (1 - math.Exp(-dt.Seconds()/constant.Seconds()))
	if w.loudness == 0 && w.size < 0.001 {
		w.size, w.phase = 0, 0
		return robot.Pose{}
	}
	w.phase += dt
	swing := func(degrees, rate float64) float64 {
		return w.size * degrees * math.Pi / 180 * math.Sin(2*math.Pi*rate*w.phase.Seconds())
	}
	return robot.Pose{Head: robot.Head{
		Roll: swing(wobbleRoll, rollRate), Pitch: swing(wobblePitch, pitchRate), Yaw: swing(wobbleYaw, yawRate),
	}}
}

// Speak hands in how loud the robot's voice is now, from 0 (silence) to 1 (as loud as speech gets), every 50 ms while it
// speaks.
func (l *Loop) Speak(loudness float64) {
	l.do(func(_ context.Context, now time.Time) {
		l.wobble.sample(loudness, now)
		if loudness > 0 {
			l.stopped = false
		}
	})
}

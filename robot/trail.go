package robot

import (
	"errors"
	"math"
	"time"
)

// Trail holds the targets that a robot is told, one after another, to its limits: what a Limiter gives, seen from outside.
type Trail struct {
	limits Limits
	begun  bool
	last   Pose
	may    []velocity // with which it may have been told to get there; none where that is not known
}

// NewTrail begins a trail of which no target is known.
func NewTrail(l Limits) *Trail { return &Trail{limits: l} }

const (
	// punctual is how long after the one before a target is on time. The speed jumps with one that comes later, so that
	// accelerations to and from it are not judged.
	punctual = Tick + Tick/20
	// rounding is by what share a speed or an acceleration may seem to be over its limit: the rounding of time and poses.
	rounding = 1e-3
)

// Add takes the next target, which came dt after the one before, when the robot was measured to be here. It has to keep the
// limits of position, speed and acceleration either on from the targets before it, or from a stand here in one tick: that is
// how a robot is taken up that was somebody else's. The error is a *LimitError, or says that the target is not finite.
func (t *Trail) Add(target, here Pose, dt time.Duration) error {
	if !target.Finite() {
		return errors.New("a target that is not finite")
	}
	var may []velocity
	v, broken := t.step(here, target, []velocity{{}}, Tick)
	if broken == nil {
		may = append(may, v)
	}
	if t.begun {
		on, err := t.step(t.last, target, t.may, dt)
		if err == nil {
			may = append(may, on)
		}
		if broken != nil {
			broken = err
		}
	}
	if dt > punctual {
		may = nil
	}
	t.begun, t.last, t.may = true, target, may
	if broken != nil {
		return broken
	}
	return nil
}

// step is the velocity of a step of dt, and which limit it breaks after any of the velocities before it.
func (t *Trail) step(from, to Pose, before []velocity, dt time.Duration) (velocity, *LimitError) {
	if err := t.limits.reaching(from).outside(to); err != nil {
		return velocity{}, err
	}
	seconds := dt.Seconds()
	// What is told late is done at once: by then the robot stands.
	v := velocityBetween(from, to, min(seconds, 2*Tick.Seconds()))
	broken := use{speed: v.minus(velocity{})}.over(t.limits)
	if broken != nil || dt > punctual {
		return v, broken
	}
	for _, b := range before {
		if broken = (use{smooth: v.minus(b).per(seconds)}).over(t.limits); broken == nil {
			break
		}
	}
	return v, broken
}

// over is the first limit that is broken by more than rounding.
func (u use) over(l Limits) *LimitError {
	for _, r := range u.rates(l) {
		if r.used > r.bound*(1+rounding) {
			return &LimitError{Limit: r.limit, Value: r.used, Bound: r.bound, Unit: r.unit}
		}
	}
	return nil
}

// reaching are the limits of a robot that is at a pose, which may be out of them: it may come in, and not go farther out.
func (l Limits) reaching(p Pose) Limits {
	v, low, high := p.values(), l.Low.values(), l.High.values()
	for i, x := range v {
		low[i], high[i] = min(low[i], x), max(high[i], x)
	}
	l.Low, l.High = low.pose(), high.pose()
	l.Twist = max(l.Twist, math.Abs(p.Head.Yaw-p.BodyYaw))
	return l
}

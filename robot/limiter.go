package robot

import (
	"math"
	"time"
)

// Limiter is the last stage before a robot: it follows the poses that it is told, and gives poses that keep every limit of
// position, speed and acceleration, whatever it is told. What keeps the limits passes unchanged.
//
// Each step lies between the wanted one and braking. Braking is always possible, because a step is only taken if braking
// after it would stop every axis within its limits.
type Limiter struct {
	limits Limits
	took   float64 // seconds, of the last step
	brake  values  // the deceleration of each axis that always keeps the limits of acceleration

	at     values
	rate   values   // of the axes, over the last step
	moving velocity // the same as velocities
	wanted values
}

// NewLimiter begins at rest at a pose. Where that is out of the limits, the poses after it are not farther out.
func NewLimiter(l Limits, at Pose) *Limiter {
	a := l.Acceleration
	// Three axes that brake at once add up: for the translation to √3 times one. For the rotation, by the rates of
	// velocityAt, to 2.22 times one where pitch is at its limit, and what turning about moving axes adds (cross).
	way, turn, antenna := 0.5*a.Way, 0.3*a.Turn, 0.95*a.Antenna
	return &Limiter{
		limits: l,
		brake:  values{way, way, way, turn, turn, turn, antenna, antenna, 0.95 * a.BodyYaw},
		at:     at.values(),
		wanted: at.values(),
	}
}

// At is the pose that the last step gave.
func (l *Limiter) At() Pose { return l.at.pose() }

// Still says that the last step moved nothing.
func (l *Limiter) Still() bool { return l.rate == values{} }

// Follow takes a step towards a pose, where dt has passed since the last. After more than two ticks the robot already
// stands where that had it, and will do the whole step at once: a step is never longer than what two ticks allow.
func (l *Limiter) Follow(pose Pose, dt time.Duration) Pose {
	if !pose.Finite() {
		return l.Brake(dt)
	}
	want, seconds := l.limits.Clamp(pose).values(), dt.Seconds()
	var rate values
	for i := range want {
		// The rate of what is followed, and so much more as closes the gap and can be braked away before its end.
		gap := l.wanted[i] - l.at[i]
		more := min(math.Abs(gap)/seconds, math.Sqrt(2*0.3*l.brake[i]*math.Abs(gap)))
		rate[i] = (want[i]-l.wanted[i])/seconds + math.Copysign(more, gap)
	}
	l.wanted = want
	return l.step(rate, seconds)
}

// Brake takes a step of dt in which everything slows down as fast as the limits let it.
func (l *Limiter) Brake(dt time.Duration) Pose {
	p := l.step(values{}, dt.Seconds())
	l.wanted = l.at
	return p
}

// Took says that the last step took longer than it was meant to.
func (l *Limiter) Took(dt time.Duration) {
	share := min(1, l.took/dt.Seconds())
	for i := range l.rate {
		l.rate[i] *= share
	}
	l.moving = l.moving.times(share)
	l.took = dt.Seconds()
}

// parts are the axes whose steps are chosen together, in this order. Head and body, which must not twist, are chosen one
// after the other: together they would never leave a twist that is at its limit where the body is to turn faster.
var parts = [...]Axes{X | Y | Z, Roll | Pitch | Yaw, BodyYaw, RightAntenna, LeftAntenna}

// bisections of the way from braking to the wanted step: 2⁻¹⁶ of a speed is nothing.
const bisections = 16

// step moves by the rates, or as near to them as the limits allow.
func (l *Limiter) step(rate values, seconds float64) Pose {
	l.bound(&rate, seconds)
	next := l.rate
	for i := range next {
		next[i] -= math.Copysign(min(math.Abs(next[i]), l.brake[i]*seconds), next[i])
	}
	for _, part := range parts {
		between := func(share float64) values {
			v := next
			for i := range v {
				if part&(1<<i) != 0 {
					v[i] += (rate[i] - v[i]) * share
				}
			}
			return v
		}
		share := 1.0
		if !l.may(part, between(1), seconds) {
			share = 0
			for half := 0.5; half > 1.0/(1<<bisections); half /= 2 {
				if l.may(part, between(share+half), seconds) {
					share += half
				}
			}
		}
		next = between(share)
	}
	before := l.at.pose()
	l.at, l.rate, l.took = l.at.after(next, seconds), next, seconds
	l.moving = velocityBetween(before, l.at.pose(), seconds)
	return l.at.pose()
}

// bound holds wanted rates to about what can be, so that one that is far too fast keeps its direction.
func (l *Limiter) bound(rate *values, seconds float64) {
	s, a := l.speed(seconds), l.limits.Acceleration
	for _, group := range []struct {
		axes []int
		most float64
	}{{[]int{0, 1, 2}, s.Way}, {[]int{3, 4, 5}, s.Turn}} {
		var sum float64
		for _, i := range group.axes {
			sum += rate[i] * rate[i]
		}
		if length := math.Sqrt(sum); length > group.most {
			for _, i := range group.axes {
				rate[i] *= group.most / length
			}
		}
	}
	clamp := func(i int, speed, acceleration float64) {
		low, high := max(-speed, l.rate[i]-acceleration*seconds), min(speed, l.rate[i]+acceleration*seconds)
		rate[i] = max(low, min(high, rate[i]))
	}
	clamp(6, s.Antenna, a.Antenna)
	clamp(7, s.Antenna, a.Antenna)
	clamp(8, s.BodyYaw, a.BodyYaw)
}

// speed is what bounds a step of a duration.
func (l *Limiter) speed(seconds float64) Rates {
	share := min(1, 2*Tick.Seconds()/seconds)
	s := l.limits.Speed
	return Rates{s.Turn * share, s.Way * share, s.BodyYaw * share, s.Antenna * share}
}

// may says that the axes of a part may move by the rates for a step.
func (l *Limiter) may(part Axes, rate values, seconds float64) bool {
	next := l.at.after(rate, seconds)
	v := velocityBetween(l.at.pose(), next.pose(), seconds)
	fast, sudden := v.minus(velocity{}), v.minus(l.moving).per(seconds)
	s, a := l.speed(seconds), l.limits.Acceleration
	ok := true // of the other parts, bound has seen to it
	switch part {
	case X | Y | Z:
		ok = under(fast.Way, s.Way) && under(sudden.Way, a.Way)
	case Roll | Pitch | Yaw:
		ok = under(fast.Turn, s.Turn) && under(sudden.Turn, a.Turn) && under(cross(rate), a.Turn/4)
	}
	return ok && l.stops(part, next, rate)
}

func under(x, bound float64) bool { return x <= bound*(1+slack)+slack }

// cross bounds the acceleration that turning about moving axes adds, for the given rates of the Euler angles.
func cross(rate values) float64 {
	roll, pitch, yaw := math.Abs(rate[3]), math.Abs(rate[4]), math.Abs(rate[5])
	return yaw*pitch + roll*(yaw+pitch)
}

// stops says that braking from a pose at the rates stops the part's axes within the limits of position, or no farther
// out than braking now would.
func (l *Limiter) stops(part Axes, at, rate values) bool {
	low, high := l.limits.Low.values(), l.limits.High.values()
	way := func(rate values, i int) float64 { return rate[i] * rate[i] / (2 * l.brake[i]) }
	out := func(at, rate values, i int) float64 {
		if rate[i] < 0 {
			return low[i] - (at[i] - way(rate, i))
		}
		return at[i] + way(rate, i) - high[i]
	}
	for i := range at {
		if part&(1<<i) != 0 && out(at, rate, i) > max(0, out(l.at, l.rate, i), l.at[i]-high[i], low[i]-l.at[i])+slack {
			return false
		}
	}
	if part&(Yaw|BodyYaw) == 0 {
		return true
	}
	twist := func(at, rate values) float64 {
		left, right := at[5]-at[8], at[8]-at[5]
		for _, w := range []struct {
			rate, way float64
		}{{rate[5], way(rate, 5)}, {-rate[8], way(rate, 8)}} {
			if w.rate > 0 {
				left += w.way
			} else {
				right += w.way
			}
		}
		return max(left, right) - l.limits.Twist
	}
	return twist(at, rate) <= max(0, twist(l.at, l.rate))+slack
}

func (v values) after(rate values, seconds float64) values {
	for i := range v {
		v[i] += rate[i] * seconds
	}
	return v
}

// velocityBetween is the velocity that takes a robot from one pose to another in a time.
func velocityBetween(from, to Pose, seconds float64) velocity {
	return velocity{
		turn: from.Head.Turn(to.Head).Over(seconds),
		way:  from.Head.Shift(to.Head).Over(seconds),
		body: (to.BodyYaw - from.BodyYaw) / seconds,
		antennas: [2]float64{
			(to.Antennas[0] - from.Antennas[0]) / seconds,
			(to.Antennas[1] - from.Antennas[1]) / seconds,
		},
	}
}

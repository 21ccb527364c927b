package robot

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"time"
)

// What a gesture may be at most, so that a file from elsewhere cannot keep a robot busy for good.
const (
	maxMoves    = 1000
	maxDuration = 10 * time.Minute
)

// LimitError says which limit a move of a gesture breaks, or a target.
type LimitError struct {
	Gesture string
	// Move counts the gesture's moves from 1; 0 where it is a target.
	Move int
	// Limit names what is limited, and Unit is its unit; Value is what the move asks for and Bound what is allowed.
	Limit        string
	Value, Bound float64
	Unit         string
	// Least is a duration that keeps the limit; 0 where no duration does.
	Least time.Duration
}

func (e *LimitError) Error() string {
	how := "over"
	if e.Value < e.Bound {
		how = "under"
	}
	amount := func(x float64) string {
		if e.Unit == "rad" {
			return fmt.Sprintf("%.3g rad (%.3g°)", x, x*180/math.Pi)
		}
		return fmt.Sprintf("%.3g %s", x, e.Unit)
	}
	s := fmt.Sprintf("%s comes to %s, %s the limit of %s", e.Limit, amount(e.Value), how, amount(e.Bound))
	if e.Move > 0 {
		s = fmt.Sprintf("gesture %q, move %d: %s", e.Gesture, e.Move, s)
	}
	if e.Least > 0 {
		s += fmt.Sprintf("; let it take %d ms or more", e.Least.Milliseconds())
	}
	return s
}

// Check is CheckFrom the pose in which a robot wakes up.
func Check(g Gesture, l Limits) error { return CheckFrom(g, Init, l) }

// CheckFrom says why a gesture that finds the robot at a pose cannot be done: a *LimitError where a move would break a
// limit, or another error where the gesture is none.
func CheckFrom(g Gesture, from Pose, l Limits) error {
	if err := g.valid(); err != nil {
		return fmt.Errorf("gesture %q: %w", g.Name, err)
	}
	for i, u := range l.uses(g, from) {
		err := u.outside
		if err == nil {
			err = u.tooFast(l, g.Moves[i].Duration)
		}
		if err != nil {
			err.Gesture, err.Move = g.Name, i+1
			return err
		}
	}
	return nil
}

// libraryName is what a dataset or a move of the daemon may be called: it becomes a part of a URL's path.
var libraryName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$`)

// valid says what is wrong with a gesture wherever it is performed.
func (g Gesture) valid() error {
	switch g.Kind {
	case Wake, Sleep, Random:
		return nil
	case Recorded:
		if !libraryName.MatchString(g.Dataset) || !libraryName.MatchString(g.Move) {
			return fmt.Errorf("a recorded move is named by its dataset, such as pollen-robotics/reachy-mini-dances-library, and its move, such as simple_nod, not by %q and %q", g.Dataset, g.Move)
		}
		return nil
	case Keyframes:
	default:
		return fmt.Errorf("there is no kind of gesture %q", g.Kind)
	}
	switch {
	case len(g.Moves) == 0:
		return errors.New("it has no moves")
	case len(g.Moves) > maxMoves:
		return fmt.Errorf("it has %d moves, over the limit of %d", len(g.Moves), maxMoves)
	}
	var sum time.Duration
	for i, m := range g.Moves {
		switch {
		case m.Duration <= 0:
			return fmt.Errorf("move %d: its duration is %v; it must be more than 0", i+1, m.Duration)
		case m.Duration > maxDuration-sum:
			return fmt.Errorf("its moves take more than the limit of %v", maxDuration)
		case m.Interpolation != "" && !slices.Contains(Interpolations, m.Interpolation):
			return fmt.Errorf("move %d: there is no interpolation %q", i+1, m.Interpolation)
		case !m.Pose.Finite():
			return fmt.Errorf("move %d: its pose is not finite", i+1)
		}
		sum += m.Duration
	}
	return nil
}

// Fit is the gesture with the moves that would be too fast from a pose made longer: a gesture that keeps the limits from
// where it was meant to begin may find the robot elsewhere.
func (l Limits) Fit(g Gesture, from Pose) Gesture {
	g.Moves = slices.Clone(g.Moves)
	for range 8 { // a longer move leaves its neighbours a smaller jump, or, slower than them, a larger one
		fits := true
		for i, u := range l.uses(g, from) {
			if f := u.stretch(l); f > 1 {
				fits = false
				g.Moves[i].Duration = time.Duration(min(float64(maxDuration), float64(g.Moves[i].Duration)*f)).Round(time.Millisecond) + time.Millisecond
			}
		}
		if fits {
			break
		}
	}
	return g
}

// velocity is how fast each part of the robot moves, per second.
type velocity struct {
	turn, way Vector
	body      float64
	antennas  [2]float64
}

// minus is the greatest difference of two velocities, part by part.
func (v velocity) minus(w velocity) Rates {
	return Rates{
		Turn:    v.turn.Minus(w.turn).Length(),
		Way:     v.way.Minus(w.way).Length(),
		BodyYaw: math.Abs(v.body - w.body),
		Antenna: max(math.Abs(v.antennas[0]-w.antennas[0]), math.Abs(v.antennas[1]-w.antennas[1])),
	}
}

func (v velocity) times(f float64) velocity {
	for i := range v.turn {
		v.turn[i], v.way[i] = v.turn[i]*f, v.way[i]*f
	}
	return velocity{v.turn, v.way, v.body * f, [2]float64{v.antennas[0] * f, v.antennas[1] * f}}
}

// velocityAt is the velocity at a pose whose axes change by the given rates. The head turns by its Euler angles' rates
// about the axes of R = Rz·Ry·Rx: yaw about the world's z, pitch about y after yaw, roll about x after both.
func velocityAt(at Pose, rate values) velocity {
	sp, cp := math.Sincos(at.Head.Pitch)
	sy, cy := math.Sincos(at.Head.Yaw)
	roll, pitch, yaw := rate[3], rate[4], rate[5]
	return velocity{
		turn:     Vector{cy*cp*roll - sy*pitch, sy*cp*roll + cy*pitch, yaw - sp*roll},
		way:      Vector{rate[0], rate[1], rate[2]},
		body:     rate[8],
		antennas: [2]float64{rate[6], rate[7]},
	}
}

// use is what one move asks of the robot at most: a speed, an acceleration on its way, and the acceleration of a jump of
// speed at its ends.
type use struct {
	speed, smooth, jump Rates
	outside             *LimitError
}

// samples is into how many parts a move is cut to find its peaks; even, so that the fastest instant, which is the middle,
// is among them.
const samples = 64

// uses are what the moves ask for, one by one. A jump of speed between two moves belongs to the later, and the stop after
// the last to the last.
func (l Limits) uses(g Gesture, from Pose) []use {
	uses := make([]use, len(g.Moves))
	var before velocity
	for i, m := range g.Moves {
		u := &uses[i]
		to := from.With(m.Pose, m.Axes)
		seconds := m.Duration.Seconds()
		for k := range samples + 1 {
			s := float64(k) / samples
			at := from.Towards(to, m.Interpolation.At(s))
			rate, t := from.values(), to.values()
			for j := range rate {
				rate[j] = (t[j] - rate[j]) * m.Interpolation.rate(s) / seconds
			}
			v := velocityAt(at, rate)
			u.speed = u.speed.most(v.minus(velocity{}))
			if k == 0 {
				u.jump = v.minus(before).per(Tick.Seconds())
			} else {
				u.smooth = u.smooth.most(v.minus(before).per(seconds / samples))
			}
			before = v
			if u.outside == nil {
				u.outside = l.outside(at)
			}
		}
		from = to
	}
	if last := len(uses) - 1; last >= 0 {
		u := &uses[last]
		u.jump = u.jump.most(before.minus(velocity{}).per(Tick.Seconds()))
	}
	return uses
}

func (r Rates) per(seconds float64) Rates {
	return Rates{r.Turn / seconds, r.Way / seconds, r.BodyYaw / seconds, r.Antenna / seconds}
}

func (r Rates) most(o Rates) Rates {
	return Rates{max(r.Turn, o.Turn), max(r.Way, o.Way), max(r.BodyYaw, o.BodyYaw), max(r.Antenna, o.Antenna)}
}

// rate is one limit of speed or acceleration, beside what a move uses of it.
type rate struct {
	limit       string
	used, bound float64
	unit        string
	// grow is by what the move's duration must grow to keep the limit: speeds and jumps of speed fall with the duration,
	// and the acceleration on the way with its square.
	grow float64
}

func (u use) rates(l Limits) []rate {
	speed := func(part, unit string, used, bound float64) rate {
		return rate{part + " speed", used, bound, unit + "/s", used / bound}
	}
	acceleration := func(part, unit string, smooth, jump, bound float64) rate {
		return rate{part + " acceleration", max(smooth, jump), bound, unit + "/s²", max(math.Sqrt(smooth/bound), jump/bound)}
	}
	return []rate{
		speed("head rotation", "rad", u.speed.Turn, l.Speed.Turn),
		speed("head translation", "m", u.speed.Way, l.Speed.Way),
		speed("body yaw", "rad", u.speed.BodyYaw, l.Speed.BodyYaw),
		speed("antenna", "rad", u.speed.Antenna, l.Speed.Antenna),
		acceleration("head rotation", "rad", u.smooth.Turn, u.jump.Turn, l.Acceleration.Turn),
		acceleration("head translation", "m", u.smooth.Way, u.jump.Way, l.Acceleration.Way),
		acceleration("body yaw", "rad", u.smooth.BodyYaw, u.jump.BodyYaw, l.Acceleration.BodyYaw),
		acceleration("antenna", "rad", u.smooth.Antenna, u.jump.Antenna, l.Acceleration.Antenna),
	}
}

// slack is by how much a rate may pass its limit: the error of floating point.
const slack = 1e-9

// tooFast is the first limit of speed or acceleration that the move breaks.
func (u use) tooFast(l Limits, duration time.Duration) *LimitError {
	for _, r := range u.rates(l) {
		if r.used > r.bound*(1+slack) {
			least := time.Duration(float64(duration)*u.stretch(l)).Truncate(time.Millisecond) + time.Millisecond
			return &LimitError{Limit: r.limit, Value: r.used, Bound: r.bound, Unit: r.unit, Least: least}
		}
	}
	return nil
}

// stretch is by what the move's duration must grow so that it keeps the limits of speed and acceleration.
func (u use) stretch(l Limits) float64 {
	f := 1.0
	for _, r := range u.rates(l) {
		if r.used > r.bound*(1+slack) {
			f = max(f, r.grow)
		}
	}
	return f
}

// outside is the first limit of position that a pose breaks.
func (l Limits) outside(p Pose) *LimitError {
	v, low, high := p.values(), l.Low.values(), l.High.values()
	for i, x := range v {
		unit, scale := "rad", 1.0
		if i < 3 {
			unit, scale = "mm", 1000
		}
		for _, bound := range []float64{low[i], high[i]} {
			if (bound == low[i] && x < bound-slack) || (bound == high[i] && x > bound+slack) {
				return &LimitError{Limit: axisNames[i], Value: x * scale, Bound: bound * scale, Unit: unit}
			}
		}
	}
	if twist := math.Abs(p.Head.Yaw - p.BodyYaw); twist > l.Twist+slack {
		return &LimitError{Limit: "the angle between head yaw and body yaw", Value: twist, Bound: l.Twist, Unit: "rad"}
	}
	return nil
}

package robot

import "time"

// Interpolation is how a keyframe gets from the pose before it to its own, by the daemon's names.
type Interpolation string

// The interpolations, as the daemon defines them; ours, since it ignores the choice over REST. The zero value means
// MinJerk. Linear starts and stops at full speed, and Cartoon swings back and over by a tenth of the way.
const (
	Linear    Interpolation = "linear"
	MinJerk   Interpolation = "minjerk"
	EaseInOut Interpolation = "ease_in_out"
	Cartoon   Interpolation = "cartoon"
)

// Interpolations are the names that there are.
var Interpolations = []Interpolation{Linear, MinJerk, EaseInOut, Cartoon}

// backswing is the constant of the ease-in-out-back curve: how far Cartoon swings back before it goes.
const backswing = 1.70158 * 1.525

// At is the share of the way done after a share of the time, from 0 to 1.
func (i Interpolation) At(s float64) float64 {
	s = max(0, min(1, s))
	if s > 0.5 && i != Linear { // the other curves are symmetric about their middle
		return 1 - i.At(1-s)
	}
	switch i {
	case Linear:
		return s
	case EaseInOut:
		return 2 * s * s
	case Cartoon:
		return 2 * s * s * ((backswing+1)*2*s - backswing)
	default:
		return s * s * s * (10 - 15*s + 6*s*s)
	}
}

// rate is the derivative of At.
func (i Interpolation) rate(s float64) float64 {
	s = max(0, min(1, s))
	if s > 0.5 && i != Linear {
		s = 1 - s
	}
	switch i {
	case Linear:
		return 1
	case EaseInOut:
		return 4 * s
	case Cartoon:
		return 12*(backswing+1)*s*s - 4*backswing*s
	default:
		return 30 * s * s * (1 - s) * (1 - s)
	}
}

// Keyframe is one move of a gesture: the axes of the set go to their values in Pose, each on its own; the others stay
// where they are. Moves with no axis wait.
type Keyframe struct {
	Pose          Pose
	Axes          Axes
	Duration      time.Duration
	Interpolation Interpolation
}

// Kind says who moves the robot during a gesture.
type Kind string

// The kinds of gesture: keyframes are ours; recorded moves, waking and going to sleep are moves that the daemon runs
// itself; Random stands for any built-in gesture of keyframes.
const (
	Keyframes Kind = ""
	Recorded  Kind = "recorded"
	Wake      Kind = "wake"
	Sleep     Kind = "sleep"
	Random    Kind = "random"
)

// Gesture is something the robot does, from beginning to end. Moves belong to the kind Keyframes, Dataset and Move to the
// kind Recorded.
type Gesture struct {
	Name  string
	Kind  Kind
	Moves []Keyframe

	Dataset string
	Move    string
}

// Duration is how long the moves take; 0 for a gesture that the daemon runs.
func (g Gesture) Duration() time.Duration {
	var sum time.Duration
	for _, m := range g.Moves {
		sum += m.Duration
	}
	return sum
}

// At is where a gesture of keyframes that began at a pose has the robot, a time after its beginning.
func (g Gesture) At(from Pose, after time.Duration) Pose {
	for _, m := range g.Moves {
		to := from.With(m.Pose, m.Axes)
		if after < m.Duration {
			return from.Towards(to, m.Interpolation.At(float64(after)/float64(m.Duration)))
		}
		after -= m.Duration
		from = to
	}
	return from
}

// End is where the gesture leaves a robot that it found at a pose; for a recorded move, whose end is not known, the
// pose itself.
func (g Gesture) End(from Pose) Pose {
	switch g.Kind {
	case Wake:
		return Init
	case Sleep:
		return Asleep
	}
	return g.At(from, g.Duration())
}

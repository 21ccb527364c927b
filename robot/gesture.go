package robot

import "time"

// Interpolation is how a keyframe gets from the pose before it to its own, by the daemon's names.
type Interpolation string

// The interpolations. The zero value means MinJerk.
const (
	Linear    Interpolation = "linear"
	MinJerk   Interpolation = "minjerk"
	EaseInOut Interpolation = "ease_in_out"
	Cartoon   Interpolation = "cartoon"
)

// Keyframe is one move of a gesture: the axes of the set go to their values in Pose; the others stay where they are.
type Keyframe struct {
	Pose          Pose
	Axes          Axes
	Duration      time.Duration
	Interpolation Interpolation
}

// Kind says who moves the robot during a gesture.
type Kind string

// The kinds of gesture: keyframes are ours, and the rest are moves that the daemon runs itself.
const (
	Keyframes Kind = ""
	Recorded  Kind = "recorded"
	Wake      Kind = "wake"
	Sleep     Kind = "sleep"
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

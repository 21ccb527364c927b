package scenario

import (
	"time"

	"github.com/hashicorp/hcl/v2"
)

// Robot is a Reachy Mini: behind a daemon, or embedded where Simulator is set.
type Robot struct {
	Name      string
	DaemonURL string
	// DaemonURLSource is the source text of url, for messages.
	DaemonURLSource string
	Simulator       *RobotSimulator
	Speech          Speech
	// Hold: the robot stays as it is at the end of the run; else it lies down to sleep.
	Hold bool
	// ShareFirst: whichever conversation finds the robot free has it, and the others go without.
	ShareFirst bool
	Range      hcl.Range
}

// RobotSimulator is the embedded robot's behaviour.
type RobotSimulator struct {
	Seed   int64
	Faults []RobotFault
}

// RobotFault makes some of what a robot is asked for go wrong in one way.
type RobotFault struct {
	Kind  string
	Share float64
	// Count is how many go wrong at most; 0 is no limit.
	Count int
	// From is when the fault begins and For how long it lasts; 0 is without end.
	From, For time.Duration
	// Delay goes with late and dropped.
	Delay time.Duration
}

// Speech is how a robot speaks.
type Speech struct {
	// Program is one of SpeechPrograms.
	Program string
	// Voice is empty where the program chooses.
	Voice string
	// Speed is in words a minute; 0 is the usual one.
	Speed int
}

// Gesture is a movement: built in, of moves, or recorded.
type Gesture struct {
	Name        string
	Description string
	// Builtin: the gesture of that name needs no declaration, and has neither moves nor a recording here.
	Builtin  bool
	Moves    []Move
	Recorded *Recorded
	Range    hcl.Range
}

// Move is the way to one pose. What is nil stays where it is; a move of which all is nil waits.
type Move struct {
	X, Y, Z                   *float64    // of the head, in metres
	Roll, Pitch, Yaw, BodyYaw *float64    // in radians
	Antennas                  *[2]float64 // right, left, in radians
	Duration                  time.Duration
	Interpolation             string
	Range                     hcl.Range
}

// Recorded is a move of the daemon's libraries.
type Recorded struct{ Dataset, Move string }

// Perform is a gesture on an occasion of a turn.
type Perform struct {
	Name string
	// On is one of Occasions.
	On    string
	After time.Duration
	// When is a condition; absent where the gesture is always performed.
	When    Expr
	Gesture *Gesture
	Range   hcl.Range
}

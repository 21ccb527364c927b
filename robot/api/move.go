package api

// Goto asks for a move. Axes that are nil are held at their measured value.
type Goto struct {
	HeadPose      *Pose         `json:"head_pose,omitempty"`
	Antennas      *[2]float64   `json:"antennas,omitempty"` // right, left
	BodyYaw       *float64      `json:"body_yaw,omitempty"`
	Duration      float64       `json:"duration"`
	Interpolation Interpolation `json:"interpolation,omitempty"` // checked, and ignored: the daemon uses MinJerk
}

// Interpolation names how a move gets from its start to its end.
type Interpolation string

// The interpolations.
const (
	Linear    Interpolation = "linear"
	MinJerk   Interpolation = "minjerk"
	EaseInOut Interpolation = "ease_in_out"
	Cartoon   Interpolation = "cartoon"
)

// Move names a move that was begun.
type Move struct {
	UUID string `json:"uuid"`
}

// StopAnswer says which move was stopped.
type StopAnswer struct {
	Message string `json:"message"`
}

// Target is where the robot shall be now. Axes that are nil stay.
type Target struct {
	HeadPose  *Pose       `json:"target_head_pose,omitempty"`
	Antennas  *[2]float64 `json:"target_antennas,omitempty"` // right, left
	BodyYaw   *float64    `json:"target_body_yaw,omitempty"`
	Timestamp string      `json:"timestamp,omitempty"`
}

// TargetAnswer says what became of a target. It comes with HTTP 200 in either case.
type TargetAnswer struct {
	Status string `json:"status"`           // TargetOK or TargetIgnored
	Reason string `json:"reason,omitempty"` // ReasonMoveRunning
}

// The values of TargetAnswer.
const (
	TargetOK          = "ok"
	TargetIgnored     = "ignored"
	ReasonMoveRunning = "move_running"
)

// TargetError is what the stream of targets answers to a body that it does not understand.
type TargetError struct {
	Status string `json:"status"` // "error"
	Detail string `json:"detail"`
}

// MoveEvent is news of a move.
type MoveEvent struct {
	Type    MoveEventType `json:"type"`
	UUID    string        `json:"uuid"`
	Details string        `json:"details"` // the error of a move that failed
}

// MoveEventType is what became of a move.
type MoveEventType string

// The events of a move: the first, then one of the others. A move that was cut by stop_move on /ws/sdk counts as
// completed.
const (
	MoveStarted   MoveEventType = "move_started"
	MoveCompleted MoveEventType = "move_completed"
	MoveFailed    MoveEventType = "move_failed"
	MoveCancelled MoveEventType = "move_cancelled"
)

package api

import "encoding/json"

// Types of the messages on /ws/sdk that a daemon sends.
const (
	TypeJointPositions = "joint_positions" // JointPositions, at 50 Hz
	TypeHeadPose       = "head_pose"       // HeadPoseMessage, at 50 Hz
	TypeDaemonStatus   = "daemon_status"   // DaemonStatus, at 1 Hz
	TypeTaskProgress   = "task_progress"   // TaskProgress, to every client
	TypeRecordedData   = "recorded_data"   // RecordedData, to every client, when a recording ends
)

// Types of the messages on /ws/sdk that a client sends. None is answered, but by the TaskProgress of a Task.
const (
	TypeSetTarget        = "set_target"               // Head
	TypeSetHeadJoints    = "set_head_joints"          // Joints
	TypeSetBodyYaw       = "set_body_yaw"             // BodyYaw
	TypeSetAntennas      = "set_antennas"             // Antennas
	TypeSetFullTarget    = "set_full_target"          // any of Head, Antennas, BodyYaw
	TypeGotoTarget       = "goto_target"              // the same, and Duration
	TypeWakeUp           = "wake_up"                  //
	TypeGotoSleep        = "goto_sleep"               //
	TypePlaySound        = "play_sound"               // File
	TypeSetMotorMode     = "set_motor_mode"           // Mode
	TypeSetTorque        = "set_torque"               // On, IDs
	TypeSetGravity       = "set_gravity_compensation" // Enabled
	TypeSetAutoBodyYaw   = "set_automatic_body_yaw"   // Enabled
	TypeSetSpeechOffsets = "set_speech_offsets"       // Offsets
	TypeSetWobbling      = "set_wobbling"             // Enabled
	TypeStopMove         = "stop_move"                // stops every move
	TypeStartRecording   = "start_recording"          //
	TypeAppendRecord     = "append_record"            // Record
	TypeStopRecording    = "stop_recording"           //
	TypeTask             = "task"                     // Task
)

// Command is a message that a client sends: its type, and the fields that the type has.
type Command struct {
	Type     string          `json:"type"`
	Head     *Matrix         `json:"head,omitempty"`
	Joints   []float64       `json:"joints,omitempty"` // body yaw, then the six motors under the head
	Antennas []float64       `json:"antennas,omitempty"`
	BodyYaw  *float64        `json:"body_yaw,omitempty"`
	Duration *float64        `json:"duration,omitempty"`
	File     string          `json:"file,omitempty"`
	Mode     MotorMode       `json:"mode,omitempty"`
	On       *bool           `json:"on,omitempty"`
	IDs      []string        `json:"ids,omitempty"`
	Enabled  *bool           `json:"enabled,omitempty"`
	Record   json.RawMessage `json:"record,omitempty"`  // an object of the client's
	Offsets  []float64       `json:"offsets,omitempty"` // x, y, z, roll, pitch, yaw; added to every target until they are zeroed
}

// Task is a move that reports its end. It does honour its Method.
type Task struct {
	Type      string   `json:"type"` // TypeTask
	UUID      string   `json:"uuid"`
	Request   TaskGoto `json:"req"`
	Timestamp string   `json:"timestamp"`
}

// TaskGoto is the move of a Task.
type TaskGoto struct {
	Head     *Matrix       `json:"head"`
	Antennas *[2]float64   `json:"antennas"`
	Duration float64       `json:"duration"`
	Method   Interpolation `json:"method"`
	BodyYaw  *float64      `json:"body_yaw"`
}

// JointPositions are the measured angles of the motors.
type JointPositions struct {
	Type     string     `json:"type"`                 // TypeJointPositions
	Head     [7]float64 `json:"head_joint_positions"` // body yaw, then the six motors under the head
	Antennas [2]float64 `json:"antennas_joint_positions"`
}

// HeadPoseMessage is the measured pose of the head.
type HeadPoseMessage struct {
	Type string        `json:"type"` // TypeHeadPose
	Pose [4][4]float64 `json:"head_pose"`
}

// TaskProgress is the end of a Task.
type TaskProgress struct {
	Type      string  `json:"type"` // TypeTaskProgress
	UUID      string  `json:"uuid"`
	Finished  bool    `json:"finished"`
	Error     *string `json:"error"`
	Timestamp string  `json:"timestamp"`
}

// RecordedData is what clients had recorded, as they sent it.
type RecordedData struct {
	Type string            `json:"type"` // TypeRecordedData
	Data []json.RawMessage `json:"data"`
}

// Package api is what goes over the wire between a Reachy Mini daemon and its clients: the bodies of its HTTP routes and
// the messages of its WebSockets, as plain structs. The daemon's maker publishes no such document; these were read from
// the source of reachy-mini 1.13 and tried against it. docs/robot.md says how a daemon behaves.
//
// Lengths are in metres, angles in radians, durations in seconds. Positive pitch looks down, positive yaw looks left.
package api

// Paths of the routes, as a client calls them.
const (
	PathStateFull       = "/api/state/full"    // GET: State
	PathStateStream     = "/api/state/ws/full" // WebSocket: a State each tick
	PathHeadPose        = "/api/state/present_head_pose"
	PathBodyYaw         = "/api/state/present_body_yaw"
	PathAntennas        = "/api/state/present_antenna_joint_positions"
	PathGoto            = "/api/move/goto"                         // POST Goto: Move
	PathSetTarget       = "/api/move/set_target"                   // POST Target: TargetAnswer
	PathSetTargetStream = "/api/move/ws/set_target"                // WebSocket: Target in; TargetError out, and only when a body is bad
	PathWakeUp          = "/api/move/play/wake_up"                 // POST: Move
	PathGotoSleep       = "/api/move/play/goto_sleep"              // POST: Move
	PathRunning         = "/api/move/running"                      // GET: []Move
	PathStop            = "/api/move/stop"                         // POST Move: StopAnswer, or 500 where no such move runs
	PathUpdates         = "/api/move/ws/updates"                   // WebSocket: MoveEvent
	PathRecordedList    = "/api/move/recorded-move-datasets/list/" // GET, then DATASET: []string
	PathRecordedPlay    = "/api/move/play/recorded-move-dataset/"  // POST, then DATASET/MOVE: Move
	PathMotors          = "/api/motors/status"                     // GET: Motors
	PathSetMotors       = "/api/motors/set_mode/"                  // POST, then the mode: Status
	PathDaemonStatus    = "/api/daemon/status"                     // GET: DaemonStatus
	PathDaemonStart     = "/api/daemon/start"                      // POST ?wake_up=BOOL: Job
	PathDaemonStop      = "/api/daemon/stop"                       // POST ?goto_sleep=BOOL: Job
	PathDaemonRestart   = "/api/daemon/restart"                    // POST: Job
	PathVolume          = "/api/volume/current"                    // GET: Volume
	PathSetVolume       = "/api/volume/set"                        // POST SetVolume: Volume; it plays a test sound
	PathMediaStatus     = "/api/media/status"                      // GET: MediaStatus
	PathSounds          = "/api/media/sounds"                      // GET: Sounds; DELETE, then "/" and the name: Status
	PathUploadSound     = "/api/media/sounds/upload"               // POST multipart, field "file": Uploaded
	PathPlaySound       = "/api/media/play_sound"                  // POST Sound: Status
	PathStopSound       = "/api/media/stop_sound"                  // POST: Status
	PathEnableWobbling  = "/api/media/wobbling/enable"             // POST: Status
	PathDisableWobbling = "/api/media/wobbling/disable"            // POST: Status
	PathSDK             = "/ws/sdk"                                // WebSocket: the messages of sdk.go
)

// Status is the answer of routes that have nothing to say.
type Status struct {
	Status string `json:"status"`
}

// Problem is the body of an answer of 4xx or 503. Detail is a string, or a list of Invalid where the status is 422. An
// answer of 500 has no such body: it is the plain text "Internal Server Error".
type Problem struct {
	Detail any `json:"detail"`
}

// Invalid is one fault of a body or a query.
type Invalid struct {
	Type string         `json:"type"`
	Loc  []any          `json:"loc"` // where: "body" or "query", then names and indexes
	Msg  string         `json:"msg"`
	In   any            `json:"input"`
	Ctx  map[string]any `json:"ctx,omitempty"`
}

// Job is work of the daemon's own, begun by start, stop and restart.
type Job struct {
	ID string `json:"job_id"`
}

// Motors is the mode of the motors.
type Motors struct {
	Mode MotorMode `json:"mode"`
}

// MotorMode says what holds the robot up.
type MotorMode string

// The modes of the motors. In all but Enabled, targets are accepted and nothing moves.
const (
	MotorsEnabled             MotorMode = "enabled"
	MotorsDisabled            MotorMode = "disabled"
	MotorsGravityCompensation MotorMode = "gravity_compensation"
)

// State is what the daemon measures. Parts that were not asked for are nil.
type State struct {
	ControlMode *MotorMode  `json:"control_mode"`
	HeadPose    *Pose       `json:"head_pose"`
	HeadJoints  []float64   `json:"head_joints"` // body yaw, then the six motors under the head
	BodyYaw     *float64    `json:"body_yaw"`
	Antennas    *[2]float64 `json:"antennas_position"` // right, left
	Timestamp   string      `json:"timestamp"`         // RFC 3339, UTC
	Passive     []float64   `json:"passive_joints"`
	DoA         *DoA        `json:"doa"`
	IMU         *IMU        `json:"imu"`
}

// DoA is where sound comes from: 0 is left, π/2 ahead, π right.
type DoA struct {
	Angle  float64 `json:"angle"`
	Speech bool    `json:"speech_detected"`
}

// IMU is a reading of the inertial sensor that the wireless robot has.
type IMU struct {
	Accelerometer [3]float64 `json:"accelerometer"` // m/s²
	Gyroscope     [3]float64 `json:"gyroscope"`     // rad/s
	Quaternion    [4]float64 `json:"quaternion"`    // w first
	Temperature   float64    `json:"temperature"`   // °C
}

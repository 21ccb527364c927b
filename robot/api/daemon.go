package api

// DaemonStatus is the daemon's own state: the answer of PathDaemonStatus, and a message of /ws/sdk.
type DaemonStatus struct {
	Type            string         `json:"type"` // TypeDaemonStatus
	RobotName       string         `json:"robot_name"`
	State           DaemonState    `json:"state"`
	Wireless        bool           `json:"wireless_version"`
	DesktopApp      bool           `json:"desktop_app_daemon"`
	Simulation      *bool          `json:"simulation_enabled"`
	MockupSim       *bool          `json:"mockup_sim_enabled"`
	NoMedia         bool           `json:"no_media"`
	MediaReleased   bool           `json:"media_released"`
	CameraSpecsName string         `json:"camera_specs_name"`
	BackendStatus   *BackendStatus `json:"backend_status"`
	Error           *string        `json:"error"`
	WLANIP          *string        `json:"wlan_ip"`
	Version         *string        `json:"version"`
	HardwareID      *string        `json:"hardware_id"`
	FaceTarget      FaceTarget     `json:"face_target"`
}

// Simulated tells whether no hardware moves.
func (s DaemonStatus) Simulated() bool {
	return s.Simulation != nil && *s.Simulation || s.MockupSim != nil && *s.MockupSim
}

// DaemonState is what the daemon is at.
type DaemonState string

// The states of a daemon.
const (
	DaemonNotInitialized DaemonState = "not_initialized"
	DaemonStarting       DaemonState = "starting"
	DaemonRunning        DaemonState = "running"
	DaemonStopping       DaemonState = "stopping"
	DaemonStopped        DaemonState = "stopped"
	DaemonError          DaemonState = "error"
)

// BackendStatus is the part of the daemon that drives the motors.
type BackendStatus struct {
	MotorMode MotorMode `json:"motor_control_mode"`
	Error     *string   `json:"error"`
}

// FaceTarget is the face that the camera follows.
type FaceTarget struct {
	Detected  bool     `json:"detected"`
	X         *float64 `json:"x"`
	Y         *float64 `json:"y"`
	Roll      *float64 `json:"roll"`
	Timestamp *float64 `json:"ts"`
}

// Volume is how loud the speaker is.
type Volume struct {
	Volume   int    `json:"volume"` // 0 to 100
	Platform string `json:"platform"`
	Device   string `json:"device"`
}

// SetVolume asks for a volume.
type SetVolume struct {
	Volume int `json:"volume"` // 0 to 100
}

// MediaStatus tells whether there is sound. Where it is not Available, sounds are accepted and not heard.
type MediaStatus struct {
	Available bool `json:"available"`
	Released  bool `json:"released"`
	NoMedia   bool `json:"no_media"`
}

// Sound names a sound to play: a file that was uploaded, one of the daemon's own, or a path on its host.
type Sound struct {
	File string `json:"file"`
}

// Sounds are the files that were uploaded.
type Sounds struct {
	Files []string `json:"files"`
}

// Uploaded says where a sound was put.
type Uploaded struct {
	Status string `json:"status"`
	Path   string `json:"path"` // on the daemon's host
}

package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"aimbench/robot/api"
)

// stateFlags are the parts of a state that a query may ask for, and whether they come unasked. Those of targets, sensors
// and hidden joints are taken, and change nothing here.
var stateFlags = map[string]bool{
	"with_control_mode": true, "with_head_pose": true, "with_body_yaw": true, "with_antenna_positions": true,
	"with_head_joints": false, "use_pose_matrix": false, "with_target_head_pose": false, "with_target_head_joints": false,
	"with_target_body_yaw": false, "with_target_antenna_positions": false, "with_passive_joints": false, "with_doa": false,
	"with_imu": false,
}

// query reads the flags of a query.
func query(values url.Values) (map[string]bool, *object) {
	var faults []api.Invalid
	o := &object{loc: []any{"query"}, invalid: &faults}
	flags := map[string]bool{}
	for name, byDefault := range stateFlags {
		flags[name] = o.flag(values, name, byDefault)
	}
	return flags, o
}

// look measures the robot.
func (s *Simulator) look(flags map[string]bool) api.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.body.advance(now)
	b := s.body
	state := api.State{Timestamp: now.UTC().Format("2006-01-02T15:04:05.000000Z")}
	if flags["with_control_mode"] {
		mode := b.motors
		state.ControlMode = &mode
	}
	if flags["with_head_pose"] {
		state.HeadPose = poseOf(b, flags["use_pose_matrix"])
	}
	if flags["with_head_joints"] {
		angles := b.angles()
		state.HeadJoints = angles[:]
	}
	if flags["with_body_yaw"] {
		yaw := b.measured.BodyYaw
		state.BodyYaw = &yaw
	}
	if flags["with_antenna_positions"] {
		antennas := b.measured.Antennas
		state.Antennas = &antennas
	}
	return state
}

func poseOf(b *body, asMatrix bool) *api.Pose {
	p := api.Pose{Head: api.Head(b.measured.Head)}
	if asMatrix {
		m := p.Head.Matrix()
		p.Matrix = &m
	}
	return &p
}

func (s *Simulator) fullState(w http.ResponseWriter, r *http.Request, _ string) {
	flags, o := query(r.URL.Query())
	if !o.refused(w) {
		answer(w, s.look(flags))
	}
}

func (s *Simulator) headPose(w http.ResponseWriter, r *http.Request, _ string) {
	flags, o := query(r.URL.Query())
	if o.refused(w) {
		return
	}
	flags["with_head_pose"] = true
	answer(w, s.look(flags).HeadPose)
}

func (s *Simulator) bodyYaw(w http.ResponseWriter, _ *http.Request, _ string) {
	answer(w, s.look(stateFlags).BodyYaw)
}

func (s *Simulator) antennas(w http.ResponseWriter, _ *http.Request, _ string) {
	answer(w, s.look(stateFlags).Antennas)
}

// The frequencies at which a state may be streamed, in Hz.
const (
	usualFrequency = 10
	mostFrequency  = 1000
)

// streamState sends a state each tick.
func (s *Simulator) streamState(c *socket) {
	values := c.request.URL.Query()
	flags, o := query(values)
	frequency := float64(usualFrequency)
	if text := values.Get("frequency"); text != "" {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !(f > 0) {
			o.fault("float_parsing", "Input should be a positive number", text, "frequency")
		}
		frequency = min(f, mostFrequency)
	}
	if err := o.err(); err != nil {
		c.refuse(err.Error())
		return
	}
	c.each(time.Duration(float64(time.Second)/frequency), func() { c.send(s.look(flags)) })
}

func (s *Simulator) motorStatus(w http.ResponseWriter, _ *http.Request, _ string) {
	answer(w, api.Motors{Mode: s.Motors()})
}

// motorModes are the modes by the names that the daemon's answer gives them.
var motorModes = map[api.MotorMode]string{
	api.MotorsEnabled: "Enabled", api.MotorsDisabled: "Disabled", api.MotorsGravityCompensation: "GravityCompensation",
}

func (s *Simulator) setMotors(w http.ResponseWriter, _ *http.Request, rest string) {
	name, ok := motorModes[api.MotorMode(rest)]
	if !ok {
		modes := []string{string(api.MotorsEnabled), string(api.MotorsDisabled), string(api.MotorsGravityCompensation)}
		refuse(w, http.StatusUnprocessableEntity, []api.Invalid{oneOf([]any{"path", "mode"}, rest, modes)})
		return
	}
	s.switchMotors(api.MotorMode(rest))
	answer(w, api.Status{Status: fmt.Sprintf("motors changed to MotorControlMode.%s mode", name)})
}

func (s *Simulator) switchMotors(mode api.MotorMode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body.advance(time.Now())
	s.body.setMotors(mode)
}

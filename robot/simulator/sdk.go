package simulator

import (
	"encoding/json"
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

// serveSDK is what the maker's clients use: the state comes by itself, and what they send is not answered.
func (s *Simulator) serveSDK(c *socket) {
	c.heard = s.command
	c.run(tick{period, func() {
		joints, pose := s.sense()
		c.send(joints)
		c.send(pose)
	}}, tick{time.Second, func() { c.send(s.status()) }})
}

// sense measures the robot as the maker's clients want it.
func (s *Simulator) sense() (api.JointPositions, api.HeadPoseMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body.advance(time.Now())
	b := s.body
	return api.JointPositions{Type: api.TypeJointPositions, Head: b.angles(), Antennas: b.measured.Antennas},
		api.HeadPoseMessage{Type: api.TypeHeadPose, Pose: matrix(b.measured.Head).Rows()}
}

// command does what a client's message says. Messages that are not understood are passed over, as are the types that
// concern what a simulator has not.
func (s *Simulator) command(text []byte) {
	var kind struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(text, &kind) != nil {
		return
	}
	if kind.Type == api.TypeTask {
		s.task(text)
		return
	}
	var c api.Command
	if json.Unmarshal(text, &c) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body.advance(time.Now())
	switch c.Type {
	case api.TypeSetTarget, api.TypeSetAntennas, api.TypeSetBodyYaw, api.TypeSetFullTarget:
		s.aim(reachOf(c))
	case api.TypeGotoTarget:
		seconds := 0.5
		if c.Duration != nil {
			seconds = *c.Duration
		}
		s.start(&move{steps: []step{glideTo(reachOf(c), seconds, robot.MinJerk)}})
	case api.TypeWakeUp:
		s.start(&move{steps: wakeUp()})
	case api.TypeGotoSleep:
		s.start(&move{steps: goToSleep()})
	case api.TypePlaySound:
		s.play(c.File)
	case api.TypeStopMove:
		s.stopAll() // a sound that does not belong to a recorded move goes on
	case api.TypeSetSpeechOffsets:
		if o := c.Offsets; len(o) == 6 {
			h := robot.Head{X: o[0], Y: o[1], Z: o[2], Roll: o[3], Pitch: o[4], Yaw: o[5]}
			if (robot.Pose{Head: h}).Finite() {
				s.offsetBy(h)
			}
		}
	case api.TypeStartRecording, api.TypeAppendRecord, api.TypeStopRecording:
		s.record(c)
	default:
		s.switches(c)
	}
}

// mostRecords is how many records are kept; those that come later are dropped.
const mostRecords = 100_000

// record keeps what clients want to be kept, and gives it back at the end.
func (s *Simulator) record(c api.Command) {
	switch {
	case c.Type == api.TypeStartRecording:
		s.records = []json.RawMessage{}
	case c.Type == api.TypeStopRecording:
		for client := range s.sdk {
			client.send(api.RecordedData{Type: api.TypeRecordedData, Data: append([]json.RawMessage{}, s.records...)})
		}
		s.records = nil
	case s.records != nil && len(c.Record) > 0 && c.Record[0] == '{' && len(s.records) < mostRecords:
		s.records = append(s.records, c.Record)
	}
}

// switches does the commands that turn something on or off.
func (s *Simulator) switches(c api.Command) {
	on := func(flag *bool, yes, no api.MotorMode) {
		switch {
		case flag == nil:
		case *flag:
			s.body.setMotors(yes)
		default:
			s.body.setMotors(no)
		}
	}
	switch c.Type {
	case api.TypeSetMotorMode:
		if _, ok := motorModes[c.Mode]; ok {
			s.body.setMotors(c.Mode)
		}
	case api.TypeSetTorque:
		if c.IDs == nil { // single motors cannot be turned off here
			on(c.On, api.MotorsEnabled, api.MotorsDisabled)
		}
	case api.TypeSetGravity:
		on(c.Enabled, api.MotorsGravityCompensation, api.MotorsEnabled)
	case api.TypeSetWobbling:
		if c.Enabled != nil {
			s.wobble(*c.Enabled)
		}
	}
}

// reachOf is what a command names. A command's type says which of the fields count, and it has no others.
func reachOf(c api.Command) reach {
	to := reach{bodyYaw: c.BodyYaw}
	if c.Head != nil {
		h := robot.Head(c.Head.Head())
		to.head = &h
	}
	if len(c.Antennas) == 2 {
		to.antennas = (*[2]float64)(c.Antennas)
	}
	return to.finite()
}

// task runs a move that reports its end to every client.
func (s *Simulator) task(text []byte) {
	var t api.Task
	if json.Unmarshal(text, &t) != nil || !uuidForm.MatchString(t.UUID) {
		return
	}
	to := reach{antennas: t.Request.Antennas, bodyYaw: t.Request.BodyYaw}
	if t.Request.Head != nil {
		h := robot.Head(t.Request.Head.Head())
		to.head = &h
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start(&move{
		steps: []step{glideTo(to.finite(), t.Request.Duration, robot.Interpolation(t.Request.Method))},
		ended: func() {
			for c := range s.sdk {
				c.send(api.TaskProgress{
					Type: api.TypeTaskProgress, UUID: t.UUID, Finished: true,
					Timestamp: time.Now().UTC().Format("2006-01-02T15:04:05.000000"),
				})
			}
		},
	})
}

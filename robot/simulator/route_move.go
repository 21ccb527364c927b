package simulator

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"

	"aimbench/robot"
	"aimbench/robot/api"
)

// interpolations are the names that a body may give.
var interpolations = []string{string(api.Linear), string(api.MinJerk), string(api.EaseInOut), string(api.Cartoon)}

// uuid makes an identifier of a move (RFC 9562, version 4).
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// begin starts a listed move and answers with its name; a move that is refused has no steps.
func (s *Simulator) begin(w http.ResponseWriter, r *http.Request, steps ...step) {
	if faultOf(r).Kind == Refused {
		steps = nil
	}
	m := &move{id: uuid(), listed: true, steps: steps}
	s.mu.Lock()
	s.start(m)
	s.mu.Unlock()
	answer(w, api.Move{UUID: m.id})
}

func (s *Simulator) goTo(w http.ResponseWriter, r *http.Request, _ string) {
	o, ok := read(w, r)
	if !ok {
		return
	}
	to := reach{head: o.pose("head_pose"), antennas: o.pair("antennas"), bodyYaw: o.optionalNumber("body_yaw")}
	var seconds float64
	if v, ok := o.required("duration"); ok {
		seconds, _ = o.number(v, "duration")
	}
	o.choice("interpolation", string(api.MinJerk), interpolations...) // checked, and never used
	if o.refused(w) {
		return
	}
	s.begin(w, r, glideTo(to.finite(), seconds, robot.MinJerk))
}

func (s *Simulator) playWakeUp(w http.ResponseWriter, r *http.Request, _ string) {
	s.begin(w, r, wakeUp()...)
}

func (s *Simulator) playGoToSleep(w http.ResponseWriter, r *http.Request, _ string) {
	s.begin(w, r, goToSleep()...)
}

func (s *Simulator) running(w http.ResponseWriter, _ *http.Request, _ string) {
	moves := []api.Move{}
	s.mu.Lock()
	for _, m := range s.moves {
		if m.listed {
			moves = append(moves, api.Move{UUID: m.id})
		}
	}
	s.mu.Unlock()
	answer(w, moves)
}

func (s *Simulator) stopMove(w http.ResponseWriter, r *http.Request, _ string) {
	o, ok := read(w, r)
	if !ok {
		return
	}
	id := o.uuid("uuid")
	if o.refused(w) {
		return
	}
	s.mu.Lock()
	stopped := s.cancel(id)
	s.mu.Unlock()
	if !stopped {
		crash(w)
		return
	}
	answer(w, api.StopAnswer{Message: "Stopped move with UUID: " + id})
}

// target reads where the robot shall be now.
func (o *object) target() reach {
	to := reach{head: o.pose("target_head_pose"), antennas: o.pair("target_antennas"), bodyYaw: o.optionalNumber("target_body_yaw")}
	return to.finite()
}

func (s *Simulator) setTarget(w http.ResponseWriter, r *http.Request, _ string) {
	o, ok := read(w, r)
	if !ok {
		return
	}
	to := o.target()
	if o.refused(w) {
		return
	}
	s.mu.Lock()
	done := faultOf(r).Kind != Refused && s.aim(to)
	s.mu.Unlock()
	if !done {
		answer(w, api.TargetAnswer{Status: api.TargetIgnored, Reason: api.ReasonMoveRunning})
		return
	}
	answer(w, api.TargetAnswer{Status: api.TargetOK})
}

func (s *Simulator) listRecorded(w http.ResponseWriter, _ *http.Request, dataset string) {
	if dataset != Dataset {
		crash(w) // as a daemon does that cannot reach the hub
		return
	}
	answer(w, recordedNames())
}

func (s *Simulator) playRecorded(w http.ResponseWriter, r *http.Request, rest string) {
	i := strings.LastIndexByte(rest, '/')
	if i < 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	dataset, name := rest[:i], rest[i+1:]
	if dataset != Dataset {
		crash(w)
		return
	}
	f, ok := recorded[name]
	if !ok {
		refuse(w, http.StatusNotFound, "Move "+name+" not found in recorded moves library "+dataset)
		return
	}
	s.begin(w, r, replay(f))
}

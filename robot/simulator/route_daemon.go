package simulator

import (
	"net/http"
	"strconv"
	"time"

	"aimbench/robot/api"
)

// startTime is how long the daemon takes to find its motors.
const startTime = 500 * time.Millisecond

// status is the daemon's state.
func (s *Simulator) status() api.DaemonStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	simulation, mockup, version := false, true, Version
	status := api.DaemonStatus{
		Type: api.TypeDaemonStatus, RobotName: s.config.Name, State: s.state, Simulation: &simulation, MockupSim: &mockup,
		NoMedia: !s.config.Media, MediaReleased: s.media.released, Version: &version,
	}
	if s.state == api.DaemonRunning || s.state == api.DaemonStopping {
		status.BackendStatus = &api.BackendStatus{MotorMode: s.body.motors}
	}
	return status
}

func (s *Simulator) daemonStatus(w http.ResponseWriter, _ *http.Request, _ string) {
	answer(w, s.status())
}

func (s *Simulator) daemonStart(w http.ResponseWriter, r *http.Request, _ string) {
	wake, ok := asked(w, r, "wake_up")
	if ok {
		s.begun(w, func() { s.startDaemon(wake) })
	}
}

func (s *Simulator) daemonStop(w http.ResponseWriter, r *http.Request, _ string) {
	rest, ok := asked(w, r, "goto_sleep")
	if ok {
		s.begun(w, func() { s.stopDaemon(rest, func() {}) })
	}
}

func (s *Simulator) daemonRestart(w http.ResponseWriter, _ *http.Request, _ string) {
	s.begun(w, func() { s.stopDaemon(false, func() { s.startDaemon(false) }) })
}

// asked reads a flag that a query must have, or answers 422 and gives false.
func asked(w http.ResponseWriter, r *http.Request, name string) (value, ok bool) {
	var faults []api.Invalid
	o := &object{loc: []any{"query"}, invalid: &faults}
	if !r.URL.Query().Has(name) {
		o.fault("missing", "Field required", nil, name)
	}
	value = o.flag(r.URL.Query(), name, false)
	return value, !o.refused(w)
}

// begun does a job of the daemon's own, one at a time, and answers with its name.
func (s *Simulator) begun(w http.ResponseWriter, job func()) {
	s.mu.Lock()
	if s.state == api.DaemonStarting || s.state == api.DaemonStopping {
		s.mu.Unlock()
		refuse(w, http.StatusConflict, "Daemon is busy.")
		return
	}
	s.job++
	id := strconv.Itoa(s.job)
	job()
	s.mu.Unlock()
	answer(w, api.Job{ID: id})
}

// startDaemon makes the daemon run, unless it does.
func (s *Simulator) startDaemon(wake bool) {
	if s.state == api.DaemonRunning {
		return
	}
	s.state = api.DaemonStarting
	s.start(&move{steps: []step{pause(startTime), func(s *Simulator, m *move) time.Duration {
		s.state = api.DaemonRunning
		s.body.setMotors(api.MotorsEnabled)
		if wake {
			m.steps = wakeUp()
		}
		return 0
	}}})
}

// stopDaemon ends what runs, and then the daemon.
func (s *Simulator) stopDaemon(rest bool, then func()) {
	if s.state != api.DaemonRunning {
		then()
		return
	}
	s.state = api.DaemonStopping
	for _, m := range append([]*move(nil), s.moves...) {
		if m.listed {
			s.cancel(m.id)
		}
	}
	m := &move{ended: func() {
		s.state = api.DaemonStopped
		s.body.setMotors(api.MotorsDisabled)
		s.cut(false)
		then()
	}}
	if rest {
		m.steps = goToSleep()
	}
	s.start(m)
}

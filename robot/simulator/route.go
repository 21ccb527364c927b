package simulator

import (
	"encoding/json"
	"net/http"
	"strings"

	"aimbench/robot/api"
)

// A route is what is served at a path.
type route struct {
	method  string
	backend bool // needs a daemon that runs
	moves   bool // asks for a motion
	socket  bool // is a WebSocket
	viewer  bool // belongs to the page, not to the daemon
	serve   func(w http.ResponseWriter, r *http.Request, rest string)
}

// table is what is served where. A path that ends with "/" also serves what is under it; handlers get the rest.
func (s *Simulator) table() map[string]route {
	get := func(h func(http.ResponseWriter, *http.Request, string)) route {
		return route{method: http.MethodGet, backend: true, serve: h}
	}
	post := func(h func(http.ResponseWriter, *http.Request, string)) route {
		return route{method: http.MethodPost, backend: true, serve: h}
	}
	motion := func(r route) route { r.moves = true; return r }
	always := func(r route) route { r.backend = false; return r }
	socket := func(h func(*socket), listeners map[*socket]bool) route {
		return route{method: http.MethodGet, backend: true, socket: true, serve: s.open(h, listeners, false)}
	}
	viewer := func(r route) route { r.viewer, r.backend = true, false; return r }
	return map[string]route{
		api.PathStateFull:       get(s.fullState),
		api.PathStateStream:     socket(s.streamState, nil),
		api.PathHeadPose:        get(s.headPose),
		api.PathBodyYaw:         get(s.bodyYaw),
		api.PathAntennas:        get(s.antennas),
		"/api/state/doa":        get(s.nothing),
		"/api/state/imu":        get(s.nothing),
		api.PathGoto:            motion(post(s.goTo)),
		api.PathSetTarget:       motion(post(s.setTarget)),
		api.PathSetTargetStream: motion(socket(s.streamTargets, nil)),
		api.PathWakeUp:          motion(post(s.playWakeUp)),
		api.PathGotoSleep:       motion(post(s.playGoToSleep)),
		api.PathRunning:         always(get(s.running)),
		api.PathStop:            always(post(s.stopMove)),
		api.PathUpdates:         socket(s.streamUpdates, s.updates),
		api.PathRecordedList:    always(get(s.listRecorded)),
		api.PathRecordedPlay:    motion(post(s.playRecorded)),
		api.PathMotors:          get(s.motorStatus),
		api.PathSetMotors:       post(s.setMotors),
		api.PathDaemonStatus:    always(get(s.daemonStatus)),
		api.PathDaemonStart:     always(post(s.daemonStart)),
		api.PathDaemonStop:      always(post(s.daemonStop)),
		api.PathDaemonRestart:   always(post(s.daemonRestart)),
		api.PathVolume:          always(get(s.volume)),
		api.PathSetVolume:       always(post(s.setVolume)),
		api.PathMediaStatus:     always(get(s.mediaStatus)),
		"/api/media/release":    always(post(s.releaseMedia(true))),
		"/api/media/acquire":    always(post(s.releaseMedia(false))),
		api.PathSounds:          always(get(s.listSounds)),
		api.PathSounds + "/":    always(route{method: http.MethodDelete, serve: s.deleteSound}),
		api.PathUploadSound:     always(post(s.uploadSound)),
		api.PathPlaySound:       post(s.playSound),
		api.PathStopSound:       post(s.stopSound),
		api.PathEnableWobbling:  post(s.setWobbling(true)),
		api.PathDisableWobbling: post(s.setWobbling(false)),
		api.PathSDK:             socket(s.serveSDK, s.sdk),
		"/health-check":         always(post(s.health)),
		"/":                     viewer(get(s.page)),
		PathShowStream:          viewer(route{method: http.MethodGet, socket: true, serve: s.open(s.streamShow, nil, true)}),
		PathShow:                viewer(post(s.setShow)),
	}
}

// find gives the route of a request and what follows its path; where there is none, the status, and where else to go.
func (s *Simulator) find(r *http.Request) (route, string, int) {
	path, rest := r.URL.Path, ""
	found, ok := s.routes[path]
	for i := len(path); !ok && i > 1; {
		i = strings.LastIndexByte(path[:i], '/')
		if i <= 0 {
			break
		}
		found, ok = s.routes[path[:i+1]]
		rest = path[i+1:]
	}
	switch {
	case strings.HasSuffix(path, "/") && path != "/":
		bare := strings.TrimSuffix(path, "/")
		if _, ok := s.routes[bare]; ok {
			return found, bare, http.StatusTemporaryRedirect
		}
		return found, "", http.StatusNotFound
	case !ok:
		return found, "", http.StatusNotFound
	case r.Method != found.method:
		return found, "", http.StatusMethodNotAllowed
	}
	return found, rest, 0
}

// answer writes a body of JSON.
func answer(w http.ResponseWriter, body any) { answerStatus(w, http.StatusOK, body) }

func answerStatus(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil { // what is measured is finite, and the rest are plain structs
		crash(w)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that left needs no answer
}

// refuse answers with a reason.
func refuse(w http.ResponseWriter, status int, why any) {
	answerStatus(w, status, api.Problem{Detail: why})
}

// crash answers as a daemon does whose handler failed.
func crash(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write([]byte("Internal Server Error"))
}

func (s *Simulator) nothing(w http.ResponseWriter, _ *http.Request, _ string) { answer(w, nil) }

func (s *Simulator) health(w http.ResponseWriter, _ *http.Request, _ string) {
	answer(w, api.Status{Status: "ok"})
}

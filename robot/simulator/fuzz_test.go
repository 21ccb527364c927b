package simulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aimbench/robot/api"
)

// Whatever a body is, the answer is 200 or says what is wrong with it, and the robot is somewhere.
func FuzzBody(f *testing.F) {
	paths := []string{api.PathGoto, api.PathSetTarget, api.PathStop, api.PathSetVolume, api.PathPlaySound, PathShow}
	for _, a := range askings() {
		for i, p := range paths {
			if a.path == p {
				f.Add(byte(i), a.body)
			}
		}
	}
	f.Add(byte(0), `{"head_pose":{"m":[1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1]},"duration":"1e400"}`)
	f.Add(byte(1), `{"target_head_pose":{"x":"inf"},"target_antennas":["nan",1e308],"target_body_yaw":-1e300}`)
	f.Fuzz(func(t *testing.T, which byte, body string) {
		s := New(Config{Media: true})
		defer s.Close()
		path := paths[int(which)%len(paths)]
		request := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, request)
		switch w.Code {
		case http.StatusOK, http.StatusUnprocessableEntity:
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s", w.Body)
			}
		case http.StatusInternalServerError:
			if path != api.PathStop {
				t.Errorf("%s crashed", path)
			}
		default:
			t.Errorf("%d %s", w.Code, w.Body)
		}
		s.settle(t)
	})
}

// settle goes on for two seconds of the robot's time, and checks that it is in one piece.
func (s *Simulator) settle(t *testing.T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range 100 {
		s.body.tick++
		s.body.step(s.body.begun.Add(time.Duration(s.body.tick) * period))
		if !s.body.measured.Finite() {
			t.Fatalf("the robot is at %+v", s.body.measured)
		}
	}
}

// Whatever a client sends, the robot stays in one piece.
func FuzzCommand(f *testing.F) {
	for _, text := range []string{
		`{"type":"set_full_target","head":[1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1],"antennas":[1,-1],"body_yaw":0.1}`,
		`{"type":"task","uuid":"6f1c0b4e-3f0d-4c6b-9a71-5d7f3f4c2a10","req":{"head":null,"antennas":[1,1],"duration":1,"method":"linear"}}`,
		`{"type":"set_speech_offsets","offsets":[0,0,0,0,0.1,0]}`, `{"type":"set_speech_offsets","offsets":[1e308,0,0,0,1e308,0]}`,
		`{"type":"goto_target","head":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"duration":0.1}`, `{"type":"set_target","head":[1e308]}`,
		`{"type":"set_target","head":[1e308,1e308,1e308,0,1e308,1e308,1,0,1,1,1,1,1,1,1,1]}`, `{"type":"wake_up"}`, `{"type":"goto_sleep"}`,
		`{"type":"stop_move"}`, `{"type":"set_torque","on":false}`, `{"type":"set_motor_mode","mode":"enabled"}`, `null`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := New(Config{Awake: true, Media: true})
		defer s.Close()
		s.command([]byte(text))
		s.settle(t)
	})
}

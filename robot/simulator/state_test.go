package simulator

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

func TestState(t *testing.T) {
	inTime(t, unset, func(r *rig) {
		var s api.State
		r.get(api.PathStateFull+"?with_head_joints=true&use_pose_matrix=true", &s)
		if s.HeadPose.Matrix == nil || distance(robot.Head(s.HeadPose.Head), asleep.Head) > 1e-3 || len(s.HeadJoints) != 7 ||
			*s.Antennas != asleep.Antennas || *s.BodyYaw != 0 || *s.ControlMode != api.MotorsEnabled {
			t.Errorf("%+v", s)
		}
		if _, err := time.Parse(time.RFC3339Nano, s.Timestamp); err != nil {
			t.Error(err)
		}
	})
}

// A state comes each tick, as often as it is asked for.
func TestStateStream(t *testing.T) {
	inTime(t, unset, func(r *rig) {
		for query, want := range map[string]int{"": 10, "?frequency=40": 40, "?frequency=0.5": 1} {
			c := r.dial(api.PathStateStream + query)
			count := 0
			for end := time.Now().Add(999 * time.Millisecond); ; count++ {
				var s api.State
				if err := r.receive(c, &s); err != nil || s.HeadPose == nil {
					t.Fatalf("%+v, %v", s, err)
				}
				if time.Now().After(end) {
					break
				}
			}
			_ = c.CloseNow()
			if count != want {
				t.Errorf("%q: %d in a second", query, count)
			}
		}
		for _, query := range []string{"?frequency=0", "?frequency=x", "?frequency=nan", "?with_doa=x"} {
			if err := r.receive(r.dial(api.PathStateStream+query), &struct{}{}); err == nil || !strings.Contains(err.Error(), "validation") {
				t.Errorf("%s: %v", query, err)
			}
		}
	})
}

// Targets by WebSocket are not answered; what is not understood is, and the socket stays.
func TestTargetStream(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		c := r.dial(api.PathSetTargetStream)
		r.send(c, map[string]any{"target_antennas": "x"})
		var e api.TargetError
		if err := r.receive(c, &e); err != nil || e.Status != "error" || !strings.Contains(e.Detail, "target_antennas") {
			t.Errorf("%+v, %v", e, err)
		}
		for i := range 50 {
			r.send(c, api.Target{Antennas: &[2]float64{float64(i) / 50, 0}})
			pass(period)
		}
		pass(time.Second)
		r.at("the last", robot.Pose{Antennas: [2]float64{0.98, 0}})
	})
}

// While the daemon is stopped, what needs it answers 503; the rest goes on.
func TestDaemonStopsAndStarts(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		var j api.Job
		r.post(api.PathDaemonStop+"?goto_sleep=true", "", &j)
		if status, _ := r.call(http.MethodPost, api.PathDaemonRestart, ""); status != http.StatusConflict || j.ID == "" {
			t.Errorf("twice: %d, job %q", status, j.ID)
		}
		pass(10 * time.Second)
		var s api.DaemonStatus
		r.get(api.PathDaemonStatus, &s)
		if s.State != api.DaemonStopped || s.BackendStatus != nil || !s.Simulated() {
			t.Errorf("%+v", s)
		}
		r.at("asleep", robot.Pose{Head: sleeping, Antennas: asleep.Antennas})
		for path, want := range map[string]int{api.PathMotors: 503, api.PathStateFull: 503, api.PathRunning: 200, api.PathSDK: 503} {
			if status, text := r.call(http.MethodGet, path, ""); status != want || want == 503 && text != `{"detail":"Backend not running"}` {
				t.Errorf("%s: %d %s", path, status, text)
			}
		}
		r.post(api.PathDaemonStart+"?wake_up=true", "", &j)
		pass(5 * time.Second)
		r.get(api.PathDaemonStatus, &s)
		if s.State != api.DaemonRunning {
			t.Errorf("%+v", s)
		}
		r.at("awake", initial)
		r.post(api.PathDaemonRestart, "", &j)
		pass(time.Second)
		r.get(api.PathDaemonStatus, &s)
		if s.State != api.DaemonRunning {
			t.Errorf("restarted: %+v", s)
		}
	})
}

// wav makes a sound of so many seconds.
func wav(seconds float64) []byte {
	const rate = 16000
	data := make([]byte, int(2*rate*seconds))
	var b bytes.Buffer
	b.WriteString("RIFF")
	for _, v := range []any{uint32(36 + len(data)), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2 * rate),
		uint16(2), uint16(16), []byte("data"), uint32(len(data)), data} {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	return b.Bytes()
}

// ask makes a request whose body is not JSON.
func (r *rig) ask(a asking) (int, string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.ctx, a.method, "http://robot"+a.path, strings.NewReader(a.body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", a.header)
	response, err := r.client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(text)
}

// A sound is uploaded, plays as long as it is, is cut by the next, and can be deleted.
func TestSounds(t *testing.T) {
	inTime(t, Config{Media: true}, func(r *rig) {
		status, text := r.ask(form("file", "../hello.wav", wav(2.5)))
		var up api.Uploaded
		r.decode(status, text, &up)
		var sounds api.Sounds
		r.get(api.PathSounds, &sounds)
		if len(sounds.Files) != 1 || sounds.Files[0] != "hello.wav" || up.Path != soundsDir+"hello.wav" {
			t.Errorf("%+v, %+v", up, sounds)
		}
		playing := func(want string) {
			t.Helper()
			if name, _ := r.Playing(); name != want {
				t.Errorf("playing %q, want %q", name, want)
			}
		}
		var ok api.Status
		r.post(api.PathPlaySound, `{"file":"`+up.Path+`"}`, &ok)
		pass(2400 * time.Millisecond)
		playing("hello.wav")
		pass(100 * time.Millisecond)
		playing("")
		r.post(api.PathPlaySound, `{"file":"hello.wav"}`, &ok)
		r.post(api.PathPlaySound, `{"file":"wake_up.wav"}`, &ok)
		playing("wake_up.wav")
		r.post(api.PathStopSound, "", &ok)
		playing("")
		r.post(api.PathPlaySound, `{"file":"none.wav"}`, &ok)
		playing("")
		if status, _ := r.call(http.MethodDelete, api.PathSounds+"/hello.wav", ""); status != 200 {
			t.Errorf("deleting: %d", status)
		}
		if status, _ := r.call(http.MethodDelete, api.PathSounds+"/hello.wav", ""); status != 404 {
			t.Errorf("deleting twice: %d", status)
		}
		var v api.Volume
		r.post(api.PathSetVolume, `{"volume":30}`, &v)
		playing("impatient1.wav")
		r.get(api.PathVolume, &v)
		if v.Volume != 30 {
			t.Errorf("%+v", v)
		}
		r.post("/api/media/release", "", &ok)
		var m api.MediaStatus
		r.get(api.PathMediaStatus, &m)
		if m.Available || !m.Released {
			t.Errorf("released: %+v", m)
		}
		r.post("/api/media/acquire", "", &ok)
		if r.get(api.PathMediaStatus, &m); !m.Available {
			t.Errorf("acquired: %+v", m)
		}
	})
}

func TestWAVLength(t *testing.T) {
	whole := wav(1)
	streamed := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(streamed[40:], math.MaxUint32) // as a program that does not know the length yet
	for what, c := range map[string]struct {
		file []byte
		want time.Duration
		ok   bool
	}{
		"whole": {whole, time.Second, true}, "streamed": {streamed, time.Second, true}, "cut": {whole[:44+16000], time.Second / 2, true},
		"empty": {nil, 0, false}, "no data": {whole[:36], 0, false}, "other": {[]byte("OggS............................."), 0, false},
	} {
		if got, ok := wavLength(c.file); got != c.want || ok != c.ok {
			t.Errorf("%s: %v, %v", what, got, ok)
		}
	}
}

// The viewer gets a frame when something changes, and none else.
func TestShow(t *testing.T) {
	inTime(t, Config{Awake: true, Name: "Ada"}, func(r *rig) {
		c := r.dial(PathShowStream)
		var f frame
		next := func() frame {
			t.Helper()
			if err := r.receive(c, &f); err != nil {
				t.Fatal(err)
			}
			return f
		}
		if next(); f.Name != "Ada" || f.Motors != api.MotorsEnabled || f.Antennas != initial.Antennas {
			t.Errorf("%+v", f)
		}
		pass(30 * time.Second)
		begun := time.Now()
		r.Say("Hello <b>you</b>")
		r.Turn(412 * time.Millisecond)
		if next(); f.Caption != "Hello <b>you</b>" || f.Latency != 412 || time.Since(begun) > period {
			t.Errorf("after %v: %+v", time.Since(begun), f)
		}
		var ok api.Status
		r.post(PathShow, `{"heard":"Who are you?"}`, &ok)
		if next(); f.Heard != "Who are you?" || f.Caption == "" {
			t.Errorf("%+v", f)
		}
		r.begin(api.PathGoto, `{"antennas":[1,-1],"duration":0.5}`)
		count := 0
		for end := time.Now().Add(2 * time.Second); ; count++ {
			pass(period)
			if time.Now().After(end) {
				break
			}
			if r.Moving() > 0 {
				before := f
				if next(); f == before {
					t.Error("the same frame twice")
				}
			}
		}
		if status, _ := r.call(http.MethodPost, PathShow, `{"caption":1}`); status != 422 {
			t.Errorf("a caption that is none: %d", status)
		}
		status, text := r.call(http.MethodGet, "/", "")
		if status != 200 || !strings.Contains(text, "<canvas") || strings.Contains(text, "http://") || strings.Contains(text, "https://") {
			t.Errorf("the page: %d, %d bytes", status, len(text))
		}
	})
}

// Simulators that nobody looks at wake nobody, whatever they were doing.
func TestIdleCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all []*Simulator
		for range 100 {
			s := New(Config{Awake: true})
			request := httptest.NewRequest(http.MethodPost, api.PathGoto, strings.NewReader(`{"antennas":[1,-1],"duration":2}`))
			request.Header.Set("Content-Type", "application/json")
			s.ServeHTTP(httptest.NewRecorder(), request)
			all = append(all, s)
		}
		pass(24 * time.Hour)
		for _, s := range all {
			if s.body.tick > int64(2*time.Second/period)+1 {
				t.Fatalf("%d periods were computed", s.body.tick)
			}
			if p := s.Pose(); p.Antennas != [2]float64{1, -1} {
				t.Fatalf("it is at %+v", p)
			}
			s.Close()
		}
	})
}

// A hundred robots, each with a stream of targets and a move at a time; nobody looks in between.
func BenchmarkTarget(b *testing.B) {
	s := New(Config{Awake: true})
	defer s.Close()
	to := [2]float64{}
	for i := range b.N {
		to[0] = float64(i%2) / 10
		s.mu.Lock()
		s.aim(reach{head: &robot.Head{Yaw: to[0]}, antennas: &to})
		s.body.step(time.Now())
		s.mu.Unlock()
	}
}

func ExampleSimulator_Say() {
	s := New(Config{Awake: true})
	defer s.Close()
	s.Say("Hello!")
	fmt.Println(s.Motors(), s.Moving())
	// Output: enabled 0
}

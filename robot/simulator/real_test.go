package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"aimbench/engine/listen"
	"aimbench/robot/api"
)

// daemon is one to compare: the maker's, or ours.
type daemon struct {
	t   *testing.T
	url string
}

// ours starts a simulator like the maker's light one.
func ours(t *testing.T) *daemon {
	t.Helper()
	s := New(Config{})
	l, err := listen.Start(context.Background(), "", s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return &daemon{t, l.URL()}
}

// makers is the daemon that REACHY_DAEMON_URL names. It must be the maker's light simulator, and nobody else's.
func makers(t *testing.T) *daemon {
	t.Helper()
	url := os.Getenv("REACHY_DAEMON_URL")
	if url == "" {
		t.Skip("REACHY_DAEMON_URL names no daemon to compare with")
	}
	return &daemon{t, url}
}

// client keeps no connection: a daemon that was blocked closes those that were idle.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// asking is one request.
type asking struct {
	method, path, body string
	header             string // Content-Type; JSON's where empty
}

// do gives the status and the body.
func (d *daemon) do(a asking) (int, string) {
	d.t.Helper()
	request, err := http.NewRequestWithContext(d.t.Context(), a.method, d.url+a.path, strings.NewReader(a.body))
	if err != nil {
		d.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if a.header != "" {
		request.Header.Set("Content-Type", a.header)
	}
	response, err := client.Do(request)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// to asks for a move and waits for its end, and a little for the body.
func (d *daemon) to(body string) {
	d.t.Helper()
	if status, text := d.do(asking{method: http.MethodPost, path: api.PathGoto, body: body}); status != http.StatusOK {
		d.t.Fatalf("%s: %d %s", body, status, text)
	}
	d.rest()
}

// rest waits until nothing moves.
func (d *daemon) rest() {
	d.t.Helper()
	for range 600 {
		if _, text := d.do(asking{method: http.MethodGet, path: api.PathRunning}); text == "[]" {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	time.Sleep(150 * time.Millisecond)
}

// neutral brings the robot where every comparison begins.
func (d *daemon) neutral() {
	d.t.Helper()
	d.do(asking{method: http.MethodPost, path: api.PathSetMotors + "enabled"})
	d.do(asking{method: http.MethodPost, path: api.PathDisableWobbling})
	d.rest()
	for range 2 { // the maker's last step may be early; twice is near enough
		d.to(`{"head_pose":{},"antennas":[0,0],"body_yaw":0,"duration":0.3}`)
	}
}

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// normal makes answers comparable: identifiers are all the same, numbers are rounded, what only differs in words is left
// out.
func normal(text string) any {
	text = uuids.ReplaceAllString(text, "UUID")
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	return tidy(value)
}

func tidy(value any) any {
	switch v := value.(type) {
	case float64:
		return math.Round(v*50)/50 + 0 // a fiftieth, and no negative zero
	case []any:
		for i := range v {
			v[i] = tidy(v[i])
		}
	case map[string]any:
		for _, name := range []string{"timestamp", "msg", "ctx", "input", "job_id", "version"} {
			delete(v, name)
		}
		if v["type"] == "json_invalid" {
			delete(v, "loc") // where each parser stopped
		}
		for k := range v {
			v[k] = tidy(v[k])
		}
	}
	return value
}

// form makes the body of an upload.
func form(field, name string, content []byte) asking {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, _ := w.CreateFormFile(field, name)
	_, _ = part.Write(content)
	_ = w.Close()
	return asking{http.MethodPost, api.PathUploadSound, b.String(), w.FormDataContentType()}
}

// askings are asked of both, one after the other, from the neutral pose.
func askings() []asking {
	get := func(path string) asking { return asking{method: http.MethodGet, path: path} }
	post := func(path, body string) asking { return asking{method: http.MethodPost, path: path, body: body} }
	all := []asking{
		get(api.PathStateFull), get(api.PathStateFull + "?use_pose_matrix=true&with_head_joints=1&with_control_mode=off"),
		get(api.PathStateFull + "?with_head_pose=false&with_body_yaw=no&with_antenna_positions=0&with_imu=1&with_doa=on"),
		get(api.PathStateFull + "?with_target_head_pose=true&with_target_body_yaw=true"),
		get(api.PathStateFull + "?with_doa=banana"), get(api.PathHeadPose), get(api.PathHeadPose + "?use_pose_matrix=yes"),
		get(api.PathBodyYaw), get(api.PathAntennas), get("/api/state/doa"), get("/api/state/imu"),
		get(api.PathMotors), get(api.PathDaemonStatus), get(api.PathMediaStatus), get(api.PathSounds), get(api.PathVolume),
		get(api.PathRunning), get("/api/nothing"), get(api.PathGoto), post(api.PathStateFull, ""), get(api.PathRunning + "/"),
		post("/health-check", ""), get(api.PathRecordedList + "no/where"), post(api.PathRecordedPlay+"no/where/nod", ""),
		post(api.PathSetMotors+"flying", ""), post(api.PathSetMotors+"gravity_compensation", ""), get(api.PathMotors),
		post(api.PathSetMotors+"disabled", ""), post(api.PathSetMotors+"enabled", ""),
		post(api.PathStop, `{"uuid":"6f1c0b4e-3f0d-4c6b-9a71-5d7f3f4c2a10"}`), post(api.PathStop, `{"uuid":"x"}`),
		post(api.PathStop, `{"uuid":1}`), post(api.PathStop, `{}`),
		post(api.PathSetVolume, `{"volume":101}`), post(api.PathSetVolume, `{"volume":-1}`), post(api.PathSetVolume, `{"volume":1.5}`),
		post(api.PathSetVolume, `{}`), post(api.PathSetVolume, `{"volume":50}`),
		post(api.PathPlaySound, `{"file":"none.wav"}`), post(api.PathPlaySound, `{}`), post(api.PathPlaySound, `{"file":1}`),
		post(api.PathStopSound, ""), post(api.PathEnableWobbling, ""), post(api.PathDisableWobbling, ""),
		{method: http.MethodDelete, path: api.PathSounds + "/none.wav"},
		form("file", "a.txt", []byte("text")), form("other", "a.wav", []byte("text")), form("file", "a.wav", []byte("text")),
		post(api.PathUploadSound, `{}`), post(api.PathDaemonStop, ""), post(api.PathDaemonStart, ""), post(api.PathDaemonStart+"?wake_up=x", ""),
	}
	for _, body := range []string{
		`{}`, `{"duration":"x"}`, `{"duration":null}`, `{`, `[]`, `null`, `1`, ``, `{"duration":0.1,"interpolation":"foo"}`,
		`{"duration":0.1,"interpolation":null}`, `{"duration":0.1,"head_pose":{"pitch":"abc"}}`, `{"duration":0.1,"head_pose":1}`,
		`{"duration":0.1,"head_pose":[]}`, `{"duration":0.1,"head_pose":{"pitch":null}}`, `{"duration":0.1,"head_pose":{"m":"x","x":[]}}`,
		`{"duration":0.1,"antennas":[1]}`, `{"duration":0.1,"antennas":[]}`, `{"duration":0.1,"antennas":[1,2,3]}`,
		`{"duration":0.1,"antennas":"ab"}`, `{"duration":0.1,"antennas":[1,"x"]}`, `{"duration":0.1,"body_yaw":[]}`, `{"duration":{}}`,
	} {
		all = append(all, post(api.PathGoto, body))
	}
	all = append(all, asking{http.MethodPost, api.PathGoto, `{"duration":0.1}`, "text/plain"})
	for _, body := range []string{
		`{"target_antennas":"ab"}`, `{"target_head_pose":{"yaw":"0.1","z":false}}`, `{}`, `{"target_body_yaw":"0.1"}`, `[1]`,
		`{"target_body_yaw":0,"target_head_pose":{"typo":1}}`,
	} {
		all = append(all, post(api.PathSetTarget, body))
	}
	return all
}

// Both answer alike, to what is right and to what is wrong.
func TestRealAnswers(t *testing.T) {
	theirs, mine := makers(t), ours(t)
	theirs.neutral()
	mine.neutral()
	for _, a := range askings() {
		wantStatus, want := theirs.do(a)
		gotStatus, got := mine.do(a)
		diff := cmp.Diff(normal(want), normal(got))
		if wantStatus != gotStatus || diff != "" {
			t.Errorf("%s %s %.60s: ours is %d, the maker's %d: %s", a.method, a.path, a.body, gotStatus, wantStatus, diff)
		}
	}
}

// Both go to the same places, also where they cannot go. No head is asked to be upside down, nor to turn far at
// once: the maker's then measures nonsense until it is restarted.
func TestRealPlaces(t *testing.T) {
	theirs, mine := makers(t), ours(t)
	for _, body := range []string{
		`{"head_pose":{"pitch":0.3,"z":0.01},"antennas":[0.5,-0.5],"body_yaw":0.4,"duration":0.8}`,
		`{"head_pose":{"roll":0.25,"yaw":-0.4},"duration":0.8,"interpolation":"cartoon"}`,
		`{"head_pose":{"yaw":2},"duration":0.8}`, `{"head_pose":{"yaw":-2.9},"duration":0.8}`,
		`{"head_pose":{"z":0.05},"antennas":[1,1],"duration":0.8}`, `{"head_pose":{"pitch":1.2},"duration":1.5}`,
		`{"head_pose":{"x":0.02,"y":-0.01},"body_yaw":1,"duration":0.8}`, `{"body_yaw":3,"duration":0.8}`,
		`{"head_pose":{"pitch":0.3},"antennas":[9,-9],"duration":"1.5"}`, `{"head_pose":{"pitch":0.3},"duration":0}`,
		`{"head_pose":{"m":[1,0,0,0.01,0,1,0,0,0,0,1,0.005,0,0,0,1]},"duration":0.8}`, `{"head_pose":{"m":[1,2]},"duration":true}`,
	} {
		var states [2]any
		for i, d := range []*daemon{theirs, mine} {
			d.neutral()
			d.to(body)
			_, text := d.do(asking{method: http.MethodGet, path: api.PathStateFull})
			states[i] = normal(text)
		}
		if diff := cmp.Diff(states[0], states[1], near); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

// near lets numbers differ by two fiftieths: where a way ends that leaves what is in reach, each has its own last step.
var near = cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 0.045 })

// Both tell the same news of moves, in the same order: of one alone, of two at once, of one that is stopped.
func TestRealNews(t *testing.T) {
	var news [2][]api.MoveEventType
	for i, d := range []*daemon{makers(t), ours(t)} {
		d.neutral()
		c, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(d.url, "http")+api.PathUpdates, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer c.CloseNow()
		long := `{"head_pose":{"pitch":0.2},"duration":0.8}`
		d.to(`{"head_pose":{},"duration":0.2}`)
		d.do(asking{method: http.MethodPost, path: api.PathGoto, body: long})
		time.Sleep(50 * time.Millisecond)
		d.to(`{"head_pose":{},"duration":0.2}`)
		_, text := d.do(asking{method: http.MethodPost, path: api.PathGoto, body: long})
		if _, said := d.do(asking{method: http.MethodPost, path: api.PathSetTarget, body: "{}"}); !strings.Contains(said, api.ReasonMoveRunning) {
			t.Errorf("a target during a move: %s", said)
		}
		if status, said := d.do(asking{method: http.MethodPost, path: api.PathStop, body: text}); status != http.StatusOK {
			t.Errorf("stopping %s: %d %s", text, status, said)
		}
		for range 8 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			_, message, err := c.Read(ctx)
			cancel()
			var e api.MoveEvent
			if err != nil || json.Unmarshal(message, &e) != nil {
				t.Fatalf("%s: after %v: %s, %v", d.url, news[i], message, err)
			}
			news[i] = append(news[i], e.Type)
		}
	}
	if diff := cmp.Diff(news[0], news[1]); diff != "" {
		t.Error(diff)
	}
}

// Both say the same by WebSocket, of a robot that rests: each kind of message once.
func TestRealMessages(t *testing.T) {
	var said [2]map[string]any
	for i, d := range []*daemon{makers(t), ours(t)} {
		d.neutral()
		said[i] = map[string]any{}
		for path, kinds := range map[string]int{
			api.PathSDK: 3, api.PathStateStream + "?frequency=20&use_pose_matrix=true&with_head_joints=true": 1, api.PathSetTargetStream: 1,
		} {
			c, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(d.url, "http")+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer c.CloseNow()
			if path == api.PathSetTargetStream {
				if err := c.Write(t.Context(), websocket.MessageText, []byte(`{"target_antennas":"x"}`)); err != nil {
					t.Fatal(err)
				}
			}
			for len(kindsOf(said[i], path)) < kinds {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				_, text, err := c.Read(ctx)
				cancel()
				if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				message, ok := normal(string(text)).(map[string]any)
				if !ok {
					t.Fatalf("%s: %s", path, text)
				}
				if path == api.PathSetTargetStream {
					delete(message, "detail")
				}
				said[i][fmt.Sprint(path, " ", message["type"])] = message
			}
		}
	}
	if diff := cmp.Diff(said[0], said[1], near); diff != "" {
		t.Error(diff)
	}
}

// kindsOf are the kinds of message that came on a path.
func kindsOf(said map[string]any, path string) (kinds []string) {
	for kind := range said {
		if strings.HasPrefix(kind, path+" ") {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// The maker's own client works, against ours as against theirs.
func TestRealClient(t *testing.T) {
	python := os.Getenv("REACHY_PYTHON")
	if python == "" {
		t.Skip("REACHY_PYTHON names no Python that has the package reachy_mini")
	}
	address := strings.Split(strings.TrimPrefix(ours(t).url, "http://"), ":")
	out, err := exec.CommandContext(t.Context(), python, "testdata/client.py", address[0], address[1]).CombinedOutput()
	if err != nil {
		t.Error(err)
	}
	for line := range strings.Lines(string(out)) {
		t.Log(strings.TrimSpace(line))
	}
	if !strings.Contains(string(out), "done") {
		t.Errorf("it did not get to its end:\n%s", out)
	}
}

package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"aimbench/engine/listen"
	"aimbench/robot"
	"aimbench/robot/api"
)

var update = flag.Bool("update", false, "write the manual's tables anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a simulator in memory with a client.
type rig struct {
	*Simulator
	t      *testing.T
	ctx    context.Context // ends with the test, within its bubble
	client *http.Client
}

// inTime runs a test where time is simulated.
func inTime(t *testing.T, config Config, test func(*rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		listener, dial := listen.Memory()
		s := New(config)
		ctx, cancel := context.WithCancel(context.Background())
		l := listen.Serve(ctx, listener, s)
		transport := &http.Transport{DialContext: dial}
		defer func() {
			transport.CloseIdleConnections()
			s.Close()
			if err := l.Close(); err != nil {
				t.Error(err)
			}
			cancel()
		}()
		test(&rig{s, t, ctx, &http.Client{Transport: transport}})
	})
}

// call makes a request and gives status and body; status 0 is a connection that was cut.
func (r *rig) call(method, path, body string) (int, string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.ctx, method, "http://robot"+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := r.client.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func (r *rig) get(path string, into any) {
	r.t.Helper()
	status, text := r.call(http.MethodGet, path, "")
	r.decode(status, text, into)
}

func (r *rig) post(path, body string, into any) {
	r.t.Helper()
	status, text := r.call(http.MethodPost, path, body)
	r.decode(status, text, into)
}

func (r *rig) decode(status int, text string, into any) {
	r.t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); status != http.StatusOK || err != nil {
		r.t.Fatalf("%d %s (%v)", status, text, err)
	}
}

// begin starts a move and gives its name.
func (r *rig) begin(path, body string) string {
	r.t.Helper()
	var m api.Move
	r.post(path, body, &m)
	return m.UUID
}

func (r *rig) running() (ids []string) {
	r.t.Helper()
	var moves []api.Move
	r.get(api.PathRunning, &moves)
	for _, m := range moves {
		ids = append(ids, m.UUID)
	}
	return ids
}

// dial opens a WebSocket.
func (r *rig) dial(path string) *websocket.Conn {
	r.t.Helper()
	c, response, err := websocket.Dial(r.ctx, "ws://robot"+path, &websocket.DialOptions{HTTPClient: r.client})
	if err != nil {
		r.t.Fatalf("%s: %v %v", path, response, err)
	}
	r.t.Cleanup(func() { _ = c.CloseNow() })
	return c
}

func (r *rig) send(c *websocket.Conn, message any) {
	r.t.Helper()
	text, err := json.Marshal(message)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := c.Write(r.ctx, websocket.MessageText, text); err != nil {
		r.t.Fatal(err)
	}
}

// receive reads a message within a minute.
func (r *rig) receive(c *websocket.Conn, into any) error {
	ctx, cancel := context.WithTimeout(r.ctx, time.Minute)
	defer cancel()
	_, text, err := c.Read(ctx)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// events reads the news of moves that have come.
func (r *rig) events(c *websocket.Conn, count int) (all []api.MoveEvent) {
	r.t.Helper()
	for range count {
		var e api.MoveEvent
		if err := r.receive(c, &e); err != nil {
			r.t.Fatalf("after %v: %v", all, err)
		}
		all = append(all, e)
	}
	return all
}

// at checks where the robot is, within half a hundredth.
func (r *rig) at(what string, want robot.Pose) {
	r.t.Helper()
	got := r.Pose()
	far := max(distance(got.Head, want.Head)*degree, math.Abs(got.Antennas[0]-want.Antennas[0]),
		math.Abs(got.Antennas[1]-want.Antennas[1]), math.Abs(got.BodyYaw-want.BodyYaw))
	if far > 0.005 {
		r.t.Errorf("%s: the robot is at %+v, want %+v", what, got, want)
	}
}

// pass lets time go by.
func pass(d time.Duration) {
	time.Sleep(d) // in a bubble
	synctest.Wait()
}

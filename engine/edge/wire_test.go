package edge

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"aimbench/engine/listen"
	"aimbench/robot"
	"aimbench/robot/api"
	"aimbench/robot/simulator"
)

// wire is a robot's daemon that holds all that it is told to the limits, and its moves to be one at a time.
type wire struct {
	*testing.T
	sim  *simulator.Simulator
	dial func(ctx context.Context, network, address string) (net.Conn, error) // the daemon itself

	mu    sync.Mutex
	trail *robot.Trail
	at    time.Time // when it was last told a target
}

// newWire serves a robot in memory, as behind does.
func newWire(t *testing.T, config simulator.Config) (*wire, network) {
	sim, inner := behind(t, config)
	w := &wire{T: t, sim: sim, dial: inner["reachy"], trail: robot.NewTrail(robot.DefaultLimits())}
	listener, dial := listen.Memory()
	served := listen.Serve(t.Context(), listener, w)
	t.Cleanup(func() { _ = served.Close() }) // nothing is lost by it
	return w, network{"reachy": dial}
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case api.PathSetTargetStream:
		w.relay(rw, r)
		return
	case api.PathSetTarget:
		body, err := io.ReadAll(r.Body)
		if err == nil {
			w.told(body)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	w.sim.ServeHTTP(rw, r)
	if n := w.sim.Moving(); n > 1 {
		w.Errorf("%d moves run at once", n)
	}
}

// relay passes the stream of targets on.
func (w *wire) relay(rw http.ResponseWriter, r *http.Request) {
	client := &http.Client{Transport: &http.Transport{DialContext: w.dial, DisableKeepAlives: true}}
	inner, _, err := websocket.Dial(r.Context(), "http://reachy:8000"+r.URL.Path, &websocket.DialOptions{HTTPClient: client})
	if err != nil {
		http.Error(rw, "not ready", http.StatusServiceUnavailable)
		return
	}
	defer inner.CloseNow() //nolint:errcheck // nothing is left to say
	outer, err := websocket.Accept(rw, r, nil)
	if err != nil {
		return
	}
	defer outer.CloseNow() //nolint:errcheck // nothing is left to say
	go func() {            // what it answers is of no matter here; that it has gone is
		for {
			if _, _, err := inner.Read(r.Context()); err != nil {
				_ = outer.CloseNow()
				return
			}
		}
	}()
	for {
		kind, message, err := outer.Read(r.Context())
		if err != nil || inner.Write(r.Context(), kind, message) != nil {
			return
		}
		w.told(message)
	}
}

// told holds a target to the limits. What comes while a move runs, as it does once from who does not know of the move yet,
// moves nothing.
func (w *wire) told(body []byte) {
	var t api.Target
	if err := json.Unmarshal(body, &t); err != nil {
		w.Errorf("a target that is none: %s", body)
		return
	}
	if t.HeadPose == nil || t.Antennas == nil || t.BodyYaw == nil {
		return // it only asks whether targets are ignored
	}
	if w.sim.Moving() > 0 {
		return
	}
	p, here := robot.Pose{Head: robot.Head(t.HeadPose.Head), Antennas: *t.Antennas, BodyYaw: *t.BodyYaw}, w.sim.Pose()
	w.mu.Lock()
	defer w.mu.Unlock()
	dt := time.Since(w.at)
	if err := w.trail.Add(p, here, dt); err != nil {
		w.Errorf("after %v, where it is at %+v, the target %+v: %v", dt, here, p, err)
	}
	w.at = time.Now()
}

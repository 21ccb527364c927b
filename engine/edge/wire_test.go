package edge

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
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
	sim    *simulator.Simulator
	dial   func(ctx context.Context, network, address string) (net.Conn, error) // the daemon itself
	limits robot.Limits

	mu    sync.Mutex
	last  robot.Pose // as it was told
	at    time.Time
	speed speed
	known bool // the speed is
	count int
}

// speed is that of the head's rotation and translation, of the body, and of both antennas.
type speed struct {
	turn, way robot.Vector
	joints    [3]float64
}

func speedOf(from, to robot.Pose, seconds float64) speed {
	return speed{from.Head.Turn(to.Head).Over(seconds), from.Head.Shift(to.Head).Over(seconds), [3]float64{
		(to.BodyYaw - from.BodyYaw) / seconds, (to.Antennas[0] - from.Antennas[0]) / seconds, (to.Antennas[1] - from.Antennas[1]) / seconds}}
}

// within says that the change from another speed in a time is within bounds.
func (s speed) within(other speed, seconds float64, bound robot.Rates) bool {
	for i, most := range []float64{bound.BodyYaw, bound.Antenna, bound.Antenna} {
		if math.Abs(s.joints[i]-other.joints[i])/seconds > most*1.01 {
			return false
		}
	}
	return s.turn.Minus(other.turn).Length()/seconds <= bound.Turn*1.01 && s.way.Minus(other.way).Length()/seconds <= bound.Way*1.01
}

// newWire serves a robot in memory, as behind does.
func newWire(t *testing.T, config simulator.Config) (*wire, network) {
	sim, inner := behind(t, config)
	w := &wire{T: t, sim: sim, dial: inner["reachy"], limits: robot.DefaultLimits()}
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

// told holds a target to the limits: to those of speed and acceleration either on from the targets before, or from a stand
// where the robot is. What comes while a move runs, as it does once from who does not know of the move yet, moves nothing.
func (w *wire) told(body []byte) {
	var t api.Target
	if err := json.Unmarshal(body, &t); err != nil {
		w.Errorf("a target that is none: %s", body)
		return
	}
	if t.HeadPose == nil || t.Antennas == nil || t.BodyYaw == nil {
		return // it only asks whether targets are ignored
	}
	p := robot.Pose{Head: robot.Head(t.HeadPose.Head), Antennas: *t.Antennas, BodyYaw: *t.BodyYaw}
	here, ignored := w.sim.Pose(), w.sim.Moving() > 0
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count++
	tight := robot.Distance{Angle: 1e-6, Way: 1e-6, Antenna: 1e-6, BodyYaw: 1e-6}
	if !p.Finite() || !w.limits.Clamp(p).Distance(p).Within(tight) {
		w.Errorf("the target %+v is out of the limits", p)
	}
	if ignored {
		return
	}
	dt := time.Since(w.at).Seconds()
	on := speedOf(w.last, p, max(dt, robot.Tick.Seconds()))
	stand := speedOf(here, p, robot.Tick.Seconds())
	goesOn := w.count > 1 && on.within(speed{}, 1, w.limits.Speed) &&
		(!w.known || dt > 1.2*robot.Tick.Seconds() || on.within(w.speed, dt, w.limits.Acceleration))
	if !goesOn && !stand.within(speed{}, robot.Tick.Seconds(), w.limits.Acceleration) {
		w.Errorf("after %.3f s from %+v, where it is at %+v, the target is %+v", dt, w.last, here, p)
	}
	w.known = goesOn && dt < 1.2*robot.Tick.Seconds()
	w.last, w.at, w.speed = p, time.Now(), on
}

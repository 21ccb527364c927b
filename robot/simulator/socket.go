package simulator

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"aimbench/robot/api"
)

const (
	// mostMessage is how long a client's message may be.
	mostMessage = 1 << 20
	// outbox is how many messages wait for a client; one that is slower misses the oldest.
	outbox = 256
)

// A socket is a WebSocket that is open.
type socket struct {
	request *http.Request
	conn    *websocket.Conn
	ctx     context.Context // ends when either side leaves
	cancel  context.CancelFunc
	// heard gets the client's messages, from one goroutine; nil ignores them.
	heard func(text []byte)
	// out are messages that wait to be sent.
	out chan []byte
	// why is what the client is told at the end.
	why string
}

// open makes a WebSocket's handler out of what is done while it is open. The socket is among the listeners, where there is
// such a list, before the client knows that it is open: it misses nothing of what it does then.
func (s *Simulator) open(serve func(*socket), listeners map[*socket]bool, viewer bool) func(http.ResponseWriter, *http.Request, string) {
	return func(w http.ResponseWriter, r *http.Request, _ string) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		c := &socket{request: r, ctx: ctx, cancel: cancel, out: make(chan []byte, outbox)}
		s.admit(c, listeners, viewer)
		defer s.leave(c)
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return // Accept has answered
		}
		conn.SetReadLimit(mostMessage)
		c.conn = conn
		if f := faultOf(r); f.Kind == Dropped {
			defer time.AfterFunc(f.Delay, cancel).Stop()
		}
		serve(c)
		c.end()
	}
}

// admit lists a socket among those that are cut when the robot is lost.
func (s *Simulator) admit(c *socket, listeners map[*socket]bool, viewer bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets[c] = viewer
	if listeners != nil {
		listeners[c] = true
	}
	if s.closed || s.lost && !viewer {
		c.cancel()
	}
}

func (s *Simulator) leave(c *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sockets, c)
	delete(s.updates, c)
	delete(s.sdk, c)
}

// end closes what is open.
func (c *socket) end() {
	if c.ctx.Err() != nil {
		_ = c.conn.CloseNow() // cut, or gone already
		return
	}
	_ = c.conn.Close(websocket.StatusPolicyViolation, c.why)
}

// refuse ends a socket with a reason.
func (c *socket) refuse(why string) { c.why = why[:min(len(why), 120)] }

// run hears and sends until either side leaves. Every tick of each, where there are any, is for what is sent regularly.
func (c *socket) run(ticks ...tick) {
	var wait sync.WaitGroup
	wait.Go(func() {
		defer c.cancel()
		for {
			_, text, err := c.conn.Read(c.ctx)
			if err != nil {
				return
			}
			if c.heard != nil {
				c.heard(text)
			}
		}
	})
	for _, t := range ticks {
		wait.Go(func() { t.run(c.ctx) })
	}
	c.deliver()
	c.cancel()
	wait.Wait()
}

// deliver sends what waits.
func (c *socket) deliver() {
	for {
		select {
		case <-c.ctx.Done():
			return
		case text := <-c.out:
			if c.conn.Write(c.ctx, websocket.MessageText, text) != nil {
				return
			}
		}
	}
}

// A tick is done again and again.
type tick struct {
	period time.Duration
	do     func()
}

// run does it at once, and then each period.
func (t tick) run(ctx context.Context) {
	ticker := time.NewTicker(t.period)
	defer ticker.Stop()
	for {
		t.do()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// each runs the socket with one tick.
func (c *socket) each(period time.Duration, do func()) {
	c.run(tick{max(period, time.Microsecond), do})
}

// send queues a message, and drops the oldest where there is no room.
func (c *socket) send(message any) {
	text, err := json.Marshal(message)
	if err != nil {
		return
	}
	for {
		select {
		case c.out <- text:
			return
		default:
		}
		select {
		case <-c.out:
		default:
		}
	}
}

// tell sends news of a move to all who listen.
func (s *Simulator) tell(what api.MoveEventType, m *move) {
	for c := range s.updates {
		c.send(api.MoveEvent{Type: what, UUID: m.id})
	}
}

// streamUpdates sends the news of moves that happen from now on.
func (s *Simulator) streamUpdates(c *socket) { c.run() }

// streamTargets takes targets, and answers only to those that it does not understand.
func (s *Simulator) streamTargets(c *socket) {
	refused := faultOf(c.request).Kind == Refused
	c.heard = func(text []byte) {
		o, err := parse(text)
		var to reach
		if err == nil {
			to = o.target()
			err = o.err()
		}
		if err != nil {
			c.send(api.TargetError{Status: "error", Detail: err.Error()})
			return
		}
		if !refused {
			s.mu.Lock()
			s.aim(to)
			s.mu.Unlock()
		}
	}
	c.run()
}

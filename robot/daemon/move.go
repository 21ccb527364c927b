package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/coder/websocket"

	"aimbench/robot/api"
)

const (
	// runningEvery is how often the daemon is asked which moves run, where their events do not come; runningAnyway is how
	// often where they do: an event may have been missed.
	runningEvery  = 100 * time.Millisecond
	runningAnyway = time.Second
	// atOnce is how soon a move ends that the daemon did not do: it says that it completed.
	atOnce  = 200 * time.Millisecond
	maxPast = 64
)

// moves are the daemon's own moves that this client begins, one at a time. But for gate, the client's lock is held.
type moves struct {
	gate    chan struct{} // holds a value while a move of ours runs
	own     int           // moves of ours that run, or are being begun
	guarded bool          // that is a way to wake or to sleep
	posting bool          // one is being begun: its events may come before its name
	held    []api.MoveEvent
	follow  map[string]chan api.MoveEvent // ours, by name; the end goes there
	past    []string                      // the latest of ours that are over: what is said of them may come late
	hearing bool                          // events come
}

func newMoves() moves {
	return moves{gate: make(chan struct{}, 1), follow: make(map[string]chan api.MoveEvent)}
}

// move is a move to be run.
type move struct {
	doing   string
	path    string
	timeout time.Duration // of the move
	request time.Duration // of the request, where that may block
	hint    string        // what to try where the daemon does not know it
	guarded bool
	// before and after are done with the robot to ourselves; after judges what came of the move.
	before func(ctx context.Context) (done bool, err error)
	after  func(ctx context.Context, took time.Duration) error
}

// run runs a move to its end. Where ctx ends first, the move goes on, and the next waits for it.
func (c *Client) run(ctx context.Context, m move) error {
	gaveUp := func() error {
		return &Error{Class: Cancelled, Doing: m.doing, Message: "it was given up", Err: context.Cause(ctx)}
	}
	select {
	case c.moves.gate <- struct{}{}:
	case <-ctx.Done():
		return gaveUp()
	case <-c.ctx.Done():
		return c.closed(m.doing)
	}
	if ctx.Err() != nil {
		<-c.moves.gate
		return gaveUp()
	}
	result := make(chan error, 1)
	c.own(1, m.guarded)
	c.running.Go(func() {
		limited, cancel := context.WithTimeout(c.ctx, m.timeout)
		defer cancel()
		err := c.runAlone(limited, m)
		c.own(-1, false)
		<-c.moves.gate
		result <- err
	})
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return gaveUp()
	}
}

func (c *Client) own(n int, guarded bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moves.own += n
	c.moves.guarded = guarded
	c.target.epoch++
	c.target.ignored = false
}

func (c *Client) runAlone(ctx context.Context, m move) error {
	if done, err := m.before(ctx); done || err != nil {
		return err
	}
	if err := c.giveWay(ctx, m.doing); err != nil {
		return err
	}
	begun := time.Now()
	name, end, err := c.begin(ctx, m)
	if err != nil {
		return err
	}
	defer c.forget(name)
	last, err := c.await(ctx, m, name, end)
	if err != nil {
		return err
	}
	switch last.Type {
	case api.MoveFailed:
		return c.refused(m.doing, "the daemon failed in it: "+last.Details, "The daemon's own log says why.")
	case api.MoveCancelled:
		return c.refused(m.doing, "somebody cancelled it", "")
	}
	return m.after(ctx, time.Since(begun))
}

// refused is the error of a move that the robot did not do.
func (c *Client) refused(doing, message, hint string) error {
	return &Error{Class: Refused, Doing: doing, URL: c.URL(), Message: printable(message), Hint: hint}
}

// begin has the daemon begin a move, and follows it from the start: its events may come before the answer does.
func (c *Client) begin(ctx context.Context, m move) (name string, end chan api.MoveEvent, err error) {
	c.mu.Lock()
	c.moves.posting = true
	c.mu.Unlock()
	if m.request > 0 {
		defer c.block()()
	}
	var answer api.Move
	err = c.call(ctx, request{doing: m.doing, method: http.MethodPost, path: m.path, out: &answer, timeout: m.request, hint: m.hint})
	if err == nil && answer.UUID == "" {
		err = &Error{Class: NoDaemon, Doing: m.doing, Method: http.MethodPost, URL: c.URL() + m.path, Message: "an answer that names no move"}
	}
	end = make(chan api.MoveEvent, 1)
	c.mu.Lock()
	if err == nil {
		c.moves.follow[answer.UUID] = end
	}
	held := c.moves.held
	c.moves.posting, c.moves.held = false, nil
	c.mu.Unlock()
	for _, e := range held {
		c.heard(e)
	}
	return answer.UUID, end, err
}

func (c *Client) forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.moves.follow, name)
	c.moves.past = append(c.moves.past, name)
	c.moves.past = c.moves.past[max(0, len(c.moves.past)-maxPast):]
}

// ours tells whether a move is, or was, of ours. The lock is held.
func (m *moves) ours(name string) bool {
	return m.follow[name] != nil || slices.Contains(m.past, name)
}

// await waits for the end of a move: for its event, or for it to be gone from those that run.
func (c *Client) await(ctx context.Context, m move, name string, end chan api.MoveEvent) (api.MoveEvent, error) {
	asked := time.Now()
	for {
		select {
		case e := <-end:
			return e, nil
		case <-time.After(runningEvery):
		case <-ctx.Done():
			if c.ctx.Err() != nil {
				return api.MoveEvent{}, c.closed(m.doing)
			}
			return api.MoveEvent{}, &Error{Class: Timeout, Doing: m.doing, URL: c.URL(), Message: fmt.Sprintf("it did not end within %s", m.timeout), Err: ctx.Err()}
		}
		c.mu.Lock()
		hearing := c.moves.hearing
		c.mu.Unlock()
		if hearing && time.Since(asked) < runningAnyway {
			continue
		}
		asked = time.Now()
		names, err := c.Running(ctx)
		switch {
		case err != nil && !c.Connected():
			return api.MoveEvent{}, err
		case err == nil && !names[name]:
			return c.gone(name, end, hearing), nil
		}
	}
}

// gone is the end of a move that runs no more. Its event tells more, and may still be on its way where events are heard.
func (c *Client) gone(name string, end chan api.MoveEvent, hearing bool) api.MoveEvent {
	wait := time.Millisecond
	if hearing {
		wait = runningEvery
	}
	select {
	case e := <-end:
		return e
	case <-time.After(wait):
	case <-c.ctx.Done():
	}
	return api.MoveEvent{Type: api.MoveCompleted, UUID: name}
}

// Running asks for the names of the moves that run. Those that came by /ws/sdk are not among them.
func (c *Client) Running(ctx context.Context) (map[string]bool, error) {
	var list []api.Move
	if err := c.get(ctx, "asking which moves run", api.PathRunning, &list); err != nil {
		return nil, err
	}
	names := make(map[string]bool, len(list))
	for _, m := range list {
		names[m.UUID] = true
	}
	return names, nil
}

// followMoves listens to what the daemon says of moves.
func (c *Client) followMoves() {
	var pause backoff
	for c.ctx.Err() == nil {
		conn, err := c.dial(c.ctx, "following the robot's moves", api.PathUpdates, "")
		if err != nil {
			sleep(c.ctx, pause.next())
			continue
		}
		begun := time.Now()
		c.hear(conn)
		if time.Since(begun) > steadyAfter {
			pause = backoff{}
		}
		sleep(c.ctx, pause.next())
	}
}

// hear takes events until the socket breaks. Nothing is told of what ran before: so it asks.
func (c *Client) hear(conn *websocket.Conn) {
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	defer conn.CloseNow() //nolint:errcheck // nothing is left to say
	c.setHearing(true)
	defer c.setHearing(false)
	c.running.Go(func() { c.attend(ctx, conn) })
	for {
		_, message, err := conn.Read(ctx) // for as long as nobody moves the robot, nothing comes
		if err != nil {
			return
		}
		var e api.MoveEvent
		if json.Unmarshal(message, &e) == nil {
			c.heard(e)
		}
	}
}

func (c *Client) setHearing(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moves.hearing = on
}

// attend finds out what ran before the socket was there and what ended unheard, and whether the other side lives.
func (c *Client) attend(ctx context.Context, conn *websocket.Conn) {
	c.askOthers()
	for n := 1; sleep(ctx, runningAnyway); n++ {
		c.mu.Lock()
		others := len(c.others.uuids) > 0
		c.mu.Unlock()
		if others {
			c.askOthers()
		}
		if n%10 == 0 && conn.Ping(ctx) != nil {
			_ = conn.CloseNow()
			return
		}
	}
}

// heard takes an event of a move.
func (c *Client) heard(e api.MoveEvent) {
	c.mu.Lock()
	end, ours := c.moves.follow[e.UUID], c.moves.ours(e.UUID)
	if !ours && c.moves.posting {
		if c.moves.held = append(c.moves.held, e); len(c.moves.held) > 1000 {
			c.moves.held = c.moves.held[1:]
		}
		c.mu.Unlock()
		return
	}
	c.mu.Unlock()
	switch {
	case !ours:
		c.heardOther(e)
	case e.Type != api.MoveStarted:
		select {
		case end <- e: // never, where it is over and end is nil
		default:
		}
	}
}

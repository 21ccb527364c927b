package daemon

import (
	"context"
	"errors"
	"net/http"
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

const (
	stateQuery = "?frequency=50"
	// staleAfter is how long a stream may say nothing, and then an answer take, before the robot counts as lost.
	staleAfter = 2 * time.Second
	pollEvery  = 100 * time.Millisecond
	// steadyAfter is how long a stream has to last for its end to be taken for an accident.
	steadyAfter = time.Second
)

// Measured is where the robot is, and when that was received; the zero time where it never was.
func (c *Client) Measured() (robot.Pose, time.Time) {
	s := c.Latest()
	return s.Pose, s.Received
}

// Latest is what the daemon said last.
func (c *Client) Latest() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Fetch asks for the state.
func (c *Client) Fetch(ctx context.Context) (State, error) { return c.fetch(ctx, callTimeout) }

func (c *Client) fetch(ctx context.Context, within time.Duration) (State, error) {
	var s api.State
	err := c.call(ctx, request{doing: "asking where the robot is", method: http.MethodGet, path: api.PathStateFull, out: &s, timeout: within})
	if e := (*Error)(nil); errors.As(err, &e) && e.Class == Refused {
		e.Class, e.Hint = NoDaemon, "Is this the URL of a Reachy Mini's daemon?"
	}
	if err != nil {
		return State{}, err
	}
	if s.HeadPose == nil {
		return State{}, &Error{Class: NoDaemon, Doing: "asking where the robot is", Method: http.MethodGet, URL: c.base.String() + api.PathStateFull,
			Message: "an answer without a pose", Hint: "Is this the URL of a Reachy Mini's daemon?"}
	}
	return stateOf(s), nil
}

// Status asks how the daemon is.
func (c *Client) Status(ctx context.Context) (api.DaemonStatus, error) {
	var s api.DaemonStatus
	err := c.get(ctx, "asking how the daemon is", api.PathDaemonStatus, &s)
	return s, err
}

func stateOf(s api.State) State {
	state := State{Received: time.Now()}
	if s.HeadPose != nil {
		state.Pose.Head = robot.Head(s.HeadPose.Head)
	}
	if s.Antennas != nil {
		state.Pose.Antennas = *s.Antennas
	}
	if s.BodyYaw != nil {
		state.Pose.BodyYaw = *s.BodyYaw
	}
	if s.ControlMode != nil {
		state.Motors = *s.ControlMode
	}
	if at, err := time.Parse(time.RFC3339Nano, s.Timestamp); err == nil {
		state.At = at
	}
	return state
}

// watch keeps the state fresh: by a stream, or by asking where there is none.
func (c *Client) watch() {
	var pause backoff
	for c.ctx.Err() == nil {
		begun := time.Now()
		c.streamState()
		if time.Since(begun) > steadyAfter && c.Connected() {
			pause = backoff{}
		}
		if err := c.pollState(pause.next()); err != nil && c.ctx.Err() == nil {
			if !c.blocked() {
				c.lose(err)
			}
			sleep(c.ctx, pause.last)
		}
	}
}

// streamState reads states until the stream breaks.
func (c *Client) streamState() {
	conn, err := c.dial(c.ctx, "watching the robot", api.PathStateStream, stateQuery)
	if err != nil {
		return
	}
	defer conn.CloseNow() //nolint:errcheck // nothing is left to say
	for {
		var s api.State
		if err := read(c.ctx, conn, staleAfter, &s); err != nil {
			return
		}
		if s.HeadPose != nil {
			c.see(stateOf(s))
		}
	}
}

// pollState asks for the state again and again, for a time.
func (c *Client) pollState(duration time.Duration) error {
	for end := time.Now().Add(duration); ; {
		s, err := c.fetch(c.ctx, staleAfter)
		if err != nil {
			return err
		}
		c.see(s)
		if !sleep(c.ctx, pollEvery) || time.Now().After(end) {
			return nil
		}
	}
}

// blocked tells whether the daemon has reason to be silent.
func (c *Client) blocked() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.blocking > 0
}

// block marks that a request may keep the daemon from anything else, until the function that it returns is called.
func (c *Client) block() func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blocking++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.blocking--
	}
}

// see takes a state. The first one after a loss means that the robot is back.
func (c *Client) see(s State) {
	c.mu.Lock()
	c.state = s
	was, ever := c.connected, c.everSeen
	c.mu.Unlock()
	if was {
		return
	}
	ctx, cancel := context.WithTimeout(c.ctx, callTimeout)
	defer cancel()
	if err := c.quiet(ctx); err != nil && c.ctx.Err() == nil {
		c.tell(Event{Kind: Note, Text: err.Error(), Err: err})
	}
	c.mu.Lock()
	c.connected, c.everSeen, c.lost = true, true, nil
	c.change()
	c.mu.Unlock()
	if ever {
		c.tell(Event{Kind: Back, Text: "the robot is back"})
	}
}

// lose marks that the daemon does not answer.
func (c *Client) lose(err error) {
	c.mu.Lock()
	was := c.connected
	c.connected, c.lost = false, err
	c.change()
	c.mu.Unlock()
	if was {
		c.tell(Event{Kind: Lost, Text: "the robot is lost", Err: err})
	}
}

// change wakes who waits. The lock is held.
func (c *Client) change() {
	close(c.changed)
	c.changed = make(chan struct{})
}

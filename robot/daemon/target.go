package daemon

import (
	"context"
	"time"

	"github.com/coder/websocket"

	"aimbench/robot"
	"aimbench/robot/api"
	"aimbench/robot/motion"
)

// askEvery is how often a target goes by a request instead of the stream: only its answer tells whether targets are
// ignored.
const askEvery = 500 * time.Millisecond

// target is where the robot shall be. The client's lock is held.
type target struct {
	pose  robot.Pose
	fresh chan struct{} // has room for one: there is a pose that was not sent
	err   error         // what became of the latest
}

// SetTarget asks the robot to be at a pose from now on. It does not wait: the latest pose is sent as soon as the ones
// before are. The error may be that of an earlier pose: motion.ErrIgnored while a move runs, ours or somebody else's; an
// *Error where the robot is lost.
func (c *Client) SetTarget(_ context.Context, pose robot.Pose) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.connected:
		return c.lost
	case c.moves.own > 0 || len(c.others.uuids) > 0:
		return motion.ErrIgnored
	}
	c.target.pose = pose
	select {
	case c.target.fresh <- struct{}{}:
	default:
	}
	return c.target.err
}

// sendTargets sends the latest target whenever there is a new one.
func (c *Client) sendTargets() {
	s := &sender{client: c}
	defer s.hangUp()
	for {
		select {
		case <-c.target.fresh:
		case <-c.ctx.Done():
			return
		}
		c.mu.Lock()
		pose, send := c.target.pose, c.connected && c.moves.own == 0
		c.mu.Unlock()
		if !send {
			continue
		}
		err := s.send(pose)
		c.mu.Lock()
		c.target.err = err
		c.mu.Unlock()
	}
}

// sender is the way by which targets go: a stream, or requests where there is none.
type sender struct {
	client  *Client
	conn    *websocket.Conn
	broken  chan struct{} // closed when the stream broke
	pause   backoff
	retry   time.Time // not to dial before
	asked   time.Time // the latest request
	ignored bool      // targets are
}

// send sends a target. Its error is motion.ErrIgnored or an *Error.
func (s *sender) send(pose robot.Pose) error {
	head := api.Head(pose.Head)
	t := api.Target{HeadPose: &api.Pose{Head: head}, Antennas: &pose.Antennas, BodyYaw: &pose.BodyYaw}
	due := time.Since(s.asked) >= askEvery
	switch {
	case due:
		return s.ask(t)
	case s.ignored:
		return motion.ErrIgnored
	case !s.connect():
		return s.ask(t)
	}
	if err := write(s.client.ctx, s.conn, t); err != nil {
		s.hangUp()
	}
	return nil
}

// ask sends a target by a request, whose answer tells whether it was ignored.
func (s *sender) ask(t api.Target) error {
	var answer api.TargetAnswer
	err := s.client.post(s.client.ctx, "moving the robot", api.PathSetTarget, t, &answer)
	s.asked = time.Now()
	if err != nil {
		return err
	}
	if s.ignored = answer.Status == api.TargetIgnored; s.ignored {
		s.client.wasIgnored()
		return motion.ErrIgnored
	}
	s.client.wasTaken()
	return nil
}

// connect opens the stream, unless it was tried just before.
func (s *sender) connect() bool {
	c := s.client
	if s.conn != nil {
		select {
		case <-s.broken:
			s.hangUp()
		default:
			return true
		}
	}
	if time.Now().Before(s.retry) {
		return false
	}
	conn, err := c.dial(c.ctx, "moving the robot", api.PathSetTargetStream, "")
	if err != nil {
		s.retry = time.Now().Add(s.pause.next())
		return false
	}
	s.conn, s.broken, s.pause = conn, make(chan struct{}), backoff{}
	c.running.Go(func() { c.hearComplaints(conn, s.broken) })
	return true
}

func (s *sender) hangUp() {
	if s.conn != nil {
		_ = s.conn.CloseNow() // there is nothing left to say
		s.conn = nil
	}
}

// hearComplaints reads what the daemon says of targets, which is only what it does not understand. It says it once.
func (c *Client) hearComplaints(conn *websocket.Conn, broken chan struct{}) {
	defer close(broken)
	said := false
	for {
		_, message, err := conn.Read(c.ctx)
		if err != nil {
			return
		}
		if !said {
			c.tell(Event{Kind: Note, Text: "the robot's daemon does not take a target: " + printable(string(message))})
		}
		said = true
	}
}

package daemon

import (
	"context"
	"errors"
	"time"

	"github.com/coder/websocket"

	"aimbench/robot"
	"aimbench/robot/api"
	"aimbench/robot/motion"
)

const (
	// askEvery is how often the daemon is asked whether it ignores targets, which its stream of them does not tell.
	askEvery = 500 * time.Millisecond
	// wantedFor is for how long after a target that is worth to know.
	wantedFor = 3 * time.Second
	// mostCrashes is how many targets in a row the daemon may fail to take.
	mostCrashes = 3
)

// target is how targets go. The client's lock is held.
type target struct {
	conn    *websocket.Conn // the stream; nil where there is none
	wanted  time.Time       // when one was last to be sent
	ignored bool            // targets are, by what the daemon last said
	epoch   int             // counts our own moves: what was said of targets before one is out of date
	crashes int             // in a row
}

// SetTarget asks the robot to be at a pose from now on. It hands the pose to a stream, or to a request where there is no
// stream, which takes until ctx ends at most. The error is motion.ErrIgnored while a move runs, ours or somebody else's,
// and an *Error where the robot is lost.
func (c *Client) SetTarget(ctx context.Context, pose robot.Pose) error {
	c.mu.Lock()
	connected, lost, conn := c.connected, c.lost, c.target.conn
	c.target.wanted = time.Now()
	ignored := c.target.ignored || c.moves.own > 0 || len(c.others.uuids) > 0
	c.mu.Unlock()
	switch {
	case !connected:
		return lost
	case ignored:
		return motion.ErrIgnored
	}
	t := api.Target{HeadPose: &api.Pose{Head: api.Head(pose.Head)}, Antennas: &pose.Antennas, BodyYaw: &pose.BodyYaw}
	if conn != nil && write(ctx, conn, t) == nil {
		return nil
	}
	ignored, err := c.ask(ctx, t)
	return c.asked(ignored, err)
}

// ask sends a target by a request, which may be empty, and tells whether it was ignored.
func (c *Client) ask(ctx context.Context, t api.Target) (ignored bool, err error) {
	var answer api.TargetAnswer
	err = c.post(ctx, "moving the robot", api.PathSetTarget, t, &answer)
	return answer.Status == api.TargetIgnored, err
}

// asked makes of what the daemon said of a target what SetTarget says. A daemon that crashes in one takes the next.
func (c *Client) asked(ignored bool, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var e *Error
	switch {
	case err == nil:
		c.target.crashes = 0
	case errors.As(err, &e) && e.Class == Crashed:
		if c.target.crashes++; c.target.crashes < mostCrashes {
			return nil
		}
	}
	if err == nil && ignored {
		c.target.ignored = true // askWhether finds out why, and when that is over
		return motion.ErrIgnored
	}
	return err
}

// askWhether asks, while somebody sets targets, whether they are ignored. An empty target moves nothing, however late it
// comes.
func (c *Client) askWhether() {
	for sleep(c.ctx, askEvery) {
		c.mu.Lock()
		worth, epoch := c.connected && c.moves.own == 0 && time.Since(c.target.wanted) < wantedFor, c.target.epoch
		c.mu.Unlock()
		if !worth {
			continue
		}
		ignored, err := c.ask(c.ctx, api.Target{})
		if err != nil {
			continue // watch finds out whether the robot is lost
		}
		c.mu.Lock()
		current := c.target.epoch == epoch
		if current {
			c.target.ignored = ignored
		}
		c.mu.Unlock()
		switch {
		case !current:
		case ignored:
			c.wasIgnored()
		default:
			c.wasTaken()
		}
	}
}

// streamTargets keeps a stream open for targets to go by.
func (c *Client) streamTargets() {
	var pause backoff
	for c.ctx.Err() == nil {
		conn, err := c.dial(c.ctx, "moving the robot", api.PathSetTargetStream, "")
		if err == nil {
			begun := time.Now()
			c.setStream(conn)
			c.hearComplaints(conn)
			c.setStream(nil)
			_ = conn.CloseNow() // there is nothing left to say
			if time.Since(begun) > steadyAfter {
				pause = backoff{}
			}
		}
		sleep(c.ctx, pause.next())
	}
}

func (c *Client) setStream(conn *websocket.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.target.conn = conn
}

// hearComplaints reads what the daemon says of targets until the stream breaks. It says only what it does not understand,
// which is told once.
func (c *Client) hearComplaints(conn *websocket.Conn) {
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

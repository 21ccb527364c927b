package daemon

import (
	"context"
	"maps"
	"math"
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

const (
	// stuckAfter is how many targets in a row are ignored, the robot being at rest and no move known, before the daemon
	// is taken to be stuck: "a move runs" can outlive a crash of who ran it.
	stuckAfter = 4
	// wayTimeout is how long a move of ours waits for somebody else's.
	wayTimeout = 5 * time.Second
	// A robot that goes this far between two targets that were ignored is moved by somebody.
	restAngle  = 0.01  // rad
	restLength = 0.001 // m
)

// others is what is known of who else moves the robot. The client's lock is held.
type others struct {
	uuids   map[string]bool // moves that run and are not ours
	unnamed bool            // a move runs that the daemon does not list
	told    bool            // that somebody moves the robot
	ignored int             // targets in a row, the robot being at rest
	freed   bool            // stop_move was tried
	last    robot.Pose      // at the latest target that was ignored
}

// tellOthers tells when somebody begins or ends to move the robot. No lock is held.
func (c *Client) tellOthers() {
	c.mu.Lock()
	o := &c.others
	now := len(o.uuids) > 0 || o.unnamed
	changed := now != o.told
	o.told = now
	c.mu.Unlock()
	switch {
	case changed && now:
		c.tell(Event{Kind: Foreign, Text: "somebody else moves the robot"})
	case changed:
		c.tell(Event{Kind: Free, Text: "nobody else moves the robot any more"})
	}
}

// heardOther takes an event of a move that is not ours.
func (c *Client) heardOther(e api.MoveEvent) {
	c.mu.Lock()
	if e.Type == api.MoveStarted {
		c.others.uuids[e.UUID] = true
	} else {
		delete(c.others.uuids, e.UUID)
	}
	c.mu.Unlock()
	c.tellOthers()
}

// askOthers asks which moves run, to know those that are not ours.
func (c *Client) askOthers() {
	c.mu.Lock()
	posting := c.moves.posting
	c.mu.Unlock()
	names, err := c.Running(c.ctx)
	if err != nil || posting {
		return
	}
	c.mu.Lock()
	if !c.moves.posting {
		maps.DeleteFunc(names, func(name string, _ bool) bool { return c.moves.ours(name) })
		c.others.uuids = names
	}
	c.mu.Unlock()
	c.tellOthers()
}

// wasTaken: a target was, so that no move runs.
func (c *Client) wasTaken() {
	c.mu.Lock()
	o := &c.others
	o.unnamed, o.ignored, o.freed = false, 0, false
	c.mu.Unlock()
	c.tellOthers()
}

// wasIgnored: a target was. Either somebody moves the robot, by a move that is listed or by one that only shows in that
// the robot moves; or the daemon is stuck, and is freed, once.
func (c *Client) wasIgnored() {
	c.askOthers()
	c.mu.Lock()
	o := &c.others
	moved := far(o.last, c.state.Pose, restAngle, restLength)
	o.last = c.state.Pose
	free := false
	switch {
	case len(o.uuids) > 0 || c.moves.own > 0:
		o.ignored = 0
	case moved && o.ignored > 0:
		o.unnamed, o.ignored = true, 1
	default:
		o.ignored++
		free = o.ignored >= stuckAfter && !o.freed
		o.freed = o.freed || free
	}
	c.mu.Unlock()
	c.tellOthers()
	if !free {
		return
	}
	ctx, cancel := context.WithTimeout(c.ctx, callTimeout)
	defer cancel()
	text := "the robot's daemon ignores targets though nothing moves: it was told to stop its moves"
	err := c.command(ctx, "freeing the robot", api.Command{Type: api.TypeStopMove})
	if err != nil {
		text += ", and did not take that"
	}
	c.tell(Event{Kind: Note, Text: text, Err: err})
}

// giveWay waits until nobody else moves the robot, with no move of ours running: the daemon would run both. A move that is
// not listed shows in that targets are ignored; one that is may take them in its pauses.
func (c *Client) giveWay(ctx context.Context, doing string) error {
	for end := time.Now().Add(wayTimeout); ; {
		ignored, err := c.ask(ctx, api.Target{})
		if err != nil {
			return err
		}
		c.askOthers()
		c.mu.Lock()
		free := !ignored && len(c.others.uuids) == 0
		c.mu.Unlock()
		switch {
		case free:
			return nil
		case time.Now().After(end):
			return c.refused(doing, "somebody else moves the robot", "Wait until that is over, or stop it.")
		}
		sleep(ctx, runningEvery)
	}
}

// far tells whether two poses differ by more than an angle or a length, on any axis.
func far(a, b robot.Pose, angle, length float64) bool {
	return max(math.Abs(a.Head.X-b.Head.X), math.Abs(a.Head.Y-b.Head.Y), math.Abs(a.Head.Z-b.Head.Z)) > length ||
		max(math.Abs(a.Head.Roll-b.Head.Roll), math.Abs(a.Head.Pitch-b.Head.Pitch), math.Abs(a.Head.Yaw-b.Head.Yaw),
			math.Abs(a.Antennas[0]-b.Antennas[0]), math.Abs(a.Antennas[1]-b.Antennas[1]), math.Abs(a.BodyYaw-b.BodyYaw)) > angle
}

// settle waits for what was measured to be fresher than now.
func (c *Client) settle(ctx context.Context) (State, error) {
	sleep(ctx, 2*time.Second/50) // targets are applied within two ticks
	return c.Fetch(ctx)
}

package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
	"aimbench/robot/motion"
)

const (
	scriptTimeout   = 30 * time.Second // waking takes 2 s, and going to sleep 5 s
	recordedTimeout = 5 * time.Minute

	// How near to where a way to wake or to sleep ends the robot has to be. A real one sags by some degrees.
	nearAngle  = 0.25  // rad, of the head
	nearLength = 0.035 // m: asleep, the head also lies back by 2 cm
)

var _ motion.Body = (*Client)(nil)

// Motors asks in which mode the motors are.
func (c *Client) Motors(ctx context.Context) (motion.MotorMode, error) {
	var m api.Motors
	err := c.get(ctx, "asking for the motors' mode", api.PathMotors, &m)
	return motion.MotorMode(m.Mode), err
}

// SetMotors sets the mode of the motors.
func (c *Client) SetMotors(ctx context.Context, mode motion.MotorMode) error {
	return c.post(ctx, "setting the motors' mode", api.PathSetMotors+url.PathEscape(string(mode)), nil, nil)
}

// enable turns the motors on. In gravity compensation they are as good as off.
func (c *Client) enable(ctx context.Context) error {
	mode, err := c.Motors(ctx)
	if err != nil || mode == motion.MotorsOn {
		return err
	}
	return c.SetMotors(ctx, motion.MotorsOn)
}

// Wake turns the motors on, which the daemon's way to wake does not, and plays it to its end.
func (c *Client) Wake(ctx context.Context) error {
	const doing = "waking the robot"
	return c.run(ctx, move{
		doing: doing, path: api.PathWakeUp, timeout: scriptTimeout, guarded: true,
		before: func(ctx context.Context) (bool, error) { return false, c.enable(ctx) },
		after: func(ctx context.Context, _ time.Duration) error {
			state, err := c.settle(ctx)
			if err == nil && !near(state.Pose, robot.Init) {
				return c.refused(doing, "its head is not up: "+where(state.Pose), "Is something in its way, or does somebody else move it?")
			}
			c.mu.Lock()
			unquiet := c.unquiet
			c.mu.Unlock()
			if err != nil || !unquiet {
				return err
			}
			return c.quiet(ctx)
		},
	})
}

// Asleep tells whether the robot has to be woken before it can be moved.
func (c *Client) Asleep(ctx context.Context) (bool, error) {
	mode, err := c.Motors(ctx)
	if err != nil || mode != motion.MotorsOn {
		return err == nil, err
	}
	state, err := c.Fetch(ctx)
	return near(state.Pose, robot.Asleep), err
}

// Sleep plays the daemon's way to sleep to its end, which turns the motors off. It does nothing where they are off and
// the robot lies already; else it turns them on first, for without them the daemon goes through its way and the head
// stays.
func (c *Client) Sleep(ctx context.Context) error {
	const doing = "putting the robot to sleep"
	return c.run(ctx, move{
		doing: doing, path: api.PathGotoSleep, timeout: scriptTimeout, guarded: true,
		before: func(ctx context.Context) (bool, error) {
			mode, err := c.Motors(ctx)
			if err != nil {
				return false, err
			}
			if state, err := c.Fetch(ctx); err != nil || mode == motion.MotorsOff && near(state.Pose, robot.Asleep) {
				return true, err
			}
			return false, c.enable(ctx)
		},
		after: func(ctx context.Context, _ time.Duration) error {
			state, err := c.settle(ctx)
			switch {
			case err != nil:
				return err
			case !near(state.Pose, robot.Asleep):
				return c.refused(doing, "its head is not down: "+where(state.Pose), "Is something in its way, or does somebody else move it?")
			case state.Motors != api.MotorsDisabled:
				return c.refused(doing, fmt.Sprintf("its motors are %s", state.Motors), "")
			}
			return nil
		},
	})
}

// near compares the heads, and not the antennas, which may be held by hand.
func near(a, b robot.Pose) bool {
	a.Antennas, a.BodyYaw = b.Antennas, b.BodyYaw
	return !far(a, b, nearAngle, nearLength)
}

// where says where a head is.
func where(p robot.Pose) string {
	return fmt.Sprintf("pitch %.2f rad, z %.0f mm", p.Head.Pitch, 1000*p.Head.Z)
}

// Recorded plays a move of one of the daemon's libraries to its end. The daemon may have to fetch the library first.
func (c *Client) Recorded(ctx context.Context, dataset, name string) error {
	doing := fmt.Sprintf("playing the recorded move %s of %s", printable(name), printable(dataset))
	return c.run(ctx, move{
		doing: doing, path: api.PathRecordedPlay + escape(dataset) + "/" + url.PathEscape(name), timeout: recordedTimeout, request: blockTimeout,
		hint: "The daemon has to have the library, or a network to fetch it.",
		before: func(ctx context.Context) (bool, error) {
			mode, err := c.Motors(ctx)
			if err == nil && mode != motion.MotorsOn {
				err = c.refused(doing, fmt.Sprintf("its motors are %s", mode), "Wake it first.")
			}
			return false, err
		},
		after: func(_ context.Context, took time.Duration) error {
			if took < atOnce {
				return c.refused(doing, "it ended at once", "Does somebody else move the robot?")
			}
			return nil
		},
	})
}

// RecordedMoves lists the moves of one of the daemon's libraries.
func (c *Client) RecordedMoves(ctx context.Context, dataset string) ([]string, error) {
	defer c.block()()
	var names []string
	err := c.call(ctx, request{
		doing: "listing the recorded moves of " + printable(dataset), method: http.MethodGet, path: api.PathRecordedList + escape(dataset), out: &names,
		timeout: blockTimeout, hint: "The daemon has to have the library, or a network to fetch it.",
	})
	return names, err
}

// escape escapes the parts of a path.
func escape(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// Stop ends every move that the daemon runs, whoever began it, and any sound. A way to wake or to sleep that we began is
// not ended: halfway, the motors would be turned off with the head up. Its sound is.
func (c *Client) Stop(ctx context.Context) error {
	c.mu.Lock()
	guarded := c.moves.guarded
	c.mu.Unlock()
	var err error
	if !guarded {
		err = c.command(ctx, "stopping the robot", api.Command{Type: api.TypeStopMove})
	}
	return errors.Join(err, c.StopSound(ctx))
}

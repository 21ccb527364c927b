package edge

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"aimbench/robot"
	"aimbench/robot/motion"
)

// noRobot is what commands say that want one.
const noRobot = "There is no robot in this talk."

func (c *Chat) gestureNames() []string {
	names := robot.Names()
	for _, g := range c.plan.Scenario.Gestures {
		if !slices.Contains(names, g.Name) {
			names = append(names, g.Name)
		}
	}
	return names
}

func (c *Chat) gesture(name string) {
	switch {
	case c.body == nil:
		c.view.Answer(noRobot)
	case name == "":
		c.view.Answer("Gestures: " + strings.Join(c.gestureNames(), ", ") + ", and recorded:DATASET:MOVE.")
	default:
		g, err := c.body.named(name)
		if err != nil {
			c.view.Answer(sentence(err.Error()))
			return
		}
		if g.Kind != robot.Wake && g.Kind != robot.Sleep {
			c.body.wake(c.ctx)
		}
		c.did(c.body.do(c.ctx, g))
	}
}

// did says how a gesture went that a command asked for.
func (c *Chat) did(d motion.Done) {
	switch {
	case d.Status == motion.StatusDone && !d.Started.IsZero():
		c.view.Answer(fmt.Sprintf("%s: done in %s.", d.Gesture, brief(d.Ended.Sub(d.Started).Round(10*time.Millisecond))))
	case d.Status == motion.StatusDone:
		c.view.Answer(d.Gesture + ": done.")
	default:
		c.view.Answer(fmt.Sprintf("%s: %s, %s.", d.Gesture, d.Status, strings.TrimSuffix(d.Detail, ".")))
	}
}

// sentence makes a sentence of an error.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(text[n:], ".") + "."
}

func (c *Chat) wake(string)  { c.command(robot.Gesture{Name: "wake_up", Kind: robot.Wake}) }
func (c *Chat) sleep(string) { c.command(robot.Gesture{Name: "goto_sleep", Kind: robot.Sleep}) }

func (c *Chat) command(g robot.Gesture) {
	if c.body == nil {
		c.view.Answer(noRobot)
		return
	}
	c.did(c.body.do(c.ctx, g))
}

func (c *Chat) stopAll(string) {
	c.halt()
	c.view.Answer("Stopped.")
}

// atRest is the way to the pose of rest.
func atRest(name string) robot.Gesture {
	return robot.Gesture{Name: name, Moves: []robot.Keyframe{{Pose: robot.Init, Axes: robot.AllAxes, Duration: 800 * time.Millisecond}}}
}

func (c *Chat) calibrate(string) {
	if c.body == nil {
		c.view.Answer(noRobot)
		return
	}
	c.body.wake(c.ctx)
	d := c.body.do(c.ctx, atRest("calibrate"))
	if d.Status != motion.StatusDone {
		c.did(d)
		return
	}
	at, _ := c.body.machine.Client.Measured()
	off := robot.Init.Distance(at)
	c.view.Answer(fmt.Sprintf("At rest: the head is within %.1f° and %.1f mm of where it should be, the antennas within %.1f°.",
		degrees(off.Angle), off.Way*1000, degrees(off.Antenna)))
}

func degrees(rad float64) float64 { return rad * 180 / math.Pi }

func (c *Chat) state(string) {
	if c.body == nil {
		c.view.Answer(noRobot)
		return
	}
	s := c.body.machine.Loop.State()
	var b strings.Builder
	fmt.Fprintf(&b, "robot     %s", s.Activity)
	if s.Gesture != "" {
		fmt.Fprintf(&b, ", %s", s.Gesture)
	}
	if s.Queued > 0 {
		fmt.Fprintf(&b, ", %d more to come", s.Queued)
	}
	if s.Detail != "" {
		fmt.Fprintf(&b, ": %s", s.Detail)
	}
	ctx, cancel := context.WithTimeout(c.ctx, patience)
	defer cancel()
	at, err := c.body.machine.State(ctx)
	if err != nil {
		fmt.Fprintf(&b, "\npose      not known: %s", reason(err))
		c.view.Answer(b.String())
		return
	}
	fmt.Fprintf(&b, "\nmotors    %s\nhead      pitch %+.1f°, yaw %+.1f°, roll %+.1f°; x %+.1f, y %+.1f, z %+.1f mm\nantennas  right %+.1f°, left %+.1f°\nbody      yaw %+.1f°",
		at.Motors, degrees(at.Pitch), degrees(at.Yaw), degrees(at.Roll), at.X*1000, at.Y*1000, at.Z*1000,
		degrees(at.Antennas[0]), degrees(at.Antennas[1]), degrees(at.BodyYaw))
	c.view.Answer(b.String())
}

func (c *Chat) mute(args string) {
	if c.body == nil {
		c.view.Answer(noRobot)
		return
	}
	on := !c.body.muted.Load()
	switch args {
	case "":
	case "on":
		on = true
	case "off":
		on = false
	default:
		c.view.Answer("Write /mute, /mute on or /mute off.")
		return
	}
	c.body.muted.Store(on)
	if on {
		c.body.machine.Speaker().Cut()
		c.view.Answer("The robot is muted.")
		return
	}
	c.view.Answer("The robot may speak.")
}

func (c *Chat) volume(args string) {
	if c.body == nil {
		c.view.Answer(noRobot)
		return
	}
	ctx, cancel := context.WithTimeout(c.ctx, patience)
	defer cancel()
	client := c.body.machine.Client
	if args != "" {
		n, err := strconv.Atoi(args)
		if err != nil || n < 0 || n > 100 {
			c.view.Answer("A volume is a whole number from 0 to 100.")
			return
		}
		if err := client.SetVolume(ctx, n); err != nil {
			c.view.Answer("The volume stays as it is: " + reason(err) + ".")
			return
		}
	}
	n, err := client.Volume(ctx)
	if err != nil {
		c.view.Answer("The robot does not say how loud it is: " + reason(err) + ".")
		return
	}
	c.view.Answer(fmt.Sprintf("The volume is %d.", n))
}

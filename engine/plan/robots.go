package plan

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"aimbench/engine/scenario"
	"aimbench/robot"
)

// robots finds the robots that are used, replaces the real ones where the run is to be simulated, and says what is wrong
// with how they are used.
func (p *Plan) robots(simulate bool) scenario.Diagnostics {
	replaced := map[*scenario.Robot]*scenario.Robot{}
	for i, c := range p.Conversations {
		if c.Robot == nil {
			continue
		}
		r := replaced[c.Robot]
		if r == nil {
			r = c.Robot
			if simulate && r.Simulator == nil {
				r = &scenario.Robot{Name: r.Name, Simulator: &scenario.RobotSimulator{}, Speech: r.Speech, Hold: r.Hold, Range: r.Range}
				p.Simulated = true
			}
			replaced[c.Robot] = r
			p.Robots = append(p.Robots, r)
		}
		if r != c.Robot {
			changed := *c
			changed.Robot = r
			p.Conversations[i] = &changed
		}
	}
	p.remix()
	var diags scenario.Diagnostics
	for _, r := range p.Robots {
		diags = append(diags, p.oneBody(r)...)
	}
	return diags
}

// oneBody says where a robot behind a daemon may be wanted twice at once.
func (p *Plan) oneBody(r *scenario.Robot) scenario.Diagnostics {
	if r.Simulator != nil || r.ShareFirst {
		return nil
	}
	var wanted []*scenario.Load
	for _, l := range p.Loads {
		if !slices.ContainsFunc(l.Mix, func(m scenario.MixEntry) bool { return m.Weight > 0 && m.Conversation.Robot == r }) {
			continue
		}
		if n := atOnce(l); n != 1 {
			return scenario.Diagnostics{shared(r, l, fmt.Sprintf("load %q may have %s under way at once", l.Name, several(n)))}
		}
		for _, other := range wanted {
			if !follows(l, other) && !follows(other, l) {
				return scenario.Diagnostics{shared(r, l, fmt.Sprintf("loads %q and %q run at the same time", other.Name, l.Name))}
			}
		}
		wanted = append(wanted, l)
	}
	return nil
}

func shared(r *scenario.Robot, l *scenario.Load, why string) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "One body for several", Subject: l.Range.Ptr(),
		Detail: fmt.Sprintf("robot %q is one body behind a daemon, and %s. Write share = first in the robot, so that one conversation at a time has it and the others go without; or give it a simulator {}, of which each has its own.", r.Name, why),
	}
}

// atOnce is how many conversations a load may have under way; 0 where nothing bounds them.
func atOnce(l *scenario.Load) int {
	if l.Users > 0 {
		return max(1, int(Peak(l)+0.999))
	}
	return l.MaxInFlight
}

func several(n int) string {
	if n == 0 {
		return "any number of conversations"
	}
	return count(n, "conversation")
}

// follows reports whether a load begins only when another has ended.
func follows(l, other *scenario.Load) bool {
	for after := l.After; after != nil; after = after.After {
		if after == other {
			return true
		}
	}
	return false
}

// GestureOf is a gesture as robots know it. The error is that of a name that is not built in.
func GestureOf(g *scenario.Gesture) (robot.Gesture, error) {
	if g.Builtin {
		return robot.Named(g.Name)
	}
	out := robot.Gesture{Name: g.Name}
	if g.Recorded != nil {
		out.Kind, out.Dataset, out.Move = robot.Recorded, g.Recorded.Dataset, g.Recorded.Move
		return out, nil
	}
	pose := robot.Neutral
	for _, m := range g.Moves {
		k := robot.Keyframe{Duration: m.Duration, Interpolation: robot.Interpolation(m.Interpolation)}
		set := func(x *float64, axis robot.Axes, to *float64) {
			if x != nil {
				*to = *x
				k.Axes |= axis
			}
		}
		set(m.X, robot.X, &pose.Head.X)
		set(m.Y, robot.Y, &pose.Head.Y)
		set(m.Z, robot.Z, &pose.Head.Z)
		set(m.Roll, robot.Roll, &pose.Head.Roll)
		set(m.Pitch, robot.Pitch, &pose.Head.Pitch)
		set(m.Yaw, robot.Yaw, &pose.Head.Yaw)
		set(m.BodyYaw, robot.BodyYaw, &pose.BodyYaw)
		if m.Antennas != nil {
			pose.Antennas = *m.Antennas
			k.Axes |= robot.Antennas
		}
		k.Pose = pose
		out.Moves = append(out.Moves, k)
	}
	return out, nil
}

// gestures says which of the scenario's gestures no robot can do.
func (p *Plan) gestures() scenario.Diagnostics {
	var diags scenario.Diagnostics
	for _, g := range p.Scenario.Gestures {
		if diag := beyond(g); diag != nil {
			diags = append(diags, diag)
		}
	}
	return diags
}

// beyond says why no robot can do a gesture; nil where one can.
func beyond(g *scenario.Gesture) *hcl.Diagnostic {
	what, _ := GestureOf(g)
	err := robot.Check(what, robot.DefaultLimits())
	if err == nil {
		return nil
	}
	diag := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Impossible gesture", Detail: err.Error() + ".", Subject: g.Range.Ptr()}
	var limit *robot.LimitError
	if errors.As(err, &limit) && limit.Move >= 1 && limit.Move <= len(g.Moves) {
		diag.Summary = "Gesture out of reach"
		diag.Subject = g.Moves[limit.Move-1].Range.Ptr()
	}
	return diag
}

// used are the gestures that the conversations may perform, in the order in which they first do.
func (p *Plan) used() []*scenario.Gesture {
	var out []*scenario.Gesture
	add := func(g *scenario.Gesture) {
		if g != nil && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	for _, c := range p.Conversations {
		for _, t := range c.Turns {
			for _, perform := range t.Performs {
				add(perform.Gesture)
			}
		}
		for _, t := range c.Tools {
			add(t.Gesture)
		}
	}
	return out
}

// Bodies is how many bodies of a robot the plan is known to want at once.
func (p *Plan) Bodies(r *scenario.Robot) int {
	if r.Simulator == nil {
		return 1
	}
	n := 0
	for _, l := range p.Loads {
		if slices.ContainsFunc(l.Mix, func(m scenario.MixEntry) bool { return m.Weight > 0 && m.Conversation.Robot == r }) {
			n += atOnce(l)
		}
	}
	return max(1, n)
}

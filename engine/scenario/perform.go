package scenario

import (
	"fmt"
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// withReply are the occasions on which the reply has ended, so that a perform's when can ask about it.
var withReply = []string{"reply", "interrupted", "failure", "idle"}

// body reads what of a conversation is about its robot.
func (d *decoder) body(n *node, c *Conversation, w *turnCheck) {
	c.Speak = n.yes("speak")
	if refs := n.refs["robot"]; len(refs) > 0 {
		c.Robot = d.robots[refs[0].name]
	}
	why := map[string]string{"turn": "A conversation's performs hold for every turn, so that they cannot use one"}
	for _, p := range n.all("perform") {
		perform := d.perform(p)
		c.Performs = append(c.Performs, perform)
		w.checkPerform(p, perform, nil, why)
	}
}

// turnPerforms are the turn's own performs and its conversation's.
func (d *decoder) turnPerforms(n *node, c *Conversation, w *turnCheck, turns cty.Type, closed map[string]string) []*Perform {
	var own []*Perform
	for _, p := range n.all("perform") {
		perform := d.perform(p)
		own = append(own, perform)
		w.checkPerform(p, perform, map[string]cty.Type{"turn": turns}, closed)
	}
	return merged(c.Performs, own)
}

// checkPerform checks the condition of a perform over what is known on its occasion.
func (w *turnCheck) checkPerform(n *node, p *Perform, types map[string]cty.Type, closed map[string]string) {
	known := map[string]cty.Type{}
	why := map[string]string{}
	for name, ty := range types {
		known[name] = ty
	}
	for name, text := range closed {
		why[name] = text
	}
	if slices.Contains(withReply, p.On) {
		known["response"] = responseType
	} else {
		why["response"] = fmt.Sprintf("the reply is not known on %s; response is known on %s", p.On, listed(withReply, "and"))
	}
	if p.On == "tool_call" {
		known["call"] = toolCallType
	}
	w.check(p.When, n.file, known, why)
}

// checkBody reports what moves a robot in a conversation that has none.
func (d *decoder) checkBody(n *node, c *Conversation) {
	if c.Robot != nil || n.given("robot") {
		return
	}
	for _, p := range append(n.all("perform"), performsOfTurns(n)...) {
		d.fail(p.rng, "No robot", fmt.Sprintf("conversation %q has no robot to perform this: write robot = robot.NAME in it.", n.label))
		return
	}
	for i, ref := range n.refs["tools"] {
		if i < len(c.Tools) && c.Tools[i] != nil && c.Tools[i].Gesture != nil {
			d.fail(ref.rng, "No robot", fmt.Sprintf("conversation %q has no robot for the gesture of tool.%s: write robot = robot.NAME in it.", n.label, ref.name))
			return
		}
	}
	if c.Speak {
		d.fail(n.at("speak"), "No robot", fmt.Sprintf("conversation %q has no robot that could speak: write robot = robot.NAME in it.", n.label))
	}
}

func performsOfTurns(n *node) []*node {
	var out []*node
	for _, t := range n.all("turn") {
		out = append(out, t.all("perform")...)
	}
	return out
}

// Performed is what became of a perform, as perform.NAME shows it to assertions.
type Performed struct {
	// Status is one of the statuses of event.Gesture.
	Status string
	// Detail says why, where the gesture was not done.
	Detail string
	// Count is how often the occasion came.
	Count int
	// Start and Done are the seconds from the occasion to the first movement and to the end; nil, which the language sees
	// as null, where they did not come.
	Start, Done *float64
}

// performFields is the one list of what perform.NAME has.
var performFields = []field{
	{"status", cty.String, "done; refused, failed, cancelled or skipped where it was not; empty where the occasion did not come"},
	{"detail", cty.String, "why it was not done"},
	{"count", cty.Number, "how often the occasion came; the others are of the last time"},
	{"gesture_start", cty.Number, "seconds from the occasion, and after, to the first movement; null where nothing moved"},
	{"gesture_done", cty.Number, "seconds from the occasion, and after, to the end of the gesture; null where it was not done"},
}

var performType = typeOf(performFields)

func performsType(performs []*Perform) cty.Type {
	types := map[string]cty.Type{}
	for _, p := range performs {
		types[p.Name] = performType
	}
	return cty.Object(types)
}

func performsValue(performs map[string]Performed) cty.Value {
	values := make(map[string]cty.Value, len(performs))
	for name, p := range performs {
		values[name] = p.value()
	}
	return cty.ObjectVal(values)
}

func (p *Performed) value() cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"status": cty.StringVal(p.Status), "detail": cty.StringVal(p.Detail), "count": cty.NumberIntVal(int64(p.Count)),
		"gesture_start": number(p.Start), "gesture_done": number(p.Done),
	})
}

// RobotState is where a robot was measured to be, as robot.state shows it to assertions.
type RobotState struct {
	// X, Y and Z are the head's, in metres; the others are in radians.
	X, Y, Z, Roll, Pitch, Yaw, BodyYaw float64
	// Antennas are right and left.
	Antennas [2]float64
	// Motors is enabled, disabled or gravity_compensation.
	Motors string
}

// stateFields is the one list of what robot.state has.
var stateFields = []field{
	{"x", cty.Number, "metres that the head is forward"},
	{"y", cty.Number, "metres that the head is to its left"},
	{"z", cty.Number, "metres that the head is up"},
	{"roll", cty.Number, "radians that the head is tilted to its right"},
	{"pitch", cty.Number, "radians that the head looks down"},
	{"yaw", cty.Number, "radians that the head is turned to its left"},
	{"body_yaw", cty.Number, "radians that the body is turned to its left"},
	{"antennas", cty.List(cty.Number), "radians of the antennas: right, left"},
	{"motors", cty.String, "enabled, disabled or gravity_compensation"},
}

var (
	stateType = typeOf(stateFields)
	robotType = cty.Object(map[string]cty.Type{"state": stateType})
)

// value is null where the robot did not say where it is.
func (s *RobotState) value() cty.Value {
	if s == nil {
		return cty.NullVal(stateType)
	}
	n := cty.NumberFloatVal
	return cty.ObjectVal(map[string]cty.Value{
		"x": n(s.X), "y": n(s.Y), "z": n(s.Z), "roll": n(s.Roll), "pitch": n(s.Pitch), "yaw": n(s.Yaw), "body_yaw": n(s.BodyYaw),
		"antennas": cty.ListVal([]cty.Value{n(s.Antennas[0]), n(s.Antennas[1])}), "motors": cty.StringVal(s.Motors),
	})
}

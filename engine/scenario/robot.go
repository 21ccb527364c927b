package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Interpolations are the ways to divide a move over its time. They are those of robot, which this package does not import.
var Interpolations = []string{"linear", "minjerk", "ease_in_out", "cartoon"}

// RobotFaultKinds are the ways in which the embedded robot can go wrong. They are those of robot/simulator, which this
// package does not import.
var RobotFaultKinds = []string{"late", "http_500", "dropped", "refused", "lost"}

// SpeechPrograms are what may speak for a robot.
var SpeechPrograms = []string{"auto", "espeak-ng", "piper", "none"}

// BuiltinGestures are the gestures that need no declaration: docs/gestures.md shows them. They are those of robot, which
// this package does not import.
var BuiltinGestures = []string{
	"ack", "agreeing", "complete", "confused", "curious", "emphatic", "error", "excited", "goto_sleep", "greeting", "happy",
	"listening", "no", "nod", "nod_fast", "nod_tilt", "random", "surprised", "thinking", "thinking_done", "wake_up",
}

// robot reads a robot block.
func (d *decoder) robot(n *node) {
	r := &Robot{Name: n.label, Hold: n.word("on_exit") == "hold", ShareFirst: n.word("share") == "first", Range: n.rng}
	daemon, simulator := n.one("daemon"), n.one("simulator")
	switch {
	case daemon != nil && simulator != nil:
		d.twice(simulator.rng, daemon.rng, "Two robots in one", "A robot is either one behind a daemon {}, or the embedded one by simulator {}, not both.")
	case daemon == nil && simulator == nil:
		d.lacks(n, "No robot", fmt.Sprintf("robot %q needs daemon { url = … }, or simulator {} for the embedded robot.", n.label))
	}
	if daemon != nil {
		r.DaemonURL = daemon.text("url")
		r.DaemonURLSource = d.scenario.Secrets.Redact(oneLine(d.sourceText(daemon.at("url"))))
	}
	if simulator != nil {
		r.Simulator = d.robotSimulator(simulator)
		if r.ShareFirst {
			d.fail(n.at("share"), "Nothing to share", "Each conversation has an embedded robot of its own: share is for a robot behind a daemon.")
		}
	}
	if s := n.one("speech"); s != nil {
		r.Speech = Speech{Program: s.word("program"), Voice: s.text("voice"), Speed: s.integer("speed")}
	} else {
		r.Speech = Speech{Program: "auto"}
	}
	d.robots[r.Name] = r
	d.scenario.Robots = append(d.scenario.Robots, r)
}

func (d *decoder) robotSimulator(n *node) *RobotSimulator {
	s := &RobotSimulator{Seed: int64(n.float("seed"))}
	total := 0.0
	for _, f := range n.all("fault") {
		fault := RobotFault{
			Kind: f.word("kind"), Share: f.float("share"), Count: f.integer("count"), From: f.duration("from"), For: f.duration("for"),
			Delay: f.duration("delay"),
		}
		s.Faults = append(s.Faults, fault)
		if fault.Kind == "lost" {
			if !f.given("for") {
				d.lacks(f, "No end", "A robot that is lost must come back: lost needs for = \"…\".")
			}
			continue
		}
		if total += fault.Share; total > 1+1e-9 {
			d.fail(f.at("share"), "Shares above 1", "The shares of a robot's faults must not add up to more than 1: a request goes wrong in one way only.")
		}
	}
	return s
}

// gesture reads a gesture block.
func (d *decoder) gesture(n *node) {
	g := &Gesture{Name: n.label, Description: n.text("description"), Range: n.rng}
	for _, m := range n.all("move") {
		g.Moves = append(g.Moves, move(m))
	}
	recorded := n.one("recorded")
	switch {
	case recorded != nil && len(g.Moves) > 0:
		d.twice(recorded.rng, n.all("move")[0].rng, "Two gestures in one", "A gesture is either made of move blocks, or one that is recorded, not both.")
	case recorded != nil:
		g.Recorded = &Recorded{Dataset: recorded.text("dataset"), Move: recorded.text("move")}
		d.recordedNames(recorded)
	case len(g.Moves) == 0:
		d.lacks(n, "Nothing to move", fmt.Sprintf("gesture %q needs move blocks, or recorded { dataset = …, move = … }.", n.label))
	}
	d.gestures[g.Name] = g
	d.scenario.Gestures = append(d.scenario.Gestures, g)
}

// recordedNames holds the names to what can stand in the path of a request.
func (d *decoder) recordedNames(n *node) {
	for _, name := range []string{"dataset", "move"} {
		text := n.text(name)
		if !n.given(name) || n.values[name] == cty.NilVal {
			continue
		}
		plain := strings.ContainsFunc(text, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./", r))
		})
		if text == "" || plain || strings.Contains(text, "..") || strings.HasPrefix(text, "/") || name == "move" && strings.Contains(text, "/") {
			d.fail(n.at(name), "Invalid name", fmt.Sprintf("%s must be a name of letters, digits, dashes, dots and underscores.", name))
		}
	}
}

func move(n *node) Move {
	m := Move{Duration: n.duration("duration"), Interpolation: n.word("interpolation"), Range: n.rng}
	for name, to := range map[string]**float64{
		"x": &m.X, "y": &m.Y, "z": &m.Z, "roll": &m.Roll, "pitch": &m.Pitch, "yaw": &m.Yaw, "body_yaw": &m.BodyYaw,
	} {
		if n.values[name] != cty.NilVal {
			x := n.float(name)
			*to = &x
		}
	}
	if v := n.values["antennas"]; v != cty.NilVal {
		var pair [2]float64
		for i := range pair {
			pair[i], _ = v.Index(cty.NumberIntVal(int64(i))).AsBigFloat().Float64()
		}
		m.Antennas = &pair
	}
	return m
}

// perform reads a perform block.
func (d *decoder) perform(n *node) *Perform {
	return &Perform{Name: n.label, On: n.word("on"), After: n.duration("after"), When: n.exprs["when"], Gesture: d.gestureOf(n), Range: n.rng}
}

// gestureOf is what a block's gesture refers to: a declared gesture, else a built-in one; nil where it failed.
func (d *decoder) gestureOf(n *node) *Gesture {
	refs := n.refs["gesture"]
	if len(refs) == 0 {
		return nil
	}
	name := refs[0].name
	if g := d.gestures[name]; g != nil {
		return g
	}
	if g := d.builtins[name]; g != nil {
		return g
	}
	g := &Gesture{Name: name, Builtin: true, Range: refs[0].rng}
	d.builtins[name] = g
	return g
}

// performs puts a turn's performs after its conversation's; one of the same name goes in its place.
func merged(conversation, turn []*Perform) []*Perform {
	out := slices.Clone(conversation)
	for _, p := range turn {
		if i := slices.IndexFunc(out, func(o *Perform) bool { return o.Name == p.Name }); i >= 0 {
			out[i] = p
			continue
		}
		out = append(out, p)
	}
	return out
}

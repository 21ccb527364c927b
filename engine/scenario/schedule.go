package scenario

import (
	"fmt"
	"strings"
)

// load reads a load block.
func (d *decoder) load(n *node) {
	l := &Load{
		Name: n.label, Users: n.integer("users"), Arrival: n.words["arrival"], Rate: n.float("rate"), Shape: n.float("shape"),
		Iterations: n.integer("iterations"), Duration: n.duration("duration"), MaxInFlight: n.integer("max_in_flight"),
		Warmup: n.duration("warmup"), GracefulStop: n.duration("graceful_stop"), Start: n.duration("start"),
		Seed: int64(n.float("seed")), Range: n.rng,
	}
	d.loads[l.Name], d.loadNodes[l] = l, n
	d.scenario.Loads = append(d.scenario.Loads, l)
	d.mix(n, l)
	for _, s := range n.all("stage") {
		l.Stages = append(l.Stages, Stage{Name: s.label, Target: s.float("target"), Ramp: s.duration("ramp"), Hold: s.duration("hold")})
	}
	if r := n.one("replay"); r != nil {
		l.Replay = d.replay(r)
	}
	d.checkKind(n, l)
}

func (d *decoder) mix(n *node, l *Load) {
	total, failed := 0.0, false
	seen := map[*Conversation]*node{}
	for _, m := range n.all("mix") {
		weight := m.float("weight")
		total += weight
		if len(m.refs["conversation"]) == 0 {
			failed = true
			continue
		}
		c := d.conversations[m.refs["conversation"][0].name]
		if first, ok := seen[c]; ok {
			d.twice(m.at("conversation"), first.at("conversation"), "Conversation mixed twice", fmt.Sprintf("conversation.%s is in this mix already: give it one weight.", c.Name))
			continue
		}
		seen[c] = m
		l.Mix = append(l.Mix, MixEntry{Conversation: c, Weight: weight})
	}
	if total == 0 && !failed && len(n.all("mix")) > 0 {
		d.fail(n.all("mix")[0].rng, "Empty mix", "The weights of a mix must not all be 0.")
	}
}

// checkKind holds a load to one of the three kinds, and its arguments to that kind.
func (d *decoder) checkKind(n *node, l *Load) {
	var kinds []string
	for _, k := range []string{"users", "arrival"} {
		if n.given(k) {
			kinds = append(kinds, k)
		}
	}
	if n.one("replay") != nil {
		kinds = append(kinds, "replay")
	}
	switch len(kinds) {
	case 0:
		d.lacks(n, "No schedule", fmt.Sprintf("load %q needs users for a closed loop, or arrival or replay {} for an open one.", n.label))
		return
	case 1:
	default:
		d.fail(n.rng, "Several schedules", fmt.Sprintf("load %q has %s: a load is driven by one of them.", n.label, listed(kinds, "and")))
		return
	}
	switch kinds[0] {
	case "users":
		d.unwanted(n, "users", "rate", "shape", "max_in_flight")
		d.ends(n, "a closed loop")
	case "arrival":
		d.checkArrival(n)
	case "replay":
		d.unwanted(n, "replay", "rate", "shape", "iterations", "duration")
		if len(l.Stages) > 0 {
			d.fail(n.all("stage")[0].rng, "Unwanted stage", "A replay takes its arrivals from the dataset, so that it has no stages.")
		}
	}
}

func (d *decoder) checkArrival(n *node) {
	staged := len(n.all("stage")) > 0
	switch {
	case !staged && !n.given("rate"):
		d.lacks(n, "No rate", fmt.Sprintf("load %q has arrival: it needs rate, or stages.", n.label))
	case staged && n.given("rate"):
		d.fail(n.at("rate"), "Rate and stages", "The stages' targets say how often conversations arrive: leave rate out.")
	}
	switch {
	case n.words["arrival"] == "gamma" && !n.given("shape"):
		d.fail(n.at("arrival"), "No shape", "arrival = gamma needs shape: below 1 in bursts, above 1 more even.")
	case n.words["arrival"] != "" && n.words["arrival"] != "gamma" && n.given("shape"):
		d.fail(n.at("shape"), "Unwanted argument", "shape goes with arrival = gamma only.")
	}
	d.ends(n, "an open loop")
}

// unwanted reports arguments that mean nothing beside what drives the load.
func (d *decoder) unwanted(n *node, driver string, names ...string) {
	for _, name := range names {
		if n.given(name) {
			d.fail(n.at(name), "Unwanted argument", fmt.Sprintf("%s means nothing in a load with %s.", name, driver))
		}
	}
}

// ends demands exactly one end of a load: stages, or a number of conversations, or a duration.
func (d *decoder) ends(n *node, kind string) {
	var ways []string
	for _, name := range []string{"iterations", "duration"} {
		if n.given(name) {
			ways = append(ways, name)
		}
	}
	stages := n.all("stage")
	if len(stages) > 0 {
		ways = append(ways, "stage blocks")
	}
	switch {
	case len(ways) == 0:
		d.lacks(n, "No end", fmt.Sprintf("load %q is %s: it needs duration, iterations or stages.", n.label, kind))
	case len(ways) > 1:
		d.fail(n.rng, "Several ends", fmt.Sprintf("load %q has %s: a load ends in one way.", n.label, listed(ways, "and")))
	}
	length, failed := 0.0, false
	for _, s := range stages {
		length += s.float("ramp") + s.float("hold")
		failed = failed || s.given("ramp") && s.values["ramp"].IsNull() || s.given("hold") && s.values["hold"].IsNull()
	}
	if len(stages) > 0 && length == 0 && !failed {
		d.fail(stages[0].rng, "No time", "The stages take no time: give them ramp or hold.")
	}
}

// linkLoads sets what each load comes after, and refuses circles.
func (d *decoder) linkLoads() {
	for _, l := range d.scenario.Loads {
		if refs := d.loadNodes[l].refs["after"]; len(refs) > 0 {
			l.After = d.loads[refs[0].name]
		}
	}
	reported := map[*Load]bool{}
	for _, l := range d.scenario.Loads {
		trail := []string{l.Name}
		for at := l.After; at != nil && len(trail) <= len(d.scenario.Loads); at = at.After {
			trail = append(trail, at.Name)
			if at != l {
				continue
			}
			if !reported[l] {
				d.fail(d.loadNodes[l].at("after"), "Circular loads", "A load cannot come after itself: load."+strings.Join(trail, " after load.")+".")
			}
			for in := l; !reported[in]; in = in.After {
				reported[in] = true
			}
			break
		}
	}
	for l := range reported {
		l.After = nil
	}
}

package scenario

import (
	"fmt"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"aimbench/engine/metric"
)

// slo reads an slo block with its objectives.
func (d *decoder) slo(n *node) {
	s := &SLO{Name: n.label, Range: n.rng}
	s.Load, s.Conversation, s.Turn = d.narrowed(n)
	for _, o := range n.all("objective") {
		s.Objectives = append(s.Objectives, d.objective(o, n, s))
	}
	d.scenario.SLOs = append(d.scenario.SLOs, s)
}

// narrowed reads what an slo or an objective is narrowed to.
func (d *decoder) narrowed(n *node) (l *Load, c *Conversation, turn string) {
	if refs := n.refs["load"]; len(refs) > 0 {
		l = d.loads[refs[0].name]
	}
	if refs := n.refs["conversation"]; len(refs) > 0 {
		c = d.conversations[refs[0].name]
	}
	if refs := n.refs["turn"]; len(refs) > 0 {
		of := d.conversations[refs[0].name]
		turn = refs[0].rest[0]
		if !slices.ContainsFunc(of.Turns, func(t *Turn) bool { return t.Name == turn }) {
			d.fail(refs[0].rng, "Unknown turn", fmt.Sprintf("conversation.%s has no turn named %q.%s", of.Name, turn, didYouMean(turn, turnNames(of))))
		}
		if c != nil && c != of {
			d.twice(refs[0].rng, n.at("conversation"), "Another conversation's turn", "The turn is not one of the conversation that is named beside it.")
		}
		c = of
	}
	if l != nil && c != nil && !slices.ContainsFunc(l.Mix, func(m MixEntry) bool { return m.Conversation == c }) {
		d.fail(n.rng, "Nothing to measure", fmt.Sprintf("load.%s does not run conversation.%s.", l.Name, c.Name))
	}
	return l, c, turn
}

func turnNames(c *Conversation) []string {
	var names []string
	for _, t := range c.Turns {
		names = append(names, t.Name)
	}
	return names
}

func (d *decoder) objective(n, slo *node, s *SLO) *Objective {
	o := &Objective{
		Name: n.label, ByStage: n.words["by"] == "stage", Abort: n.yes("abort"), Grace: n.duration("grace"),
		Confidence: n.float("confidence"), MinSamples: n.integer("min_samples"), Optional: n.yes("optional"), Range: n.rng,
	}
	o.Load, o.Conversation, o.Turn = d.narrowed(n)
	if o.Load == nil {
		o.Load = s.Load
	}
	if o.Conversation == nil {
		o.Conversation, o.Turn = s.Conversation, s.Turn
	}
	if o.Grace > 0 && !o.Abort {
		d.fail(n.at("grace"), "Unwanted argument", "grace goes with abort = true only.")
	}
	if o.ByStage && o.Load != nil && len(o.Load.Stages) == 0 {
		d.fail(n.at("by"), "No stages", fmt.Sprintf("by = stage needs a load with stages; load.%s has none.", o.Load.Name))
	}
	d.measured(n, o)
	d.limits(n, o)
	d.checkConfidence(n, o)
	return o
}

// checkConfidence refuses an interval where there is none to be had.
func (d *decoder) checkConfidence(n *node, o *Objective) {
	switch m := o.Value; {
	case o.Confidence == 0:
	case m.Fn == "value" || m.Series != "":
		d.fail(n.at("confidence"), "No interval", fmt.Sprintf("%s is one value a run: an interval is for p, mean, share and goodput over turns.", m.Text))
	case m.Fn == "p" && m.Q == 100:
		d.fail(n.at("confidence"), "No interval", "No run is long enough to say with confidence what the largest value is: take a percent below 100.")
	}
}

// measured reads an objective's value.
func (d *decoder) measured(n *node, o *Objective) {
	var m Measured
	if name, ok := n.metrics["value"]; ok {
		if row, _ := metric.Lookup(name); row.Per != metric.PerRun {
			d.fail(n.at("value"), "Many values", fmt.Sprintf("metric.%s has a value each %s: take p(metric.%s, 95), mean(metric.%s), or a share over it.", name, row.Per, name, name))
			return
		}
		m = Measured{Fn: "value", Metric: name}
	} else {
		v, ok := n.values["value"]
		if !ok { // failed and reported
			return
		}
		v, _ = d.open(v)
		if m, ok = measuredFromValue(v); !ok {
			d.fail(n.at("value"), "Nothing measured", "value must be p(metric.NAME, percent), mean(metric.NAME), share(condition), goodput(condition), or a metric of the whole run such as metric.output_rate.")
			return
		}
	}
	m.Text, m.Line = oneLine(d.sourceText(n.at("value"))), n.at("value").Start.Line
	if d.checkMeasured(n, m) {
		o.Value = m
	}
}

// checkMeasured holds the functions to metrics that they make sense of.
func (d *decoder) checkMeasured(n *node, m Measured) bool {
	row, _ := metric.Lookup(m.Metric)
	switch {
	case (m.Fn == "p" || m.Fn == "mean") && row.Unit == metric.Boolean:
		d.fail(n.at("value"), "Nothing to order", fmt.Sprintf("metric.%s is true or false: take share(metric.%s).", m.Metric, m.Metric))
		return false
	case (m.Fn == "p" || m.Fn == "mean") && row.Per == metric.PerRun:
		d.fail(n.at("value"), "One value", fmt.Sprintf("metric.%s has one value a run: take it as it is, value = metric.%s.", m.Metric, m.Metric))
		return false
	case m.isShare():
		return d.checkCondition(n, m.Condition)
	}
	return true
}

// checkCondition holds a condition over metrics to those that a turn has, and to true or false.
func (d *decoder) checkCondition(n *node, e Expr) bool {
	before := len(d.diags)
	for _, t := range e.e.hcl.Variables() {
		if t.RootName() != "metric" || len(t) < 2 {
			continue
		}
		name, _ := stepName(t[1])
		if row, ok := metric.Lookup(name); ok && row.Per == metric.PerRun {
			d.fail(t.SourceRange(), "Not a turn's metric", fmt.Sprintf("metric.%s has one value a run; a condition is about each turn.", name))
		}
	}
	if len(d.diags) == before {
		d.check(e, n.file, map[string]cty.Type{"metric": metricType}, nil)
	}
	return len(d.diags) == before
}

// limits reads max and min: exactly one, in the unit of what is measured.
func (d *decoder) limits(n *node, o *Objective) {
	switch {
	case n.given("max") && n.given("min"):
		d.twice(n.at("min"), n.at("max"), "Two limits", "An objective has one limit, max or min; write two objectives for a band.")
		return
	case !n.given("max") && !n.given("min"):
		d.lacks(n, "No limit", fmt.Sprintf("objective %q needs max or min.", n.label))
		return
	}
	for name, to := range map[string]**float64{"max": &o.Max, "min": &o.Min} {
		if _, ok := n.values[name]; !ok {
			continue
		}
		x := n.float(name)
		*to = &x
		if o.Value.Fn != "" {
			d.limitUnit(n, o, name, x)
		}
	}
}

func (d *decoder) limitUnit(n *node, o *Objective, name string, x float64) {
	unit := o.Value.Unit()
	timed := n.timed[name]
	switch {
	case unit != metric.Seconds && timed:
		d.fail(n.at(name), "Invalid "+name, fmt.Sprintf("%s must be a number: %s is not a duration.", name, o.Value.Text))
	case unit == metric.Seconds && !timed && x != 0 && n.bare[name]:
		d.fail(n.at(name), "Unit missing", fmt.Sprintf("%s is a duration here: write it with a unit, such as \"500ms\".", name))
	case x < 0:
		d.fail(n.at(name), "Invalid "+name, name+" must be at least 0.")
	case o.Value.isShare() && x > 1:
		d.fail(n.at(name), "Invalid "+name, fmt.Sprintf("%s must be at most 1: %s is a share, so 5 %% is 0.05.", name, o.Value.Text))
	}
}

// Unit of what is measured. A share has none of its own and is given as true or false.
func (m Measured) Unit() metric.Unit {
	if m.isShare() {
		return metric.Boolean
	}
	if row, ok := metric.Lookup(m.Metric); ok {
		return row.Unit
	}
	return ""
}

func (m Measured) isShare() bool { return m.Fn == "share" || m.Fn == "goodput" }

func attributeNames(ty cty.Type) []string {
	var names []string
	for name := range ty.AttributeTypes() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

package report

import (
	"fmt"
	"strings"

	"aimbench/engine/measure"
)

// sloSuites are a suite for each slo, in the order of their first objectives.
func sloSuites(sum *measure.Summary) []Suite {
	var suites []Suite
	place := map[string]int{}
	for i := range sum.Objectives {
		r := &sum.Objectives[i]
		at, ok := place[r.SLO]
		if !ok {
			at = len(suites)
			place[r.SLO] = at
			suites = append(suites, Suite{Name: "slo " + r.SLO})
		}
		suites[at].Add(objectiveCase(sum, r, r.Name, r.ID()), 0)
		for j := range r.Stages {
			st := &r.Stages[j]
			alone, name := inStage(r, st), stageName(sum, st.Load, st.Stage, st.Target)
			suites[at].Add(objectiveCase(sum, &alone, r.Name+" in "+name, r.ID()+" in "+name), 0)
		}
	}
	return suites
}

// objectiveCase is the case of an objective; id is what its text begins with.
func objectiveCase(sum *measure.Summary, r *measure.Result, name, id string) Case {
	said := objectiveText(r, id)
	c := Case{
		Name: name, Classname: "slo." + r.SLO, File: r.File, Line: r.Line,
		Out: &Output{said},
	}
	d := newDefect("objective", said, []string{said})
	switch {
	case r.Verdict == measure.Pass && sum.Verdict == measure.Invalid:
		c.Skipped = newDefect(string(measure.Invalid), "the run is invalid: "+sum.Reason, []string{said})
	case r.Verdict == measure.Pass:
	case r.Verdict == measure.Fail:
		c.Failure = d
	case r.Gates():
		d.Type = string(r.Verdict)
		c.Error = d
	default:
		c.Skipped = d
	}
	return c
}

// objectiveText says in one line how an objective came out, so that it can be read alone.
func objectiveText(r *measure.Result, id string) string {
	s := Style{Unicode: true}
	text := id + ": " + r.Text
	if r.Text == "" {
		text = id + ": " + what(&r.Objective)
	}
	text += " is " + s.value(r) + ", limit " + s.limitText(&r.Objective) + ": " + strings.Join(append([]string{s.tail(r)}, notesOf(r)...), "; ")
	if r.File != "" {
		text += fmt.Sprintf(" (%s line %d)", r.File, r.Line)
	}
	return text
}

// checkSuite is the suite of the assertions of a load; there is none where nothing was checked.
func checkSuite(sum *measure.Summary) []Suite {
	if len(sum.Checks) == 0 {
		return nil
	}
	suite := Suite{Name: "assertions"}
	for i := range sum.Checks {
		c := &sum.Checks[i]
		name := fmt.Sprintf("%s line %d: %s", c.File, c.Line, c.Condition)
		said := name + ": " + checkText(c)
		one := Case{Name: name, Classname: "assertions", File: c.File, Line: c.Line, Out: &Output{said}}
		d := newDefect("assertion", said, trimmed(said, detailsText(c)))
		switch {
		case c.Holds && c.Checked() > 0:
		case c.Holds:
			one.Skipped = d
		case c.Undecided():
			d.Type = string(measure.Inconclusive)
			one.Error = d
		case c.Failed > 0:
			one.Failure = d
		default:
			one.Error = d
		}
		suite.Add(one, 0)
	}
	return []Suite{suite}
}

// trimmed leaves out the parts that are empty.
func trimmed(parts ...string) []string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

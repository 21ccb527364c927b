package report

import (
	"fmt"
	"io"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// JUnit writes a run as a JUnit file: a suite for each conversation of a single run with a case for each turn, a suite
// for the assertions of a load, a suite for each slo with a case for each objective and for each stage that it is judged
// in, and a case for the verdict where a failure of the run stands in none of them. What could not be told is an error,
// never a pass; nor does anything pass that was measured in an invalid run.
func JUnit(w io.Writer, run *results.Run) error {
	var suites []Suite
	if run.Rules.Single {
		suites = conversationSuites(run)
	}
	suites = append(append(suites, checkSuite(run.Summary)...), sloSuites(run.Summary)...)
	suites = append(suites, verdictSuite(run.Summary, suites)...)
	return WriteSuites(w, run.Scenario, suites, run.Start, run.Summary.Duration)
}

func conversationSuites(run *results.Run) []Suite {
	var suites []Suite
	place := map[string]int{}
	for i := range run.Turns {
		t := &run.Turns[i]
		at, ok := place[t.Conversation]
		if !ok {
			at = len(suites)
			place[t.Conversation] = at
			suites = append(suites, Suite{Name: t.Conversation})
		}
		took, _ := t.End.Since(t.Dispatched)
		suites[at].Add(turnCase(t), max(0, took).Seconds())
	}
	return suites
}

func turnCase(t *event.Turn) Case {
	c := Case{Name: t.Turn, Classname: t.Conversation, Out: &Output{transcript(t)}}
	var broken []string
	for i := range t.Assertions {
		a := &t.Assertions[i]
		if a.Outcome == event.Passed {
			continue
		}
		if len(broken) == 0 {
			c.File, c.Line = a.File, a.Line
		}
		broken = append(broken, assertionText(a))
	}
	all := measure.AssertionsOf(t)
	class, message := turnDefect(t)
	switch {
	case t.Class == event.Unsent:
		c.Error = newDefect(class, message, append([]string{message}, broken...))
	case class != "":
		broken = append([]string{message}, broken...)
		c.Failure = newDefect(class, message, broken)
	case t.Class == event.Censored || t.Class == event.Dropped:
		c.Skipped = &Defect{Message: string(t.Class) + ": the turn did not run to its end"}
	case all.Failed > 0:
		c.Failure = newDefect("assertion", firstLine(broken[0]), broken)
	case all.Errored == 0 && all.Inconclusive > 0:
		c.Error = newDefect(string(event.Inconclusive), firstLine(broken[0]), broken)
	case all.Errored > 0:
		c.Error = newDefect("assertion", firstLine(broken[0]), broken)
	}
	return c
}

// turnDefect says how the turn itself broke a promise; class is empty where it did not.
func turnDefect(t *event.Turn) (class, message string) {
	switch {
	case !measure.Unexpected(t):
		return "", ""
	case t.Class == event.Unsent:
		return string(t.Class), unsentText(t)
	case t.Class == event.OK:
		return "unexpected_success", "the turn succeeded, though the scenario expects a failure"
	case t.Message == "":
		return string(t.Class), "the turn failed: " + string(t.Class)
	}
	return string(t.Class), string(t.Class) + ": " + t.Message
}

func newDefect(kind, message string, parts []string) *Defect {
	return &Defect{Message: message, Type: kind, Text: strings.Join(parts, "\n\n")}
}

// transcript is what was said, and what was measured of it.
func transcript(t *event.Turn) string {
	var b strings.Builder
	part := func(who, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%s: %s\n", who, text)
		}
	}
	part("user", t.User)
	part("reasoning", t.Reasoning)
	for _, call := range t.ToolCalls {
		part("call", call.Name+"("+call.Arguments+")")
		part("result", call.Result)
	}
	part("refusal", t.Refusal)
	part("reply", t.Text)
	done, amiss := onPage.robotTexts(t)
	for _, text := range append(done, amiss...) {
		part("robot", text)
	}
	for _, text := range judgementTexts(t) {
		part("judged", text)
	}
	part("measured", strings.Join(Style{Unicode: true}.measured(t), ", "))
	return strings.TrimSuffix(b.String(), "\n")
}

// verdictSuite is for what makes a run fail though none of its turns and objectives did.
func verdictSuite(sum *measure.Summary, others []Suite) []Suite {
	if sum.Verdict == measure.Pass {
		return nil
	}
	for _, s := range others {
		if s.Failures+s.Errors > 0 && sum.Verdict == measure.Fail {
			return nil
		}
	}
	said := fmt.Sprintf("%s (%d)  %s", sum.Verdict.Word(), sum.ExitCode, sum.Reason)
	whole := []string{said}
	for _, part := range distrustOf(sum) {
		whole = append(whole, part.Name+": "+part.Value)
	}
	s := Suite{Name: "run"}
	s.Add(Case{Name: "verdict", Classname: "run", Error: newDefect(string(sum.Verdict), said, whole)}, 0)
	return []Suite{s}
}

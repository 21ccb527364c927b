package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

type testSuites struct {
	XMLName  xml.Name    `xml:"testsuites"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Suites   []testSuite `xml:"testsuite"`
}

type testSuite struct {
	Name      string     `xml:"name,attr"`
	Tests     int        `xml:"tests,attr"`
	Failures  int        `xml:"failures,attr"`
	Errors    int        `xml:"errors,attr"`
	Skipped   int        `xml:"skipped,attr"`
	Time      string     `xml:"time,attr"`
	Timestamp string     `xml:"timestamp,attr,omitempty"`
	Cases     []testCase `xml:"testcase"`

	seconds float64
}

type testCase struct {
	Name      string  `xml:"name,attr"`
	Classname string  `xml:"classname,attr"`
	File      string  `xml:"file,attr,omitempty"`
	Line      int     `xml:"line,attr,omitempty"`
	Time      string  `xml:"time,attr"`
	Failure   *defect `xml:"failure,omitempty"`
	Error     *defect `xml:"error,omitempty"`
	Skipped   *defect `xml:"skipped,omitempty"`
	Out       *output `xml:"system-out,omitempty"`
}

type defect struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

type output struct {
	Text string `xml:",cdata"`
}

func (s *testSuite) add(c testCase, seconds float64) {
	c.Time = clock(seconds)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.seconds += seconds
	s.Cases = append(s.Cases, c)
}

func clock(seconds float64) string { return fmt.Sprintf("%.6f", seconds) }

// JUnit writes a run as a JUnit file: a suite for each conversation of a single run with a case for each turn, a suite
// for the assertions of a load, a suite for each slo with a case for each objective and for each stage that it is judged
// in, and a case for the verdict where a failure of the run stands in none of them. What could not be told is an error,
// never a pass; nor does anything pass that was measured in an invalid run.
func JUnit(w io.Writer, run *results.Run) error {
	all := testSuites{Name: xmlText(run.Scenario), Time: clock(run.Summary.Duration)}
	var suites []testSuite
	if run.Rules.Single {
		suites = conversationSuites(run)
	}
	suites = append(append(suites, checkSuite(run.Summary)...), sloSuites(run.Summary)...)
	suites = append(suites, verdictSuite(run.Summary, suites)...)
	for _, s := range suites {
		s.Time = clock(s.seconds)
		if !run.Start.IsZero() {
			s.Timestamp = run.Start.UTC().Format("2006-01-02T15:04:05")
		}
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Skipped += s.Skipped
		all.Suites = append(all.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func conversationSuites(run *results.Run) []testSuite {
	var suites []testSuite
	place := map[string]int{}
	for i := range run.Turns {
		t := &run.Turns[i]
		at, ok := place[t.Conversation]
		if !ok {
			at = len(suites)
			place[t.Conversation] = at
			suites = append(suites, testSuite{Name: xmlText(t.Conversation)})
		}
		took, _ := t.End.Since(t.Dispatched)
		suites[at].add(turnCase(t), max(0, took).Seconds())
	}
	return suites
}

func turnCase(t *event.Turn) testCase {
	c := testCase{Name: xmlText(t.Turn), Classname: xmlText(t.Conversation), Out: &output{xmlText(transcript(t))}}
	var broken []string
	for i := range t.Assertions {
		a := &t.Assertions[i]
		if a.Outcome == event.Passed {
			continue
		}
		if len(broken) == 0 {
			c.File, c.Line = xmlText(a.File), a.Line
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
		c.Skipped = &defect{Message: xmlText(string(t.Class) + ": the turn did not run to its end")}
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

func newDefect(kind, message string, parts []string) *defect {
	return &defect{Message: xmlText(firstLine(message)), Type: kind, Text: xmlText(strings.Join(parts, "\n\n"))}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
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
	for _, text := range judgementTexts(t) {
		part("judged", text)
	}
	part("measured", strings.Join(Style{Unicode: true}.measured(t), ", "))
	return strings.TrimSuffix(b.String(), "\n")
}

// verdictSuite is for what makes a run fail though none of its turns and objectives did.
func verdictSuite(sum *measure.Summary, others []testSuite) []testSuite {
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
	s := testSuite{Name: "run"}
	s.add(testCase{Name: "verdict", Classname: "run", Error: newDefect(string(sum.Verdict), said, whole)}, 0)
	return []testSuite{s}
}

// xmlText replaces what XML cannot hold, and shows what acts on a terminal escaped.
func xmlText(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == utf8.RuneError && n == 1, r >= 0xfffe && r&0xfffe == 0xfffe:
			fmt.Fprintf(&b, `\x%02x`, text[:n])
		default:
			escapeRune(&b, r, true)
		}
		text = text[n:]
	}
	return b.String()
}

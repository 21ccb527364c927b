package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

type testSuites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Time     string   `xml:"time,attr"`
	Suites   []Suite  `xml:"testsuite"`
}

// Suite is a suite of a JUnit file. Name it, and Add its cases.
type Suite struct {
	Name      string `xml:"name,attr"`
	Tests     int    `xml:"tests,attr"`
	Failures  int    `xml:"failures,attr"`
	Errors    int    `xml:"errors,attr"`
	Skipped   int    `xml:"skipped,attr"`
	Time      string `xml:"time,attr"`
	Timestamp string `xml:"timestamp,attr,omitempty"`
	Cases     []Case `xml:"testcase"`

	seconds float64
}

// Case is a case of a suite: it passed where it has no Failure, no Error and was not Skipped, of which it has one at most.
type Case struct {
	Name      string  `xml:"name,attr"`
	Classname string  `xml:"classname,attr"`
	File      string  `xml:"file,attr,omitempty"`
	Line      int     `xml:"line,attr,omitempty"`
	Time      string  `xml:"time,attr"`
	Failure   *Defect `xml:"failure,omitempty"`
	Error     *Defect `xml:"error,omitempty"`
	Skipped   *Defect `xml:"skipped,omitempty"`
	Out       *Output `xml:"system-out,omitempty"`
}

// Defect is why a case did not pass. Its Text says it all, the Message among it.
type Defect struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

// Output is what a case wrote.
type Output struct {
	Text string `xml:",cdata"`
}

// Add adds a case that took so many seconds.
func (s *Suite) Add(c Case, seconds float64) {
	c.Name, c.Classname, c.File, c.Time = xmlText(c.Name), xmlText(c.Classname), xmlText(c.File), clock(seconds)
	for _, d := range []*Defect{c.Failure, c.Error, c.Skipped} {
		if d != nil {
			d.Message, d.Text = xmlText(firstLine(d.Message)), xmlText(d.Text)
		}
	}
	if c.Out != nil {
		c.Out.Text = xmlText(c.Out.Text)
	}
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

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// WriteSuites writes suites as a JUnit file. They took so many seconds in all, and began at start, the zero time where that
// is not known. Text that XML cannot hold, or that acts on a terminal, is escaped.
func WriteSuites(w io.Writer, name string, suites []Suite, start time.Time, seconds float64) error {
	all := testSuites{Name: xmlText(name), Time: clock(seconds)}
	for _, s := range suites {
		s.Name, s.Time = xmlText(s.Name), clock(s.seconds)
		if !start.IsZero() {
			s.Timestamp = start.UTC().Format("2006-01-02T15:04:05")
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

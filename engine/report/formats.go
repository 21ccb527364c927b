package report

import (
	"fmt"
	"io"
	"strings"

	"aimbench/engine/results"
)

// Format is a form in which a run can be written.
type Format struct {
	Name string
	// About says in a few words what it is for.
	About string
	write func(io.Writer, *results.Run, Style) error
}

// Formats are all, in the order in which help shows them.
var Formats = []Format{
	{"text", "for people at a terminal", Text},
	{"json", "one object, by docs/report.schema.json", plainly(JSON)},
	{"junit", "for CI: a case for each turn, assertion and objective", plainly(JUnit)},
	{"md", "for a page, such as a CI job's summary", plainly(Markdown)},
	{"html", "for a browser: one page that stands alone", plainly(HTML)},
	{"csv", "for a spreadsheet: a row for each turn", plainly(CSV)},
}

func plainly(write func(io.Writer, *results.Run) error) func(io.Writer, *results.Run, Style) error {
	return func(w io.Writer, run *results.Run, _ Style) error { return write(w, run) }
}

// FormatNames lists the names of the formats, for messages.
func FormatNames() string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}

// Lookup finds a format by its name; the error of an unknown one lists those there are.
func Lookup(name string) (Format, error) {
	for _, f := range Formats {
		if f.Name == name {
			return f, nil
		}
	}
	return Format{}, fmt.Errorf("there is no report format %q; there are %s", name, FormatNames())
}

// Write writes the run. The style matters to text alone.
func (f Format) Write(w io.Writer, run *results.Run, style Style) error {
	return f.write(w, run, style)
}

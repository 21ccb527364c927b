package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"aimbench/engine/measure"
	"aimbench/engine/results"
)

//go:embed page/page.html page/page.css page/page.js page/uplot.js page/uplot.css page/uplot.LICENSE
var pageFiles embed.FS

// pageTemplate parses the page once, when the first is written.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page.html").ParseFS(pageFiles, "page/page.html"))
})

// page is what the template shows. It holds texts, and places on drawings in percent, so that the template decides
// nothing.
type page struct {
	Title string
	// Single: each conversation ran once, so that its turns are what matters.
	Single   bool
	Scenario string
	Policy   string
	Styles   template.CSS
	Scripts  []template.JS

	Verdict    banner
	Facts      []fact
	Objectives []objectiveRow
	Rates      []fact
	Numbers    table
	Failures   []fact
	Charts     charts
	Stages     table
	ByStage    []stageObjective
	Rubrics    []fact
	Checks     []note
	Turns      []turnList
	License    string
	Method     method
}

// banner is the verdict on top of the page, with whether the run can be trusted.
type banner struct {
	Mark, Word, Tone string
	Code             int
	Reason           string
	Simulated        bool
	Notes            []note
}

// note is a sentence with a tone: "pass", "fail", "open", or none.
type note struct {
	Tone, Mark, Text string
}

type fact struct{ Name, Value string }

// table is a table of numbers, whose first column names the rows.
type table struct {
	// Label tells the table from the others.
	Label   string
	Columns []string
	Rows    []tableRow
}

type tableRow struct {
	Name, About string
	Cells       []string
	Note, Tone  string
}

// onPage is the style of all text on the page.
var onPage = Style{Unicode: true}

// HTML writes a run as one page that stands alone: nothing in it is fetched, and it stays under 1 MB however long the
// run was.
func HTML(w io.Writer, run *results.Run) error {
	var b bytes.Buffer
	if err := pageTemplate().Execute(&b, newPage(run)); err != nil {
		return fmt.Errorf("writing the HTML page: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func newPage(run *results.Run) *page {
	sum := run.Summary
	room := newRoom()
	p := &page{
		Title: fmt.Sprintf("%s (%d): %s", sum.Verdict.Word(), sum.ExitCode, Escape(run.Scenario)), Scenario: Escape(run.Scenario),
		Verdict: bannerOf(run), Facts: factsOf(run), Objectives: objectiveRows(sum.Objectives), Single: run.Rules.Single,
		Rates: ratesOf(sum), Numbers: numbersOf(sum), Failures: failuresOf(sum), Charts: chartsOf(run), Stages: stagesOf(sum),
		ByStage: byStage(sum), Rubrics: rubricFacts(sum), Checks: checksOf(sum, room), Method: methodOf(run, room),
	}
	for _, list := range []turnList{turnsOf(run, room), slowestOf(sum, room), examplesOf(sum, room)} {
		if len(list.Turns) > 0 {
			p.Turns = append(p.Turns, list)
		}
	}
	p.dress()
	return p
}

// dress gives the page its style and scripts; those that plot only where there are plots.
func (p *page) dress() {
	styles, scripts := "page.css", []string{"page.js"}
	if p.Charts.Any() {
		styles, scripts = "uplot.css page.css", []string{"uplot.js", "page.js"}
		p.License = pageText("uplot.LICENSE")
	}
	for name := range strings.FieldsSeq(styles) {
		p.Styles += template.CSS(pageText(name))
	}
	for _, name := range scripts {
		p.Scripts = append(p.Scripts, template.JS(pageText(name)))
	}
	p.Policy = policy(p.Styles, p.Scripts)
}

// pageText is the text of a file of the page.
func pageText(name string) string {
	text, err := pageFiles.ReadFile("page/" + name)
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return string(text)
}

// policy lets the page run its own scripts and styles, by their digests, and nothing else. It reaches no network.
func policy(styles template.CSS, scripts []template.JS) string {
	digest := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	text := "default-src 'none'; base-uri 'none'; form-action 'none'; style-src" + digest(string(styles)) + "; script-src"
	for _, s := range scripts {
		text += digest(string(s))
	}
	return text
}

func bannerOf(run *results.Run) banner {
	sum := run.Summary
	b := banner{
		Mark: onPage.verdictMark(sum.Verdict), Word: sum.Verdict.Word(), Tone: tone(sum.Verdict), Code: sum.ExitCode,
		Reason: Escape(sum.Reason), Simulated: sum.Simulated,
	}
	if run.Cut {
		b.Notes = append(b.Notes, note{"open", "?", "The record of this run was cut: what follows is made from the turns that had ended."})
	}
	b.Notes = append(b.Notes, validityOf(sum)...)
	return b
}

// tone is how a verdict is coloured.
func tone(v measure.Verdict) string {
	switch v {
	case measure.Pass:
		return "pass"
	case measure.Fail:
		return "fail"
	}
	return "open"
}

// factsOf says what ran, where and when.
func factsOf(run *results.Run) []fact {
	var facts []fact
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, fact{name, Escape(value)})
		}
	}
	for i := range run.Summary.Loads {
		add("load", loadText(run.Summary, i))
	}
	var endpoints []string
	for _, e := range run.Endpoints {
		endpoints = append(endpoints, endpointText(e))
	}
	add("endpoint", strings.Join(endpoints, ", "))
	add("started", run.Start.UTC().Format("2006-01-02 15:04:05 UTC"))
	if d := run.Summary.Duration; d > 0 {
		add("took", onPage.took(d))
	}
	add("turns", outcomes(run.Summary))
	return facts
}

// loadText says what a load asked for.
func loadText(sum *measure.Summary, i int) string {
	l := &sum.Loads[i]
	return strings.Join(trimmed(l.Name+": "+l.About, apartText(l.Apart)), "; ")
}

func endpointText(e results.Endpoint) string {
	parts := []string{e.Name}
	switch {
	case e.Simulated:
		parts = append(parts, "simulator")
	case e.URL != "":
		parts = append(parts, e.URL)
	}
	if e.Model != "" {
		parts = append(parts, e.Model)
	}
	return strings.Join(parts, " · ")
}

// outcomes counts the turns by how they ended, leaving out what did not happen.
func outcomes(sum *measure.Summary) string {
	r := sum.Requests
	parts := []string{measure.Thousands(r.Offered) + " offered"}
	for _, c := range []struct {
		n    int
		what string
	}{
		{r.Succeeded, "succeeded"}, {r.Failed, "failed"}, {r.Dropped, "dropped"}, {r.HungUp, "hung up"},
		{r.Censored, "cut off at the end"}, {r.Unsent, "could not be sent"},
	} {
		if c.n > 0 {
			parts = append(parts, measure.Thousands(c.n)+" "+c.what)
		}
	}
	return strings.Join(parts, ", ")
}

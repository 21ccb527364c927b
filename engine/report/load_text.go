package report

import (
	"fmt"
	"strings"

	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// sheet is the report of a run under load for people at a terminal.
type sheet struct {
	Style
	b   strings.Builder
	run *results.Run
	sum *measure.Summary
}

// sheetOf writes a run under load.
func sheetOf(run *results.Run, style Style) string {
	t := &sheet{Style: style, run: run, sum: run.Summary}
	t.head()
	t.loads()
	t.around()
	t.failures()
	t.checks()
	if len(t.sum.Objectives) > 0 {
		t.b.WriteString("\n" + t.objectives(t.sum.Objectives))
	}
	t.distrust()
	t.b.WriteString("\n" + t.Verdict(t.sum) + "\n")
	return t.b.String()
}

// head says what ran.
func (t *sheet) head() {
	parts := []string{t.escape(t.run.Scenario)}
	if len(t.sum.Loads) == 1 {
		parts = append(parts, t.about(&t.sum.Loads[0]))
	}
	for _, e := range t.run.Endpoints {
		part := "endpoint " + e.Name
		if e.Simulated {
			part += " (simulator)"
		}
		parts = append(parts, part)
	}
	if t.run.Clock != "" {
		parts = append(parts, "clock: "+t.run.Clock)
	}
	if len(t.sum.Loads) > 1 {
		parts = append(parts, "latencies from "+string(t.sum.Origin))
	}
	t.Style.items(&t.b, 0, t.glyphs().dot, parts)
}

func (t *sheet) escape(text string) string { return escape(text, t.Unicode) }

// about is what a load asks for.
func (t *sheet) about(l *measure.Load) string {
	return t.escape(strings.ReplaceAll(l.About, "→", strings.TrimSpace(t.glyphs().call)))
}

// loads shows each load, and of several what they came to together.
func (t *sheet) loads() {
	whole := wholeOf(t.sum)
	if len(t.sum.Loads) < 2 {
		t.b.WriteByte('\n')
		t.part(&whole)
		for i := range t.sum.Loads {
			t.line(apartText(t.sum.Loads[i].Apart))
		}
		return
	}
	for i := range t.sum.Loads {
		l := &t.sum.Loads[i]
		t.b.WriteByte('\n')
		t.Style.items(&t.b, 0, t.glyphs().dot, []string{t.paint(t.escape(l.Name), bold), t.about(l)})
		p := partOf(l)
		t.part(&p)
		t.line(apartText(l.Apart))
	}
	t.b.WriteString("\n" + t.paint("all loads", bold) + "\n")
	whole.metrics = map[string]measure.Stats{"input_tokens": whole.metrics["input_tokens"], "cached_tokens": whole.metrics["cached_tokens"]}
	t.part(&whole)
}

// part shows the numbers of a load, or of all.
func (t *sheet) part(p *part) {
	g := grid{titles: quantiles}
	for _, name := range p.latencies() {
		of := p.metrics[name]
		g.rows = append(g.rows, gridRow{name, t.quantileCells(&of), t.besides(t.sum, p, name)})
	}
	if len(g.rows) > 0 {
		t.grid(&t.b, &g)
	}
	t.Style.items(&t.b, gridIndent, "   ", p.ended())
	t.Style.items(&t.b, gridIndent, "   ", p.throughput())
}

// line writes a sentence in as many lines as it needs.
func (t *sheet) line(text string) {
	indent := strings.Repeat(" ", gridIndent)
	t.paragraph(indent, indent+"  ", text, 0)
}

// paragraph writes text after a first prefix and, on its further lines, the next; most is the number of lines, 0 all.
func (t *sheet) paragraph(first, next, text string, most int) {
	f := &flow{style: t.Style, out: &t.b, first: first, next: next, width: t.width() - widths.StringWidth(next), most: most}
	f.Add(text)
	f.Close()
}

// around shows what was seen beside the turns: the servers' own figures, the harness's, and the stages.
func (t *sheet) around() {
	for _, text := range t.serverTexts(t.sum) {
		t.line(text)
	}
	if text := t.harness(t.sum); text != "" {
		t.line("harness: " + text)
	}
	for _, text := range t.rubricTexts(t.sum) {
		t.line(text)
	}
	if len(t.sum.Stages) > 0 {
		t.b.WriteByte('\n')
		g := t.stageGrid(t.sum)
		t.grid(&t.b, &g)
	}
}

// failures shows the first turn of each class of failure.
func (t *sheet) failures() {
	for i, turn := range firstOfClass(t.sum) {
		if i == 0 {
			t.b.WriteByte('\n')
		}
		mark := strings.Repeat(" ", gridIndent) + t.paint(t.glyphs().fail, red) + " "
		t.paragraph(mark, strings.Repeat(" ", gridIndent+2), firstText(turn), userLines)
	}
}

// checks shows the assertions that did not always pass.
func (t *sheet) checks() {
	for i := range t.sum.Checks {
		c := &t.sum.Checks[i]
		if c.Hold() {
			continue
		}
		mark, _, _ := strings.Cut(t.checkMark(c), " ")
		color := red
		switch {
		case c.Holds:
			color = green
		case c.Undecided():
			color = yellow
		}
		indent := strings.Repeat(" ", gridIndent)
		t.b.WriteByte('\n')
		t.paragraph(indent+t.paint(mark, color)+" ", indent+"  ", fmt.Sprintf("%s line %d: %s", c.File, c.Line, c.Condition), userLines)
		t.paragraph(indent+"  ", indent+"  ", checkText(c), 0)
		if c.Holds || len(c.Examples) == 0 {
			continue
		}
		t.b.WriteByte('\n')
		for line := range strings.SplitSeq(detailsText(c), "\n") {
			t.b.WriteString(strings.TrimRight(indent+"  "+t.escape(line), " ") + "\n")
		}
	}
}

// distrust says why the harness's own numbers are not to be trusted, what caused it and what to do.
func (t *sheet) distrust() {
	parts := distrustOf(t.sum)
	if len(parts) > 0 {
		t.b.WriteByte('\n')
	}
	for _, p := range parts {
		first := "  " + left(p.Name, "invalid") + "   "
		t.paragraph(first, strings.Repeat(" ", len(first)), p.Value, 0)
	}
}

package report

import (
	"fmt"
	"strings"

	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// markdownLoad writes what is known of a run under load.
func (s Style) markdownLoad(b *strings.Builder, run *results.Run) {
	sum := run.Summary
	s.markdownStages(b, sum)
	whole := wholeOf(sum)
	if len(sum.Loads) < 2 {
		name := "Load"
		var apart string
		for i := range sum.Loads {
			name = sum.Loads[i].Name + ": " + sum.Loads[i].About
			apart = apartText(sum.Loads[i].Apart)
		}
		fmt.Fprintf(b, "\n### %s\n", inline(name))
		s.markdownPart(b, sum, &whole, apart)
	} else {
		for i := range sum.Loads {
			l := &sum.Loads[i]
			p := partOf(l)
			fmt.Fprintf(b, "\n### %s\n", inline(l.Name+": "+l.About))
			s.markdownPart(b, sum, &p, apartText(l.Apart))
		}
		b.WriteString("\n### All loads\n\n")
		markdownList(b, strings.Join(whole.ended(), ", "), strings.Join(whole.throughput(), ", "))
	}
	var beside []string
	if run.Clock != "" {
		beside = append(beside, "clock: "+run.Clock)
	}
	if text := s.harness(sum); text != "" {
		beside = append(beside, "harness: "+text)
	}
	markdownList(b, append(append(beside, s.serverTexts(sum)...), s.rubricTexts(sum)...)...)
	markdownChecks(b, sum)
	for _, t := range firstOfClass(sum) {
		fmt.Fprintf(b, "\n### %s\n\n%s", inline(string(t.Class)), fenced(firstText(t)))
	}
}

// markdownPart writes the numbers of a load.
func (s Style) markdownPart(b *strings.Builder, sum *measure.Summary, p *part, more string) {
	b.WriteByte('\n')
	if names := p.latencies(); len(names) > 0 {
		b.WriteString("| | p50 | p90 | p95 | p99 | max | |\n|---|--:|--:|--:|--:|--:|---|\n")
		for _, name := range names {
			of := p.metrics[name]
			markdownRow(b, append(append([]string{name}, s.quantileCells(&of)...), strings.Join(s.besides(sum, p, name), "; ")))
		}
		b.WriteByte('\n')
	}
	markdownList(b, strings.Join(p.ended(), ", "), strings.Join(p.throughput(), ", "), more)
}

func markdownList(b *strings.Builder, items ...string) {
	for _, item := range items {
		if item != "" {
			b.WriteString("- " + inline(item) + "\n")
		}
	}
}

// markdownStages writes what each stage came to, and each objective that is judged by stage.
func (s Style) markdownStages(b *strings.Builder, sum *measure.Summary) {
	if len(sum.Stages) == 0 {
		return
	}
	g := s.stageGrid(sum)
	titles := []string{"stage"}
	rule := "|---|"
	for range g.titles {
		rule += "--:|"
	}
	titles = append(titles, g.titles...)
	var judged []*measure.Result
	for i := range sum.Objectives {
		if r := &sum.Objectives[i]; len(r.Stages) > 0 {
			judged = append(judged, r)
			titles = append(titles, r.ID())
			rule += "--:|"
		}
	}
	b.WriteByte('\n')
	markdownRow(b, titles)
	b.WriteString(rule + "\n")
	for i, row := range g.rows {
		cells := append([]string{row.name}, row.cells...)
		for _, r := range judged {
			cells = append(cells, s.stageCell(r, &sum.Stages[i]))
		}
		markdownRow(b, cells)
	}
}

// stageCell is what an objective came to in a stage; empty where it is not judged there.
func (s Style) stageCell(r *measure.Result, of *measure.Stage) string {
	for i := range r.Stages {
		if st := &r.Stages[i]; st.Load == of.Load && st.Stage == of.Stage {
			alone := inStage(r, st)
			return s.verdictMark(st.Verdict) + " " + s.value(&alone)
		}
	}
	return ""
}

// markdownChecks lists the assertions, and shows what was seen where one did not hold.
func markdownChecks(b *strings.Builder, sum *measure.Summary) {
	if len(sum.Checks) == 0 {
		return
	}
	s := Style{Unicode: true}
	b.WriteString("\n| | assertion | |\n|---|---|---|\n")
	for i := range sum.Checks {
		c := &sum.Checks[i]
		markdownRow(b, []string{s.checkMark(c), fmt.Sprintf("%s line %d: %s", c.File, c.Line, c.Condition), checkText(c)})
	}
	for i := range sum.Checks {
		c := &sum.Checks[i]
		if c.Holds || len(c.Examples) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n### %s\n\n%s", inline(fmt.Sprintf("%s line %d", c.File, c.Line)), fenced(detailsText(c)))
	}
}

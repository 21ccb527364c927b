package report

import (
	"fmt"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

// validityOf says whether the harness itself stood in the way, and by how much it may have.
func validityOf(sum *measure.Summary) []note {
	a := sum.Audit
	if a == nil {
		return nil
	}
	if a.Valid {
		text := "Valid: this machine was not the bottleneck"
		if bias := a.Bias["ttft"]; bias.P99 != nil {
			text += fmt.Sprintf("; it made TTFT at most %s longer, at p99", onPage.Duration(*bias.P99))
		}
		return []note{{"pass", onPage.glyphs().pass, text + "."}}
	}
	var notes []note
	for _, part := range distrustOf(sum) {
		notes = append(notes, note{"open", "", strings.ToUpper(part.Name[:1]) + part.Name[1:] + ": " + Escape(part.Value)})
	}
	return notes
}

// auditOf lists what was watched of the harness.
func auditOf(a *measure.Audit) table {
	t := table{Label: "self-audit", Columns: []string{"value", "at most", "kept"}}
	if a == nil {
		return t
	}
	for _, name := range latencyNames(a.Bias) {
		s := a.Bias[name]
		t.Rows = append(t.Rows, tableRow{Name: "bias of " + name, About: "by how much it may be too long, at p99",
			Cells: []string{onPage.statsCell(&s, s.P99), "", ""}})
	}
	for _, r := range a.Rows {
		row := tableRow{Name: Escape(r.Name), About: Escape(r.About), Cells: []string{onPage.quantity(r.Value, r.Unit), "", ""}}
		if r.Limit != nil {
			row.Cells[1], row.Cells[2] = onPage.limit(*r.Limit, r.Unit), onPage.glyphs().pass
		}
		if !r.OK {
			row.Cells[2], row.Tone = onPage.glyphs().fail, "open"
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// stagesOf is a row for each stage.
func stagesOf(sum *measure.Summary) table {
	t := table{Label: "stages", Columns: []string{"from", "offered", "failed", "dropped", "ttft p50", "ttft p95", "ttft p99", "tpot p95", "e2e p95", "tokens/s"}}
	for i := range sum.Stages {
		s := &sum.Stages[i]
		ttft, tpot, e2e := s.Metrics["ttft"], s.Metrics["tpot"], s.Metrics["e2e"]
		t.Rows = append(t.Rows, tableRow{Name: stageName(sum, s.Load, s.Stage, s.Target), Cells: []string{
			clockTime(s.Start.Seconds()), measure.Thousands(s.Requests.Offered), measure.Thousands(s.Requests.Failed),
			measure.Thousands(s.Requests.Dropped), onPage.statsCell(&ttft, ttft.P50), onPage.statsCell(&ttft, ttft.P95), onPage.statsCell(&ttft, ttft.P99),
			onPage.statsCell(&tpot, tpot.P95), onPage.statsCell(&e2e, e2e.P95), rateCell(s.Rates, "output_rate"),
		}})
	}
	return t
}

func rateCell(rates map[string]float64, name string) string {
	if v, ok := rates[name]; ok {
		return significant(v)
	}
	return "–"
}

// byStage lists, for each objective that is judged by stage, what it came to in each.
func byStage(sum *measure.Summary) []stageObjective {
	var list []stageObjective
	for i := range sum.Objectives {
		r := &sum.Objectives[i]
		if len(r.Stages) == 0 {
			continue
		}
		one := stageObjective{ID: Escape(r.ID()), Limit: onPage.limitText(&r.Objective)}
		for j := range r.Stages {
			s := &r.Stages[j]
			alone := inStage(r, s)
			one.Stages = append(one.Stages, objectiveRow{
				Mark: onPage.row(&alone).mark, Tone: tone(s.Verdict), Word: strings.ToLower(s.Verdict.Word()),
				ID: stageName(sum, s.Load, s.Stage, s.Target), Value: onPage.value(&alone),
			})
		}
		list = append(list, one)
	}
	return list
}

// stageObjective is an objective with its value in each stage.
type stageObjective struct {
	ID, Limit string
	Stages    []objectiveRow
}

// checksOf lists the assertions that were checked under load, with examples of those that did not pass.
func checksOf(sum *measure.Summary, room *room) []note {
	var notes []note
	for i := range sum.Checks {
		c := &sum.Checks[i]
		n := note{Tone: "pass", Mark: onPage.glyphs().pass}
		if !c.Holds {
			n.Tone, n.Mark = "fail", onPage.glyphs().fail
		}
		if c.Undecided() {
			n.Tone, n.Mark = "open", onPage.glyphs().open
		}
		text := fmt.Sprintf("%s\n%s line %d: %s", c.Condition, c.File, c.Line, checkText(c))
		for j := range c.Examples {
			e := &c.Examples[j]
			text += "\n\n" + exampleText(e) + "\n" + strings.TrimRight(e.Detail, "\n")
		}
		n.Text = room.text(text)
		notes = append(notes, n)
	}
	return notes
}

// slowestOf lists the turns that took longest.
func slowestOf(sum *measure.Summary, room *room) turnList {
	list := turnList{ID: "slowest", Heading: "Slowest turns", About: "Those with the largest TTFT and the longest end to end."}
	list.show(sum.Slowest[:min(len(sum.Slowest), mostExamples)], sum.Origin, room)
	return list
}

// examplesOf lists turns that failed, some of each class.
func examplesOf(sum *measure.Summary, room *room) turnList {
	list := turnList{ID: "examples", Heading: "Failed turns", About: "The first few of each class, of which the first is open."}
	list.show(sum.Examples[:min(len(sum.Examples), mostExamples)], sum.Origin, room)
	seen := map[event.Class]bool{}
	for i := range list.Turns {
		class := sum.Examples[i].Class
		list.Turns[i].Open = !seen[class]
		seen[class] = true
	}
	return list
}

// mostExamples is how many turns of a load are shown in a list.
const mostExamples = 40

// besideRow is a latency from the other origin; there is none where it has no other. What did not come stands beside the
// latency itself.
func besideRow(b *measure.Beside, name string) []tableRow {
	if b == nil {
		return nil
	}
	s, ok := b.Metrics[name]
	if !ok || s.Count == 0 {
		return nil
	}
	from := map[event.Origin]string{event.FromSent: "what the server did", event.FromIntended: "what a person waited"}[b.Origin]
	return []tableRow{{Name: name + " from " + string(b.Origin), About: from, Cells: statsCells(&s)}}
}

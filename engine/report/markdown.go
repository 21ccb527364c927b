package report

import (
	"fmt"
	"html"
	"io"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// cellLength is the number of characters of a text that a table's cell shows.
const cellLength = 160

// Markdown writes a run for a page such as a CI job's summary: the verdict first, then the objectives, and the turns with
// what failed in them, or what the loads came to.
func Markdown(w io.Writer, run *results.Run) error {
	var b strings.Builder
	s := Style{Unicode: true}
	sum := run.Summary
	fmt.Fprintf(&b, "## %s %s (%d): %s\n\n", s.verdictMark(sum.Verdict), sum.Verdict.Word(), sum.ExitCode, inline(run.Scenario))
	said := sum.Reason
	if sum.Duration > 0 {
		said += " in " + s.took(sum.Duration)
	}
	if sum.Simulated {
		said += " (simulated)"
	}
	b.WriteString(inline(said) + "\n")
	for i, part := range distrustOf(sum) {
		if i == 0 {
			b.WriteByte('\n')
		}
		markdownList(&b, part.Name+": "+part.Value)
	}
	s.markdownObjectives(&b, sum.Objectives)
	if run.Rules.Single {
		s.markdownTurns(&b, run.Turns)
		s.markdownRobot(&b, run.Turns)
		markdownJudgements(&b, run.Turns)
		markdownFailures(&b, run.Turns)
	} else {
		s.markdownLoad(&b, run)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s Style) verdictMark(v measure.Verdict) string {
	switch v {
	case measure.Pass:
		return s.glyphs().pass
	case measure.Fail:
		return s.glyphs().fail
	}
	return s.glyphs().open
}

func (s Style) markdownObjectives(b *strings.Builder, results []measure.Result) {
	if len(results) == 0 {
		return
	}
	b.WriteString("\n| | objective | measured | value | limit | |\n|---|---|---|--:|--:|---|\n")
	for i := range results {
		r := &results[i]
		measured := r.Text
		if measured == "" {
			measured = what(&r.Objective)
		}
		cells := []string{
			s.verdictMark(r.Verdict) + " " + strings.ToLower(r.Verdict.Word()), r.ID(), measured, s.value(r),
			s.limitText(&r.Objective), strings.Join(append([]string{s.tail(r)}, notesOf(r)...), "; "),
		}
		markdownRow(b, cells)
	}
}

func (s Style) markdownTurns(b *strings.Builder, turns []event.Turn) {
	if len(turns) == 0 {
		return
	}
	b.WriteString("\n| | turn | TTFT | TPOT | tokens | end to end | reply |\n|---|---|--:|--:|--:|--:|---|\n")
	for i := range turns {
		t := &turns[i]
		var tpot, tokens string
		ttft, hasTTFT := t.TTFT(event.FromSent)
		e2e, hasE2E := t.E2E(event.FromSent)
		if v, ok := turnTPOT(t); ok {
			tpot = s.Duration(v)
		}
		if u := t.Usage(); u.Source == event.FromServer || u.Source == event.FromChunks {
			tokens = measure.Thousands(u.Output)
		}
		markdownRow(b, []string{
			s.turnMark(t), t.Conversation + "." + t.Turn, s.optional(ttft.Seconds(), hasTTFT), tpot, tokens,
			s.optional(e2e.Seconds(), hasE2E), replyCell(t),
		})
	}
}

func (s Style) optional(seconds float64, ok bool) string {
	if !ok {
		return ""
	}
	return s.Duration(seconds)
}

func (s Style) turnMark(t *event.Turn) string {
	g := s.glyphs()
	mark := g.pass + " pass"
	if t.Class == event.Censored || t.Class == event.Dropped {
		mark = g.open + " " + string(t.Class)
	}
	all := measure.AssertionsOf(t)
	switch {
	case measure.Unexpected(t) || all.Broken() > 0:
		mark = g.fail + " fail"
	case !all.Hold():
		mark = g.open + " inconclusive"
	}
	return mark
}

// replyCell is the start of what came: the reply, the calls, or how the turn failed.
func replyCell(t *event.Turn) string {
	text := t.Text
	if text == "" {
		text = t.Refusal
	}
	for _, call := range t.ToolCalls {
		text = call.Name + "(" + call.Arguments + ") " + text
	}
	if t.Class != event.OK {
		text = strings.TrimSuffix(string(t.Class)+": "+t.Message, ": ")
	}
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > cellLength {
		text = string(r[:cellLength]) + "…"
	}
	return text
}

func markdownRow(b *strings.Builder, cells []string) {
	for _, c := range cells {
		b.WriteString("| " + inline(c) + " ")
	}
	b.WriteString("|\n")
}

// markdownJudgements lists what judges said of the replies.
func markdownJudgements(b *strings.Builder, turns []event.Turn) {
	markdownOfTurns(b, turns, judgementTexts)
}

// markdownRobot lists what the robot did.
func (s Style) markdownRobot(b *strings.Builder, turns []event.Turn) {
	markdownOfTurns(b, turns, func(t *event.Turn) []string {
		done, amiss := s.robotTexts(t)
		for i := range done {
			done[i] = s.glyphs().pass + " " + done[i]
		}
		for i := range amiss {
			amiss[i] = s.glyphs().open + " " + amiss[i]
		}
		return append(done, amiss...)
	})
}

// markdownOfTurns lists texts of each turn, with its name.
func markdownOfTurns(b *strings.Builder, turns []event.Turn, texts func(*event.Turn) []string) {
	var all []string
	for i := range turns {
		for _, text := range texts(&turns[i]) {
			all = append(all, turns[i].Conversation+"."+turns[i].Turn+", "+text)
		}
	}
	if len(all) > 0 {
		b.WriteByte('\n')
	}
	markdownList(b, all...)
}

// markdownFailures shows in full what each turn that broke a promise saw.
func markdownFailures(b *strings.Builder, turns []event.Turn) {
	for i := range turns {
		t := &turns[i]
		var parts []string
		if _, message := turnDefect(t); message != "" {
			parts = append(parts, message)
		}
		for j := range t.Assertions {
			if a := &t.Assertions[j]; a.Outcome != event.Passed {
				parts = append(parts, assertionText(a))
			}
		}
		if len(parts) > 0 {
			fmt.Fprintf(b, "\n### %s\n\n%s", inline(t.Conversation+"."+t.Turn), fenced(strings.Join(parts, "\n\n")))
		}
	}
}

// fenced is a block of text as it is, within a fence that the text does not contain.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = Escape(lines[i])
	}
	return fence + "text\n" + strings.Join(lines, "\n") + "\n" + fence + "\n"
}

// inline makes text stand as it is within a line of Markdown or a cell of a table.
func inline(text string) string {
	var b strings.Builder
	for _, r := range Escape(strings.Join(strings.Fields(text), " ")) {
		switch {
		case r == '|':
			b.WriteString("&#124;") // some renderers split cells at \| too
		case r == '@':
			b.WriteString("&#64;") // mentions nobody
		case strings.ContainsRune("\\`*_[]#~!$", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteString(html.EscapeString(string(r)))
		}
	}
	return b.String()
}

package report

import (
	"fmt"
	"slices"
	"strings"

	"aimbench/engine/measure"
)

// Verdict is the last line of a report: the verdict with its exit code, and why.
func (s Style) Verdict(sum *measure.Summary) string {
	color := red
	switch sum.Verdict {
	case measure.Pass:
		color = green
	case measure.Inconclusive, measure.Interrupted, measure.Unknown, measure.Invalid:
		color = yellow
	}
	line := s.paint(fmt.Sprintf("%s (%d)", sum.Verdict.Word(), sum.ExitCode), bold, color)
	if sum.Reason != "" {
		line += "  " + escape(sum.Reason, s.Unicode)
	}
	if sum.Duration > 0 {
		line += " in " + s.took(sum.Duration)
	}
	if sum.Simulated {
		line += " (simulated)"
	}
	return line
}

// row is an objective in columns.
type row struct {
	mark, color                  string
	id, what, value, limit, tail string
	where                        string
	more                         []string
}

// objectives lays the results out in columns, or on two lines each where the width is too small.
func (s Style) objectives(results []measure.Result) string {
	rows := make([]row, len(results))
	var widest row
	for i := range results {
		rows[i] = s.row(&results[i])
		widest.id = longer(widest.id, rows[i].id)
		widest.what = longer(widest.what, rows[i].what)
		widest.value = longer(widest.value, rows[i].value)
		widest.limit = longer(widest.limit, rows[i].limit)
	}
	return s.rows(rows, widest)
}

func (s Style) rows(rows []row, widest row) string {
	between, columns := "   ", 0
	bodies := make([]string, len(rows))
	for i, r := range rows {
		bodies[i] = right(r.value, widest.value) + "  " + left(r.limit, widest.limit) + "   " + r.tail
		if widest.what != "" {
			bodies[i] = left(r.what, widest.what) + "  " + bodies[i]
		}
		columns = max(columns, widths.StringWidth(bodies[i]))
	}
	if 4+widths.StringWidth(widest.id)+len(between)+columns > s.width() {
		between, widest.id = "\n      ", ""
	}
	var b strings.Builder
	for i, r := range rows {
		b.WriteString("  " + s.paint(r.mark, r.color) + " " + left(r.id, widest.id) + between + bodies[i] + "\n")
		if r.where != "" {
			b.WriteString("      " + r.where + "\n")
		}
		s.items(&b, 6, "   ", r.more)
	}
	return b.String()
}

func longer(a, b string) string {
	if widths.StringWidth(b) > widths.StringWidth(a) {
		return b
	}
	return a
}

func left(text, widest string) string {
	return text + strings.Repeat(" ", max(0, widths.StringWidth(widest)-widths.StringWidth(text)))
}

func right(text, widest string) string {
	return strings.Repeat(" ", max(0, widths.StringWidth(widest)-widths.StringWidth(text))) + text
}

func (s Style) row(r *measure.Result) row {
	out := row{id: r.ID(), what: what(&r.Objective), value: s.value(r), limit: s.limitText(&r.Objective), tail: s.tail(r), more: s.more(r)}
	g := s.glyphs()
	switch {
	case r.Verdict == measure.Pass:
		out.mark, out.color = g.pass, green
		return out
	case r.Verdict == measure.Fail:
		out.mark, out.color = g.fail, red
	default:
		out.mark, out.color = g.open, yellow
	}
	if r.File != "" {
		out.where = fmt.Sprintf("on %s line %d", r.File, r.Line)
		if r.Text != "" {
			out.where += ": value = " + r.Text
		}
		out.where = escape(out.where, s.Unicode)
	}
	return out
}

// what names what was measured, as far as the objective's name does not.
func what(o *measure.Objective) string {
	var parts []string
	for _, of := range []string{o.Metric, o.Series} {
		if of != "" && of != o.Name {
			parts = append(parts, of)
		}
	}
	switch {
	case o.Fn == "p" && o.Q == 100:
		parts = append(parts, "max")
	case o.Fn == "p":
		parts = append(parts, fmt.Sprintf("p%v", o.Q))
	case o.Fn != "value" && o.Fn != o.Name:
		parts = append(parts, o.Fn)
	}
	return strings.Join(parts, " ")
}

// value writes what was measured.
func (s Style) value(r *measure.Result) string {
	switch {
	case r.Value != nil && r.Low != nil && r.High == nil:
		return "> " + s.quantity(*r.Value, r.Unit)
	case r.Value != nil:
		return s.quantity(*r.Value, r.Unit)
	case r.Above != nil:
		return "> " + s.quantity(*r.Above, r.Unit)
	}
	return "no data"
}

func (s Style) limitText(o *measure.Objective) string {
	g := s.glyphs()
	if o.Max != nil {
		return g.most + " " + s.limit(*o.Max, o.Unit)
	}
	return g.least + " " + s.limit(o.Limit(), o.Unit)
}

// tail says in words how the value stands to its limit.
func (s Style) tail(r *measure.Result) string {
	switch r.Verdict {
	case measure.NoData:
		text := fmt.Sprintf("%s of at least %s", measure.Thousands(int(r.Samples)), measure.Count(int(max(1, r.MinSamples)), "sample"))
		if r.Optional {
			text += ", optional"
		}
		return text
	case measure.Inconclusive:
		return s.interval(r) + "inconclusive"
	case measure.Pass:
		if r.Margin == nil {
			return "held"
		}
		return rough(*r.Margin) + " to spare" + s.certain(r)
	}
	over := "over"
	if r.Max == nil {
		over = "short"
	}
	switch {
	case r.Margin == nil:
		return over
	case *r.Margin <= -9:
		return significant(1-*r.Margin) + " times the limit"
	}
	return rough(-*r.Margin) + " " + over + s.certain(r)
}

// certain is the interval of a value whose verdict does not hang on where in it the value lies.
func (s Style) certain(r *measure.Result) string {
	if r.Low == nil || r.High == nil {
		return ""
	}
	return " (" + s.quantity(*r.Low, r.Unit) + " " + s.glyphs().ellipsis + " " + s.quantity(*r.High, r.Unit) + ")"
}

// more lists what else is to be known of a result.
func (s Style) more(r *measure.Result) []string {
	items := notesOf(r)
	for i := range r.Stages {
		items = append(items, s.stageText(r, &r.Stages[i]))
	}
	for i := range items {
		items[i] = escape(items[i], s.Unicode)
	}
	return items
}

// notesOf says how far a result held, what would settle it, and what else is to be known of it.
func notesOf(r *measure.Result) []string {
	var notes []string
	if len(r.Stages) > 0 {
		notes = append(notes, heldText(r))
	}
	if r.Settle != nil {
		notes = append(notes, "about "+roughly(*r.Settle)+" more would settle it")
	}
	if r.Note != "" {
		notes = append(notes, r.Note)
	}
	return notes
}

// stageText is what a result came to in one of its stages.
func (s Style) stageText(r *measure.Result, st *measure.StageResult) string {
	alone := inStage(r, st)
	return s.verdictMark(st.Verdict) + " " + st.Stage + " " + s.value(&alone)
}

// inStage is a result as if there were that stage alone.
func inStage(r *measure.Result, st *measure.StageResult) measure.Result {
	return measure.Result{Objective: r.Objective, Finding: st.Finding, LimitValue: r.LimitValue}
}

// heldText says up to which stage an objective held.
func heldText(r *measure.Result) string {
	failed := func(st measure.StageResult) bool { return st.Verdict != measure.Pass }
	switch held := r.HeldUpTo; {
	case held != nil && held.Target != "":
		return "held up to " + held.Stage + " (" + held.Target + ")"
	case held != nil:
		return "held up to " + held.Stage
	case slices.ContainsFunc(r.Stages, failed):
		return "not held in the first stage"
	}
	return "held in every stage"
}

// interval is where the value of an inconclusive result lies.
func (s Style) interval(r *measure.Result) string {
	if r.Low == nil {
		return ""
	}
	low, high := s.quantity(*r.Low, r.Unit), "any"
	if r.High != nil {
		high = s.quantity(*r.High, r.Unit)
	}
	return low + " " + s.glyphs().ellipsis + " " + high + ": "
}

// Brief says on a few columns how an objective stands: "ttft p95 412 ms ≤ 500 ms ✓".
func (s Style) Brief(r *measure.Result) string {
	parts := trimmed(escape(r.Name, s.Unicode), what(&r.Objective), s.value(r), s.limitText(&r.Objective), s.verdictMark(r.Verdict))
	return strings.Join(parts, " ")
}

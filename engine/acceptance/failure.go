package acceptance

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/report"
)

// Failure is why a step did not hold, or could not be done.
type Failure struct {
	// Code is the exit code that it means.
	Code int
	Text string
}

// Error says it.
func (f *Failure) Error() string { return f.Text }

// mostGot bounds what is shown of a value, in characters.
const mostGot = 600

// clip shows a text on one line, with what could act on a terminal escaped.
func clip(text string) string {
	r := []rune(text)
	if len(r) > mostGot {
		text = string(r[:mostGot]) + "…"
	}
	return report.Escape(text)
}

// quoted shows a text as one that was said.
func quoted(text string) string { return `"` + clip(text) + `"` }

// refuted is the failure of a Then that does not hold.
func (w *world) refuted(m *match, f finding) error {
	var b strings.Builder
	fmt.Fprintf(&b, "wanted: %s\n", clip(m.sentence))
	fmt.Fprintf(&b, "got:    %s", f.got)
	return &Failure{Code: cmp.Or(f.code, measure.ExitAssertion), Text: b.String()}
}

// mostTurns bounds the turns that a failure shows.
const mostTurns = 12

// story is the conversation so far, in lines.
func (w *world) story() string {
	turns := w.turns()
	if len(turns) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("the conversation so far:\n")
	if n := len(turns) - mostTurns; n > 0 {
		fmt.Fprintf(&b, "  (%s before)\n", measure.Count(n, "turn"))
		turns = turns[n:]
	}
	redact := w.redact()
	for _, t := range turns {
		fmt.Fprintf(&b, "  > %s\n  < %s\n", clip(redact(t.User)), answer(t, redact))
	}
	return b.String()
}

// answer shows what came of a turn on one line.
func answer(t *turn, redact func(string) string) string {
	var parts []string
	if t.Text != "" {
		parts = append(parts, clip(redact(t.Text)))
	}
	for _, call := range t.ToolCalls {
		parts = append(parts, fmt.Sprintf("[%s %s]", call.Name, clip(redact(call.Arguments))))
	}
	if t.Refusal != "" {
		parts = append(parts, "[refused: "+clip(redact(t.Refusal))+"]")
	}
	if t.Class != event.OK {
		parts = append(parts, "["+string(t.Class)+"]")
	}
	for _, g := range t.Gestures {
		if g.Status != event.GestureSkipped {
			parts = append(parts, fmt.Sprintf("[%s %s]", clip(g.Gesture), g.Status))
		}
	}
	var times []string
	if d, ok := t.TTFA(event.FromIntended); ok {
		times = append(times, "first word "+brief(d))
	}
	if d, ok := t.E2E(event.FromIntended); ok {
		times = append(times, "end "+brief(d))
	}
	if len(times) > 0 {
		parts = append(parts, "("+strings.Join(times, ", ")+")")
	}
	return strings.Join(parts, " ")
}

// brief writes a time as a person would.
func brief(d time.Duration) string {
	if d < 0 {
		return "-" + brief(-d)
	}
	return report.Style{Unicode: true}.Duration(d.Seconds())
}

package report

import (
	"fmt"
	"io"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// Kind says what a piece of a reply is.
type Kind uint8

// The kinds.
const (
	Answer Kind = iota
	Reasoning
	Refusal
	kinds
)

// The layout of a turn: its name stands in the margin, all else beside it.
const (
	nameColumn = 2
	textColumn = 11
	// userLines is how much of what the user says is shown.
	userLines = 6
)

// Console shows a single run as it happens. A finished run that is shown by Text reads the same. It is not safe for
// concurrent use.
type Console struct {
	w     io.Writer
	style Style
	redactor
	err error

	many         bool // there are several conversations
	conversation string
	inTurn       bool
	buffer       strings.Builder
	flow         *flow
	kind         Kind
	pending      [kinds]pending
	shown        [kinds]bool
	calls        int // shown in this turn
}

// NewConsole returns a console that writes to w. Every text of a reply goes through the Redactor, which may be nil.
func NewConsole(w io.Writer, style Style, secrets Redactor) *Console {
	return &Console{w: w, style: style, redactor: redactor{secrets}}
}

// Begin shows what runs.
func (c *Console) Begin(h *results.Header) {
	c.many = len(h.Conversations) > 1
	parts := []string{Escape(h.Scenario)}
	for _, e := range h.Endpoints {
		part := "endpoint " + e.Name
		if e.Simulated {
			part += " (simulator)"
		}
		parts = append(parts, part)
	}
	for _, r := range h.Robots {
		part := "robot " + r.Name
		if r.Simulated {
			part += " (simulator)"
		}
		parts = append(parts, part)
	}
	c.items(0, parts)
	c.send()
}

// TurnStart shows what the user says.
func (c *Console) TurnStart(conversation, turn, user string) {
	if c.many && conversation != c.conversation {
		c.buffer.WriteString("\n" + c.style.paint(Escape(conversation), bold) + "\n")
	}
	c.conversation = conversation
	c.inTurn, c.shown, c.calls = true, [kinds]bool{}, 0
	name := strings.Repeat(" ", nameColumn) + turn
	pad := max(2, textColumn-len(name))
	f := c.newFlow(name+strings.Repeat(" ", pad), strings.Repeat(" ", textColumn))
	f.most = userLines
	f.column = len(name) + pad - textColumn
	c.buffer.WriteByte('\n')
	f.Add(c.redact(user))
	if !f.Close() {
		c.buffer.WriteString(name + "\n")
	}
	c.send()
}

func (c *Console) newFlow(first, next string) *flow {
	return &flow{style: c.style, out: &c.buffer, first: first, next: next, width: c.style.width() - textColumn}
}

// Delta shows a piece of the reply.
func (c *Console) Delta(kind Kind, text string) {
	if text == "" || kind >= kinds {
		return
	}
	if c.flow == nil || c.kind != kind {
		c.endFlow()
		c.startFlow(kind)
	}
	c.shown[kind] = true
	c.flow.Add(c.pending[kind].more(c.redactor, text))
	c.send()
}

func (c *Console) startFlow(kind Kind) {
	g := c.style.glyphs()
	bar := g.bar
	if kind == Reasoning {
		bar = g.faint
	}
	prefix := strings.Repeat(" ", textColumn-2) + bar
	c.flow, c.kind = c.newFlow(prefix, prefix), kind
	switch kind {
	case Reasoning:
		c.flow.codes = []string{dim}
	case Refusal:
		c.flow.Add("refused: ")
	}
}

func (c *Console) endFlow() {
	if c.flow == nil {
		return
	}
	if c.pending[c.kind].harmless() { // else it waits for the rest, which may come after another kind
		c.flow.Add(c.pending[c.kind].rest(c.redactor))
	}
	c.flow.Close()
	c.flow = nil
}

// settle shows what waited for the rest of a secret until the reply ended.
func (c *Console) settle() {
	for kind := range kinds {
		if text := c.pending[kind].rest(c.redactor); text != "" {
			if c.flow == nil || c.kind != kind {
				c.endFlow()
				c.startFlow(kind)
			}
			c.flow.Add(text)
		}
	}
	c.endFlow()
	c.pending = [kinds]pending{}
}

// ToolCall shows a call of the model and what was sent back.
func (c *Console) ToolCall(call event.ToolCall) {
	c.endFlow()
	g := c.style.glyphs()
	c.calls++
	c.paragraph(g.call, call.Name+"("+call.Arguments+")", userLines)
	if call.Result != "" {
		c.paragraph(g.result, call.Result, userLines)
	}
	c.send()
}

// paragraph writes text beside a mark; most is the number of lines of it, 0 all.
func (c *Console) paragraph(mark, text string, most int, codes ...string) {
	indent := strings.Repeat(" ", textColumn)
	n := widths.StringWidth(mark)
	f := c.newFlow(indent+c.style.paint(mark, codes...), indent+strings.Repeat(" ", n))
	f.width -= n
	f.most = most
	f.Add(c.redact(text))
	f.Close()
}

// TurnEnd shows how the turn ended, and of its reply what Delta and ToolCall have not shown.
func (c *Console) TurnEnd(turn *event.Turn) {
	clean := measure.CopyTurn(turn, c.redact)
	t := &clean
	if !c.inTurn {
		c.TurnStart(t.Conversation, t.Turn, t.User)
	}
	c.rest(Reasoning, t.Reasoning)
	for _, call := range t.ToolCalls[min(c.calls, len(t.ToolCalls)):] {
		c.ToolCall(call)
	}
	c.rest(Refusal, t.Refusal)
	c.rest(Answer, t.Text)
	c.settle()
	c.outcome(t)
	c.items(textColumn, c.style.measured(t))
	c.robot(t)
	c.judgements(t)
	c.assertions(t)
	c.inTurn = false
	c.send()
}

func (c *Console) rest(kind Kind, text string) {
	if !c.shown[kind] {
		c.Delta(kind, text)
	}
}

// outcome says how a turn ended that did not simply succeed.
func (c *Console) outcome(t *event.Turn) {
	g := c.style.glyphs()
	message := string(t.Class)
	if t.Message != "" {
		message += ": " + t.Message
	}
	switch {
	case t.ExpectFailure && t.Class == event.OK:
		c.paragraph(g.fail+" ", "succeeded, though the scenario expects a failure", 0, red)
	case t.Class == event.OK:
	case t.Class == event.HungUp:
		c.paragraph("", "hung up, as the scenario asks", 0)
	case t.Class == event.Censored:
		c.paragraph(g.open+" ", "cut off: the run ended first", 0, yellow)
	case t.Class == event.Dropped:
		c.paragraph(g.open+" ", "dropped: the limit of conversations in flight was reached", 0, yellow)
	case t.Class == event.Unsent:
		c.paragraph(g.open+" ", unsentText(t), 0, yellow)
	case t.ExpectFailure:
		c.paragraph(g.pass+" ", "failed, as expected: "+message, 0, green)
	default:
		c.paragraph(g.fail+" ", message, 0, red)
	}
}

func unsentText(t *event.Turn) string {
	return strings.TrimSuffix("not sent, since the scenario could not say what: "+t.Message, ": ")
}

// assertions shows what was checked after the turn.
func (c *Console) assertions(t *event.Turn) {
	g, all := c.style.glyphs(), measure.AssertionsOf(t)
	switch {
	case all.Checked() == 0:
	case all.Hold():
		c.paragraph(g.pass+" ", all.String(), 0, green)
	case all.Failed == 0:
		c.paragraph(g.open+" ", all.String(), 0, yellow)
	default:
		c.paragraph(g.fail+" ", all.String(), 0, red)
	}
	for i := range t.Assertions {
		if a := &t.Assertions[i]; a.Outcome != event.Passed {
			c.diagnostic(a)
		}
	}
}

// diagnostic shows an assertion that did not pass. Its lines were laid out where it was made.
func (c *Console) diagnostic(a *event.Assertion) {
	mark, color := c.style.glyphs().fail, red
	if a.Outcome != event.Failed {
		mark, color = c.style.glyphs().open, yellow
	}
	c.buffer.WriteString("\n" + c.style.paint(mark, color) + " ")
	for i, line := range strings.Split(assertionText(a), "\n") {
		if i > 0 {
			c.buffer.WriteByte('\n')
		}
		c.buffer.WriteString(escape(line, c.style.Unicode))
	}
	c.buffer.WriteString("\n")
}

// assertionText says what an assertion that did not pass promised, where, and what was seen.
func assertionText(a *event.Assertion) string {
	if a.Detail != "" {
		return strings.TrimRight(a.Detail, "\n")
	}
	head := "Assertion failed"
	switch a.Outcome {
	case event.Errored:
		head = "Assertion could not be checked"
	case event.Inconclusive:
		head = "Assertion is inconclusive"
	}
	if a.Message != "" {
		head += ": " + a.Message
	}
	return fmt.Sprintf("%s\n\n    on %s line %d: %s", head, a.File, a.Line, a.Condition)
}

// items writes short facts on as few lines as they need.
func (c *Console) items(indent int, items []string) {
	c.style.items(&c.buffer, indent, c.style.glyphs().dot, items)
}

// End shows the objectives and, as the last line, the verdict.
func (c *Console) End(s *measure.Summary) {
	c.settle()
	if len(s.Objectives) > 0 {
		c.buffer.WriteString("\n" + c.style.objectives(s.Objectives))
	}
	c.buffer.WriteString("\n" + c.style.Verdict(s) + "\n")
	c.send()
}

// Err returns the first error of writing.
func (c *Console) Err() error { return c.err }

func (c *Console) send() {
	if c.buffer.Len() > 0 && c.err == nil {
		_, c.err = io.WriteString(c.w, c.buffer.String())
	}
	c.buffer.Reset()
}

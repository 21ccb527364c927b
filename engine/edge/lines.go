package edge

import (
	"fmt"
	"io"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/report"
)

// lines shows a talk where no terminal is: the replies alone go to out, and all else to side.
type lines struct {
	out, side io.Writer
	style     report.Style
	prose     *report.Prose
	shown     bool // of the reply under way
}

func newLines(out, side io.Writer, style report.Style, secrets report.Redactor) *lines {
	style.Color = false
	return &lines{out: out, side: side, style: style, prose: report.NewProse(style, secrets, "", "")}
}

// Said begins a reply.
func (l *lines) Said(string) { l.shown = false }

// Delta shows a piece of it; thoughts go to the side.
func (l *lines) Delta(kind report.Kind, text string) {
	if kind == report.Reasoning {
		return
	}
	l.shown = true
	_, _ = io.WriteString(l.out, l.prose.Add(kind, text)) // whoever reads may have left; the talk goes on
}

// Called shows nothing: what the robot did is not the reply.
func (l *lines) Called(event.ToolCall) {}

// Reply ends the reply.
func (l *lines) Reply(t *event.Turn) {
	if !l.shown && t.Text != "" { // it came whole
		_, _ = io.WriteString(l.out, l.prose.Add(report.Answer, t.Text))
	}
	_, _ = io.WriteString(l.out, l.prose.End())
	if text := trouble(t); text != "" {
		l.Note(text)
	}
}

// Settled shows nothing.
func (l *lines) Settled(*event.Turn) {}

// Answer shows what a command has to say.
func (l *lines) Answer(text string) {
	_, _ = fmt.Fprintln(l.out, l.style.Verbatim(text))
}

// Note goes to the side.
func (l *lines) Note(text string) {
	_, _ = fmt.Fprintln(l.side, "Note: "+report.Escape(strings.TrimSpace(text)))
}

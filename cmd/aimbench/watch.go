package main

import (
	"os"

	"github.com/spf13/cobra"

	"aimbench/engine"
	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/progress"
	"aimbench/engine/report"
	"aimbench/engine/results"
)

// watch is what is seen of a run while it goes on: the conversation where the result is text, and how far the run is
// where that does not show it.
type watch struct {
	style    report.Style
	console  *report.Console
	progress *progress.Progress
}

// begin starts to show a run.
func begin(c *cobra.Command, e *engine.Engine, p *plan.Plan, o *output, header *results.Header) *watch {
	w := &watch{style: report.Detect(c.OutOrStdout(), os.Getenv)}
	if o.format == "text" && !o.quiet && len(p.Loads) == 0 {
		w.console = report.NewConsole(c.OutOrStdout(), w.style, p.Scenario.Secrets)
		w.console.Begin(header)
	}
	if w.console == nil || !w.style.Terminal {
		w.progress = progress.Start(showing(c, e, p))
	}
	return w
}

// showing says what of a run is shown while it goes on.
func showing(c *cobra.Command, e *engine.Engine, p *plan.Plan) progress.Options {
	o := progress.Options{Out: c.ErrOrStderr(), Style: report.Detect(c.ErrOrStderr(), os.Getenv), Name: p.Scenario.Name}
	if len(p.Loads) > 0 {
		o.Loads, o.Glance = e.Loads, e.Recorder().Now
		return o
	}
	for _, conversation := range p.Conversations {
		o.Total += len(conversation.Turns)
	}
	return o
}

// end takes the progress away and shows the summary; false where nothing of the result was shown yet.
func (w *watch) end(s *measure.Summary) (shown bool, err error) {
	if w.progress != nil {
		w.progress.Stop()
	}
	if w.console == nil {
		return false, nil
	}
	w.console.End(s)
	return true, w.console.Err()
}

// TurnStart, Delta, ToolCall and TurnEnd make it a run.Live.
func (w *watch) TurnStart(conversation, turn, user string) {
	if w.progress != nil {
		w.progress.Begin(conversation, turn)
	}
	if w.console != nil {
		w.console.TurnStart(conversation, turn, user)
	}
}

// Delta shows a piece of a reply.
func (w *watch) Delta(d chat.Delta) {
	if w.console == nil {
		return
	}
	switch d.Kind {
	case chat.Answer:
		w.console.Delta(report.Answer, d.Text)
	case chat.Reasoning:
		w.console.Delta(report.Reasoning, d.Text)
	case chat.Refusal:
		w.console.Delta(report.Refusal, d.Text)
	}
}

// ToolCall shows a call and its result.
func (w *watch) ToolCall(call event.ToolCall) {
	if w.console != nil {
		w.console.ToolCall(call)
	}
}

// TurnEnd shows what became of a turn.
func (w *watch) TurnEnd(t *event.Turn) {
	if w.progress != nil {
		w.progress.Record(t)
	}
	if w.console != nil {
		w.console.TurnEnd(t)
	}
}

package acceptance

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

var replySteps = []Step{
	{
		Kind: Then, Expr: "the reply contains {text}", Not: "the reply does not contain {text}", Example: `the reply contains "Paris"`,
		About: "the text of the last reply has this in it, whatever the case of its letters",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			return found(strings.Contains(strings.ToLower(t.Text), strings.ToLower(a.text(0))), "%s", w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply matches {text}", Not: "the reply does not match {text}", Example: `the reply matches "(?i)room \\d+"`,
		About: "the text of the last reply has a match of this regular expression (RE2)",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			re, err := regexp.Compile(a.text(0))
			if err != nil {
				return finding{}, &Failure{Code: measure.ExitUsage, Text: err.Error()}
			}
			return found(re.MatchString(t.Text), "%s", w.reply(t))
		}),
	},
}

// ofReply is a check of the turn that a Then is about.
func ofReply(check func(*world, *turn, *args) (finding, error)) func(context.Context, *world, *args) (finding, error) {
	return func(_ context.Context, w *world, a *args) (finding, error) {
		t, err := w.turn()
		if err != nil {
			return finding{}, err
		}
		return check(w, t, a)
	}
}

// reply shows the reply of a turn, or why there was none.
func (w *world) reply(t *turn) string {
	redact := w.redact()
	switch {
	case t.Class == event.HungUp && t.Text != "":
		return fmt.Sprintf("the reply %s, which was cut in on", quoted(redact(t.Text)))
	case t.Class != event.OK:
		return fmt.Sprintf("no reply: %s %s", t.Class, clip(redact(t.Message)))
	case t.Text == "" && len(t.ToolCalls) > 0:
		return "no text: " + answer(t, redact)
	}
	return "the reply " + quoted(redact(t.Text))
}

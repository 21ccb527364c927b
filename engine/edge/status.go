package edge

import (
	"fmt"
	"strings"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/report"
	"aimbench/robot/motion"
)

// outcome says in a line how a reply went: how soon it came, against the limit, and how long it was.
func outcome(t *event.Turn, slo time.Duration, style report.Style) string {
	var items []string
	if ttft, ok := t.TTFT(event.FromIntended); ok {
		items = append(items, style.Duration(ttft.Seconds())+" to the first word")
	}
	if e2e, ok := t.E2E(event.FromIntended); ok {
		text := fmt.Sprintf("%s of %s", style.Duration(e2e.Seconds()), brief(slo))
		if e2e > slo {
			text = style.Wrong(mark(style, false) + " " + text)
		}
		items = append(items, text)
	}
	if u := t.Usage(); u.Source == event.FromServer {
		items = append(items, fmt.Sprintf("%s in, %s out", measure.Thousands(u.Input), measure.Count(u.Output, "token")))
	} else if u.Output > 0 {
		items = append(items, measure.Count(u.Output, "chunk"))
	}
	if t.FinishReason == "length" {
		items = append(items, "cut at the most tokens it may have")
	}
	retries := 0
	for i := range t.Requests {
		retries += t.Requests[i].Retries
	}
	if retries > 0 {
		items = append(items, "retried "+measure.Count(retries, "time"))
	}
	if t.Class == event.HungUp {
		items = append(items, "interrupted")
	}
	dot := " · "
	if !style.Unicode {
		dot = " - "
	}
	return strings.Join(items, dot)
}

// trouble says in a line why a turn failed; empty where it did not.
func trouble(t *event.Turn) string {
	switch {
	case t.Class == event.OK || t.Class == event.HungUp:
		return ""
	case t.Class == event.Censored:
		return "the talk ended before the reply did"
	case t.Class == event.HTTP429:
		return "the endpoint has too much to do (429); say it again, or /retry"
	}
	return string(t.Class) + ": " + strings.TrimRight(t.Message, "\n")
}

// doing says in a few words what the robot is doing.
func (c *Chat) doing() string {
	if c.body == nil {
		return ""
	}
	s := c.body.machine.Loop.State()
	text := "robot " + string(s.Activity)
	if s.Activity == motion.Moving && s.Gesture != "" {
		text = "robot " + s.Gesture
	}
	if s.Queued > 0 {
		text += fmt.Sprintf(" +%d", s.Queued)
	}
	if c.body.muted.Load() {
		text += ", muted"
	}
	return text
}

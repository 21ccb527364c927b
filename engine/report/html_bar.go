package report

import (
	"strings"
	"time"

	"aimbench/engine/event"
)

// segment is a part of a turn's bar: its place and width are in percent of the longest turn's.
type segment struct {
	Kind, Text string
	X, Width   float64
}

// segmentKind is a row of the bars' legend.
type segmentKind struct{ Kind, Text string }

// segmentKinds are the parts of a turn, in the order in which they follow each other.
var segmentKinds = []segmentKind{
	{"late", "waiting to be sent"}, {"connect", "connecting and sending"}, {"wait", "until the first token"},
	{"stream", "tokens coming"}, {"rest", "until the end"},
}

// bar draws the instants of a turn, from when it was wanted, on the scale of the longest turn.
func bar(t *event.Turn, longest event.Instant) []segment {
	var segments []segment
	if longest <= 0 {
		return nil
	}
	at := began(t)
	percent := func(d event.Instant) float64 { return within(100 * float64(d) / float64(longest)) }
	until := func(kind int, end event.Instant) {
		if !end.Reached() || end <= at {
			return
		}
		segments = append(segments, segment{
			Kind: segmentKinds[kind].Kind, X: percent(at - began(t)), Width: percent(end - at),
			Text: segmentKinds[kind].Text + " " + onPage.Duration(time.Duration(end-at).Seconds()),
		})
		at = end
	}
	for i := range t.Requests {
		r := &t.Requests[i]
		until(0, r.Dispatched)
		until(1, r.Sent)
		until(2, r.FirstToken)
		until(3, r.LastToken)
		if !r.FirstToken.Reached() {
			until(2, r.End) // nothing came, however long it was waited for
		}
	}
	until(4, t.End)
	return segments
}

// barText says what a bar shows.
func barText(segments []segment) string {
	parts := make([]string, len(segments))
	for i, s := range segments {
		parts[i] = s.Text
	}
	return strings.Join(parts, ", ")
}

// began is the first instant of a turn.
func began(t *event.Turn) event.Instant {
	if t.Intended.Reached() {
		return t.Intended
	}
	return t.Dispatched
}

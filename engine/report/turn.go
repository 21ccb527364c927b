package report

import (
	"fmt"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

// measured lists what was measured of a turn, and what was odd about it.
func (s Style) measured(t *event.Turn) []string {
	var items []string
	add := func(format string, args ...any) { items = append(items, fmt.Sprintf(format, args...)) }
	ttft, ok := t.TTFT(event.FromSent)
	if ok {
		add("TTFT %s", s.Duration(ttft.Seconds()))
	}
	if ttfa, ok := t.TTFA(event.FromSent); ok && ttfa != ttft {
		add("first answer %s", s.Duration(ttfa.Seconds()))
	}
	if tpot, ok := turnTPOT(t); ok {
		add("TPOT %s", s.Duration(tpot))
	}
	items = append(items, tokenItems(t)...)
	if e2e, ok := t.E2E(event.FromSent); ok {
		add("end to end %s", s.Duration(e2e.Seconds()))
	}
	if t.FinishReason != "" {
		add("%s", s.clip(t.FinishReason))
	}
	if n := len(t.Requests); n > 1 {
		add("%d requests", n)
	}
	for i := range t.Requests {
		r := &t.Requests[i]
		if r.Retries > 0 {
			add("retried %s %d", s.glyphs().times, r.Retries)
		}
		for _, note := range r.Notes {
			add("note: %s", s.clip(note))
		}
	}
	return items
}

// mostOfFact is the number of columns that a short fact may take.
const mostOfFact = 60

// clip shows a text that should be short.
func (s Style) clip(text string) string {
	return widths.Truncate(escape(text, s.Unicode), mostOfFact, s.glyphs().ellipsis)
}

// turnTPOT is the slowest of the turn's requests, in seconds.
func turnTPOT(t *event.Turn) (slowest float64, ok bool) {
	for i := range t.Requests {
		if d, has := t.Requests[i].TPOT(); has {
			slowest, ok = max(slowest, d.Seconds()), true
		}
	}
	return slowest, ok
}

func tokenItems(t *event.Turn) []string {
	switch u := t.Usage(); u.Source {
	case event.FromServer:
		text := fmt.Sprintf("%s in, %s out", measure.Thousands(u.Input), measure.Count(u.Output, "token"))
		if u.Cached > 0 {
			text += fmt.Sprintf(" (%s cached)", measure.Thousands(u.Cached))
		}
		return []string{text}
	case event.FromChunks:
		return []string{measure.Count(u.Output, "chunk"), "no token counts from the server"}
	}
	return nil
}

package acceptance

import (
	"strings"

	"aimbench/engine/event"
)

// moments are the moments of a turn that a step can name, besides the start and the end of a gesture.
var moments = []struct {
	name string
	of   func(*world, *turn) event.Instant
}{
	{"the prompt", func(_ *world, t *turn) event.Instant { return t.Intended }},
	{"the first word", func(_ *world, t *turn) event.Instant { return firstWord(t) }},
	{"the end of the reply", func(_ *world, t *turn) event.Instant { return t.End }},
	{"the first movement", func(_ *world, t *turn) event.Instant {
		first := event.Instant(0)
		for _, g := range t.Gestures {
			if g.Start.Reached() && (first == 0 || g.Start < first) {
				first = g.Start
			}
		}
		return first
	}},
	{"the first sound", func(_ *world, t *turn) event.Instant {
		if t.Speech == nil {
			return 0
		}
		return t.Speech.Start
	}},
	{"the last sound", func(_ *world, t *turn) event.Instant {
		if t.Speech == nil {
			return 0
		}
		return t.Speech.End
	}},
	{"the interruption", func(w *world, _ *turn) event.Instant { return w.cut }},
	{"waking", func(w *world, _ *turn) event.Instant { return w.body.wokeAt() }},
}

// momentPattern is what a moment looks like.
const momentPattern = `the prompt|the first word|the end of the reply|the first movement|the first sound|the last sound|the interruption|waking|the (?:start|end) of the gesture "[^"]*"`

const momentNames = `the prompt, the first word, the end of the reply, the first movement, the first sound, the last sound, the interruption, waking, the start of the gesture "nod", the end of the gesture "nod"`

// moment is a moment by its name; 0 where it did not come.
func (w *world) moment(t *turn, name string) event.Instant {
	for _, m := range moments {
		if m.name == name {
			return m.of(w, t)
		}
	}
	which, gesture, _ := strings.Cut(strings.TrimSuffix(name, `"`), ` of the gesture "`)
	for _, g := range t.Gestures {
		if g.Gesture == gesture && g.Start.Reached() {
			if which == "the start" {
				return g.Start
			}
			return g.End
		}
	}
	return 0
}

// firstWord is the first token of the answer's text, or the end of a reply that came whole.
func firstWord(t *turn) event.Instant {
	for i := range t.Requests {
		if a := t.Requests[i].FirstAnswer; a.Reached() {
			return a
		}
	}
	if t.Class == event.OK && t.Text != "" {
		return t.End
	}
	return 0
}

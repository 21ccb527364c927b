package report

import (
	"fmt"
	"strings"

	"aimbench/engine/event"
)

// robotTexts are what a robot did in the turn, and what it did not do as it should; a line each. What was not wanted is
// not told.
func (s Style) robotTexts(t *event.Turn) (done, amiss []string) {
	for i := range t.Gestures {
		switch g := &t.Gestures[i]; g.Status {
		case event.GestureSkipped:
		case event.GestureDone:
			done = append(done, s.gestureText(g))
		default:
			amiss = append(amiss, fmt.Sprintf("%s %s: %s", gestureName(g), g.Status, oneLine(g.Detail)))
		}
	}
	if d, ok := t.SpeechStart(); ok {
		done = append(done, fmt.Sprintf("spoke %s after the first token", s.Duration(d.Seconds())))
	}
	if t.Speech != nil && t.Speech.Detail != "" {
		amiss = append(amiss, "speech: "+oneLine(t.Speech.Detail))
	}
	return done, amiss
}

// gestureText says when a gesture was done.
func (s Style) gestureText(g *event.Gesture) string {
	d, _ := g.DoneAfter()
	return fmt.Sprintf("%s done, %s after its trigger", gestureName(g), s.Duration(d.Seconds()))
}

// gestureName is a gesture by its trigger's name, and by its own where that is another.
func gestureName(g *event.Gesture) string {
	name := strings.TrimPrefix(g.Perform, "tool.")
	if g.Gesture != name {
		name += " (" + g.Gesture + ")"
	}
	return name
}

// robot shows what a robot did in the turn.
func (c *Console) robot(t *event.Turn) {
	done, amiss := c.style.robotTexts(t)
	for _, text := range amiss {
		c.paragraph(c.style.glyphs().open+" ", text, 0, yellow)
	}
	for i := range done {
		done[i] = escape(c.redact(done[i]), c.style.Unicode)
	}
	c.items(textColumn, done)
}

// robotNotes are what a robot did in the turn, for a page.
func robotNotes(t *event.Turn, room *room) []note {
	done, amiss := onPage.robotTexts(t)
	var out []note
	for _, text := range done {
		out = append(out, note{Text: room.text(text)})
	}
	for _, text := range amiss {
		out = append(out, note{"open", onPage.glyphs().open, room.text(text)})
	}
	return out
}

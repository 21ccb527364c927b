package report

import (
	"fmt"
	"strings"

	"aimbench/engine/event"
)

// robot shows what a robot did in the turn. What was not wanted is not shown.
func (c *Console) robot(t *event.Turn) {
	g := c.style.glyphs()
	var done []string
	for i := range t.Gestures {
		switch gesture := &t.Gestures[i]; gesture.Status {
		case event.GestureSkipped:
		case event.GestureDone:
			done = append(done, c.style.gesture(gesture))
		default:
			c.paragraph(g.open+" ", fmt.Sprintf("%s %s: %s", gesture.Perform, gesture.Status, gesture.Detail), 0, yellow)
		}
	}
	if d, ok := t.SpeechStart(); ok {
		done = append(done, fmt.Sprintf("spoke %s after the first token", c.style.Duration(d.Seconds())))
	}
	if t.Speech != nil && t.Speech.Detail != "" {
		c.paragraph(g.open+" ", "speech: "+t.Speech.Detail, 0, yellow)
	}
	c.items(textColumn, done)
}

// gesture says when a gesture was done; by its trigger's name, and by its own where that is another.
func (s Style) gesture(g *event.Gesture) string {
	d, _ := g.DoneAfter()
	name := strings.TrimPrefix(g.Perform, "tool.")
	if g.Gesture != name {
		name += " (" + g.Gesture + ")"
	}
	return fmt.Sprintf("%s done, %s after its trigger", name, s.Duration(d.Seconds()))
}

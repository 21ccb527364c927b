package report

import (
	"io"

	"aimbench/engine/results"
)

// Text writes a run for people.
func Text(w io.Writer, run *results.Run, style Style) error {
	if !run.Rules.Single {
		_, err := io.WriteString(w, sheetOf(run, style))
		return err
	}
	c := NewConsole(w, style, nil)
	c.Begin(&run.Header)
	for i := range run.Turns {
		t := &run.Turns[i]
		c.TurnStart(t.Conversation, t.Turn, t.User)
		c.TurnEnd(t)
	}
	c.End(run.Summary)
	return c.Err()
}

// Quiet writes only the verdict.
func Quiet(w io.Writer, run *results.Run, style Style) error {
	_, err := io.WriteString(w, style.Verdict(run.Summary)+"\n")
	return err
}

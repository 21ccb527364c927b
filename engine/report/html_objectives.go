package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"aimbench/engine/measure"
)

// objectiveRow is one objective on the page.
type objectiveRow struct {
	Mark, Tone, Word               string
	ID, What, Value, Limit, Margin string
	Where                          string
	Notes                          []string
	Scale                          scale
}

// scale places an objective on the scale that all share: 50 is the limit, 0 all of it to spare, 100 as much over it.
// The places are in percent of the drawing's width.
type scale struct {
	// Shown is false where there is no value to place.
	Shown bool
	// At is the value's place; Beyond says that it lies further out than the scale reaches.
	At     float64
	Beyond string // "", "left" or "right"
	// Low and Width are the place of the interval; a Width of 0 is none.
	Low, Width float64
	About      string
}

// objectiveRows lists the objectives, those first that keep the run from passing.
func objectiveRows(results []measure.Result) []objectiveRow {
	sorted := slices.Clone(results)
	slices.SortStableFunc(sorted, func(a, b measure.Result) int { return cmp.Compare(urgency(&a), urgency(&b)) })
	rows := make([]objectiveRow, len(sorted))
	for i := range sorted {
		r := &sorted[i]
		rows[i] = objectiveRow{
			Mark: onPage.row(r).mark, Tone: tone(r.Verdict), Word: strings.ToLower(r.Verdict.Word()),
			ID: r.ID(), What: meaning(&r.Objective), Value: onPage.value(r), Limit: onPage.limitText(&r.Objective),
			Margin: onPage.tail(r), Scale: scaleOf(r), Notes: remarks(r),
		}
		if r.File != "" {
			rows[i].Where = fmt.Sprintf("%s line %d", Escape(r.File), r.Line)
		}
	}
	return rows
}

// remarks say what else is to be known of a finding.
func remarks(r *measure.Result) []string {
	notes := notesOf(r)
	if r.Effective > 0 {
		notes = append(notes, fmt.Sprintf("%s samples, worth %s independent ones", measure.Thousands(int(r.Samples)), measure.Thousands(int(r.Effective))))
	}
	for i := range notes {
		notes[i] = Escape(notes[i])
	}
	return notes
}

// urgency ranks an objective by what it does to the run's verdict.
func urgency(r *measure.Result) int {
	switch {
	case !r.Gates():
		return 2
	case r.Verdict == measure.Fail:
		return 0
	}
	return 1
}

// meaning says what an objective measures, and of which turns.
func meaning(o *measure.Objective) string {
	text := o.Text
	if text == "" {
		text = what(o)
	}
	for _, part := range []struct{ kind, name string }{
		{"load", o.Load}, {"conversation", o.Conversation}, {"turn", o.Turn},
	} {
		if part.name != "" {
			text += " · " + part.kind + " " + part.name
		}
	}
	return Escape(text)
}

func scaleOf(r *measure.Result) scale {
	at, ok := place(r, r.Value)
	if !ok && r.Above != nil {
		at, ok = 101, true
	}
	if !ok {
		return scale{}
	}
	s := scale{Shown: true, About: onPage.value(r) + ", limit " + onPage.limitText(&r.Objective) + ", " + onPage.tail(r)}
	switch {
	case at < 0:
		s.Beyond = "left"
	case at > 100:
		s.Beyond = "right"
	}
	s.At = within(at)
	low, hasLow := place(r, r.Low)
	high, hasHigh := place(r, r.High)
	if !hasLow {
		return s
	}
	if !hasHigh {
		high = 100 // nothing bounds it
	}
	low, high = within(min(low, high)), within(max(low, high))
	s.Low, s.Width = low, high-low
	return s
}

// place puts a value on the scale by the share of the limit that it leaves to spare.
func place(r *measure.Result, v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	limit := r.Limit()
	over := *v - limit
	if r.Max == nil {
		over = -over
	}
	switch {
	case limit != 0:
		return 50 + 50*over/max(limit, -limit), true
	case over > 0:
		return 101, true
	}
	return 50, true
}

// within keeps a place on the drawing, to the hundredth of a percent.
func within(percent float64) float64 { return math.Round(100*min(max(percent, 0), 100)) / 100 }

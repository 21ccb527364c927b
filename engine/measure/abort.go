package measure

import (
	"fmt"
	"time"

	"aimbench/engine/event"
)

// Abort says that an objective ended the run early.
type Abort struct {
	Objective string        `json:"objective"`
	At        event.Instant `json:"at"`
}

// Missed lists the objectives that are missed so far, and that say to end the run then: not within the grace of each,
// counted from when its load first wanted turns.
func (r *Recorder) Missed(now event.Instant) []string {
	w := *r.windows.Load()
	var due []int
	for i := range r.rules.Objectives {
		o := &r.rules.Objectives[i]
		window, began := w.of(o.Load, "")
		if o.Abort && began && (now-window.Start).Seconds() >= o.Grace {
			due = append(due, i)
		}
	}
	if len(due) == 0 {
		return nil
	}
	results := r.merged().results(w)
	var missed []string
	for _, i := range due {
		if results[i].Verdict == Fail {
			missed = append(missed, results[i].ID())
		}
	}
	return missed
}

// abort makes a failure of each objective that ended the run: turns that were on their way when it did must not turn the
// verdict around.
func (s *Summary) abort(aborted []Abort) {
	for _, a := range aborted {
		for i := range s.Objectives {
			o := &s.Objectives[i]
			if o.ID() != a.Objective {
				continue
			}
			o.Verdict = Fail
			o.Note = fmt.Sprintf("missed, so that the run was ended after %s", time.Duration(a.At).Round(100*time.Millisecond))
		}
	}
}

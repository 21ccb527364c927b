package measure

import (
	"time"

	"aimbench/engine/event"
)

// windows are the times in which the loads want turns, as far as they are known. They are immutable.
type windows []event.Window

// with returns the windows with those of one load set anew. A window whose End was not reached is open: its load ends when
// its conversations have.
func (w windows) with(of []event.Window) windows {
	var out windows
	for _, old := range w {
		replaced := false
		for _, n := range of {
			replaced = replaced || n.Load == old.Load
		}
		if !replaced {
			out = append(out, old)
		}
	}
	return append(out, of...)
}

// of returns the window of a load's stage, of a load for an empty stage, or the time from the first to the last window for
// an empty load; false where it has not begun.
func (w windows) of(load, stage string) (event.Window, bool) {
	whole, found := event.Window{}, false
	for _, one := range w {
		switch {
		case one.Stage != stage || load != "" && one.Load != load:
			continue
		case load != "":
			return one, true
		case !found:
			whole, found = event.Window{Start: one.Start, End: one.End}, true
			continue
		}
		whole.Start = min(whole.Start, one.Start)
		if !whole.End.Reached() || !one.End.Reached() {
			whole.End = 0
		} else {
			whole.End = max(whole.End, one.End)
		}
	}
	return whole, found
}

// has reports whether the instant falls in the window. Without an end, everything from its start on does.
func has(w event.Window, at event.Instant) bool {
	return at.Reached() && at >= w.Start && (!w.End.Reached() || at < w.End)
}

// overlap is how much of the time from one instant to another lies in the window.
func overlap(w event.Window, from, to event.Instant) time.Duration {
	if w.End.Reached() {
		to = min(to, w.End)
	}
	return max(0, time.Duration(to-max(from, w.Start)))
}

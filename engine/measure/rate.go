package measure

import (
	"math"
	"slices"
	"time"

	"aimbench/engine/event"
)

// flow counts what the rates of a window are made of.
type flow struct {
	output                    int64 // tokens that arrived in the window
	input                     int64 // of the turns that ended in it
	reported, succeeded, good int64
	busy                      time.Duration // that turns were under way, added up
	// Without a window, the time from the first turn's dispatch to the last's end stands in for it.
	first, last event.Instant
}

// add counts what of the turn happened in the window. good says that the turn met every objective.
func (f *flow) add(t *event.Turn, w event.Window, good bool) {
	if t.Class == event.Dropped {
		return
	}
	for i := range t.Requests {
		f.output += arrived(&t.Requests[i], w)
	}
	f.busy += overlap(w, t.Dispatched, t.End)
	if t.Dispatched.Reached() && (!f.first.Reached() || t.Dispatched < f.first) {
		f.first = t.Dispatched
	}
	f.last = max(f.last, t.End)
	if !has(w, t.End) {
		return
	}
	if u := t.Usage(); u.Source == event.FromServer {
		f.reported++
		f.input += int64(u.Input)
	}
	if t.Class == event.OK {
		f.succeeded++
	}
	if good {
		f.good++
	}
}

// arrived is how many output tokens of a request arrived in the window.
func arrived(r *event.Request, w event.Window) int64 {
	n := len(r.Arrivals)
	if n == 0 {
		if has(w, r.End) {
			return int64(r.Usage.Output)
		}
		return 0
	}
	from, _ := slices.BinarySearch(r.Arrivals, w.Start)
	to := n
	if w.End.Reached() {
		to, _ = slices.BinarySearch(r.Arrivals, w.End)
	}
	return int64(max(0, tokensUntil(r, to)-tokensUntil(r, from)))
}

// tokensUntil is how many of a request's output tokens its first chunks carried, where all carried as many, in whole tokens.
func tokensUntil(r *event.Request, chunks int) int {
	return r.Usage.Output * chunks / len(r.Arrivals)
}

func (f *flow) merge(o *flow) {
	f.output += o.output
	f.input += o.input
	f.reported += o.reported
	f.succeeded += o.succeeded
	f.good += o.good
	f.busy += o.busy
	if o.first.Reached() && (!f.first.Reached() || o.first < f.first) {
		f.first = o.first
	}
	f.last = max(f.last, o.last)
}

// seconds that the window took.
func (f *flow) seconds(w event.Window) float64 {
	from, to := w.Start, w.End
	if !from.Reached() {
		from = f.first
	}
	if !to.Reached() {
		to = f.last
	}
	d, ok := to.Since(from)
	if !ok {
		return 0
	}
	return d.Seconds()
}

// value of a metric of the run, a second; NaN where there is none.
func (f *flow) value(name string, w event.Window) float64 {
	wall := f.seconds(w)
	switch {
	case wall <= 0:
	case name == "output_rate":
		return float64(f.output) / wall
	case name == "output_rate_per_user" && f.busy > 0:
		return float64(f.output) / f.busy.Seconds()
	case name == "input_rate" && f.reported > 0:
		return float64(f.input) / wall
	case name == "request_rate":
		return float64(f.succeeded) / wall
	case name == "good_request_rate":
		return float64(f.good) / wall
	}
	return math.NaN()
}

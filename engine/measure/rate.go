package measure

import (
	"math"
	"slices"
	"time"

	"aimbench/engine/event"
)

// flow counts what the rates of a window are made of.
type flow struct {
	Output                    int64 // tokens that arrived in the window
	Input                     int64 // of the turns that ended in it
	Reported, Succeeded, Good int64
	Busy                      time.Duration // that turns were under way, added up
	// Without a window, the time from the first turn's dispatch to the last's end stands in for it.
	First, Last event.Instant
}

// add counts what of the turn happened in the window. good says that the turn met every objective.
func (f *flow) add(t *event.Turn, w event.Window, good bool) {
	if t.Class == event.Dropped {
		return
	}
	for i := range t.Requests {
		f.Output += arrived(&t.Requests[i], w)
	}
	f.Busy += overlap(w, t.Dispatched, t.End)
	if t.Dispatched.Reached() && (!f.First.Reached() || t.Dispatched < f.First) {
		f.First = t.Dispatched
	}
	f.Last = max(f.Last, t.End)
	if !has(w, t.End) {
		return
	}
	if u := t.Usage(); u.Source == event.FromServer {
		f.Reported++
		f.Input += int64(u.Input)
	}
	if t.Class == event.OK {
		f.Succeeded++
	}
	if good {
		f.Good++
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
	f.Output += o.Output
	f.Input += o.Input
	f.Reported += o.Reported
	f.Succeeded += o.Succeeded
	f.Good += o.Good
	f.Busy += o.Busy
	if o.First.Reached() && (!f.First.Reached() || o.First < f.First) {
		f.First = o.First
	}
	f.Last = max(f.Last, o.Last)
}

// seconds that the window took.
func (f *flow) seconds(w event.Window) float64 {
	from, to := w.Start, w.End
	if !from.Reached() {
		from = f.First
	}
	if !to.Reached() {
		to = f.Last
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
		return float64(f.Output) / wall
	case name == "output_rate_per_user" && f.Busy > 0:
		return float64(f.Output) / f.Busy.Seconds()
	case name == "input_rate" && f.Reported > 0:
		return float64(f.Input) / wall
	case name == "request_rate":
		return float64(f.Succeeded) / wall
	case name == "good_request_rate":
		return float64(f.Good) / wall
	}
	return math.NaN()
}

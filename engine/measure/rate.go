package measure

import (
	"math"

	"aimbench/engine/event"
)

// rate counts what the metrics of a run are made of. Its window is from the first turn's dispatch to the last's end.
type rate struct {
	turns         int64
	output, input int64
	succeeded     int64
	reported      int64 // turns whose input tokens the server reported
	first, last   event.Instant
}

func (r *rate) add(t *event.Turn) {
	if t.Class == event.Dropped {
		return
	}
	u := t.Usage()
	r.turns++
	r.output += int64(u.Output)
	if u.Source == event.FromServer {
		r.reported++
		r.input += int64(u.Input)
	}
	if t.Class == event.OK {
		r.succeeded++
	}
	if t.Dispatched.Reached() && (!r.first.Reached() || t.Dispatched < r.first) {
		r.first = t.Dispatched
	}
	r.last = max(r.last, t.End)
}

// value of output_rate, input_rate or request_rate, a second; NaN where there is none.
func (r *rate) value(name string) float64 {
	window, ok := r.last.Since(r.first)
	if !ok || window <= 0 {
		return math.NaN()
	}
	switch name {
	case "output_rate":
		return float64(r.output) / window.Seconds()
	case "input_rate":
		if r.reported == 0 {
			return math.NaN()
		}
		return float64(r.input) / window.Seconds()
	case "request_rate":
		return float64(r.succeeded) / window.Seconds()
	}
	return math.NaN()
}

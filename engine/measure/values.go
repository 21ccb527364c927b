package measure

import (
	"slices"
	"time"

	"aimbench/engine/event"
)

// Sort says how much is known about a value.
type Sort uint8

const (
	// Exact: the value was observed.
	Exact Sort = iota
	// Lost: the value never came, because the turn was dropped or timed out. It counts as slower than everything.
	Lost
	// Cut: we left before the value came. It lies somewhere at or above what was waited.
	Cut
)

// Value is one value of a metric, in the metric's unit.
type Value struct {
	// V is the value; for a Lost or a Cut one, how long it was waited for at least.
	V    float64
	Sort Sort
}

// Values calls yield with every value that the turn has of every metric that has values in a turn, its requests and
// its chunks. A metric that is undefined for the turn has none.
//
// This is the one place where the facts of a turn become numbers; docs/measurement.md is its prose.
func Values(t *event.Turn, o event.Origin, yield func(name string, v Value)) {
	scalars(t, o, yield)
	for i := range t.Requests {
		chunks(t, i, yield)
	}
}

// scalars are the values of a turn and of its requests.
func scalars(t *event.Turn, o event.Origin, yield func(name string, v Value)) {
	perTurn(t, o, yield)
	for i := range t.Requests {
		perRequest(t, i, yield)
	}
	tokens(t, yield)
	ofRobot(t, yield)
	if lag, ok := t.ScheduleLag(); ok {
		yield("schedule_lag", exactly(lag))
	}
}

// valuesOf calls yield with the values of one metric.
func valuesOf(t *event.Turn, o event.Origin, metric string, yield func(Value)) {
	only := func(name string, v Value) {
		if name == metric {
			yield(v)
		}
	}
	if metric != "icl" && metric != "itl" {
		scalars(t, o, only)
		return
	}
	for i := range t.Requests {
		chunks(t, i, only)
	}
}

func exactly(d time.Duration) Value { return Value{V: d.Seconds()} }

func perTurn(t *event.Turn, o event.Origin, yield func(string, Value)) {
	missing, waited := absent(t), waited(t, o)
	latency := func(name string, d time.Duration, came bool, otherwise fate) {
		switch {
		case came:
			yield(name, exactly(d))
		case otherwise == never:
			yield(name, Value{waited, Lost})
		case otherwise == unseen:
			yield(name, Value{waited, Cut})
		}
	}
	d, ok := t.TTFT(o)
	latency("ttft", d, ok, missing)
	d, ok = t.TTFA(o)
	latency("ttfa", d, ok, missing)
	if t.Class == event.HungUp {
		missing = undefined // whoever leaves on purpose has no end to wait for
	}
	d, ok = t.E2E(o)
	latency("e2e", d, ok, missing)
	switch missing {
	case never:
		yield("tpot", Value{0, Lost})
	case unseen:
		yield("tpot", Value{0, Cut})
	}
}

// fate is what became of a latency that was not observed.
type fate uint8

const (
	undefined fate = iota // there is no such value
	never                 // dropped or timed out: slower than everything
	unseen                // we left before it came
)

func absent(t *event.Turn) fate {
	switch {
	case t.Class == event.Dropped || t.Class.TimedOut():
		return never
	case t.Class == event.Censored || t.Class == event.HungUp:
		return unseen
	}
	return undefined
}

// waited is how long the turn took from the origin to its end, or from its dispatch where nothing was sent, in seconds.
func waited(t *event.Turn, o event.Origin) float64 {
	from := t.Dispatched
	if o == event.FromIntended {
		from = t.Intended
	} else if len(t.Requests) > 0 && t.Requests[0].Sent.Reached() {
		from = t.Requests[0].Sent
	}
	d, ok := t.End.Since(from)
	if !ok {
		return 0
	}
	return max(0, d.Seconds())
}

func perRequest(t *event.Turn, i int, yield func(string, Value)) {
	r := &t.Requests[i]
	last := i == len(t.Requests)-1
	switch tpot, ok := r.TPOT(); {
	case last && (t.Class.TimedOut() || t.Class == event.Censored):
		// What came is not the whole: perTurn counts the request as one that never came, or was not seen to.
	case ok:
		yield("tpot", exactly(tpot))
	}
	switch connect, ok := r.Connect(); {
	case ok:
		yield("connect", exactly(connect))
	case last && t.Class == event.TimeoutConnect && !r.Connected.Reached():
		d, _ := t.End.Since(r.Dispatched)
		yield("connect", Value{max(0, d.Seconds()), Lost})
	}
}

func chunks(t *event.Turn, i int, yield func(string, Value)) {
	r := &t.Requests[i]
	names := []string{"icl", "itl"}
	if !oneTokenAChunk(r) {
		names = names[:1]
	}
	for _, name := range names { // the values of one metric in a row, for whoever looks it up by name
		for i := 1; i < len(r.Arrivals); i++ {
			yield(name, exactly(time.Duration(r.Arrivals[i]-r.Arrivals[i-1])))
		}
	}
	if n := len(r.Arrivals); i == len(t.Requests)-1 && n > 0 && t.Class == event.TimeoutIdle {
		d, _ := t.End.Since(r.Arrivals[n-1])
		yield("icl", Value{max(0, d.Seconds()), Lost})
	}
}

// oneTokenAChunk reports whether every chunk of the request carried one token. Servers also count the token that ends
// the reply, which carries no text.
func oneTokenAChunk(r *event.Request) bool {
	return r.Usage.Source == event.FromServer && (r.Usage.Output == r.Chunks || r.Usage.Output == r.Chunks+1)
}

// ofRobot are the values of what the robot did. A gesture that it refused or failed to do counts as slower than
// everything; what nobody wanted or nobody was there to do has none.
func ofRobot(t *event.Turn, yield func(string, Value)) {
	for i := range t.Gestures {
		g := &t.Gestures[i]
		d, ok := g.StartAfter()
		perGesture("gesture_start", g, d, ok, yield)
	}
	for i := range t.Gestures {
		g := &t.Gestures[i]
		d, ok := g.DoneAfter()
		perGesture("gesture_done", g, d, ok, yield)
	}
	if d, ok := t.Reaction(); ok {
		yield("reaction", exactly(d))
	} else if slices.ContainsFunc(t.Gestures, func(g event.Gesture) bool { return lost(g.Status) && g.Trigger >= t.Dispatched }) {
		yield("reaction", Value{waited(t, event.FromIntended), Lost})
	}
	if d, ok := t.SpeechStart(); ok {
		yield("speech_start", exactly(d))
	}
}

func perGesture(name string, g *event.Gesture, d time.Duration, came bool, yield func(string, Value)) {
	waited, _ := g.End.Since(g.Trigger)
	switch {
	case came:
		yield(name, exactly(d))
	case lost(g.Status):
		yield(name, Value{waited.Seconds(), Lost})
	case g.Status == event.GestureCancelled:
		yield(name, Value{waited.Seconds(), Cut})
	}
}

func lost(s event.GestureStatus) bool { return s == event.GestureRefused || s == event.GestureFailed }

func tokens(t *event.Turn, yield func(string, Value)) {
	u := t.Usage()
	if len(t.Requests) == 0 || u.Source == event.FromNone || u.Source == "" {
		return
	}
	yield("output_tokens", Value{V: float64(u.Output)})
	if u.Source == event.FromServer {
		yield("input_tokens", Value{V: float64(u.Input)})
		yield("cached_tokens", Value{V: float64(u.Cached)})
	}
}

package measure

import (
	"slices"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/metric"
)

// biased are the metrics that the harness's own slowness may move.
var biased = []string{"ttft", "ttfa", "e2e", "tpot"}

// earliest makes, of a turn as it was stamped, the turn as it may have been without the harness's slowness. What was
// stamped late arrived earlier, by as much as its bound; and what was sent late would have been answered earlier. So
// latencies are shorter in it, and the time per token longer, whose first token came earlier than its last. Its turn is
// good until it makes the next.
type earliest struct {
	turn     event.Turn
	requests []event.Request
}

// of makes the turn. The schedule lag stays: that the harness was late is a fact. So do the instants of the chunks.
func (e *earliest) of(t *event.Turn) *event.Turn {
	e.turn = *t
	e.turn.Holds = nil
	e.requests = append(e.requests[:0], t.Requests...)
	e.turn.Requests = e.requests
	late := sendDelay(t)
	later := late + writeBound(t)
	advance(&e.turn.End, later)
	for i := range e.requests {
		r := &e.requests[i]
		answer, last := boundAt(r, r.FirstAnswer), lastBound(r)
		advance(&r.FirstToken, r.LateBound)
		advance(&r.FirstAnswer, answer)
		advance(&r.LastToken, last)
		for _, at := range []*event.Instant{&r.Dispatched, &r.Connected, &r.Sent} {
			advance(at, late)
		}
		for _, at := range []*event.Instant{&r.Headers, &r.FirstEvent, &r.FirstToken, &r.FirstAnswer, &r.LastToken, &r.End} {
			advance(at, later)
		}
	}
	return &e.turn
}

// advance moves an instant, where it came, to an earlier one.
func advance(at *event.Instant, by time.Duration) {
	if at.Reached() {
		*at = max(1, at.Add(-by))
	}
}

// sendDelay is how much later than intended the turn's first request left because of the harness: the schedule lag, the
// making of the request, and its send bound. Attempts that were given up before are the server's.
func sendDelay(t *event.Turn) time.Duration {
	delay, _ := t.ScheduleLag()
	if len(t.Requests) > 0 {
		r := &t.Requests[0]
		delay += r.SendBound
		if making, ok := r.Dispatched.Since(t.Dispatched); ok && r.Retries == 0 {
			delay += max(0, making)
		}
	}
	return max(0, delay)
}

// writeBound is that of the turn's first request, from which its latencies count.
func writeBound(t *event.Turn) time.Duration {
	if len(t.Requests) == 0 {
		return 0
	}
	return t.Requests[0].WriteBound
}

// bias is how far the harness may have moved what it measured, and how late it was. It is not safe for concurrent use;
// several are merged instead.
type bias struct {
	origin event.Origin
	Bounds map[string]*Distribution // of each biased metric
	Lag    *Distribution

	Turns int64
	// unable counts the turns that this machine could not send: it had no descriptor, port or memory left.
	Unable int64
	// chunks counts all but the first of each reply, and merged those of them that came in the same read as the one before.
	Chunks, Merged int64
}

func newBias(o event.Origin) *bias {
	b := &bias{origin: o, Bounds: map[string]*Distribution{}, Lag: NewDistribution(metric.Seconds)}
	for _, name := range biased {
		b.Bounds[name] = NewDistribution(metric.Seconds)
	}
	return b
}

// add counts a turn.
func (b *bias) add(t *event.Turn) {
	b.Turns++
	if lag, ok := t.ScheduleLag(); ok {
		b.Lag.Add(exactly(lag))
	}
	late := writeBound(t)
	if b.origin == event.FromIntended {
		late += sendDelay(t)
	}
	if slices.ContainsFunc(t.Requests, func(r event.Request) bool { return r.OwnFault }) {
		b.Unable++
	}
	for i := range t.Requests {
		r := &t.Requests[i]
		b.coalesced(r)
		if _, ok := r.TPOT(); ok {
			b.Bounds["tpot"].Add(exactly(r.LateBound / time.Duration(r.Usage.Output-1)))
		}
	}
	if _, ok := t.TTFT(b.origin); ok {
		b.Bounds["ttft"].Add(exactly(late + t.Requests[0].LateBound))
	}
	if _, ok := t.TTFA(b.origin); ok {
		b.Bounds["ttfa"].Add(exactly(late + answerBound(t)))
	}
	if _, ok := t.E2E(b.origin); ok {
		b.Bounds["e2e"].Add(exactly(late + lastBound(&t.Requests[len(t.Requests)-1])))
	}
}

// answerBound is the late bound of the first token of answer text.
func answerBound(t *event.Turn) time.Duration {
	for i := range t.Requests {
		if r := &t.Requests[i]; r.FirstAnswer.Reached() {
			return boundAt(r, r.FirstAnswer)
		}
	}
	return 0
}

// boundAt is the late bound of an instant that has the stamp of its request's first token. Of others none is kept.
func boundAt(r *event.Request, at event.Instant) time.Duration {
	if at != r.FirstToken {
		return 0
	}
	return r.LateBound
}

// lastBound is the late bound of the last token: where it is not the first too, it is the last of its read.
func lastBound(r *event.Request) time.Duration {
	if r.Chunks > 1 {
		return 0
	}
	return boundAt(r, r.LastToken)
}

// coalesced counts the chunks that share a stamp.
func (b *bias) coalesced(r *event.Request) {
	for i := 1; i < len(r.Arrivals); i++ {
		b.Chunks++
		if r.Arrivals[i] == r.Arrivals[i-1] {
			b.Merged++
		}
	}
}

// merge adds what another counted, exactly.
func (b *bias) merge(o *bias) {
	for name, d := range o.Bounds {
		b.Bounds[name].Merge(d)
	}
	b.Lag.Merge(o.Lag)
	b.Turns += o.Turns
	b.Unable += o.Unable
	b.Chunks += o.Chunks
	b.Merged += o.Merged
}

// stats describe the bounds of the metrics that have values.
func (b *bias) stats() map[string]Stats {
	out := map[string]Stats{}
	for name, d := range b.Bounds {
		if d.Count() > 0 {
			out[name] = d.Stats(string(metric.Seconds))
		}
	}
	return out
}

// beyond counts the values above a limit.
func (d *Distribution) beyond(limit float64) int64 {
	n := d.lost
	if d.hist == nil {
		for _, x := range d.exact {
			if x > limit {
				n++
			}
		}
		return n
	}
	for _, bar := range d.hist.Distribution() {
		if float64(bar.From) > limit*d.scale {
			n += bar.Count
		}
	}
	return n
}

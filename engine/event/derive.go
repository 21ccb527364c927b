package event

import "time"

// Origin is the moment from which a turn's latencies are counted.
type Origin string

const (
	// FromSent counts from the moment the request was written: what the server did.
	FromSent Origin = "sent"
	// FromIntended counts from the moment the schedule wanted the turn: what a person waited, free of coordinated
	// omission.
	FromIntended Origin = "intended"
)

// origin of the turn's latencies; unreached where nothing was sent.
func (t *Turn) origin(o Origin) Instant {
	if o == FromIntended {
		return t.Intended
	}
	if len(t.Requests) == 0 {
		return 0
	}
	return t.Requests[0].Sent
}

// TTFT is the time to the first token of the turn's first request; false where no token came.
func (t *Turn) TTFT(o Origin) (time.Duration, bool) {
	if len(t.Requests) == 0 {
		return 0, false
	}
	return t.Requests[0].FirstToken.Since(t.origin(o))
}

// TTFA is the time to the first token of answer text, in whichever request it came; false where none did.
func (t *Turn) TTFA(o Origin) (time.Duration, bool) {
	for i := range t.Requests {
		if a := t.Requests[i].FirstAnswer; a.Reached() {
			return a.Since(t.origin(o))
		}
	}
	return 0, false
}

// E2E is the time to the last token of the turn's last request, or to its end where the reply was not streamed; false
// where the turn did not succeed.
func (t *Turn) E2E(o Origin) (time.Duration, bool) {
	if t.Class != OK || len(t.Requests) == 0 {
		return 0, false
	}
	last := &t.Requests[len(t.Requests)-1]
	if last.Streamed {
		return last.LastToken.Since(t.origin(o))
	}
	return last.End.Since(t.origin(o))
}

// ScheduleLag is how late the session was ready to send: the harness's own doing.
func (t *Turn) ScheduleLag() (time.Duration, bool) { return t.Dispatched.Since(t.Intended) }

// Usage adds up the turn's requests. The source is the weakest of theirs.
func (t *Turn) Usage() Usage {
	sum := Usage{Source: FromNone}
	for i := range t.Requests {
		u := t.Requests[i].Usage
		sum.Input += u.Input
		sum.Output += u.Output
		sum.Cached += u.Cached
		if i == 0 || weaker(u.Source, sum.Source) {
			sum.Source = u.Source
		}
	}
	return sum
}

func weaker(a, b string) bool {
	rank := map[string]int{FromNone: 0, FromChunks: 1, FromServer: 2}
	return rank[a] < rank[b]
}

// TPOT is the time per output token after the first; false where there was at most one token, or the reply was not
// streamed.
func (r *Request) TPOT() (time.Duration, bool) {
	span, ok := r.LastToken.Since(r.FirstToken)
	if !ok || !r.Streamed || r.Usage.Output <= 1 {
		return 0, false
	}
	return span / time.Duration(r.Usage.Output-1), true
}

// Connect is how long a new connection took; false where the connection was reused.
func (r *Request) Connect() (time.Duration, bool) {
	if r.Reused {
		return 0, false
	}
	return r.Connected.Since(r.Dispatched)
}

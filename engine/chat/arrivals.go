package chat

import (
	"time"

	"aimbench/engine/chat/stamp"
	"aimbench/engine/event"
)

// The values of Client.Clock.
const (
	KernelClock = "kernel"
	UserClock   = "user"
)

// arrivals stamps what the reads of a body bring, and knows how early the first token may have come.
type arrivals struct {
	clock event.Clock
	conn  *conn // nil where the reads of a body are not those of a connection: the moment of the read counts then
	// hidden: more may have arrived with what was read than the body shows, as under TLS, which hands out one record at
	// a time.
	hidden bool
	// behind: the body still held something of the latest read when it was last asked.
	behind bool

	last  stamp.Reading
	floor event.Instant // nothing of the latest read arrived before this
	late  time.Duration // the result
	open  bool          // the next read settles whether the first token ended its own
	bound time.Duration
}

// newArrivals is to be called when the headers were read, which may have brought the body's first bytes.
func (a *attempt) newArrivals(sent event.Instant) *arrivals {
	in := &arrivals{clock: a.client.clock, floor: sent, hidden: a.secured.Load()}
	if c := a.conn.Load(); c != nil && a.client.config.HTTP != 2 {
		in.conn, in.last = c, c.Reading()
		if in.last.Count == a.reads.Load()+1 { // one read brought all there was until now
			in.floor = max(in.floor, event.Instant(in.last.After))
		}
	}
	return in
}

// latest is the stamp of the latest read.
func (in *arrivals) latest() event.Instant {
	now := in.clock.Now()
	if in.last.Count == 0 {
		return now
	}
	// The connection may already be another request's when its last read is stamped.
	return min(max(1, event.Instant(in.last.At)), now)
}

// now stamps what a read of the body has just brought.
func (in *arrivals) now() event.Instant {
	before := in.last
	if in.conn != nil {
		in.last = in.conn.Reading()
	} else {
		in.last = stamp.Reading{Count: before.Count + 1, At: time.Duration(in.clock.Now()), Drained: true}
	}
	if in.last.Count != before.Count {
		if before.Drained && !in.behind {
			in.floor = max(in.floor, event.Instant(before.At))
			if in.last.Count == before.Count+1 {
				in.floor = max(in.floor, event.Instant(in.last.After))
			}
		}
		if in.open {
			in.late = 0
		}
	} else if in.open {
		in.late = in.bound
	}
	in.open = false
	return in.latest()
}

// token settles how early the first token may have come: not at all where it is the last that its read brought. ends
// says that the body shows nothing after it. It returns the instant of its arrival, which is not the stamp at where
// segments came out of order.
func (in *arrivals) token(at event.Instant, ends bool) event.Instant {
	if in.conn != nil && in.conn.Reordered() {
		at, ends = in.clock.Now(), false
	}
	in.bound = max(0, time.Duration(at-in.floor))
	in.late = in.bound
	if ends && in.last.Drained {
		in.open = true
		if !in.hidden {
			in.late = 0
		}
	}
	return at
}

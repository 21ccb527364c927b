package event

import (
	"encoding/json"
	"math"
	"time"
)

// Instant is a moment on a run's monotonic clock, in nanoseconds since the run began. 0 means never reached.
type Instant int64

// Reached reports whether the moment came.
func (i Instant) Reached() bool { return i > 0 }

// Since returns the time from o to i, and false where either was never reached.
func (i Instant) Since(o Instant) (time.Duration, bool) {
	return time.Duration(i - o), i.Reached() && o.Reached()
}

// Add returns the instant d later.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d) }

// Seconds returns the instant in seconds since the run began.
func (i Instant) Seconds() float64 { return time.Duration(i).Seconds() }

// MarshalJSON writes seconds since the run began with nanosecond digits, or null where the moment never came.
func (i Instant) MarshalJSON() ([]byte, error) {
	if !i.Reached() {
		return []byte("null"), nil
	}
	return json.Marshal(i.Seconds())
}

// UnmarshalJSON reads what MarshalJSON writes.
func (i *Instant) UnmarshalJSON(b []byte) error {
	var s *float64
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*i = 0
	if s != nil {
		*i = Instant(math.Round(*s * 1e9))
	}
	return nil
}

// Clock is a run's one monotonic clock. The zero Clock is not ready; use NewClock.
type Clock struct{ start time.Time }

// NewClock starts a clock.
func NewClock() Clock { return Clock{start: time.Now()} }

// ClockSince is a clock that began at a time with a monotonic reading: also one that began in another process, at what this
// process's clock showed then.
func ClockSince(start time.Time) Clock { return Clock{start: start} }

// Started reports whether it is ready.
func (c Clock) Started() bool { return !c.start.IsZero() }

// Start is the wall-clock time at which the clock began.
func (c Clock) Start() time.Time { return c.start }

// Now is the present instant; never 0.
func (c Clock) Now() Instant { return c.At(time.Now()) }

// At converts a time that carries a monotonic reading. Times at or before the start give the first instant.
func (c Clock) At(t time.Time) Instant { return max(1, Instant(t.Sub(c.start))) }

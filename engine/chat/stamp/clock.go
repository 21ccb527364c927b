package stamp

import (
	"sync"
	"sync/atomic"
	"time"
)

// Clock converts the kernel's stamps, which are of the wall clock, to the time since a start on the monotonic clock.
// It follows a wall clock that is being slewed, and finds out when it is stepped. It is safe for concurrent use.
type Clock struct {
	start time.Time
	// source reads both clocks; a test has its own.
	source func() (wall int64, mono time.Duration)

	// offset is the wall clock in nanoseconds since 1970 less the monotonic clock, as it was found at checked. Stamps
	// of before trusted are of a wall clock that has been stepped since. All are in nanoseconds; the last two monotonic.
	offset, checked, trusted atomic.Int64

	mu    sync.Mutex
	steps Steps
}

// Steps are the jumps of the wall clock that a Clock has seen.
type Steps struct {
	Count int
	// Net is their sum; positive where the wall clock was set forward.
	Net time.Duration
}

// How closely the wall clock is watched.
const (
	// checkEvery bounds the age of an offset. A clock that is slewed at a twelfth of its speed, the most that the usual
	// daemons do, is off by less than a millisecond then.
	checkEvery = 10 * time.Millisecond
	// shortestStep, and fastestSlew of the time between two checks, is what a change must exceed to be called a step.
	shortestStep = time.Millisecond
	fastestSlew  = 0.1
	// The two clocks are read together up to so many times, until both reads lie that close together.
	readings     = 5
	closeReading = time.Microsecond
)

// NewClock converts to the time since start, which must have a monotonic reading.
func NewClock(start time.Time) *Clock {
	return newClock(start, func() (int64, time.Duration) {
		now := time.Now()
		return now.UnixNano(), now.Sub(start)
	})
}

func newClock(start time.Time, source func() (int64, time.Duration)) *Clock {
	c := &Clock{start: start, source: source}
	offset, _, now := c.compare()
	c.offset.Store(offset)
	c.checked.Store(int64(now))
	return c
}

// Now is the time since the start.
func (c *Clock) Now() time.Duration { return time.Since(c.start) }

// Steps checks the wall clock and tells its jumps so far.
func (c *Clock) Steps() Steps {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.check()
	return c.steps
}

// at converts a stamp in nanoseconds since 1970. Where there is none, or it cannot be trusted, at is the present moment,
// and ok is false.
func (c *Clock) at(wall int64) (at time.Duration, ok bool) {
	_, now := c.source()
	if int64(now)-c.checked.Load() > int64(checkEvery) && c.mu.TryLock() {
		c.check()
		c.mu.Unlock()
	}
	at = time.Duration(wall - c.offset.Load())
	if wall == 0 || int64(at) < c.trusted.Load() {
		return now, false
	}
	return min(at, now), true
}

// check finds the offset anew. The caller holds mu.
func (c *Clock) check() {
	offset, width, now := c.compare()
	before, since := c.offset.Load(), now-time.Duration(c.checked.Load())
	change := time.Duration(offset - before)
	if allowed := shortestStep + width + time.Duration(fastestSlew*float64(since)); change.Abs() > allowed {
		c.steps.Count++
		c.steps.Net += change
		// Stored first, so that nobody trusts a stamp of before with the offset of after.
		c.trusted.Store(int64(now + change.Abs()))
	}
	c.offset.Store(offset)
	c.checked.Store(int64(now))
}

// compare reads both clocks as close together as it can be done; width bounds the error of the offset.
func (c *Clock) compare() (offset int64, width, now time.Duration) {
	width = 1<<63 - 1
	_, before := c.source()
	for range readings {
		wall, after := c.source() // the wall clock was read between before and after
		if after-before < width {
			width, now = after-before, after
			offset = wall - int64(before+(after-before)/2)
		}
		if width <= closeReading {
			break
		}
		before = after
	}
	return offset, width, now
}

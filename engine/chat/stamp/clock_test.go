package stamp

import (
	"testing"
	"time"
)

// clocks are a wall clock and a monotonic one that stand still unless they are moved.
type clocks struct {
	wall int64
	mono time.Duration
	// lag passes between one reading of both and the next.
	lag time.Duration
}

func (c *clocks) read() (int64, time.Duration) {
	c.pass(c.lag, 0)
	return c.wall, c.mono
}

// pass lets time pass; the wall clock runs too fast by the given share of it.
func (c *clocks) pass(d time.Duration, fast float64) {
	c.mono += d
	c.wall += int64(d) + int64(fast*float64(d))
}

func TestClockFollowsTheWallClock(t *testing.T) {
	for _, tc := range []struct {
		name   string
		fast   float64       // how much the wall clock is slewed
		step   time.Duration // and then stepped
		steps  int
		kernel bool // the stamp of just after the step is used
	}{
		{name: "steady", kernel: true},
		{name: "slewed forward", fast: 0.08, kernel: true},
		{name: "slewed backward", fast: -0.08, kernel: true},
		{name: "stepped forward", step: time.Hour, steps: 1},
		{name: "stepped backward", step: -time.Hour, steps: 1},
		{name: "stepped a little forward", step: 20 * time.Millisecond, steps: 1},
		{name: "stepped a little backward", step: -20 * time.Millisecond, steps: 1},
		{name: "stepped forward and slewed", fast: 0.0005, step: time.Second, steps: 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := &clocks{wall: 1_700_000_000_000_000_000, mono: time.Second, lag: 100}
			clock := newClock(time.Now(), c.read)
			for range 100 {
				c.pass(20*time.Millisecond, tc.fast)
				stamp, arrived := c.wall, c.mono
				c.pass(time.Millisecond, tc.fast)
				at, kernel := clock.at(stamp)
				if off := at - arrived; !kernel || off.Abs() > time.Millisecond {
					t.Fatalf("kernel %v, off by %s", kernel, off)
				}
			}
			if s := clock.Steps(); s.Count != 0 {
				t.Fatalf("a slewed clock was taken for a stepped one: %+v", s)
			}
			before, arrived := c.wall, c.mono
			c.wall += int64(tc.step)
			c.pass(11*time.Millisecond, tc.fast)
			at, kernel := clock.at(before)
			if kernel != tc.kernel || at < arrived-time.Millisecond {
				t.Errorf("the stamp of before the step: kernel %v, %s earlier than it came", kernel, arrived-at)
			}
			if s := clock.Steps(); s.Count != tc.steps || (s.Net-tc.step).Abs() > 2*time.Millisecond {
				t.Errorf("want %d steps of %s, got %+v", tc.steps, tc.step, s)
			}
			c.pass(2*tc.step.Abs()+time.Millisecond, 0)
			stamp, arrived := c.wall, c.mono
			c.pass(time.Millisecond, 0)
			if at, kernel := clock.at(stamp); !kernel || (at-arrived).Abs() > time.Millisecond {
				t.Errorf("afterwards: kernel %v, off by %s", kernel, at-arrived)
			}
		})
	}
}

func TestClockWithoutAStamp(t *testing.T) {
	c := &clocks{wall: 1_700_000_000_000_000_000, mono: time.Second}
	clock := newClock(time.Now(), c.read)
	if at, kernel := clock.at(0); kernel || at != time.Second {
		t.Errorf("kernel %v at %s", kernel, at)
	}
	if at, kernel := clock.at(c.wall + int64(time.Minute)); !kernel || at != time.Second {
		t.Errorf("a stamp of the future: kernel %v at %s", kernel, at)
	}
}

func TestClockIsNotFooledByAPause(t *testing.T) {
	c := &clocks{wall: 1_700_000_000_000_000_000, mono: time.Second}
	clock := newClock(time.Now(), c.read)
	c.lag = 30 * time.Millisecond // the process is never let run for longer
	for range 10 {
		c.pass(20*time.Millisecond, 0)
		clock.at(c.wall)
	}
	if s := clock.Steps(); s.Count != 0 {
		t.Errorf("pauses were taken for %d steps", s.Count)
	}
}

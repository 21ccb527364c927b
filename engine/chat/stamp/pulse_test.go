package stamp

import (
	"testing"
	"time"
)

func TestPulse(t *testing.T) {
	clock := NewClock(time.Now())
	p := NewPulse(clock)
	if p.Passed() != 0 {
		t.Errorf("nobody holds it, and it has passed %s", p.Passed())
	}
	for range 2 { // it begins anew after a rest
		p.Hold()
		p.Hold()
		began := clock.Now()
		for p.Passed() < began {
			now, passed := clock.Now(), p.Passed()
			if passed > now {
				t.Fatalf("passed %s at %s", passed, now)
			}
			time.Sleep(between)
		}
		p.Release()
		p.Release()
		for done := false; !done; {
			time.Sleep(between)
			p.mu.Lock()
			done = !p.beating
			p.mu.Unlock()
		}
	}
}

func TestGaps(t *testing.T) {
	var g gaps
	const ms = time.Millisecond
	for _, c := range []struct{ at, want time.Duration }{
		{500 * ms, 0}, {501 * ms, ms}, {561 * ms, 60 * ms}, {562 * ms, 60 * ms}, {1000 * ms, 438 * ms},
		{1001 * ms, 438 * ms}, {1999 * ms, 998 * ms}, {2000 * ms, 998 * ms}, {2001 * ms, 998 * ms}, {2500 * ms, 998 * ms},
		{3000 * ms, 500 * ms}, {3001 * ms, 500 * ms},
	} {
		if got := g.longest(c.at); got != c.want {
			t.Errorf("at %s: %s, want %s", c.at, got, c.want)
		}
	}
}

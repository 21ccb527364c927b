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
		last := time.Duration(0)
		for p.Passed() < began {
			now, passed := clock.Now(), p.Passed()
			if passed > now || passed < last {
				t.Fatalf("passed %s at %s, after %s", passed, now, last)
			}
			last = passed
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

package stamp

import (
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Pulse finds out how soon this process reads what has arrived. It sends itself something again and again, which takes
// the same way as what comes from a server: through the kernel's queue of what is ready and the runtime's queue of what
// may run. So when a beat has come through, what had arrived before it was sent has been read too. A process that is
// stopped, throttled or busy lets its beats wait as long as its reads.
//
// Not every read waits just as long as the beats: a system may stop some of a process's threads and let others run. So
// no read is taken to have waited for less than the longest gap between beats of late.
//
// It beats while somebody holds it. It is safe for concurrent use.
type Pulse struct {
	clock *Clock
	// passed is when the last beat was sent that has come through, and gap the longest time between two of late.
	passed, gap atomic.Int64

	mu      sync.Mutex
	held    int
	beating bool
}

const (
	// between is the time between two beats. Each costs some 40 µs of a processor.
	between = 2 * time.Millisecond
	// remembered is how long a gap between beats is remembered at least, and up to twice as long.
	remembered = time.Second
)

// NewPulse returns a pulse that nobody holds.
func NewPulse(clock *Clock) *Pulse { return &Pulse{clock: clock} }

// Hold keeps the pulse beating until Release.
func (p *Pulse) Hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held++
	if !p.beating {
		p.beating = true
		go p.beat()
	}
}

// Release ends a Hold.
func (p *Pulse) Release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held--
}

// Passed is a moment on the clock such that whoever reads only now reads what arrived after it; 0 where none is known. A
// nil Pulse knows none.
func (p *Pulse) Passed() time.Duration {
	if p == nil {
		return 0
	}
	passed := time.Duration(p.passed.Load())
	if passed == 0 {
		return 0
	}
	return max(0, min(passed, p.clock.Now()-time.Duration(p.gap.Load())))
}

func (p *Pulse) beat() {
	in, out, err := os.Pipe()
	if err != nil {
		p.rest(true)
		return
	}
	defer in.Close()  //nolint:errcheck // nobody else has it
	defer out.Close() //nolint:errcheck
	raw, err := in.SyscallConn()
	if err != nil {
		p.rest(true)
		return
	}
	one := make([]byte, 1)
	var gaps gaps
	for before := time.Duration(0); ; {
		time.Sleep(between)
		if p.rest(false) {
			return
		}
		var at time.Duration
		// To say that nothing is there yet makes it wait for the kernel to tell, as a read does that comes too early.
		err := raw.Read(func(uintptr) bool {
			if at > 0 {
				return true
			}
			at = p.clock.Now()
			_, _ = out.Write(one)
			return false
		})
		if _, broken := in.Read(one); err != nil || broken != nil {
			p.rest(true)
			return
		}
		runtime.Gosched() // behind what became ready together with it
		// What waits with one processor may be overtaken by what waits with another, but not by two beats.
		p.gap.Store(int64(gaps.longest(p.clock.Now())))
		if before > 0 {
			p.passed.Store(int64(before))
		}
		before = at
	}
}

// rest reports whether the pulse is to end: nobody holds it, or it cannot go on.
func (p *Pulse) rest(broken bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if broken || p.held == 0 {
		p.beating = false
	}
	return !p.beating
}

// gaps are the times between beats.
type gaps struct {
	last, began time.Duration
	now, before time.Duration // the longest since began, and in the time before
}

// longest takes in a beat and returns the longest gap of late.
func (g *gaps) longest(at time.Duration) time.Duration {
	if g.last > 0 {
		g.now = max(g.now, at-g.last)
	}
	g.last = at
	if at-g.began >= remembered {
		g.before, g.now, g.began = g.now, 0, at
	}
	return max(g.now, g.before)
}

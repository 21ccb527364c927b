// Package stamp reads connections and knows when what it read had arrived: on Linux by the kernel's own receive stamps,
// elsewhere by the moment at which the read returned.
//
// The kernel merges segments that wait to be read and keeps the stamp of the last one. So a stamp is exact for the last
// byte of a read that took everything there was, and bounds from above what came before it in the same read. What bounds
// it from below is the stamp of the read before.
package stamp

import (
	"net"
	"sync"
	"time"
)

// Reading is what is known of the latest read of a connection that brought anything.
type Reading struct {
	// Count is how many reads brought something so far, this one included.
	Count uint64
	// At is on the clock given to Wrap: everything read so far had arrived by then.
	At time.Duration
	// After is a moment before which nothing of it arrived, as far as a Pulse tells; 0 where it is not known.
	After time.Duration
	// Kernel: At is the kernel's stamp. Otherwise it is the moment at which the read returned.
	Kernel bool
	// Drained: the read took everything there was, so that its last byte arrived at At, and what comes next arrives later.
	Drained bool
}

// Conn is a connection that stamps its reads. Unlike those of other connections, its reads must come one after another.
type Conn struct {
	net.Conn
	clock  *Clock
	pulse  *Pulse
	kernel *receiver // nil where the kernel does not stamp

	mu   sync.Mutex
	last Reading
}

// Wrap makes the reads of a connection stamped: by the kernel where inner is a TCP connection and Supported is true,
// and kernel is asked for. The pulse may be nil.
func Wrap(inner net.Conn, clock *Clock, pulse *Pulse, kernel bool) *Conn {
	c := &Conn{Conn: inner, clock: clock, pulse: pulse}
	if kernel {
		c.kernel = newReceiver(inner)
	}
	return c
}

// Read reads and stamps.
func (c *Conn) Read(b []byte) (int, error) {
	if c.kernel == nil {
		n, err := c.Conn.Read(b)
		if n > 0 {
			c.note(Reading{At: c.clock.Now(), After: c.pulse.Passed(), Drained: n < len(b)})
		}
		return n, err
	}
	n, wall, err := c.kernel.read(b)
	if n > 0 {
		r := Reading{After: c.pulse.Passed(), Drained: n < len(b)}
		r.At, r.Kernel = c.clock.at(wall)
		c.note(r)
	}
	return n, err
}

// note keeps the newest reading. Arrivals do not go back in time, so neither do their bounds.
func (c *Conn) note(r Reading) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r.Count, r.At = c.last.Count+1, max(r.At, c.last.At)
	c.last = r
}

// Reading is what is known of the latest read; zero before the first.
func (c *Conn) Reading() Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// Reordered reports whether segments have arrived out of order since it was last asked. The stamp of a read may then
// be that of a segment that was early and had to wait for another, and bounds nothing.
func (c *Conn) Reordered() bool {
	if c.kernel == nil {
		return false
	}
	c.mu.Lock() // a connection may carry its next request before the last one has asked
	defer c.mu.Unlock()
	return c.kernel.reordered()
}

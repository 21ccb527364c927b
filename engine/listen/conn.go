package listen

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// bufferSize is how much a connection in memory holds for a reader before its writer waits, as a socket does.
const bufferSize = 64 << 10

// pair makes the two ends of a connection in memory.
func pair() (a, b *memoryConn) {
	ab, ba := newHalf(), newHalf()
	return &memoryConn{in: ba, out: ab}, &memoryConn{in: ab, out: ba}
}

// memoryConn is one end of a connection.
type memoryConn struct {
	in, out *half

	mu    sync.Mutex
	reset bool // Close is a reset
}

// half carries the bytes of one direction.
type half struct {
	mu      sync.Mutex
	changed *sync.Cond
	data    []byte
	// ended: the writer closed its end; failed is then what a reader is told after the data, where it is not io.EOF.
	ended  bool
	failed error
	// left: the reader closed its end.
	left        bool
	read, write deadline
}

func newHalf() *half {
	h := &half{}
	h.changed = sync.NewCond(&h.mu)
	return h
}

// deadline is the instant from which an operation fails.
type deadline struct {
	timer  *time.Timer
	passed bool
	// set counts the calls of SetDeadline, so that a timer that fired late knows that it is out of date.
	set int
}

// arrange sets a deadline of a half. The zero time is none.
func (h *half) arrange(d *deadline, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	d.set++
	d.passed = !at.IsZero() && time.Until(at) <= 0
	if !at.IsZero() && !d.passed {
		mine := d.set
		d.timer = time.AfterFunc(time.Until(at), func() {
			h.mu.Lock()
			defer h.mu.Unlock()
			if d.set == mine {
				d.passed = true
				h.changed.Broadcast()
			}
		})
	}
	h.changed.Broadcast()
}

// take reads what is there, or waits for something.
func (h *half) take(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch {
		case h.left:
			return 0, net.ErrClosed
		case h.read.passed:
			return 0, os.ErrDeadlineExceeded
		case len(b) == 0:
			return 0, nil
		case len(h.data) > 0:
			n := copy(b, h.data)
			h.data = h.data[:copy(h.data, h.data[n:])]
			h.changed.Broadcast()
			return n, nil
		case h.failed != nil:
			return 0, h.failed
		case h.ended:
			return 0, io.EOF
		}
		h.changed.Wait()
	}
}

// put writes all of b, waiting for room.
func (h *half) put(b []byte) (n int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch {
		case h.ended:
			return n, net.ErrClosed
		case h.write.passed:
			return n, os.ErrDeadlineExceeded
		case h.left:
			return n, syscall.EPIPE
		case len(b) == 0:
			return n, nil
		case len(h.data) < bufferSize:
			some := min(len(b), bufferSize-len(h.data))
			h.data = append(h.data, b[:some]...)
			n, b = n+some, b[some:]
			h.changed.Broadcast()
		default:
			h.changed.Wait()
		}
	}
}

// endWriting tells the reader, after what is there, that nothing more comes; err is nil for a clean end.
func (h *half) endWriting(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended, h.failed = true, err
	h.write.stop()
	h.changed.Broadcast()
}

// endReading tells the writer that nobody reads.
func (h *half) endReading() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.left, h.data = true, nil
	h.read.stop()
	h.changed.Broadcast()
}

func (d *deadline) stop() {
	d.set++
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}

func (c *memoryConn) Read(b []byte) (int, error) {
	n, err := c.in.take(b)
	return n, opError("read", err)
}

func (c *memoryConn) Write(b []byte) (int, error) {
	n, err := c.out.put(b)
	return n, opError("write", err)
}

// opError wraps an error as the net package does; io.EOF stays bare.
func opError(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: "memory", Addr: memoryAddr{}, Err: err}
}

// Close ends both directions. After SetLinger(0) the peer reads "connection reset by peer".
func (c *memoryConn) Close() error {
	c.mu.Lock()
	var failed error
	if c.reset {
		failed = syscall.ECONNRESET
	}
	c.mu.Unlock()
	c.out.endWriting(failed)
	c.in.endReading()
	return nil
}

// SetLinger is as that of net.TCPConn: 0 makes Close a reset.
func (c *memoryConn) SetLinger(seconds int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reset = seconds == 0
	return nil
}

func (c *memoryConn) LocalAddr() net.Addr  { return memoryAddr{} }
func (c *memoryConn) RemoteAddr() net.Addr { return memoryAddr{} }

func (c *memoryConn) SetDeadline(at time.Time) error {
	c.in.arrange(&c.in.read, at)
	c.out.arrange(&c.out.write, at)
	return nil
}

func (c *memoryConn) SetReadDeadline(at time.Time) error {
	c.in.arrange(&c.in.read, at)
	return nil
}

func (c *memoryConn) SetWriteDeadline(at time.Time) error {
	c.out.arrange(&c.out.write, at)
	return nil
}

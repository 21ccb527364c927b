package stamp

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// pair is a stamped TCP connection, the other end of it, and their clock.
func pair(t testing.TB, kernel bool) (*Conn, net.Conn, *Clock) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // a test
	inner, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	other, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = inner.Close()
		_ = other.Close()
	})
	clock := NewClock(time.Now())
	return Wrap(inner, clock, nil, kernel), other, clock
}

// written is when a write began and when it had returned.
type written struct{ before, after time.Duration }

func write(t testing.TB, to net.Conn, clock *Clock, text string) (w written) {
	t.Helper()
	w.before = clock.Now()
	_, err := io.WriteString(to, text)
	w.after = clock.Now()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func read(t testing.TB, c *Conn, want int) Reading {
	t.Helper()
	b := make([]byte, 4096)
	n, err := c.Read(b)
	if err != nil || n != want {
		t.Fatalf("%d bytes, %v; want %d", n, err, want)
	}
	return c.Reading()
}

func TestReadings(t *testing.T) {
	for name, kernel := range map[string]bool{"kernel": true, "user": false} {
		t.Run(name, func(t *testing.T) {
			c, other, clock := pair(t, kernel)
			if r := c.Reading(); r.Count != 0 {
				t.Errorf("before the first read: %+v", r)
			}
			first := write(t, other, clock, "first")
			one := read(t, c, 5)
			second := write(t, other, clock, "second")
			two := read(t, c, 6)
			if one.Count != 1 || two.Count != 2 || one.At < first.before || two.At < second.before || !one.Drained || !two.Drained {
				t.Errorf("%+v of %+v, %+v of %+v", one, first, two, second)
			}
			if want := kernel && Supported(); one.Kernel != want || two.Kernel != want {
				t.Errorf("stamped by the kernel: %v, %v", one.Kernel, two.Kernel)
			}
			if two.Kernel && (one.At > first.after || two.At > second.after) {
				t.Errorf("stamps later than the writes: %+v of %+v, %+v of %+v", one, first, two, second)
			}
			_ = other.Close()
			if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("at the end: %d bytes, %v", n, err)
			}
			if c.Reading() != two {
				t.Errorf("the end is no reading: %+v", c.Reading())
			}
		})
	}
}

func TestStarvedReader(t *testing.T) {
	if !Supported() {
		t.Skip("the kernel does not stamp")
	}
	c, other, clock := pair(t, true)
	write(t, other, clock, "before")
	before := read(t, c, 6)
	first := write(t, other, clock, "first")
	last := write(t, other, clock, "last")
	waiting(t, c, 9)
	both := read(t, c, 9)
	if both.At < last.before || both.At > last.after {
		t.Errorf("the stamp %s is not that of the last, %+v", both.At, last)
	}
	if before.At > first.before {
		t.Errorf("the stamp of the read before, %s, is no bound from below of %+v", before.At, first)
	}

	long := strings.Repeat("x", 5000)
	write(t, other, clock, long)
	waiting(t, c, 5000)
	if part := read(t, c, 4096); part.Drained {
		t.Error("a full read was taken for one that took everything")
	}
	if rest := read(t, c, 904); !rest.Drained {
		t.Error("the rest was not taken for everything")
	}
}

func TestErrors(t *testing.T) {
	c, _, _ := pair(t, true)
	if n, err := c.Read(nil); n != 0 || err != nil {
		t.Errorf("an empty read: %d, %v", n, err)
	}
	_ = c.SetReadDeadline(time.Now().Add(-time.Second))
	_, err := c.Read(make([]byte, 1))
	if timeout, ok := err.(net.Error); !ok || !timeout.Timeout() {
		t.Errorf("past the deadline: %v", err)
	}
	_ = c.Close()
	if _, err = c.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a closed connection: %v", err)
	}
	if c.Reordered() {
		t.Error("a closed connection has segments out of order")
	}
}

func TestNoAllocationARead(t *testing.T) {
	c, other, _ := pair(t, true)
	chunk, buffer := []byte("data: x\n\n"), make([]byte, 4096)
	if n := testing.AllocsPerRun(1000, func() {
		_, _ = other.Write(chunk)
		_, _ = c.Read(buffer)
		_ = c.Reading()
		_ = c.Reordered()
	}); n != 0 {
		t.Errorf("%v allocations a read", n)
	}
}

// BenchmarkRead is what a read costs with and without the kernel's stamp.
func BenchmarkRead(b *testing.B) {
	for name, kernel := range map[string]bool{"kernel": true, "user": false} {
		b.Run(name, func(b *testing.B) {
			c, other, _ := pair(b, kernel)
			chunk, buffer := []byte(strings.Repeat("x", 250)), make([]byte, 4096)
			for b.Loop() {
				_, _ = other.Write(chunk)
				_, _ = c.Read(buffer)
			}
		})
	}
}

// What a peer in this process did before it wrote is done when its bytes are read; the race detector must know.
func TestReadsHappenAfterWrites(t *testing.T) {
	for name, kernel := range map[string]bool{"kernel": true, "user": false} {
		t.Run(name, func(t *testing.T) {
			c, other, _ := pair(t, kernel)
			done := ""
			go func() {
				done = "before"
				_, _ = other.Write([]byte("x"))
			}()
			read(t, c, 1)
			if done != "before" {
				t.Errorf("%q", done)
			}
		})
	}
}

// A request whose reply came with its end asks when the connection may already be the next one's, which asks too.
func TestTwoRequestsAsk(t *testing.T) {
	c, other, clock := pair(t, true)
	write(t, other, clock, "x")
	read(t, c, 1)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if c.Reordered() {
				t.Error("one segment came out of order")
			}
			c.Reading()
		})
	}
	both.Wait()
}

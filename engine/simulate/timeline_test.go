package simulate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"aimbench/engine/listen"
)

// always draws the same duration.
func always(d time.Duration) func(uint64) time.Duration {
	return func(uint64) time.Duration { return d }
}

type dialer = func(context.Context, string, string) (net.Conn, error)

// start serves a server on a network in memory for as long as the test runs.
func start(t testing.TB, config Config) (*Server, dialer) {
	listener, dial := listen.Memory()
	s := New(config)
	l := listen.Serve(t.Context(), listener, s)
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, dial
}

// arrival is what came at one instant, counted from when the request was sent.
type arrival struct {
	after time.Duration
	bytes []byte
}

// exchange is a request by hand, so that the test sees the very bytes of the reply.
type exchange struct {
	conn  net.Conn
	begun time.Time
}

// send writes a request for path; the reply is then to be read.
func send(t testing.TB, dial dialer, path, body string, headers ...string) *exchange {
	t.Helper()
	conn, err := dial(t.Context(), "tcp", "simulator:80")
	if err != nil {
		t.Fatal(err)
	}
	x := &exchange{conn: conn, begun: time.Now()}
	var b strings.Builder
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: simulator\r\nConnection: close\r\nContent-Length: %d\r\n", path, len(body))
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	if _, err := io.WriteString(conn, b.String()+"\r\n"+body); err != nil {
		t.Fatal(err)
	}
	return x
}

// read collects the reply until it ends or patience is over, and how it ended.
func (x *exchange) read(patience time.Duration) (arrivals []arrival, end error) {
	defer x.conn.Close()
	_ = x.conn.SetReadDeadline(x.begun.Add(patience))
	buf := make([]byte, 1<<16)
	for {
		n, err := x.conn.Read(buf)
		after := time.Since(x.begun)
		if n > 0 {
			if last := len(arrivals) - 1; last >= 0 && arrivals[last].after == after {
				arrivals[last].bytes = append(arrivals[last].bytes, buf[:n]...)
			} else {
				arrivals = append(arrivals, arrival{after, bytes.Clone(buf[:n])})
			}
		}
		if err != nil {
			return arrivals, err
		}
	}
}

// timeline writes arrivals as a golden file does: the instant, then each line quoted.
func timeline(arrivals []arrival, end error) string {
	var b strings.Builder
	for _, a := range arrivals {
		fmt.Fprintf(&b, "+%s\n", a.after)
		var lines []string
		for line := range bytes.SplitAfterSeq(a.bytes, []byte("\n")) {
			if len(line) > 0 {
				lines = append(lines, quoted(line))
			}
		}
		writeLines(&b, lines)
	}
	switch {
	case errors.Is(end, io.EOF):
		b.WriteString("end\n")
	case errors.Is(end, os.ErrDeadlineExceeded):
		b.WriteString("the client leaves\n")
	default:
		fmt.Fprintf(&b, "%v\n", end)
	}
	return b.String()
}

// quoted is a line in quotes; the middle of a very long one is left out, but not its length.
func quoted(line []byte) string {
	if len(line) <= 2000 {
		return fmt.Sprintf("%q", line)
	}
	return fmt.Sprintf("%q … %d bytes … %q", line[:240], len(line), line[len(line)-100:])
}

// writeLines writes lines, and those that come again and again, singly or as pairs, just once with their number.
func writeLines(b *strings.Builder, lines []string) {
	for len(lines) > 0 {
		period, times := 1, 1
		for p := 1; p <= 2; p++ {
			n := 1
			for (n+1)*p <= len(lines) && slices.Equal(lines[n*p:(n+1)*p], lines[:p]) {
				n++
			}
			if n > times {
				period, times = p, n
			}
		}
		for _, line := range lines[:period] {
			b.WriteString("  " + line + "\n")
		}
		if times > 1 {
			fmt.Fprintf(b, "  … %d times\n", times)
		}
		lines = lines[period*times:]
	}
}

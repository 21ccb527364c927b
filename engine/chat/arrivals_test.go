package chat

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"aimbench/engine/chat/stamp"
	"aimbench/engine/event"
)

// sending is what the server wrote down of one write.
type sending struct{ before, after event.Instant }

// arrivedIn reports whether an arrival at some time from the one to the other bound could be of this write.
func (s sending) arrivedIn(from, to event.Instant) bool { return from <= s.after && to >= s.before }

// stages is a server that writes the stages of its reply one by one, as it is told, and writes down when.
type stages struct {
	clock  event.Clock
	pieces []string
	next   chan struct{}
	sent   []sending
	done   chan struct{}
}

func (s *stages) handle(conn *net.TCPConn, _ *http.Request, _ []byte) {
	defer close(s.done)
	for _, piece := range s.pieces {
		<-s.next
		before := s.clock.Now()
		_, _ = io.WriteString(conn, piece)
		s.sent = append(s.sent, sending{before, s.clock.Now()})
	}
}

// frame is an HTTP chunk.
func frame(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }

const chunkedHeader = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

// queued returns when so many bytes wait to be read on the attempt's connection.
func (a *attempt) queued(t *testing.T, bytes int) {
	t.Helper()
	raw, err := a.conn.Load().Conn.Conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < bytes; runtime.Gosched() {
		if err := raw.Control(func(fd uintptr) { n = bytesQueued(fd) }); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStarvedReader withholds reads from a reply, so that the kernel merges what came in stages: some before the header
// was read, some after. The true instant of the first token must lie within the bounds that the reply gives.
func TestStarvedReader(t *testing.T) {
	if !stamp.Supported() {
		t.Skip("the kernel does not stamp")
	}
	token := frame(delta(`"content":"Hello"`))
	end := frame(stop+ending) + "0\r\n\r\n"
	for _, tc := range []struct {
		name string
		// first is written before the header is read, then before the body is read, one write each.
		first, then []string
		token       int  // which write held the first token
		exact       bool // it was the last of its read
	}{
		{"all at once with the header", []string{chunkedHeader + frame(role) + token + end}, nil, 0, false},
		{"the token after the header, alone", []string{chunkedHeader + frame(role)}, []string{token}, 1, true},
		{"role and token in stages, merged", []string{chunkedHeader}, []string{frame(role), token}, 2, true},
		{"the token and more, merged", []string{chunkedHeader}, []string{frame(role), token, token, token}, 2, false},
		{"the token and the end, merged", []string{chunkedHeader + frame(role)}, []string{token, end}, 1, false},
		{"the token and a comment, merged", []string{chunkedHeader + frame(role)}, []string{token, frame(": busy\n\n")}, 1, false},
		{"the token with the header", []string{chunkedHeader + frame(role) + token}, nil, 0, true},
		{"more than a buffer", []string{chunkedHeader}, []string{token, strings.Repeat(token, 200)}, 1, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newClient(t, nil)
			pieces := append(slices.Clone(tc.first), tc.then...)
			if !strings.HasSuffix(pieces[len(pieces)-1], end) {
				pieces = append(pieces, end)
			}
			s := &stages{clock: c.clock, pieces: pieces, next: make(chan struct{}, 8), done: make(chan struct{})}
			c.routes.reply.Host = strings.TrimPrefix(serve(t, s.handle), "http://")
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			a := &attempt{client: c, watch: &watch{clock: c.clock, cancel: cancel}}
			for range tc.first {
				s.next <- struct{}{}
			}
			response, e := a.send(ctx, http.MethodPost, c.routes.reply, []byte("{}"))
			if e != nil {
				t.Fatal(e)
			}
			defer response.Body.Close() //nolint:errcheck // a test
			var r Reply
			a.describe(&r.Request)
			release := sync.OnceFunc(func() { s.next <- struct{}{} }) // the end comes when the first token was seen
			in := &incoming{client: c, ctx: ctx, body: response.Body, request: &Request{Live: func(Delta) { release() }}, reply: &r, watch: a.watch, arrivals: a.newArrivals(r.Sent)}
			waiting := 0
			for _, piece := range tc.then {
				s.next <- struct{}{}
				waiting += len(piece)
			}
			a.queued(t, waiting)
			if e := in.read(true); e != nil {
				t.Fatal(e)
			}
			<-s.done
			earliest := r.FirstToken - event.Instant(r.LateBound)
			if !s.sent[tc.token].arrivedIn(earliest, r.FirstToken) {
				t.Errorf("sent at %+v, said to have come from %d to %d", s.sent[tc.token], earliest, r.FirstToken)
			}
			if exact := r.LateBound == 0; exact != tc.exact {
				t.Errorf("late bound %s", r.LateBound)
			}
			if last := s.sent[max(0, len(tc.first)+len(tc.then)-1)]; r.FirstToken > last.after && !tc.exact {
				t.Errorf("stamped at %d, after everything was there at %d", r.FirstToken, last.after)
			}
		})
	}
}

// TestTrueTimes has the server write down when it sends each token, and its first token has to lie within the bounds,
// whatever the connection, and whether or not it was used before.
func TestTrueTimes(t *testing.T) {
	var clock event.Clock
	writes := make(chan sending, 4)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, piece := range []string{role, delta(`"content":"a"`), delta(`"content":"b"`), stop + ending} {
			before := clock.Now()
			_, _ = io.WriteString(w, piece)
			w.(http.Flusher).Flush()
			writes <- sending{before, clock.Now()}
		}
	})
	for name, secured := range map[string]bool{"plain": false, "TLS": true} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(handler)
			if secured {
				server.StartTLS()
			} else {
				server.Start()
			}
			defer server.Close()
			c := newClient(t, func(config *Config) { config.BaseURL, config.InsecureSkipVerify = server.URL, secured })
			clock = c.clock
			var r Reply
			for i := range 50 {
				if err := c.Do(t.Context(), ask(), &r); err != nil {
					t.Fatal(err)
				}
				if r.Reused != (i%2 == 1) {
					t.Errorf("request %d: reused %v", i, r.Reused)
				}
				if i%2 == 1 {
					c.Close()
				}
				sent := [4]sending{<-writes, <-writes, <-writes, <-writes}
				if earliest := r.FirstToken - event.Instant(r.LateBound); !sent[1].arrivedIn(earliest, r.FirstToken) {
					t.Errorf("sent at %+v, said to have come from %d to %d", sent[1], earliest, r.FirstToken)
				}
				ordered(t, &r)
			}
		})
	}
}

func TestClock(t *testing.T) {
	own := func(ctx context.Context, network, addr string) (net.Conn, error) { return nil, io.EOF }
	for name, tc := range map[string]struct {
		change func(*Config)
		kernel bool
	}{
		"HTTP/1.1":     {func(*Config) {}, stamp.Supported()},
		"HTTP/2":       {func(c *Config) { c.HTTP = 2 }, false},
		"its own dial": {func(c *Config) { c.Dial = own }, false},
	} {
		c := newClient(t, tc.change)
		if got := c.Clock(); (got == KernelClock) != tc.kernel || got != KernelClock && got != UserClock {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestLateBoundOfTheUserClock(t *testing.T) {
	c := newClient(t, nil)
	for _, tc := range []struct {
		name  string
		reads []string
		exact bool
	}{
		{"alone", []string{role, delta(`"content":"a"`), stop + ending}, true},
		{"with the role", []string{role + delta(`"content":"a"`), stop + ending}, true},
		{"with another", []string{role, delta(`"content":"a"`) + delta(`"content":"b"`), stop + ending}, false},
		{"cut", []string{role, delta(`"content":"a"`)[:20], delta(`"content":"a"`)[20:], stop + ending}, true},
	} {
		var r Reply
		if err := readBody(c, &r, &pieces{tc.reads}); err != nil {
			t.Fatal(err)
		}
		if exact := r.LateBound == 0; exact != tc.exact {
			t.Errorf("%s: late bound %s", tc.name, r.LateBound)
		}
	}
}

// pieces gives one piece a read.
type pieces struct{ left []string }

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.left[0])
	p.left = p.left[1:]
	return n, nil
}

// TestNoAllocationAChunkOverTCP holds the whole path of a chunk, from the socket on.
func TestNoAllocationAChunkOverTCP(t *testing.T) {
	piece := []byte(frame(vllmChunk))
	base := serve(t, func(conn *net.TCPConn, r *http.Request, _ []byte) {
		chunks, _ := strconv.Atoi(r.URL.Query().Get("chunks"))
		_, _ = io.WriteString(conn, chunkedHeader)
		for range chunks {
			_, _ = conn.Write(piece)
		}
		_, _ = io.WriteString(conn, frame(stop+ending)+"0\r\n\r\n")
	})
	c := newClient(t, func(config *Config) { config.BaseURL = base })
	var r Reply
	measure := func(chunks int) float64 {
		c.routes.reply.RawQuery = "chunks=" + strconv.Itoa(chunks)
		return testing.AllocsPerRun(5, func() {
			if err := c.Do(t.Context(), ask(), &r); err != nil || r.Chunks != chunks {
				t.Fatal(err, r.Chunks)
			}
		})
	}
	measure(2000) // the buffers grow once
	few, many := measure(10), measure(2000)
	if many > few+20 { // of the runtime's own
		t.Errorf("%v allocations for 10 chunks, %v for 2000", few, many)
	}
}

package chat

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/event"
)

// handler has a connection after a request on it was read.
type handler func(conn *net.TCPConn, r *http.Request, body []byte)

// serve runs a raw TCP server on loopback that hands each request of each connection to handle; it returns the URL.
func serve(t testing.TB, handle handler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer conn.Close() //nolint:errcheck // a test
				stop := closeAtEnd(t, conn)
				defer stop()
				for reader := bufio.NewReader(conn); ; {
					r, err := http.ReadRequest(reader)
					if err != nil {
						return
					}
					body, err := io.ReadAll(r.Body)
					if err != nil {
						return
					}
					handle(conn.(*net.TCPConn), r, body)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		conns.Wait()
	})
	return "http://" + listener.Addr().String()
}

// closeAtEnd closes the connection when the test ends, so that its server does.
func closeAtEnd(t testing.TB, conn net.Conn) (stop func()) {
	done := make(chan struct{})
	go func() {
		select {
		case <-t.Context().Done():
		case <-done:
		}
		_ = conn.Close()
	}()
	return sync.OnceFunc(func() { close(done) })
}

// answer sends a stream with status 200, chunked.
func answer(body string) handler {
	return func(conn *net.TCPConn, _ *http.Request, _ []byte) { _, _ = io.WriteString(conn, chunked("", body)) }
}

// chunked is a response of status 200 with further header lines.
func chunked(header, body string) string {
	framed := ""
	if body != "" {
		framed = fmt.Sprintf("%x\r\n%s\r\n", len(body), body)
	}
	return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n" + header + "\r\n" + framed + "0\r\n\r\n"
}

// status is a response with Content-Length.
func status(line, header, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s", line, len(body), header, body)
}

func ask() *Request {
	return &Request{Messages: []openai.ChatCompletionMessage{{Role: "user", Content: "Hello!"}}, Stream: true}
}

// do makes a request of a fresh client.
func do(t *testing.T, base string, change func(*Config)) (*Reply, error) {
	t.Helper()
	c := newClient(t, func(config *Config) {
		config.BaseURL = base
		if change != nil {
			change(config)
		}
	})
	r := new(Reply)
	err := c.Do(t.Context(), ask(), r)
	return r, err
}

func TestStreamsOverTCP(t *testing.T) {
	for _, tc := range streamCases() {
		t.Run(tc.name, func(t *testing.T) {
			r, err := do(t, serve(t, answer(tc.body)), nil)
			if diff := compare(tc.want, r, err); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			ordered(t, r)
		})
	}
}

// ordered checks that the instants that were reached follow one another.
func ordered(t *testing.T, r *Reply) {
	t.Helper()
	last := event.Instant(0)
	for i, at := range []event.Instant{r.Dispatched, r.Connected, r.Sent, r.Headers, r.FirstEvent, r.FirstToken, r.LastToken, r.End} {
		if at.Reached() && at < last {
			t.Errorf("instant %d is before the one before it: %+v", i, r.Instants)
		}
		last = max(last, at)
	}
	if len(r.Arrivals) != r.Chunks {
		t.Errorf("%d arrivals of %d chunks", len(r.Arrivals), r.Chunks)
	}
	if !r.Sent.Reached() || !r.Headers.Reached() || !r.End.Reached() {
		t.Errorf("an instant was not reached: %+v", r.Instants)
	}
}

func TestLongLines(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	r, err := do(t, serve(t, answer(delta(`"content":"`+long+`"`)+stop+ending)), nil)
	if err != nil || r.Text() != long {
		t.Errorf("a line of 1 MiB: %v, %d bytes", err, len(r.Text()))
	}
	endless := func(conn *net.TCPConn, _ *http.Request, _ []byte) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ndata: ")
		for {
			if _, err := io.WriteString(conn, long); err != nil {
				return
			}
		}
	}
	r, err = do(t, serve(t, endless), func(c *Config) { c.MaxLine = 2 << 20 })
	if r.Class != event.Protocol || !strings.Contains(err.Error(), "longer than allowed") {
		t.Errorf("a line without end: %v", err)
	}
	many := func(conn *net.TCPConn, _ *http.Request, _ []byte) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
		for events := strings.Repeat(hello, 1000); ; {
			if _, err := io.WriteString(conn, events); err != nil {
				return
			}
		}
	}
	r, err = do(t, serve(t, many), func(c *Config) { c.MaxLine = 64 << 10 })
	if r.Class != event.Protocol || !strings.Contains(err.Error(), "longer than allowed") {
		t.Errorf("a stream without end: %v", err)
	}
}

func TestStatuses(t *testing.T) {
	date := time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)
	for _, tc := range []struct {
		name, response, message string
		class                   event.Class
		status                  int
		least, most             time.Duration
	}{
		{"429 in seconds", status("429 Too Many Requests", "Retry-After: 7\r\n", `{"error":{"message":"slow down"}}`), "slow down", event.HTTP429, 429, 7 * time.Second, 7 * time.Second},
		{"429 with a date", status("429 Too Many Requests", "Retry-After: "+date+"\r\n", "slow down"), "slow down", event.HTTP429, 429, 60 * time.Second, 91 * time.Second},
		{"429 with nonsense", status("429 Too Many Requests", "Retry-After: soon\r\n", ""), "", event.HTTP429, 429, 0, 0},
		{"400 JSON", status("400 Bad Request", "", `{"object":"error","message":"too long\u0007","code":400}`), "too long", event.HTTP4xx, 400, 0, 0},
		{"422 of FastAPI", status("422 Unprocessable Entity", "", `{"detail":[{"loc":["body"],"msg":"field required"}]}`), "field required", event.HTTP4xx, 422, 0, 0},
		{"401", status("401 Unauthorized", "", `{"error":"wrong key"}`), "wrong key", event.HTTP4xx, 401, 0, 0},
		{"404 text", status("404 Not Found", "", "404 page not found\n"), "404 page not found", event.HTTP4xx, 404, 0, 0},
		{"500 HTML", status("500 Internal Server Error", "Content-Type: text/html\r\n", "<html><title>Oops &amp; co</title></html>"), "HTML instead of JSON: Oops & co", event.HTTP5xx, 500, 0, 0},
		{"503 without a body", status("503 Service Unavailable", "Retry-After: 2\r\n", ""), "", event.HTTP5xx, 503, 2 * time.Second, 2 * time.Second},
		{"502 long", status("502 Bad Gateway", "", strings.Repeat("long ", 10000)), "long long", event.HTTP5xx, 502, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := do(t, serve(t, func(conn *net.TCPConn, _ *http.Request, _ []byte) { _, _ = io.WriteString(conn, tc.response) }), nil)
			e, ok := err.(*Error)
			if !ok || e.Class != tc.class || r.Class != tc.class || e.Status != tc.status || r.Status != tc.status {
				t.Fatalf("%v: class %q status %d", err, r.Class, r.Status)
			}
			if !strings.Contains(e.Message, tc.message) || len(e.Message) > 4*longestMessage || e.RetryAfter < tc.least || e.RetryAfter > tc.most {
				t.Errorf("message %q, retry after %s", e.Message, e.RetryAfter)
			}
			if strings.ContainsAny(e.Error(), "\n\a") {
				t.Errorf("not one printable line: %q", e.Error())
			}
		})
	}
}

func TestGzip(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, plain)
	_ = w.Close()
	asked := ""
	base := serve(t, func(conn *net.TCPConn, r *http.Request, _ []byte) {
		asked = r.Header.Get("Accept-Encoding")
		_, _ = io.WriteString(conn, chunked("Content-Encoding: gzip\r\n", packed.String()))
	})
	r, err := do(t, base, nil)
	if diff := compare(good, r, err); diff != "" || asked != "" {
		t.Errorf("%v, asked for %q\n%s", err, asked, diff)
	}
	base = serve(t, func(conn *net.TCPConn, _ *http.Request, _ []byte) {
		_, _ = io.WriteString(conn, chunked("Content-Encoding: br\r\n", "xx"))
	})
	if r, err = do(t, base, nil); r.Class != event.Protocol {
		t.Errorf("an unknown encoding: %v", err)
	}
}

func TestBrokenConnections(t *testing.T) {
	header := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	chunk := func(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }
	reset := func(conn *net.TCPConn) {
		_ = conn.SetLinger(0)
		_ = conn.Close()
	}
	halfClose := func(conn *net.TCPConn) { _ = conn.CloseWrite() }
	for _, tc := range []struct {
		name, sent string
		end        func(*net.TCPConn)
		class      event.Class
		text       string
		atOnce     bool // net/http hands an HTTP chunk over only when all of it is there
	}{
		{"reset in the middle", header + chunk(role+hello), reset, event.StreamTruncated, "Hello", false},
		{"half-close in the middle", header + chunk(role+hello), halfClose, event.StreamTruncated, "Hello", false},
		{"half-close after finish_reason", header + chunk(role+hello+stop), halfClose, event.StreamTruncated, "Hello", false},
		{"half-close within a chunk", header + "fff\r\n" + hello, halfClose, event.StreamTruncated, "Hello", true},
		{"reset after [DONE]", header + chunk(plain), reset, event.OK, "Hello wörld", false},
		{"half-close after [DONE]", header + chunk(plain), halfClose, event.OK, "Hello wörld", false},
		{"end of a stream without length", "HTTP/1.1 200 OK\r\n\r\n" + plain, halfClose, event.OK, "Hello wörld", false},
		{"reset before a reply", "", reset, event.StreamTruncated, "", false},
		{"half-close before a reply", "", halfClose, event.StreamTruncated, "", false},
		{"half a header", "HTTP/1.1 200 OK\r\nContent-Type: text", halfClose, event.StreamTruncated, "", false},
		{"not HTTP", "SSH-2.0-OpenSSH_9.6\r\n", halfClose, event.Protocol, "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			read := make(chan struct{})
			base := serve(t, func(conn *net.TCPConn, _ *http.Request, _ []byte) {
				_, _ = io.WriteString(conn, tc.sent)
				if tc.text != "" && !tc.atOnce {
					<-read // a reset may overtake what was sent before it
				}
				tc.end(conn)
			})
			c := newClient(t, func(config *Config) { config.BaseURL = base })
			request, text := ask(), ""
			request.Live = func(d Delta) {
				if text += d.Text; text == tc.text {
					close(read)
				}
			}
			var r Reply
			err := c.Do(t.Context(), request, &r)
			if r.Class != tc.class || (err == nil) != (tc.class == event.OK) || r.Text() != tc.text {
				t.Errorf("%v: class %q, text %q", err, r.Class, r.Text())
			}
		})
	}
}

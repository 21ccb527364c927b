package chat

import (
	"context"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aimbench/engine/event"
)

// twice makes two requests of one client and returns both replies.
func twice(t *testing.T, base string, change func(*Config)) (first, second *Reply) {
	t.Helper()
	c := newClient(t, func(config *Config) {
		config.BaseURL = base
		if change != nil {
			change(config)
		}
	})
	first, second = new(Reply), new(Reply)
	for _, r := range []*Reply{first, second} {
		if err := c.Do(t.Context(), ask(), r); err != nil {
			t.Fatal(err)
		}
	}
	return first, second
}

func TestConnectionsAreReused(t *testing.T) {
	var conns sync.Map
	base := serve(t, func(conn *net.TCPConn, _ *http.Request, _ []byte) {
		conns.Store(conn.RemoteAddr().String(), true)
		// [DONE] and the end of the response arrive apart from one another, as they often do.
		whole := chunked("", plain)
		_, _ = io.WriteString(conn, whole[:len(whole)-5])
		_, _ = io.WriteString(conn, whole[len(whole)-5:])
	})
	count := func() (n int) {
		conns.Range(func(any, any) bool { n++; return true })
		conns.Clear()
		return n
	}
	first, second := twice(t, base, nil)
	if n := count(); n != 1 || first.Reused || !second.Reused {
		t.Errorf("%d connections, reused: %v, %v", n, first.Reused, second.Reused)
	}
	if d, ok := first.Connect(); !ok || d <= 0 {
		t.Errorf("connecting took %v, %v", d, ok)
	}
	first, second = twice(t, base, func(c *Config) { c.NewConnections = true })
	if n := count(); n != 2 || first.Reused || second.Reused {
		t.Errorf("new connections: %d, reused: %v, %v", n, first.Reused, second.Reused)
	}
}

// TestDeadConnection: a kept connection that turns out to be dead before a byte of the response is replaced once, and
// that is counted; a fresh one that dies the same way is the server's failure.
func TestDeadConnection(t *testing.T) {
	for _, tc := range []struct {
		name    string
		dies    []int32 // the requests that are read and then answered by the end of the connection
		closes  bool    // each connection is closed after its reply
		class   event.Class
		retries int
		arrived int32
	}{
		{"closed before the request", nil, true, event.OK, 0, 2},
		{"closed as the request came", []int32{2}, false, event.OK, 1, 3},
		{"closed again on a fresh connection", []int32{2, 3}, false, event.StreamTruncated, 1, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var arrived atomic.Int32
			base := serve(t, func(conn *net.TCPConn, _ *http.Request, _ []byte) {
				if slices.Contains(tc.dies, arrived.Add(1)) {
					_ = conn.Close()
					return
				}
				_, _ = io.WriteString(conn, chunked("", plain))
				if tc.closes {
					_ = conn.Close()
				}
			})
			c := newClient(t, func(config *Config) { config.BaseURL = base })
			var r Reply
			if err := c.Do(t.Context(), ask(), &r); err != nil {
				t.Fatal(err)
			}
			err := c.Do(t.Context(), ask(), &r)
			if r.Class != tc.class || arrived.Load() != tc.arrived {
				t.Errorf("%v: class %q, %d requests arrived", err, r.Class, arrived.Load())
			}
			if !tc.closes && r.Retries != tc.retries {
				t.Errorf("%d retries, want %d", r.Retries, tc.retries)
			}
		})
	}
}

func TestRedirects(t *testing.T) {
	var leaked atomic.Bool
	elsewhere := serve(t, func(conn *net.TCPConn, r *http.Request, _ []byte) {
		leaked.Store(true)
		_, _ = io.WriteString(conn, chunked("", plain))
	})
	for _, tc := range []struct {
		name, line, location string
		class                event.Class
	}{
		{"to another host", "307 Temporary Redirect", elsewhere + "/v1/chat/completions?key=s3cret", event.Protocol},
		{"within the host", "308 Permanent Redirect", "/elsewhere", event.OK},
		{"that turns the request into a GET", "302 Found", "/elsewhere", event.Protocol},
		{"in a circle", "307 Temporary Redirect", "/v1/chat/completions", event.Protocol},
		{"to nowhere", "307 Temporary Redirect", "http://[::1", event.Protocol},
		{"to another scheme", "307 Temporary Redirect", "https://127.0.0.1:1/", event.Protocol},
	} {
		t.Run(tc.name, func(t *testing.T) {
			base := serve(t, func(conn *net.TCPConn, r *http.Request, body []byte) {
				if r.URL.Path == "/elsewhere" && len(body) > 0 && r.Header.Get("Authorization") == "Bearer s3cret" {
					_, _ = io.WriteString(conn, chunked("", plain))
					return
				}
				_, _ = io.WriteString(conn, status(tc.line, "Location: "+tc.location+"\r\n", ""))
			})
			r, err := do(t, base, func(c *Config) { c.APIKey = "s3cret" })
			if r.Class != tc.class || leaked.Load() {
				t.Errorf("%v: class %q, leaked %v", err, r.Class, leaked.Load())
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error gives the key away: %v", err)
			}
		})
	}
}

// streaming is a handler for httptest's servers; it notes the protocol.
func streaming(protocol *atomic.Value) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocol.Store(r.Proto)
		w.Header().Set("Content-Type", "text/event-stream")
		for _, ev := range strings.SplitAfter(plain, "\n\n") {
			_, _ = io.WriteString(w, ev)
			w.(http.Flusher).Flush()
		}
	})
}

func TestTLS(t *testing.T) {
	var protocol atomic.Value
	server := httptest.NewUnstartedServer(streaming(&protocol))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for _, tc := range []struct {
		name   string
		change func(*Config)
		class  event.Class
		proto  string
	}{
		{"unknown authority", func(*Config) {}, event.TLS, ""},
		{"ca_file", func(c *Config) { c.CAPEM = authority }, event.OK, "HTTP/1.1"},
		{"another name", func(c *Config) {
			c.CAPEM = authority
			c.BaseURL = "https://localhost" + server.URL[strings.LastIndex(server.URL, ":"):]
			c.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
			}
		}, event.TLS, ""},
		{"insecure_skip_verify", func(c *Config) { c.InsecureSkipVerify = true }, event.OK, "HTTP/1.1"},
		{"HTTP/2", func(c *Config) { c.CAPEM, c.HTTP = authority, 2 }, event.OK, "HTTP/2.0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			protocol.Store("")
			r, err := do(t, server.URL, tc.change)
			if r.Class != tc.class || protocol.Load() != tc.proto {
				t.Fatalf("%v: class %q, protocol %v", err, r.Class, protocol.Load())
			}
			if err == nil {
				ordered(t, r)
				if diff := compare(good, r, nil); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestTLSMistakes(t *testing.T) {
	talkative := httptest.NewServer(http.NotFoundHandler())
	defer talkative.Close()
	for _, plain := range []string{talkative.URL, serve(t, answer(""))} {
		r, err := do(t, strings.Replace(plain, "http:", "https:", 1), nil)
		if r.Class != event.TLS || !strings.Contains(err.Error(), "http://") {
			t.Errorf("https to a plain server: class %q: %v", r.Class, err)
		}
	}
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	r, err := do(t, strings.Replace(secure.URL, "https:", "http:", 1), nil)
	if r.Class != event.HTTP4xx || r.Status != 400 || !strings.Contains(err.Error(), "HTTPS") {
		t.Errorf("http to a TLS server: class %q: %v", r.Class, err)
	}
	if _, err := New(Config{BaseURL: "http://x", CAPEM: []byte("nothing")}); err == nil || !strings.Contains(err.Error(), "ca_file") {
		t.Errorf("authorities without a certificate: %v", err)
	}
}

func TestHTTP2WithoutTLS(t *testing.T) {
	var protocol atomic.Value
	server := httptest.NewUnstartedServer(streaming(&protocol))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	defer server.Close()
	first, second := twice(t, server.URL, func(c *Config) { c.HTTP = 2 })
	if protocol.Load() != "HTTP/2.0" || first.Reused || !second.Reused {
		t.Errorf("protocol %v, reused %v, %v", protocol.Load(), first.Reused, second.Reused)
	}
	ordered(t, first)
	ordered(t, second)
	r, err := do(t, serve(t, answer(plain)), func(c *Config) { c.HTTP = 2 })
	if !r.Class.Failed() || err == nil {
		t.Errorf("HTTP/2 to a server of HTTP/1.1: class %q: %v", r.Class, err)
	}
}

// The time from dispatch to sent is this process's own where the connection was there; of a new one, it is at most that.
func TestSendBound(t *testing.T) {
	first, second := twice(t, serve(t, answer(plain)), nil)
	if first.Reused || first.SendBound < time.Duration(first.Sent-first.Connected) || first.SendBound > time.Duration(first.Sent-first.Dispatched) {
		t.Errorf("a new connection: %s of %s", first.SendBound, time.Duration(first.Sent-first.Dispatched))
	}
	if !second.Reused || second.SendBound != time.Duration(second.Sent-second.Dispatched) {
		t.Errorf("a connection that was there: %s of %s", second.SendBound, time.Duration(second.Sent-second.Dispatched))
	}
	if r, err := do(t, "http://127.0.0.1:1", nil); err == nil || r.SendBound != 0 {
		t.Errorf("no connection: %s", r.SendBound)
	}
}

func TestProxy(t *testing.T) {
	var asked atomic.Value
	proxy := serve(t, func(conn *net.TCPConn, r *http.Request, _ []byte) {
		asked.Store(r.RequestURI + " " + r.Header.Get("Proxy-Authorization"))
		_, _ = io.WriteString(conn, chunked("", plain))
	})
	t.Setenv("http_proxy", strings.Replace(proxy, "http://", "http://user:pass@", 1))
	t.Setenv("no_proxy", "")
	r, err := do(t, "http://endpoint.invalid:8000", nil)
	if err != nil || r.Text() != good.text || asked.Load() != "http://endpoint.invalid:8000/v1/chat/completions Basic dXNlcjpwYXNz" {
		t.Errorf("%v: the proxy was asked for %v", err, asked.Load())
	}
	if _, err = do(t, serve(t, answer(plain)), nil); err != nil {
		t.Errorf("loopback goes around the proxy: %v", err)
	}
}

func TestDialErrors(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := "http://" + free.Addr().String()
	_ = free.Close()
	for _, tc := range []struct {
		name, base, message string
		dial                func(context.Context, string, string) (net.Conn, error)
	}{
		{"refused", refusing, "connection refused", nil},
		{"no such host", "http://endpoint.test", "no address for the host endpoint.test (no such host)",
			func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.DNSError{Err: "no such host", Name: "endpoint.test", IsNotFound: true}
			}},
		{"unreachable", "http://10.0.0.1", "no connection: the network is down",
			func(context.Context, string, string) (net.Conn, error) { return nil, io.ErrClosedPipe }},
		{"no descriptor left", "http://endpoint.test", "too many open files",
			func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", syscall.EMFILE)}
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := do(t, tc.base, func(c *Config) { c.Dial = tc.dial })
			if r.Class != event.Dial || !strings.Contains(err.Error(), strings.TrimSuffix(tc.message, "the network is down")) {
				t.Errorf("class %q: %v", r.Class, err)
			}
			if own := tc.name == "no descriptor left"; r.OwnFault != own {
				t.Errorf("a fault of our own: %v, want %v", r.OwnFault, own)
			}
		})
	}
}

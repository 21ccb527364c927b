package scrape_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"aimbench/engine/event"
	"aimbench/engine/metric"
	"aimbench/engine/scrape"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// target is a server in memory, in the bubble of the test that made it.
type target struct {
	dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	mu      sync.Mutex // of the samples, until Stop
	samples []event.Sample
	notes   []string
}

// pipes is a network of net.Pipe.
type pipes struct {
	arrivals chan net.Conn
	closed   chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.arrivals:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func newTarget(t *testing.T, handler http.HandlerFunc) *target {
	p := &pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(p) }()
	t.Cleanup(func() { _ = server.Close() })
	return &target{dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		here, there := net.Pipe()
		select {
		case p.arrivals <- there:
			return here, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
}

// options read the target each second; the test may change them.
func (g *target) options() scrape.Options {
	return scrape.Options{
		Endpoint: "aim", URL: "http://aim.example:8000/metrics", BaseURL: "http://aim.example:8000/v1", Dial: g.dial, Clock: event.NewClock(),
		Emit: func(s []event.Sample) {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.samples = append(g.samples, s...)
		},
		Note: func(s string) { g.notes = append(g.notes, s) },
	}
}

func (g *target) values(series string) []float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []float64
	for _, s := range g.samples {
		if s.Series == series {
			out = append(out, s.Value)
		}
	}
	return out
}

func write(w http.ResponseWriter, text string) { _, _ = io.WriteString(w, text) }

// Each second, at once at first, and once more at the end.
func TestReadsUntilStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		g := newTarget(t, func(w http.ResponseWriter, _ *http.Request) {
			n++
			write(w, fmt.Sprintf("vllm:num_requests_waiting %d\nmine{a=\"1\"} %d\nmine{a=\"2\"} 100\n", n, n))
		})
		o := g.options()
		o.Series = []string{"mine", "waiting"}
		s := scrape.Start(t.Context(), o)
		s.Begun()
		if got := g.values("waiting"); !slices.Equal(got, []float64{1}) {
			t.Errorf("at first, waiting %v", got)
		}
		time.Sleep(2500 * time.Millisecond)
		s.Stop()
		s.Stop()
		if got := g.values("waiting"); !slices.Equal(got, []float64{1, 2, 3, 4}) {
			t.Errorf("waiting %v", got)
		}
		if got := g.values("mine"); !slices.Equal(got, []float64{101, 102, 103, 104}) {
			t.Errorf("mine %v", got)
		}
		for i, want := range []time.Duration{1, time.Second, 2 * time.Second, 2500 * time.Millisecond} {
			if at := time.Duration(g.samples[2*i].At); at != want {
				t.Errorf("sample %d came at %s, want %s", i, at, want)
			}
		}
		if g.samples[0].Endpoint != "aim" || g.notes != nil {
			t.Errorf("%+v, notes %q", g.samples[0], g.notes)
		}
	})
}

func TestInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newTarget(t, func(w http.ResponseWriter, _ *http.Request) { write(w, "vllm:num_requests_waiting 1\n") })
		o := g.options()
		o.Every = 10 * time.Second
		s := scrape.Start(t.Context(), o)
		time.Sleep(25 * time.Second)
		s.Stop()
		if got := len(g.samples); got != 4 {
			t.Errorf("%d samples", got)
		}
	})
}

// A server that is not there is noted once; the reads go on, and find it when it comes.
func TestDeadServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dead atomic.Bool
		dead.Store(true)
		g := newTarget(t, func(w http.ResponseWriter, _ *http.Request) { write(w, "vllm:num_requests_waiting 1\n") })
		o := g.options()
		inner := g.dial
		o.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if dead.Load() {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", fmt.Errorf("connection refused"))}
			}
			return inner(ctx, network, addr)
		}
		s := scrape.Start(t.Context(), o)
		time.Sleep(3500 * time.Millisecond)
		dead.Store(false)
		time.Sleep(time.Second)
		s.Stop()
		if len(g.samples) != 2 || len(g.notes) != 2 {
			t.Fatalf("samples %v, notes %q", g.samples, g.notes)
		}
		if !strings.Contains(g.notes[0], "connection refused (GET http://aim.example:8000/metrics)") || g.notes[1] != `endpoint "aim": 4 of 6 reads of its metrics failed.` {
			t.Errorf("%q", g.notes)
		}
	})
}

// A server that never answers holds up neither the run nor its end.
func TestSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newTarget(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		began := time.Now()
		s := scrape.Start(t.Context(), g.options())
		s.Begun()
		if d := time.Since(began); d != time.Second {
			t.Errorf("Begun took %s", d)
		}
		time.Sleep(12 * time.Second)
		stopping := time.Now()
		s.Stop()
		if d := time.Since(stopping); d > time.Second {
			t.Errorf("Stop took %s", d)
		}
		if len(g.notes) != 1 || !strings.Contains(g.notes[0], "no answer within 5s") {
			t.Errorf("after %s: %q", time.Since(began), g.notes)
		}
	})
}

// A server that begins to hang after it answered is not waited for at the end for more than a second.
func TestHangsAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		g := newTarget(t, func(w http.ResponseWriter, r *http.Request) {
			if n++; n > 1 {
				<-r.Context().Done()
				return
			}
			write(w, "vllm:num_requests_waiting 1\n")
		})
		s := scrape.Start(t.Context(), g.options())
		time.Sleep(time.Second / 2)
		stopping := time.Now()
		s.Stop()
		if d := time.Since(stopping); d != time.Second {
			t.Errorf("Stop took %s", d)
		}
		if len(g.samples) != 1 || g.notes != nil {
			t.Errorf("%v, notes %q", g.samples, g.notes)
		}
	})
}

func TestEndOfContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newTarget(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		ctx, cancel := context.WithCancel(t.Context())
		s := scrape.Start(ctx, g.options())
		time.Sleep(time.Second)
		cancel()
		stopping := time.Now()
		s.Stop()
		if d := time.Since(stopping); d != 0 || g.notes != nil {
			t.Errorf("Stop took %s, notes %q", d, g.notes)
		}
	})
}

func TestMissingSeries(t *testing.T) {
	for _, c := range []struct {
		text   string
		series []string
		want   string
	}{
		{"other 1\n", nil, "none of the series"},
		{"vllm:num_requests_waiting 1\n", []string{"mine", "yours"}, "no series mine, yours"},
		{"vllm:num_requests_waiting 1\n", nil, ""},
		{"mine 1\n", []string{"mine"}, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := newTarget(t, func(w http.ResponseWriter, _ *http.Request) { write(w, c.text) })
			o := g.options()
			o.Series = c.series
			s := scrape.Start(t.Context(), o)
			time.Sleep(1500 * time.Millisecond)
			s.Stop()
			if got := strings.Join(g.notes, "\n"); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q %v: notes %q, want %q", c.text, c.series, got, c.want)
			}
		})
	}
}

// The endpoint's key goes to the endpoint's own server and to nobody else, and neither it nor what is secret in a URL
// shows in a note.
func TestKeyStaysWithItsServer(t *testing.T) {
	for _, c := range []struct {
		url  string
		goes bool
	}{
		{"http://aim.example:8000/metrics?token=query-secret", true},
		{"http://AIM.example:8000/other", true},
		{"http://aim.example:9090/metrics", false},
		{"http://aim.example/metrics", false},
		{"http://user:url-secret@exporter.example:8000/metrics?token=query-secret", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			var key, extra string
			g := newTarget(t, func(w http.ResponseWriter, r *http.Request) {
				key, extra = r.Header.Get("Authorization"), r.Header.Get("X-Extra")
				w.Header().Set("Location", "http://elsewhere.example/?leak=query-secret")
				w.WriteHeader(http.StatusFound)
			})
			o := g.options()
			o.URL, o.APIKey, o.Headers = c.url, "api-secret", map[string]string{"X-Extra": "header-secret"}
			o.Redact = func(s string) string { return strings.ReplaceAll(s, "302", "[redacted]") }
			s := scrape.Start(t.Context(), o)
			synctest.Wait()
			s.Stop()
			if went := key == "Bearer api-secret" && extra == "header-secret"; went != c.goes || !went && (strings.Contains(key, "api") || extra != "") {
				t.Errorf("%s: key %q, header %q", c.url, key, extra)
			}
			if basic := base64.StdEncoding.EncodeToString([]byte("user:url-secret")); strings.Contains(c.url, "user:") && key != "Basic "+basic {
				t.Errorf("%s: key %q", c.url, key)
			}
			notes := strings.Join(g.notes, "\n")
			if strings.Contains(notes, "secret") || strings.Contains(notes, "302") || !strings.Contains(notes, "[redacted] Found") {
				t.Errorf("%s: notes %q", c.url, notes)
			}
		})
	}
}

func TestBadURL(t *testing.T) {
	for _, url := range []string{"", "::", "http://[::1", "ftp://aim.example/metrics"} {
		synctest.Test(t, func(t *testing.T) {
			g := newTarget(t, nil)
			o := g.options()
			o.URL, o.CAPEM = url, []byte("no certificate")
			s := scrape.Start(t.Context(), o)
			synctest.Wait()
			s.Stop()
			if len(g.notes) != 1 || len(g.samples) != 0 {
				t.Errorf("%q: %q", url, g.notes)
			}
		})
	}
}

// Nothing but Emit is needed.
func TestWithoutNotes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newTarget(t, http.NotFound)
		o := g.options()
		o.Note = nil
		s := scrape.Start(t.Context(), o)
		synctest.Wait()
		s.Stop()
		if len(g.samples) != 0 {
			t.Error(g.samples)
		}
	})
}

// TestReal reads a real server's metrics: those that AIM_METRICS_URL names.
func TestReal(t *testing.T) {
	url := os.Getenv("AIM_METRICS_URL")
	if url == "" {
		t.Skip("AIM_METRICS_URL is not set")
	}
	var samples []event.Sample
	var notes []string
	first := make(chan struct{}, 1)
	s := scrape.Start(t.Context(), scrape.Options{
		Endpoint: "real", URL: url, BaseURL: os.Getenv("AIM_BASE_URL"), APIKey: os.Getenv("AIM_API_KEY"), Clock: event.NewClock(),
		Emit: func(found []event.Sample) {
			samples = append(samples, found...)
			select {
			case first <- struct{}{}:
			default:
			}
		},
		Note: func(n string) { notes = append(notes, n) },
	})
	select {
	case <-first:
	case <-time.After(time.Minute):
		t.Error("nothing came within a minute")
	}
	s.Stop()
	t.Logf("%+v", samples)
	for _, name := range []string{"waiting", "running"} {
		if !slices.ContainsFunc(samples, func(s event.Sample) bool { return s.Series == name }) {
			t.Errorf("%s is missing", name)
		}
	}
	for _, sample := range samples {
		if _, ok := metric.LookupServer(sample.Series); !ok {
			t.Errorf("%s is in no table", sample.Series)
		}
	}
	if notes != nil {
		t.Errorf("%q", notes)
	}
}

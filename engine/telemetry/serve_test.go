package telemetry_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"aimbench/engine/telemetry"
)

func serve(t *testing.T) *telemetry.Server {
	t.Helper()
	l, err := telemetry.Listen(t.Context(), ":0")
	if err != nil {
		t.Fatal(err)
	}
	s := telemetry.New(compiled(t, single), telemetry.Options{}).Serve(l)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return s
}

func fetch(t *testing.T, method, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestServe(t *testing.T) {
	s := serve(t)
	base := strings.TrimSuffix(s.URL(), "/metrics")
	if !strings.HasPrefix(base, "http://127.0.0.1:") {
		t.Errorf("without a host it listens on %s", base)
	}
	for _, c := range []struct {
		method, path, has string
		status            int
	}{
		{"GET", "/healthz", "ok\n", 200}, {"GET", "/", "", 404}, {"POST", "/metrics", "", 405}, {"HEAD", "/metrics", "", 200},
		{"GET", "/debug/pprof/", "", 404},
	} {
		if status, body := fetch(t, c.method, base+c.path); status != c.status || !strings.Contains(body, c.has) {
			t.Errorf("%s %s: %d %q", c.method, c.path, status, body)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if s.AwaitScrape(gone, time.Hour) {
		t.Error("nobody scraped")
	}
	if s.AwaitScrape(t.Context(), 0) {
		t.Error("nobody scraped yet")
	}
	if status, body := fetch(t, "GET", s.URL()); status != 200 || !strings.Contains(body, "aimbench_ttft_seconds_bucket{") {
		t.Errorf("%d %.200s", status, body)
	}
	if !s.AwaitScrape(t.Context(), time.Hour) {
		t.Error("the scrape went unnoticed")
	}
	s.Linger(gone, time.Hour)
	s.Linger(t.Context(), 0)
}

// Close does not wait for those who hold a connection without asking for anything.
func TestCloseWithAnIdleConnection(t *testing.T) {
	s := serve(t)
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(s.URL(), "http://"), "/metrics"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
}

func TestListen(t *testing.T) {
	taken, err := telemetry.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for addr, want := range map[string]string{
		taken.Addr().String(): "address already in use", "9100": "HOST:PORT", "": "HOST:PORT", "127.0.0.1:99999": "invalid port",
		"127.0.0.1:http:1": "HOST:PORT",
	} {
		l, err := telemetry.Listen(t.Context(), addr)
		if err == nil {
			_ = l.Close()
			t.Errorf("%q is taken", addr)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", addr, err, want)
		}
	}
	everywhere, err := telemetry.Listen(t.Context(), "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer everywhere.Close()
	if !everywhere.Addr().(*net.TCPAddr).IP.IsUnspecified() {
		t.Errorf("0.0.0.0 listens on %s", everywhere.Addr())
	}
}

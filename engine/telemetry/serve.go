package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	// scrapers bounds how many are answered at once.
	scrapers = 4
	// patience bounds what a client may take for its request, and for the answer.
	patience = 10 * time.Second
	// parting bounds how long Close waits for an answer under way.
	parting = time.Second
)

// Listen opens HOST:PORT for metrics. Without a host it is the loopback interface alone; 0.0.0.0 or [::] is every one.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("%q is no HOST:PORT, such as 127.0.0.1:9100", addr)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("listening for scrapes: %w", err)
	}
	return l, nil
}

// Handler answers GET /metrics, in the form that the client asks for, and GET /healthz.
func (t *Telemetry) Handler() http.Handler { return handler(t.registry) }

func handler(of *prometheus.Registry) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(of, promhttp.HandlerOpts{MaxRequestsInFlight: scrapers}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	return mux
}

// Server serves the metrics of a run. Close ends it.
type Server struct {
	url     string
	server  *http.Server
	served  chan error
	scraped chan struct{} // closed by the first scrape
	once    sync.Once
}

// Serve serves the metrics on a listener, which it closes in the end.
func (t *Telemetry) Serve(l net.Listener) *Server { return serve(l, t.Handler()) }

// Serve is as that of a run.
func (f *Follower) Serve(l net.Listener) *Server { return serve(l, f.Handler()) }

func serve(l net.Listener, handler http.Handler) *Server {
	s := &Server{url: "http://" + l.Addr().String(), served: make(chan error, 1), scraped: make(chan struct{})}
	s.server = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handler.ServeHTTP(w, r)
			if r.Method == http.MethodGet && r.URL.Path == "/metrics" {
				s.once.Do(func() { close(s.scraped) })
			}
		}),
		ReadHeaderTimeout: patience, ReadTimeout: patience, WriteTimeout: 2 * patience, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // clients that leave are no news
	}
	go func() { s.served <- s.server.Serve(l) }()
	return s
}

// URL is where Prometheus finds the metrics.
func (s *Server) URL() string { return s.url + "/metrics" }

// AwaitScrape waits until the metrics were scraped once, at most so long, and reports whether they were. The end of ctx
// ends the wait.
func (s *Server) AwaitScrape(ctx context.Context, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-s.scraped:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// Linger goes on serving for so long, or until ctx ends.
func (s *Server) Linger(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Close lets the answers under way come to their end, for a second at most, and stops to serve.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), parting)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = s.server.Close()
	}
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// Package scrape reads a server's own metrics while a run goes on, so that its queue and its cache stand beside what
// its clients saw.
package scrape

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpproxy"

	"aimbench/engine/event"
	"aimbench/engine/metric"
)

const (
	// every is how often the metrics are read where nothing else is said.
	every = time.Second
	// timeout bounds one read.
	timeout = 5 * time.Second
	// firstWait and lastWait bound what Begun and Stop wait for.
	firstWait = time.Second
	lastWait  = time.Second
)

// Options say what is read, and who is told.
type Options struct {
	// Endpoint names the endpoint in samples and notes.
	Endpoint string
	// URL is where the server shows its metrics.
	URL string
	// Series are read besides those of metric.ServerTable, under the names that the server gives them; the label sets of
	// one are added up.
	Series []string
	// Every is the time from one read to the next; 0 is one second.
	Every time.Duration
	// BaseURL is the endpoint's own. Where URL has its scheme, host and port, APIKey and Headers go with each read;
	// nobody else gets them.
	BaseURL string
	APIKey  string
	Headers map[string]string
	// CAPEM is trusted beside the system's authorities.
	CAPEM              []byte
	InsecureSkipVerify bool
	// Dial reaches the server; nil is the network.
	Dial  func(ctx context.Context, network, addr string) (net.Conn, error)
	Clock event.Clock
	// Emit receives what each read found. Note receives sentences for the user, each once. Both are called by one
	// goroutine. Note may be nil.
	Emit func([]event.Sample)
	Note func(string)
	// Redact goes over every note; it may be nil.
	Redact func(string) string
}

// Scraper reads a server's metrics until Stop. A server that does not answer is noted, and asked again.
type Scraper struct {
	options Options
	client  *http.Client
	cancel  context.CancelFunc
	stop    chan struct{}
	done    chan struct{}
	begun   chan struct{} // closed after the first read
	once    sync.Once

	// What follows is the goroutine's own.
	reads, failures int
	answers         bool            // the last read was answered
	seen            map[string]bool // series that came at least once
}

// Start begins to read. The first read is at once, and the end of ctx is the last of it.
func Start(ctx context.Context, o Options) *Scraper {
	if o.Every <= 0 {
		o.Every = every
	}
	if o.Redact == nil {
		o.Redact = func(s string) string { return s }
	}
	if o.Note == nil {
		o.Note = func(string) {}
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &Scraper{
		options: o, client: newClient(&o), cancel: cancel, stop: make(chan struct{}), done: make(chan struct{}),
		begun: make(chan struct{}), seen: map[string]bool{},
	}
	go s.run(ctx)
	return s
}

// Begun returns when the first read has ended, so that what follows comes after it: after a second at the latest.
func (s *Scraper) Begun() {
	patience := time.NewTimer(firstWait)
	defer patience.Stop()
	select {
	case <-s.begun:
	case <-patience.C:
	}
}

// Stop reads once more where the server answers, and returns when nothing of the scraper is left: after a second at the
// latest.
func (s *Scraper) Stop() {
	s.once.Do(func() {
		close(s.stop)
		impatience := time.AfterFunc(lastWait, s.cancel)
		<-s.done
		impatience.Stop()
		s.cancel()
	})
}

func (s *Scraper) run(ctx context.Context) {
	defer close(s.done)
	defer s.client.CloseIdleConnections()
	ticker := time.NewTicker(s.options.Every)
	defer ticker.Stop()
	s.read(ctx)
	close(s.begun)
	for {
		select {
		case <-ctx.Done():
			s.conclude()
			return
		case <-s.stop:
			if s.answers {
				s.read(ctx)
			}
			s.conclude()
			return
		case <-ticker.C:
			s.read(ctx)
		}
	}
}

// read asks once and hands on what came.
func (s *Scraper) read(ctx context.Context) {
	f, err := s.get(ctx)
	if ctx.Err() != nil {
		return // the run has ended, not the server
	}
	s.reads++
	s.answers = err == nil
	if err != nil {
		s.failures++
		if s.failures == 1 {
			s.note("its metrics cannot be read: %v (GET %s). The run goes on.", err, shown(s.options.URL))
		}
		return
	}
	if samples := s.samples(f); len(samples) > 0 {
		s.options.Emit(samples)
	}
}

func (s *Scraper) get(ctx context.Context) (families, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.options.URL, nil)
	if err != nil {
		return nil, errors.New("metrics_url is no URL")
	}
	req.Header.Set("Accept", "text/plain;version=0.0.4")
	if sameOrigin(s.options.URL, s.options.BaseURL) {
		if s.options.APIKey != "" {
			req.Header.Set("Authorization", "Bearer "+s.options.APIKey)
		}
		for name, value := range s.options.Headers {
			req.Header.Set(name, value)
		}
	}
	res, err := s.client.Do(req)
	if err != nil {
		return nil, cause(err)
	}
	defer res.Body.Close()
	f, err := readResponse(res)
	if err != nil {
		return nil, cause(err)
	}
	return f, nil
}

// cause is what went wrong without the URL, whose query may be secret.
func cause(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %s", timeout)
	}
	return err
}

func (s *Scraper) samples(f families) []event.Sample {
	now := s.options.Clock.Now()
	var samples []event.Sample
	add := func(name string, v float64, ok bool) {
		if ok {
			s.seen[name] = true
			samples = append(samples, event.Sample{At: now, Endpoint: s.options.Endpoint, Series: name, Value: v})
		}
	}
	for _, row := range metric.ServerTable {
		v, ok := f.known(row)
		add(row.Name, v, ok)
	}
	for _, name := range s.options.Series {
		if _, known := metric.LookupServer(name); !known {
			v, ok := f.value(name, metric.Sum)
			add(name, v, ok)
		}
	}
	return samples
}

// conclude notes what was missing.
func (s *Scraper) conclude() {
	if s.failures == s.reads {
		return // noted at the first, or never asked
	}
	if s.failures > 0 {
		s.note("%d of %d reads of its metrics failed.", s.failures, s.reads)
	}
	var missing []string
	for _, name := range s.options.Series {
		if !s.seen[name] {
			missing = append(missing, name)
		}
	}
	switch {
	case len(missing) > 0:
		s.note("its metrics have no series %s (GET %s).", strings.Join(missing, ", "), shown(s.options.URL))
	case len(s.seen) == 0:
		s.note("its metrics have none of the series that aimbench help metrics lists (GET %s).", shown(s.options.URL))
	}
}

func (s *Scraper) note(format string, args ...any) {
	s.options.Note(s.options.Redact(fmt.Sprintf("endpoint %q: ", s.options.Endpoint) + fmt.Sprintf(format, args...)))
}

// shown is a URL without what may be secret in it.
func shown(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "metrics_url"
	}
	u.RawQuery, u.Fragment = "", ""
	return u.Redacted()
}

// sameOrigin reports whether two URLs lead to the same server.
func sameOrigin(a, b string) bool {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	return errX == nil && errY == nil && x.Scheme == y.Scheme && strings.EqualFold(x.Hostname(), y.Hostname()) && port(x) == port(y)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// newClient makes a client that shares no connections, follows no redirects, so that no header goes astray, and asks for
// no compression, so that the bound of a body is one of memory.
func newClient(o *Options) *http.Client {
	dial := o.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: timeout}).DialContext
	}
	security := &tls.Config{InsecureSkipVerify: o.InsecureSkipVerify} //nolint:gosec // asked for by the scenario
	if len(o.CAPEM) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		pool.AppendCertsFromPEM(o.CAPEM)
		security.RootCAs = pool
	}
	proxy := httpproxy.FromEnvironment().ProxyFunc()
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:       func(r *http.Request) (*url.URL, error) { return proxy(r.URL) },
			DialContext: dial, TLSClientConfig: security, TLSHandshakeTimeout: timeout, DisableCompression: true,
			MaxResponseHeaderBytes: 1 << 20, IdleConnTimeout: 90 * time.Second,
		},
	}
}

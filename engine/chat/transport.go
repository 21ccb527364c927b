package chat

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/net/http/httpproxy"

	"aimbench/engine/chat/stamp"
	"aimbench/engine/event"
)

// The bounds of what the transport does on its own.
const (
	// idleConnection is how long an unused connection is kept. Servers that keep it for a shorter time close it.
	idleConnection = 90 * time.Second
	// dialAnyway bounds a dial where no time-out to connect is set.
	dialAnyway = 30 * time.Second
	// dialGrace lets the request's own time-out to connect, which has a class, come first.
	dialGrace = time.Second
	// readBuffer holds a chunk or a few of a stream, and writeBuffer a request with a short prompt. Each connection has both,
	// so that thousands of streams fit into a small machine; what is longer passes them by.
	readBuffer  = 1 << 10
	writeBuffer = 1 << 10
	// responseHeader bounds the size of a response's header.
	responseHeader = 1 << 20
)

// newTransport makes the client's own transport: it shares no connections, follows no redirects and asks for no
// compression.
func newTransport(config *Config, scheme string, clock event.Clock, stamps *stamp.Clock, pulse *stamp.Pulse, security *tls.Config) *http.Transport {
	limit := dialAnyway
	if config.Timeouts.Connect > 0 {
		limit = config.Timeouts.Connect + dialGrace
	}
	proxy := httpproxy.FromEnvironment().ProxyFunc()
	protocols := new(http.Protocols)
	switch {
	case config.HTTP != 2:
		protocols.SetHTTP1(true)
	case scheme == "https":
		protocols.SetHTTP2(true)
	default:
		protocols.SetUnencryptedHTTP2(true)
	}
	return &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) { return proxy(r.URL) },
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			var dialed atomic.Int64
			dialed.Store(int64(clock.Now()))
			dial := config.Dial
			if dial == nil {
				dialer := net.Dialer{Timeout: limit, KeepAlive: 15 * time.Second}
				dialer.Control = func(string, string, syscall.RawConn) error {
					dialed.Store(int64(clock.Now())) // to get a socket can take long: some 10 ms for the 256th descriptor
					return nil
				}
				dial = dialer.DialContext
			}
			inner, err := dial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			passed := event.Instant(pulse.Passed())
			return &conn{
				Conn: stamp.Wrap(inner, stamps, pulse, config.kernelClock()), clock: clock,
				dialed: event.Instant(dialed.Load()), passed: passed,
			}, nil
		},
		TLSClientConfig:        security,
		TLSHandshakeTimeout:    limit,
		DisableKeepAlives:      config.NewConnections,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    1 << 20, // every user's connection is kept, however many there are
		IdleConnTimeout:        idleConnection,
		ReadBufferSize:         readBuffer,
		WriteBufferSize:        writeBuffer,
		MaxResponseHeaderBytes: responseHeader,
		Protocols:              protocols,
	}
}

// newAuthorities adds the PEM certificates to the system's; nil means the system's alone.
func newAuthorities(pem []byte) (*x509.CertPool, error) {
	if len(pem) == 0 {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a machine without roots: the given ones are all there is
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("it holds no certificate")
	}
	return pool, nil
}

// kernelClock reports whether arrivals are stamped by the kernel. What a Dial of the caller's own brings is not known.
func (config *Config) kernelClock() bool {
	return config.HTTP != 2 && config.Dial == nil && stamp.Supported()
}

// conn is a connection that stamps its reads, and knows when its last write began.
type conn struct {
	*stamp.Conn
	clock event.Clock
	wrote atomic.Int64 // an event.Instant
	// It was asked for at dialed, and came after passed, as far as the pulse tells.
	dialed, passed event.Instant
}

// Write stamps and writes.
func (c *conn) Write(b []byte) (int, error) {
	c.wrote.Store(int64(c.clock.Now()))
	return c.Conn.Write(b)
}

// below finds the conn under a connection of the transport.
func below(outer net.Conn) *conn {
	if secured, ok := outer.(*tls.Conn); ok {
		outer = secured.NetConn()
	}
	inner, _ := outer.(*conn)
	return inner
}

// Package listen serves HTTP from within this process, on an address or without a network: what the simulators of
// endpoint and robot are listened to with.
package listen

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// headerTimeout is how long a client may take for its headers.
const headerTimeout = 30 * time.Second

// Listening is a server that takes connections. Close ends it, and with it the contexts of all requests: also of those
// that took over their connection, as WebSockets do.
type Listening struct {
	url    string
	server *http.Server
	cancel context.CancelFunc
	stop   func() bool
	served chan error
	once   sync.Once
	err    error

	mu       sync.Mutex
	closing  bool // no request may begin
	handling sync.WaitGroup
}

// Start serves h on addr, or on a free port of the loopback interface where addr is empty, until ctx ends or Close.
func Start(ctx context.Context, addr string, h http.Handler) (*Listening, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	return Serve(ctx, listener, h), nil
}

// Serve serves h on a listener, which it closes in the end. It speaks HTTP/1.1, and HTTP/2 to clients that begin with
// it.
func Serve(ctx context.Context, listener net.Listener, h http.Handler) *Listening {
	l := &Listening{url: "http://" + listener.Addr().String(), served: make(chan error, 1)}
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	l.cancel = cancel
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	l.server = &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.handle(h, w, r) }),
		ReadHeaderTimeout: headerTimeout,
		BaseContext:       func(net.Listener) context.Context { return base },
		Protocols:         &protocols,
		ErrorLog:          log.New(discard{}, "", 0), // clients that leave are no news
	}
	go func() { l.served <- l.server.Serve(listener) }()
	l.stop = context.AfterFunc(ctx, func() { _ = l.Close() }) // whoever calls Close gets the error too
	return l
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// handle lets Close wait for the requests in service.
func (l *Listening) handle(h http.Handler, w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	if l.closing {
		l.mu.Unlock()
		panic(http.ErrAbortHandler)
	}
	l.handling.Add(1)
	l.mu.Unlock()
	defer l.handling.Done()
	h.ServeHTTP(w, r)
}

// URL is the address of the server, without a path.
func (l *Listening) URL() string { return l.url }

// Close cuts the connections and waits until nothing is served any more.
func (l *Listening) Close() error {
	l.once.Do(func() {
		l.stop()
		l.cancel()
		l.err = l.server.Close()
		if err := <-l.served; !errors.Is(err, http.ErrServerClosed) {
			l.err = errors.Join(l.err, err)
		}
		l.mu.Lock()
		l.closing = true
		l.mu.Unlock()
		l.handling.Wait()
	})
	return l.err
}

package listen

import (
	"context"
	"net"
	"sync"
	"syscall"
)

// Memory is a network of one listener without the operating system, so that it also works where time is simulated: in a
// testing/synctest bubble, make it and use it in the same one. The listener's address may be dialled by any name.
func Memory() (net.Listener, func(ctx context.Context, network, address string) (net.Conn, error)) {
	m := &memory{arrivals: make(chan net.Conn), closed: make(chan struct{})}
	return m, m.dial
}

type memory struct {
	arrivals chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

// memoryAddr is the address of both ends of every connection.
type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "memory:80" }

// Accept waits for a connection.
func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.arrivals:
		return c, nil
	case <-m.closed:
		return nil, &net.OpError{Op: "accept", Net: "memory", Addr: memoryAddr{}, Err: net.ErrClosed}
	}
}

// Close refuses further connections; those that are open stay so.
func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

// Addr is a name to dial.
func (m *memory) Addr() net.Addr { return memoryAddr{} }

func (m *memory) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	failed := func(err error) error {
		return &net.OpError{Op: "dial", Net: "memory", Addr: memoryAddr{}, Err: err}
	}
	select {
	case <-m.closed:
		return nil, failed(syscall.ECONNREFUSED)
	default:
	}
	here, there := pair()
	select {
	case m.arrivals <- there:
		return here, nil
	case <-m.closed:
		return nil, failed(syscall.ECONNREFUSED)
	case <-ctx.Done():
		return nil, failed(ctx.Err())
	}
}

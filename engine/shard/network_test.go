package shard_test

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"aimbench/engine/listen"
)

// network is one in memory that can be cut, so that what is sent waits, and that takes its time.
type network struct {
	*testing.T
	up net.Listener
	to func(ctx context.Context, network, addr string) (net.Conn, error)

	mu    sync.Mutex
	cut   bool
	delay time.Duration // of what followers send
	open  []net.Conn
	mends chan struct{}
}

func newNetwork(t *testing.T) *network {
	n := &network{T: t, mends: make(chan struct{})}
	n.up, n.to = listen.Memory()
	return n
}

// dial reaches the leader over the network.
func (n *network) dial(ctx context.Context, where, addr string) (net.Conn, error) {
	n.mu.Lock()
	cut := n.cut
	n.mu.Unlock()
	if cut {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	up, err := n.to(ctx, where, addr)
	if err != nil {
		return nil, err
	}
	here, dial := listen.Memory()
	accepted := make(chan net.Conn)
	go func() {
		c, _ := here.Accept() // dial takes it
		accepted <- c
	}()
	mine, err := dial(ctx, where, addr)
	theirs := <-accepted
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	n.open = append(n.open, up, theirs)
	n.mu.Unlock()
	go n.carry(up, theirs, true)
	go n.carry(theirs, up, false)
	return mine, nil
}

// carry takes what one end sends to the other.
func (n *network) carry(to, from net.Conn, late bool) {
	defer to.Close()
	buffer := make([]byte, 64<<10)
	for {
		k, err := from.Read(buffer)
		if err != nil {
			return
		}
		for {
			n.mu.Lock()
			cut, mends, delay := n.cut, n.mends, n.delay
			n.mu.Unlock()
			if !cut {
				if late {
					time.Sleep(delay)
				}
				break
			}
			<-mends
		}
		if _, err := to.Write(buffer[:k]); err != nil {
			_, _ = io.Copy(io.Discard, from)
			return
		}
	}
}

// set cuts the network, or mends it.
func (n *network) set(cut bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cut && !cut {
		close(n.mends)
		n.mends = make(chan struct{})
	}
	n.cut = cut
}

// close ends all connections.
func (n *network) close() {
	n.set(false)
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.open {
		_ = c.Close()
	}
	n.open = nil
}

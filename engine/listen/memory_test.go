package listen

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/nettest"
)

// The standard library's own idea of what a connection must do.
func TestMemoryIsAConnection(t *testing.T) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		a, b := pair()
		return a, b, func() { a.Close(); b.Close() }, nil
	})
}

func TestMemoryDials(t *testing.T) {
	listener, dial := Memory()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := dial(ctx, "tcp", "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody accepts: %v", err)
	}
	if err := listener.Close(); err != nil {
		t.Error(err)
	}
	if _, err := dial(t.Context(), "tcp", "x"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("closed: %v", err)
	}
	if _, err := listener.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestMemoryReset(t *testing.T) {
	a, b := pair()
	defer a.Close()
	if err := b.SetLinger(0); err != nil {
		t.Fatal(err)
	}
	_, _ = b.Write([]byte("so far"))
	b.Close()
	got, err := io.ReadAll(a)
	if string(got) != "so far" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := a.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("writing to it: %v", err)
	}
}

// A deadline ends a read in simulated time, and one that was lifted does not.
func TestMemoryDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := pair()
		defer a.Close()
		defer b.Close()
		begun := time.Now()
		_ = a.SetReadDeadline(begun.Add(time.Minute))
		_, err := a.Read(make([]byte, 1))
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() || time.Since(begun) != time.Minute {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		_ = a.SetReadDeadline(time.Now().Add(time.Minute))
		_ = a.SetReadDeadline(time.Time{})
		go func() {
			time.Sleep(time.Hour)
			_, _ = b.Write([]byte("x"))
		}()
		if n, err := a.Read(make([]byte, 1)); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
}

package simulate

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
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

// On a real connection too, resets and half-closes reach the client as such.
func TestStartOnLoopback(t *testing.T) {
	for kind, want := range map[Kind]string{
		"": "", Reset: "connection reset", HalfClose: "unexpected EOF", ResetAfterDone: "connection reset",
	} {
		l, err := Start(t.Context(), "", New(Config{Faults: []Fault{{Kind: kind, Share: 1, After: 1}}}))
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Transport: &http.Transport{}}
		response, err := client.Post(l.URL()+"/v1/chat/completions", "application/json", strings.NewReader(asking(3, 1)))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", kind, err)
		}
		if done := strings.Contains(string(body), "[DONE]"); done != (kind == "" || kind == ResetAfterDone) {
			t.Errorf("%s: %q", kind, body)
		}
		client.CloseIdleConnections()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := Start(t.Context(), "256.0.0.1:0", New(Config{})); err == nil {
		t.Error("an address that is none was taken")
	}
}

// Over HTTP/2 a stream that breaks ends with an error, and the connection goes on.
func TestHTTP2(t *testing.T) {
	l, err := Start(t.Context(), "127.0.0.1:0", New(Config{Faults: []Fault{{Kind: Reset, Share: 1, After: 1}}}))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	client := &http.Client{Transport: &http.Transport{Protocols: &protocols}}
	defer client.CloseIdleConnections()
	response, err := client.Post(l.URL()+"/v1/chat/completions", "application/json", strings.NewReader(asking(3, 1)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(response.Body)
	response.Body.Close()
	if response.ProtoMajor != 2 || err == nil {
		t.Errorf("%s: %v", response.Proto, err)
	}
	if response, err = client.Get(l.URL() + "/v1/models"); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("the connection did not go on: %v", err)
	} else {
		response.Body.Close()
	}
}

package shard_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/shard"
)

// meeting is a leader of two shards in a bubble.
func meeting(t *testing.T, do func(t *testing.T, n *network, l *shard.Leader, o shard.FollowerOptions, c *cluster)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n, c := newNetwork(t), &cluster{}
		defer n.close()
		l, err := shard.Lead(n.up, shard.LeaderOptions{
			Of: 2, Token: token, Version: "v1", Plan: []byte(`{"rate":1}`), Clock: event.NewClock(), Note: c.note, Wait: 20 * time.Second,
			Open: func(int, string) ([]byte, error) { return nil, errors.New("it lies outside") },
		})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		l.Deliver(func(int, shard.Part) error { return nil })
		o := shard.FollowerOptions{Place: shard.Place{Index: 1, Of: 2}, Leader: "leader:1", Token: token, Version: "v1", Dial: n.dial, Wait: 3 * time.Second}
		do(t, n, l, o, c)
	})
}

// Who does not fit is told why, at both ends, and the run waits on.
func TestWhoDoesNotFitIsRefused(t *testing.T) {
	for _, c := range []struct {
		change      func(*shard.FollowerOptions)
		told, noted string
	}{
		{func(o *shard.FollowerOptions) { o.Token = []byte("another token, as long") }, "has another token", "has another token"},
		{func(o *shard.FollowerOptions) { o.Version = "v2" }, `is aimbench "v1", and this is v2`, `shard 1 is aimbench "v2", and this is v1`},
		{func(o *shard.FollowerOptions) { o.Place = shard.Place{Index: 1, Of: 3} }, `has shards of "2", and this is 1/3`, "shard 1 of 3, and here are 2"},
	} {
		meeting(t, func(t *testing.T, _ *network, _ *shard.Leader, o shard.FollowerOptions, notes *cluster) {
			right := o
			c.change(&o)
			if _, err := shard.Join(t.Context(), o); !errors.Is(err, shard.ErrRefused) || !strings.Contains(err.Error(), c.told) {
				t.Errorf("want %s: %v", c.told, err)
			}
			synctest.Wait() // the leader notes it after it has told
			if !notes.noted(c.noted) {
				t.Errorf("want %s: %q", c.noted, notes.notes)
			}
			f, err := shard.Join(t.Context(), right)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Open(0, "../secret"); err == nil || err.Error() != "it lies outside" {
				t.Errorf("%v", err)
			}
			f.Leave("the test is over")
		})
	}
}

// A process that makes another plan takes no part: the leader's plan is the run's.
func TestAnotherPlan(t *testing.T) {
	meeting(t, func(t *testing.T, _ *network, l *shard.Leader, o shard.FollowerOptions, _ *cluster) {
		f, err := shard.Join(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		f.Ready([]byte(`{"rate":2}`), nil)
		failed := make(chan error)
		go func() {
			_, err := f.Begin(t.Context(), "")
			failed <- err
		}()
		if _, err := l.Begin(t.Context(), ""); err == nil || err.Error() != "1 of 2 shards were ready, and 2 are needed" {
			t.Errorf("%v", err)
		}
		if err := <-failed; !errors.Is(err, shard.ErrRefused) || !strings.Contains(err.Error(), "rate is 1 at the leader's, 2 there") {
			t.Errorf("%v", err)
		}
	})
}

// A process that takes the place of one that ran may not come in, and one that finds its leader replaced goes.
func TestAReplacedProcess(t *testing.T) {
	meeting(t, func(t *testing.T, _ *network, l *shard.Leader, o shard.FollowerOptions, _ *cluster) {
		f, err := shard.Join(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := shard.Join(t.Context(), o); !errors.Is(err, shard.ErrLost) || !strings.Contains(err.Error(), "has a shard 1 already") {
			t.Errorf("before the run: %v", err)
		}
		f.Ready([]byte(`{"rate":1}`), func() (shard.Part, bool, error) { return shard.Part{}, false, nil })
		go func() { _, _ = f.Begin(t.Context(), "") }()
		if _, err := l.Begin(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		if _, err := shard.Join(t.Context(), o); !errors.Is(err, shard.ErrLost) || !strings.Contains(err.Error(), "goes on without") {
			t.Errorf("in the run: %v", err)
		}
		f.Leave("the test is over")
	})
}

// The leader that comes in the place of one that led knows nothing of the run: it is lost.
func TestALeaderIsRestarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := newNetwork(t), newNetwork(t)
		defer first.close()
		defer second.close()
		options := shard.LeaderOptions{Of: 2, Token: token, Version: "v1", Plan: []byte(`{}`), Clock: event.NewClock()}
		old, err := shard.Lead(first.up, options)
		if err != nil {
			t.Fatal(err)
		}
		at := first
		f, err := shard.Join(t.Context(), shard.FollowerOptions{
			Place: shard.Place{Index: 1, Of: 2}, Token: token, Version: "v1", Dial: func(ctx context.Context, network, addr string) (net.Conn, error) { return at.dial(ctx, network, addr) },
		})
		if err != nil {
			t.Fatal(err)
		}
		old.Deliver(func(int, shard.Part) error { return nil })
		f.Ready([]byte(`{}`), func() (shard.Part, bool, error) { return shard.Part{}, false, nil })
		go func() { _, _ = f.Begin(t.Context(), "") }()
		if _, err := old.Begin(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		next, err := shard.Lead(second.up, options)
		if err != nil {
			t.Fatal(err)
		}
		defer next.Close()
		at = second
		first.close()
		old.Close()
		<-f.Cut()
		if err := f.Err(); !errors.Is(err, shard.ErrLost) || !strings.Contains(err.Error(), "another leader") {
			t.Errorf("%v", err)
		}
	})
}

// Whatever else comes to the leader's port is let go, and holds nothing up.
func TestStrangersAtThePort(t *testing.T) {
	meeting(t, func(t *testing.T, n *network, _ *shard.Leader, o shard.FollowerOptions, _ *cluster) {
		for _, text := range []string{"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\xff\xff", ""} {
			c, err := n.to(t.Context(), "", "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			for err == nil {
				_, err = c.Read(make([]byte, 1000))
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("%q held the port for %v", text, took)
			}
		}
		c, err := n.to(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		secure := tls.Client(c, &tls.Config{InsecureSkipVerify: true})
		if _, err := secure.Write([]byte(strings.Repeat("nothing that a shard says ", 100))); err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = secure.Read(make([]byte, 1000))
		}
		f, err := shard.Join(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		f.Leave("the test is over")
	})
}

// A leader that takes a follower and hangs up each time is not asked again at once.
func TestALeaderThatHangsUp(t *testing.T) {
	meeting(t, func(t *testing.T, n *network, _ *shard.Leader, o shard.FollowerOptions, _ *cluster) {
		var dialed atomic.Int32
		o.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			dialed.Add(1)
			c, err := n.dial(ctx, network, addr)
			if err == nil {
				time.AfterFunc(time.Millisecond, func() { _ = c.Close() })
			}
			return c, err
		}
		f, err := shard.Join(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if n := dialed.Load(); n < 10 || n > 50 {
			t.Errorf("dialed %d times in 10 s", n)
		}
		f.Leave("the test is over")
	})
}

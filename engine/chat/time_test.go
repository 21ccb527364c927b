package chat

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/event"
)

// pipes is a network in memory whose server handles each request of each connection. In a bubble its sleeps cost no
// time.
func pipes(handle func(conn net.Conn, r *http.Request)) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer there.Close() //nolint:errcheck // a test
			for reader := bufio.NewReader(there); ; {
				r, err := http.ReadRequest(reader)
				if err != nil {
					return
				}
				if _, err := io.Copy(io.Discard, r.Body); err != nil {
					return
				}
				handle(there, r)
			}
		}()
		return here, nil
	}
}

const streamHeader = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

// step is what a server sends after a pause.
type step struct {
	pause time.Duration
	send  string
}

// play sends the steps and closes the connection; it stops where the client has left, or the test is over.
func play(t *testing.T, steps []step) func(net.Conn, *http.Request) {
	return func(conn net.Conn, _ *http.Request) {
		for _, s := range steps {
			if !sleep(t.Context(), s.pause) {
				break
			}
			if _, err := io.WriteString(conn, s.send); err != nil {
				break
			}
		}
		_ = conn.Close()
	}
}

func TestTimeouts(t *testing.T) {
	limits := Timeouts{Connect: time.Second, FirstToken: 10 * time.Second, Idle: 3 * time.Second, Total: time.Minute}
	repeat := func(n int, s step) (all []step) {
		for range n {
			all = append(all, s)
		}
		return all
	}
	for _, tc := range []struct {
		name   string
		limits Timeouts
		steps  []step
		whole  bool
		class  event.Class
		after  time.Duration // from the dispatch until Do returns
	}{
		{"in time", limits, []step{{9 * time.Second, streamHeader + role}, {500 * time.Millisecond, hello}, {2900 * time.Millisecond, stop + ending}}, false, event.OK, 12400 * time.Millisecond},
		{"no header", limits, []step{{time.Hour, streamHeader}}, false, event.TimeoutFirstToken, 10 * time.Second},
		{"no token after the header", limits, []step{{time.Second, streamHeader}, {time.Hour, plain}}, false, event.TimeoutFirstToken, 10 * time.Second},
		{"role-only deltas are no token", limits, append([]step{{time.Second, streamHeader}}, repeat(20, step{time.Second, role})...), false, event.TimeoutFirstToken, 10 * time.Second},
		{"comments do not bring the first token", limits, append([]step{{time.Second, streamHeader}}, repeat(20, step{time.Second, ": hi\n\n"})...), false, event.TimeoutFirstToken, 10 * time.Second},
		{"idle", limits, []step{{time.Second, streamHeader + hello}, {2 * time.Second, world}, {time.Hour, stop}}, false, event.TimeoutIdle, 6 * time.Second},
		{"comments are progress", limits, append(append([]step{{time.Second, streamHeader + hello}}, repeat(10, step{2 * time.Second, ": hi\n\n"})...), step{time.Second, stop + ending}), false, event.OK, 22 * time.Second},
		{"idle without a bound on the first token", Timeouts{Idle: 3 * time.Second}, []step{{time.Minute, streamHeader}, {time.Hour, plain}}, false, event.TimeoutIdle, 63 * time.Second},
		{"total", limits, append([]step{{time.Second, streamHeader}}, repeat(100, step{time.Second, hello})...), false, event.TimeoutTotal, time.Minute},
		{"none", Timeouts{}, []step{{24 * time.Hour, streamHeader}, {24 * time.Hour, plain}}, false, event.OK, 48 * time.Hour},
		{"whole replies have no first token", limits, []step{{50 * time.Second, status("200 OK", "", `{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}`)}}, true, event.OK, 50 * time.Second},
		{"whole, total", limits, []step{{time.Hour, streamHeader}}, true, event.TimeoutTotal, time.Minute},
		{"an error's body that does not come", limits, []step{{0, "HTTP/1.1 500 Oops\r\nContent-Length: 9\r\n\r\n"}, {time.Hour, "x"}}, false, event.TimeoutIdle, 3 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, func(config *Config) { config.Timeouts, config.Dial = tc.limits, pipes(play(t, tc.steps)) })
				time.Sleep(time.Second) // no instant is 0
				request, r, begun := ask(), new(Reply), time.Now()
				request.Stream = !tc.whole
				err := c.Do(t.Context(), request, r)
				if took := time.Since(begun); r.Class != tc.class || (err == nil) != (tc.class == event.OK) || took != tc.after {
					t.Errorf("class %q after %s: %v", r.Class, took, err)
				}
				if err != nil && !strings.Contains(err.Error(), "within") && !strings.Contains(err.Error(), "nothing more for 3s") {
					t.Errorf("the error does not say how long: %v", err)
				}
			})
		})
	}
}

func TestTimeoutToConnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, func(config *Config) {
			config.Timeouts.Connect = time.Second
			config.Dial = func(context.Context, string, string) (net.Conn, error) {
				sleep(t.Context(), time.Hour)
				return nil, errors.New("late")
			}
		})
		time.Sleep(time.Second) // no instant is 0
		var r Reply
		begun := time.Now()
		err := c.Do(t.Context(), ask(), &r)
		if r.Class != event.TimeoutConnect || time.Since(begun) != time.Second || r.Connected.Reached() || r.Sent.Reached() {
			t.Errorf("%v after %s: %+v", err, time.Since(begun), r.Instants)
		}
	})
}

func TestLeaving(t *testing.T) {
	steps := []step{{time.Second, streamHeader + role}, {time.Second, hello}, {time.Second, world}, {time.Second, hello}, {time.Hour, stop + ending}}
	for _, tc := range []struct {
		name   string
		tokens int
		after  time.Duration
		cancel time.Duration
		class  event.Class
		chunks int
		took   time.Duration
	}{
		{"after tokens", 2, 0, 0, event.HungUp, 2, 3 * time.Second},
		{"after a time", 0, 2500 * time.Millisecond, 0, event.HungUp, 1, 2500 * time.Millisecond},
		{"before the header", 0, 500 * time.Millisecond, 0, event.HungUp, 0, 500 * time.Millisecond},
		{"cancelled", 0, 0, 3500 * time.Millisecond, event.Censored, 2, 3500 * time.Millisecond},
		{"cancelled before the header", 0, 0, time.Millisecond, event.Censored, 0, time.Millisecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, func(config *Config) { config.Dial = pipes(play(t, steps)) })
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				time.Sleep(time.Second) // no instant is 0
				request, r, begun := ask(), new(Reply), time.Now()
				if tc.cancel > 0 {
					time.AfterFunc(tc.cancel, cancel)
				}
				request.HangUpAfterTokens, request.HangUpAfter = tc.tokens, tc.after
				err := c.Do(ctx, request, r)
				if r.Class != tc.class || r.Chunks != tc.chunks || time.Since(begun) != tc.took || err == nil {
					t.Errorf("%v: class %q, %d chunks, after %s", err, r.Class, r.Chunks, time.Since(begun))
				}
				if took, _ := r.End.Since(r.Dispatched); took != tc.took {
					t.Errorf("the end is %s after the dispatch", took)
				}
			})
		})
	}
}

// TestInstants holds each instant to the moment at which it happened.
func TestInstants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const s = time.Second
		half := len(world) - 1 // the blank line that ends the event comes later
		dial := pipes(play(t, []step{{1 * s, streamHeader}, {2 * s, ": hi\n\n"}, {3 * s, role}, {4 * s, delta(`"reasoning":"Hm"`)},
			{5 * s, hello}, {6 * s, world[:half]}, {7 * s, world[half:]}, {8 * s, stop + usage}, {9 * s, ending}}))
		c := newClient(t, func(config *Config) {
			config.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
				time.Sleep(s)
				return dial(ctx, network, addr)
			}
		})
		time.Sleep(s)
		var r Reply
		if err := c.Do(t.Context(), ask(), &r); err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			name string
			at   event.Instant
			want time.Duration
		}{
			{"dispatched", r.Dispatched, 1 * s}, {"connected", r.Connected, 2 * s}, {"sent", r.Sent, 2 * s}, {"headers", r.Headers, 3 * s},
			{"first event", r.FirstEvent, 8 * s}, {"first token", r.FirstToken, 12 * s}, {"first answer", r.FirstAnswer, 17 * s},
			{"last token", r.LastToken, 23 * s}, {"end", r.End, 47 * s},
			{"first chunk", r.Arrivals[0], 12 * s}, {"second chunk", r.Arrivals[1], 17 * s}, {"third chunk", r.Arrivals[2], 23 * s},
		} {
			if time.Duration(tc.at) != tc.want {
				t.Errorf("%s: %s, want %s", tc.name, time.Duration(tc.at), tc.want)
			}
		}
		if r.Reused || len(r.Arrivals) != 3 {
			t.Errorf("reused %v, %d arrivals", r.Reused, len(r.Arrivals))
		}
	})
}

func TestRetries(t *testing.T) {
	good := streamHeader + plain
	busy := "HTTP/1.1 429 Busy\r\nContent-Length: 0\r\nRetry-After: 5\r\n\r\n"
	down := "HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n"
	for _, tc := range []struct {
		name    string
		retries int
		limits  Timeouts
		replies []string // one a request; the last for all further ones
		class   event.Class
		asked   int
		took    time.Duration
	}{
		{"none asked for", 0, Timeouts{}, []string{busy, good}, event.HTTP429, 1, 0},
		{"429 then good", 2, Timeouts{}, []string{busy, good}, event.OK, 2, 5 * time.Second},
		{"503 twice, then good", 2, Timeouts{}, []string{down, down, good}, event.OK, 3, 750 * time.Millisecond},
		{"given up", 2, Timeouts{}, []string{down}, event.HTTP5xx, 3, 750 * time.Millisecond},
		{"Retry-After is capped", 1, Timeouts{}, []string{"HTTP/1.1 429 Busy\r\nContent-Length: 0\r\nRetry-After: 86400\r\n\r\n", good}, event.OK, 2, longestRetryAfter},
		{"no wait past the total", 3, Timeouts{Total: 4 * time.Second}, []string{busy, good}, event.HTTP429, 1, 0},
		{"not for 400", 3, Timeouts{}, []string{"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n", good}, event.HTTP4xx, 1, 0},
		{"not for a broken stream", 3, Timeouts{}, []string{streamHeader + hello, good}, event.StreamTruncated, 1, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				c := newClient(t, func(config *Config) {
					config.Retries, config.Timeouts = tc.retries, tc.limits
					config.Dial = pipes(func(conn net.Conn, r *http.Request) {
						reply := tc.replies[min(asked, len(tc.replies)-1)]
						asked++
						_, _ = io.WriteString(conn, reply)
						if strings.HasPrefix(reply, streamHeader) {
							_ = conn.Close()
						}
					})
				})
				time.Sleep(time.Second) // no instant is 0
				var r Reply
				begun := time.Now()
				err := c.Do(t.Context(), ask(), &r)
				if r.Class != tc.class || asked != tc.asked || r.Retries != tc.asked-1 || time.Since(begun) != tc.took {
					t.Errorf("%v: class %q, asked %d times, %d retries, after %s", err, r.Class, asked, r.Retries, time.Since(begun))
				}
			})
		})
	}
}

func TestRetriesOfDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serve, dials := pipes(play(t, []step{{0, streamHeader + plain}})), 0
		c := newClient(t, func(config *Config) {
			config.Retries = 3
			config.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
				if dials++; dials < 3 {
					return nil, errors.New("no route")
				}
				return serve(ctx, network, addr)
			}
		})
		var r Reply
		if err := c.Do(t.Context(), ask(), &r); err != nil || r.Retries != 2 {
			t.Errorf("%v, %d retries", err, r.Retries)
		}
	})
}

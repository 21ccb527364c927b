package simulate

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/listen"
)

const ms = time.Millisecond

// tokenTimes are the instants at which tokens came.
func tokenTimes(arrivals []arrival) (times []time.Duration) {
	for _, a := range arrivals {
		for range bytes.Count(a.bytes, []byte(`"content":"`)) - bytes.Count(a.bytes, []byte(`"role"`)) {
			times = append(times, a.after)
		}
	}
	return times
}

// ladder is n instants a step apart.
func ladder(first, step time.Duration, n int) (times []time.Duration) {
	for i := range n {
		times = append(times, first+time.Duration(i)*step)
	}
	return times
}

// asking is a streamed request for so many tokens, with a prompt of about so many words.
func asking(tokens, words int) string {
	return fmt.Sprintf(`{"messages":[{"role":"user","content":%q}],"stream":true,"ignore_eos":true,"max_tokens":%d,"stream_options":{"include_usage":true}}`,
		strings.Repeat("word ", words), tokens)
}

// inBubble runs requests side by side, each after a delay, and gives the instants of their tokens counted from the start
// of all.
func inBubble(t *testing.T, config Config, delays []time.Duration, bodies ...string) (times [][]time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		_, dial := start(t, config)
		times = make([][]time.Duration, len(bodies))
		var all sync.WaitGroup
		for i, body := range bodies {
			all.Go(func() {
				time.Sleep(delays[i])
				arrivals, _ := send(t, dial, "/v1/chat/completions", body).read(time.Hour)
				for _, at := range tokenTimes(arrivals) {
					times[i] = append(times[i], at+delays[i])
				}
			})
		}
		all.Wait()
	})
	return times
}

func expectTimes(t *testing.T, got [][]time.Duration, want ...[]time.Duration) {
	t.Helper()
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("request %d: tokens at %v, want %v", i, got[i], want[i])
		}
	}
}

func TestPace(t *testing.T) {
	got := inBubble(t, Config{TTFT: always(180 * ms), ITL: always(12 * ms)}, []time.Duration{0}, asking(5, 3))
	expectTimes(t, got, ladder(180*ms, 12*ms, 5))
}

func TestDrawnPaceRepeats(t *testing.T) {
	config := Config{
		TTFT: func(seed uint64) time.Duration { return time.Duration(seed%200) * ms },
		ITL:  func(seed uint64) time.Duration { return time.Duration(seed%20)*ms - 2*ms },
		Seed: 3,
	}
	one := inBubble(t, config, []time.Duration{0}, asking(30, 3))
	expectTimes(t, inBubble(t, config, []time.Duration{0}, asking(30, 3)), one[0])
	config.Seed = 4
	if other := inBubble(t, config, []time.Duration{0}, asking(30, 3)); slices.Equal(one[0], other[0]) {
		t.Error("another seed gave the same instants")
	}
	if !slices.IsSorted(one[0]) || len(one[0]) != 30 {
		t.Errorf("%v", one[0])
	}
}

func TestPrefillIsPaidByTheToken(t *testing.T) {
	// 100 words and the one space at the end, 6 tokens of the template, and the two marks around the assistant's turn.
	got := inBubble(t, Config{TTFT: always(100 * ms), Prefill: always(ms)}, []time.Duration{0}, asking(1, 100))
	expectTimes(t, got, []time.Duration{208 * ms})
}

func TestCachedPrefixCostsNothing(t *testing.T) {
	config := Config{Prefill: always(ms), Cache: true}
	// Of the 108 tokens of the second, 6 blocks of 16 are known.
	got := inBubble(t, config, []time.Duration{0, time.Second}, asking(1, 100), asking(1, 100))
	expectTimes(t, got, []time.Duration{108 * ms}, []time.Duration{time.Second + 12*ms})
	config.Cache = false
	got = inBubble(t, config, []time.Duration{0, time.Second}, asking(1, 100), asking(1, 100))
	expectTimes(t, got, []time.Duration{108 * ms}, []time.Duration{time.Second + 108*ms})
}

// The next turn's prompt begins with what was said before, so that only what is new costs.
func TestCacheKnowsTheReplyToo(t *testing.T) {
	s := New(Config{Cache: true, Replies: []Reply{{Text: strings.Repeat("word ", 160)}}})
	first := talk("user: Tell me.", "")
	reply := saidTo(t, s, first)
	w := ask(s, http.MethodPost, "/v1/chat/completions", fmt.Sprintf(
		`{"messages":[{"role":"user","content":"Tell me."},{"role":"assistant","content":%q},{"role":"user","content":"More."}]}`, reply))
	if !strings.Contains(w.Body.String(), `"cached_tokens":160`) {
		t.Errorf("%.300s", w.Body.String()[max(0, w.Body.Len()-200):])
	}
}

func TestCacheForgetsWhatWasUsedLongestAgo(t *testing.T) {
	c := newCache(true)
	c.add([]uint64{1, 2})
	for i := range uint64(poolBlocks - 2) {
		c.add([]uint64{1, 100 + i})
	}
	c.add([]uint64{99})
	if c.hit([]uint64{1}, 100) == 0 || c.hit([]uint64{2}, 100) != 0 || c.hit([]uint64{99}, 100) == 0 {
		t.Error("the block that was not used since the start is the one to forget")
	}
	if c.used.Len() != poolBlocks || len(c.known) != poolBlocks {
		t.Errorf("%d, %d blocks", c.used.Len(), len(c.known))
	}
}

func TestSlotsQueueInOrder(t *testing.T) {
	config := Config{TTFT: always(100 * ms), ITL: always(10 * ms), Slots: 2}
	got := inBubble(t, config, []time.Duration{0, 1 * ms, 2 * ms, 3 * ms}, asking(11, 1), asking(1, 1), asking(1, 1), asking(1, 1))
	expectTimes(t, got,
		ladder(100*ms, 10*ms, 11),        // holds its slot until 200 ms
		[]time.Duration{101 * ms},        // and this one until 101 ms
		[]time.Duration{201 * ms},        // then this one has it
		[]time.Duration{200*ms + 100*ms}) // and this one has the first's
}

func TestBatchSlowsTokensDown(t *testing.T) {
	config := Config{TTFT: always(100 * ms), ITL: always(10 * ms), BatchSlowdown: 0.5}
	got := inBubble(t, config, []time.Duration{0, 20 * ms}, asking(4, 1), asking(4, 1))
	expectTimes(t, got,
		[]time.Duration{100 * ms, 115 * ms, 130 * ms, 145 * ms},
		[]time.Duration{120 * ms, 135 * ms, 150 * ms, 160 * ms}) // alone for its last gap
}

func TestWholeReplyTakesAsLong(t *testing.T) {
	for _, slowdown := range []float64{0, 0.5} {
		synctest.Test(t, func(t *testing.T) {
			_, dial := start(t, Config{TTFT: always(100 * ms), ITL: always(10 * ms), BatchSlowdown: slowdown})
			body := strings.NewReplacer(`"stream":true,`, "", `,"stream_options":{"include_usage":true}`, "").Replace(asking(6, 1))
			arrivals, _ := send(t, dial, "/v1/chat/completions", body).read(time.Hour)
			if len(arrivals) != 1 || arrivals[0].after != 150*ms {
				t.Error(timeline(arrivals, nil))
			}
		})
	}
}

// What a client reads late is late for it, but the tokens after keep their instants.
func TestSlowReaderDelaysNoToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, dial := start(t, Config{TTFT: always(100 * ms), ITL: always(10 * ms), Slots: 1})
		x := send(t, dial, "/v1/chat/completions", asking(1000, 1))
		time.Sleep(5 * time.Second) // the connection holds 64 KiB, about 300 tokens
		arrivals, _ := x.read(time.Hour)
		times := tokenTimes(arrivals)
		if last := times[len(times)-1]; len(times) != 1000 || last != 100*ms+999*10*ms {
			t.Errorf("%d tokens, the last at %v", len(times), last)
		}
		if running, waiting := s.slots.load(); running != 0 || waiting != 0 {
			t.Errorf("%d running, %d waiting", running, waiting)
		}
	})
}

// A client that leaves gives up its slot or its place in the queue at once.
func TestLeavingFreesTheSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, dial := start(t, Config{TTFT: always(time.Second), ITL: always(time.Second), Slots: 1})
		first := send(t, dial, "/v1/chat/completions", asking(100, 1))
		synctest.Wait()
		second := send(t, dial, "/v1/chat/completions", asking(100, 1))
		synctest.Wait()
		third := send(t, dial, "/v1/chat/completions", asking(1, 1))
		synctest.Wait()
		expectLoad(t, s, 1, 2)
		second.conn.Close()
		synctest.Wait()
		expectLoad(t, s, 1, 1)
		time.Sleep(2500 * ms) // the first is in the middle of its reply
		first.conn.Close()
		arrivals, _ := third.read(time.Hour)
		if times := tokenTimes(arrivals); !slices.Equal(times, []time.Duration{3500 * ms}) {
			t.Errorf("the third got its token at %v", times)
		}
		synctest.Wait()
		expectLoad(t, s, 0, 0)
		if body := ask(s, http.MethodGet, "/metrics", "").Body.String(); !strings.Contains(body, `{finished_reason="abort",model_name="aimbench-simulator"} 2`) {
			t.Error("the two that left are not counted as aborted")
		}
	})
}

func expectLoad(t *testing.T, s *Server, running, waiting int) {
	t.Helper()
	if r, w := s.slots.load(); r != running || w != waiting {
		t.Errorf("%d running, %d waiting; want %d and %d", r, w, running, waiting)
	}
}

// A slot that is given at the very moment its taker leaves goes to the next.
func TestSlotIsNotLost(t *testing.T) {
	s := newSlots(1)
	if !s.take(t.Context()) {
		t.Fatal("the first has to wait")
	}
	turn := make(chan struct{})
	s.queue = append(s.queue, turn)
	s.give()
	s.leave(turn)
	if running, waiting := s.load(); running != 0 || waiting != 0 {
		t.Errorf("%d running, %d waiting", running, waiting)
	}
}

// The end of the server ends what it serves.
func TestCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener, dial := listen.Memory()
		ctx, cancel := context.WithCancel(t.Context())
		l := listen.Serve(ctx, listener, New(Config{TTFT: always(time.Hour), Slots: 1}))
		serving := send(t, dial, "/v1/chat/completions", asking(1, 1))
		waiting := send(t, dial, "/v1/chat/completions", asking(1, 1))
		synctest.Wait()
		cancel()
		for _, x := range []*exchange{serving, waiting} {
			if arrivals, end := x.read(time.Hour); len(tokenTimes(arrivals)) > 0 || end == nil {
				t.Error(timeline(arrivals, end))
			}
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if _, err := dial(t.Context(), "tcp", "x"); err == nil {
			t.Error("a closed server took a connection")
		}
	})
}

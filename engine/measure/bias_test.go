package measure

import (
	"math"
	"reflect"
	"testing"
	"time"

	"aimbench/engine/event"
)

// lagged is spoken with its first token stamped up to 40 ms late. It left 90 ms late, making the request took 2 ms more, and
// it may have been sent 3 ms earlier than it was. The write took 1 ms.
func lagged(change func(*event.Turn)) *event.Turn {
	t := spoken()
	t.Requests[0].Dispatched += 2 * ms
	r := &t.Requests[0]
	r.LateBound, r.SendBound, r.WriteBound = 40*time.Millisecond, 3*time.Millisecond, time.Millisecond
	if change != nil {
		change(t)
	}
	return t
}

// Of each metric, the value of the earliest turn differs from the measured one by the bound, and on the side that the
// bound is said to be on.
func TestBias(t *testing.T) {
	for _, c := range []struct {
		what   string
		turn   *event.Turn
		origin event.Origin
		want   map[string]float64 // milliseconds
	}{
		{"from sent", lagged(nil), event.FromSent, map[string]float64{"ttft": 41, "ttfa": 1, "e2e": 1, "tpot": 10}},
		{"from intended", lagged(nil), event.FromIntended, map[string]float64{"ttft": 136, "ttfa": 96, "e2e": 96, "tpot": 10}},
		{"after another attempt", lagged(func(t *event.Turn) { t.Requests[0].Retries = 1 }),
			event.FromIntended, map[string]float64{"ttft": 134, "ttfa": 94, "e2e": 94, "tpot": 10}},
		{"no reasoning", lagged(func(t *event.Turn) { t.Requests[0].FirstAnswer = t.Requests[0].FirstToken }), event.FromSent,
			map[string]float64{"ttft": 41, "ttfa": 41, "e2e": 1, "tpot": 10}},
		{"all in one read", lagged(func(t *event.Turn) {
			t.Requests[0].FirstAnswer, t.Requests[0].LastToken = t.Requests[0].FirstToken, t.Requests[0].FirstToken
		}), event.FromSent, map[string]float64{"ttft": 41, "ttfa": 41, "e2e": 1, "tpot": 10}},
		{"one chunk", lagged(func(t *event.Turn) {
			t.Requests[0].Chunks, t.Requests[0].LastToken, t.Requests[0].Usage.Output = 1, t.Requests[0].FirstToken, 1
		}), event.FromSent, map[string]float64{"ttft": 41, "ttfa": 1, "e2e": 41}},
		{"one token", lagged(func(t *event.Turn) { t.Requests[0].Usage.Output = 1 }), event.FromSent,
			map[string]float64{"ttft": 41, "ttfa": 1, "e2e": 1}},
		{"not streamed", lagged(func(t *event.Turn) { t.Requests[0].Streamed, t.Requests[0].LateBound = false, 0 }), event.FromSent,
			map[string]float64{"ttft": 1, "ttfa": 1, "e2e": 1}},
		{"on time", spoken(), event.FromSent, map[string]float64{"ttft": 0, "ttfa": 0, "e2e": 0, "tpot": 0}},
		{"failed", silent(event.HTTP5xx), event.FromIntended, map[string]float64{}},
		{"dropped", &event.Turn{Class: event.Dropped, Intended: 5, End: 9}, event.FromIntended, map[string]float64{}},
	} {
		t.Run(c.what, func(t *testing.T) {
			b := newBias(c.origin)
			b.add(c.turn)
			stats := b.stats()
			if len(stats) != len(c.want) {
				t.Errorf("bounds of %d metrics, want %d", len(stats), len(c.want))
			}
			var e earliest
			before, after := byName(c.turn, c.origin), byName(e.of(c.turn), c.origin)
			for name, want := range c.want {
				if got := 1e3 * *stats[name].Max; math.Abs(got-want) > 1e-6 {
					t.Errorf("%s: a bound of %v ms, want %v", name, got, want)
				}
				moved := 1e3 * (before[name] - after[name])
				if name == "tpot" {
					moved = -moved
				}
				if math.Abs(moved-want) > 1e-6 {
					t.Errorf("%s: it moves by %v ms, want %v", name, moved, want)
				}
			}
			for _, name := range []string{"schedule_lag", "connect", "icl", "output_tokens"} {
				if before[name] != after[name] {
					t.Errorf("%s: it moves from %v to %v", name, before[name], after[name])
				}
			}
		})
	}
}

func byName(t *event.Turn, o event.Origin) map[string]float64 {
	out := map[string]float64{}
	Values(t, o, func(name string, v Value) { out[name] = v.V })
	return out
}

// The earliest turn is another: the measured one stays as it is.
func TestEarliestLeavesTheTurn(t *testing.T) {
	turn := lagged(func(t *event.Turn) { t.Holds = map[string]bool{"a/b": true} })
	before := CopyTurn(turn, func(s string) string { return s })
	var e earliest
	first := e.of(turn)
	if first.Holds != nil || first.Requests[0].FirstToken >= turn.Requests[0].FirstToken {
		t.Errorf("not the earliest: %+v", first)
	}
	if !reflect.DeepEqual(before, CopyTurn(turn, func(s string) string { return s })) {
		t.Error("the measured turn was changed")
	}
}

func TestBiasMerges(t *testing.T) {
	whole, part, other := newBias(event.FromIntended), newBias(event.FromIntended), newBias(event.FromIntended)
	for i := range 3000 {
		turn := lagged(func(t *event.Turn) {
			t.Requests[0].LateBound = time.Duration(i) * time.Microsecond
			t.Requests[0].OwnFault = i%100 == 0
			t.Requests[0].Arrivals[2] = t.Requests[0].Arrivals[1]
		})
		whole.add(turn)
		if i%3 == 0 {
			part.add(turn)
		} else {
			other.add(turn)
		}
	}
	part.merge(other)
	if !reflect.DeepEqual(part.stats(), whole.stats()) || part.Turns != 3000 || part.Unable != 30 || part.Merged != whole.Merged {
		t.Errorf("%+v, want %+v", part, whole)
	}
	if whole.Chunks != 4*3000 || whole.Merged != 3000 {
		t.Errorf("%d of %d chunks are coalesced", whole.Merged, whole.Chunks)
	}
	if n := whole.Bounds["tpot"].beyond(0.0005); n < 990 || n > 1000 { // late bounds of over 2 ms, as far as a histogram tells
		t.Errorf("%d above the limit", n)
	}
}

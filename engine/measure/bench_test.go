package measure

import (
	"math"
	"testing"

	"aimbench/engine/event"
)

// BenchmarkRecord measures what a turn of 64 chunks costs.
func BenchmarkRecord(b *testing.B) {
	limit := 0.5
	rules := Rules{Origin: event.FromIntended, Loads: twoStages, Objectives: limitOf(Objective{Fn: "p", Metric: "ttft", Q: 95, Confidence: 0.95}, limit, math.NaN())}
	rec := New(rules, nil)
	rec.Windows(twoWindow)
	t := in("low", asked(3*second, 200*ms))
	r := &t.Requests[0]
	r.Arrivals, r.Chunks, r.Usage.Output = nil, 64, 64
	for i := range event.Instant(64) {
		r.Arrivals = append(r.Arrivals, r.FirstToken+i*10*ms)
	}
	b.ReportAllocs()
	for b.Loop() {
		rec.Record(t)
		t.Session++
	}
}

// BenchmarkNow measures what a look at a run costs, which holds up each set for its part of the time.
func BenchmarkNow(b *testing.B) {
	rec := loaded(Rules{Loads: twoStages}, twoWindow)
	for i := range 2000 {
		rec.Record(in("low", asked(2*second+event.Instant(i)*5*ms, 200*ms)))
	}
	for b.Loop() {
		rec.Now()
	}
}

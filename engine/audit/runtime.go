package audit

import (
	"math"
	"runtime/metrics"
)

// runtimeReading is what the Go runtime has counted so far.
type runtimeReading struct {
	scheduler, pauses *metrics.Float64Histogram
	gcCPU, allCPU     float64 // seconds
}

func readRuntime() runtimeReading {
	samples := []metrics.Sample{
		{Name: "/sched/latencies:seconds"}, {Name: "/sched/pauses/total/gc:seconds"},
		{Name: "/cpu/classes/gc/total:cpu-seconds"}, {Name: "/cpu/classes/total:cpu-seconds"},
	}
	metrics.Read(samples)
	histogram := func(s metrics.Sample) *metrics.Float64Histogram {
		if s.Value.Kind() != metrics.KindFloat64Histogram {
			return nil
		}
		return s.Value.Float64Histogram()
	}
	number := func(s metrics.Sample) float64 {
		if s.Value.Kind() != metrics.KindFloat64 {
			return 0
		}
		return s.Value.Float64()
	}
	return runtimeReading{histogram(samples[0]), histogram(samples[1]), number(samples[2]), number(samples[3])}
}

// spreadBetween sums up what was added to a histogram.
func spreadBetween(a, b *metrics.Float64Histogram) *Spread {
	if a == nil || b == nil || len(a.Counts) != len(b.Counts) {
		return nil
	}
	var s Spread
	for i := range b.Counts {
		s.Count += b.Counts[i] - a.Counts[i]
	}
	rank, seen := uint64(math.Ceil(0.99*float64(s.Count))), uint64(0)
	for i := range b.Counts {
		n := b.Counts[i] - a.Counts[i]
		if n == 0 {
			continue
		}
		edge := b.Buckets[i+1]
		if math.IsInf(edge, 1) {
			edge = b.Buckets[i]
		}
		if seen < rank {
			s.P99 = edge
		}
		s.Max = edge
		seen += n
	}
	return &s
}

package telemetry

import (
	"math"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"aimbench/engine/measure"
	"aimbench/engine/metric"
)

const (
	// nativeFactor is the growth from one bucket of a native histogram to the next: a quantile is right within 10 %.
	nativeFactor = 1.1
	// nativeBuckets bounds them, at the cost of resolution.
	nativeBuckets = 160
)

// histograms are a metric's, one a place.
type histograms struct {
	vec *prometheus.HistogramVec
	all []*histogram
}

func newHistograms(row metric.Metric, edges []float64) *histograms {
	help := row.Definition
	if row.Undefined != "" {
		help += "; none where " + row.Undefined
	}
	return &histograms{vec: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: row.Prometheus, Help: help, Buckets: edges,
		NativeHistogramBucketFactor: nativeFactor, NativeHistogramMaxBucketNumber: nativeBuckets,
	}, placeLabels)}
}

// at adds the histogram of a place. It goes before the first Collect.
func (h *histograms) at(labels []string) *histogram {
	child := &histogram{Histogram: h.vec.WithLabelValues(labels...).(prometheus.Histogram)}
	h.all = append(h.all, child)
	return child
}

// Describe and Collect make it a prometheus.Collector.
func (h *histograms) Describe(ch chan<- *prometheus.Desc) { h.vec.Describe(ch) }

// Collect hands out the histograms.
func (h *histograms) Collect(ch chan<- prometheus.Metric) {
	for _, child := range h.all {
		ch <- child
	}
}

// histogram counts values that never came as slower than everything, which is +Inf, and adds to the sum how long they
// were waited for, so that the sum stays a number.
type histogram struct {
	prometheus.Histogram
	sum atomic.Uint64 // bits of a float64
}

func (h *histogram) observe(v measure.Value) {
	if v.Sort == measure.Lost {
		h.Observe(math.Inf(1))
	} else {
		h.Observe(v.V)
	}
	for {
		old := h.sum.Load()
		if h.sum.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+v.V)) {
			return
		}
	}
}

// Write puts the sum that is a number in the place of the one that may not be.
func (h *histogram) Write(m *dto.Metric) error {
	if err := h.Histogram.Write(m); err != nil {
		return err
	}
	sum := math.Float64frombits(h.sum.Load())
	m.Histogram.SampleSum = &sum
	return nil
}

package simulate

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the server's own, under the names that vLLM gives them.
type metrics struct {
	handler                                http.Handler
	success                                *prometheus.CounterVec
	queries, hits, prompt, generated       prometheus.Counter
	ttft, itl, queue, prefill, decode, e2e prometheus.Observer
	blocksInUse                            atomic.Int64
}

// newMetrics makes the metrics of a server on a registry of their own.
func newMetrics(model string, s *Server) *metrics {
	registry := prometheus.NewRegistry()
	labels := prometheus.Labels{"model_name": model}
	m := &metrics{handler: promhttp.HandlerFor(registry, promhttp.HandlerOpts{})}
	gauge := func(name, help string, value func() float64) {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, value))
	}
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels})
		registry.MustRegister(c)
		return c
	}
	seconds := func(name, help string, buckets []float64) prometheus.Observer {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, ConstLabels: labels, Buckets: buckets})
		registry.MustRegister(h)
		return h
	}
	gauge("vllm:num_requests_running", "Requests in service.", func() float64 { n, _ := s.slots.load(); return float64(n) })
	gauge("vllm:num_requests_waiting", "Requests in the queue.", func() float64 { _, n := s.slots.load(); return float64(n) })
	gauge("vllm:kv_cache_usage_perc", "Share of the KV cache that requests in service hold; 1 is all of it.", func() float64 {
		return min(1, float64(m.blocksInUse.Load())/poolBlocks)
	})
	m.queries = counter("vllm:prefix_cache_queries_total", "Tokens looked up in the prefix cache.")
	m.hits = counter("vllm:prefix_cache_hits_total", "Tokens found in the prefix cache.")
	counter("vllm:num_preemptions_total", "Requests that gave up their slot for another; the simulator makes none.")
	m.prompt = counter("vllm:prompt_tokens_total", "Tokens of prompts.")
	m.generated = counter("vllm:generation_tokens_total", "Tokens of replies.")
	m.success = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "vllm:request_success_total", Help: "Requests that ended, by how.", ConstLabels: labels}, []string{"finished_reason"})
	registry.MustRegister(m.success)
	for _, reason := range []string{"stop", "length", "abort"} {
		m.success.WithLabelValues(reason)
	}
	m.ttft = seconds("vllm:time_to_first_token_seconds", "From arrival to the first token.", requestBuckets)
	m.itl = seconds("vllm:inter_token_latency_seconds", "Between tokens of a reply.", tokenBuckets)
	m.queue = seconds("vllm:request_queue_time_seconds", "From arrival to a slot.", requestBuckets)
	m.prefill = seconds("vllm:request_prefill_time_seconds", "From a slot to the first token.", requestBuckets)
	m.decode = seconds("vllm:request_decode_time_seconds", "From the first token to the last.", requestBuckets)
	m.e2e = seconds("vllm:e2e_request_latency_seconds", "From arrival to the last token.", requestBuckets)
	return m
}

var (
	requestBuckets = []float64{0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160}
	tokenBuckets   = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5}
)

// blocksOf is how many blocks of the KV cache a job holds.
func blocksOf(j *job) int64 {
	return int64((j.in + len(j.pieces)*j.choices + blockTokens - 1) / blockTokens)
}

// admitted: a job has its slot.
func (m *metrics) admitted(v *service) {
	m.queue.Observe(v.granted.Sub(v.arrived).Seconds())
	m.prompt.Add(float64(v.in))
	if v.server.config.Cache {
		m.queries.Add(float64(v.in))
		m.hits.Add(float64(v.cached))
	}
	m.blocksInUse.Add(blocksOf(v.job))
}

// first: the first token is due.
func (m *metrics) first(v *service) {
	m.ttft.Observe(v.due.Sub(v.arrived).Seconds())
	m.prefill.Observe(v.due.Sub(v.granted).Seconds())
}

// gap: a further token is due.
func (m *metrics) gap(d time.Duration) { m.itl.Observe(d.Seconds()) }

// ended: a job is over, whether it was served or not.
func (m *metrics) ended(j *job, reason string) {
	if reason == "tool_calls" { // to the engine under the API a tool call is text like any other
		reason = "stop"
	}
	m.success.WithLabelValues(reason).Inc()
}

// served: a job leaves its slot.
func (m *metrics) served(v *service) {
	m.blocksInUse.Add(-blocksOf(v.job))
	m.generated.Add(float64(v.made * v.choices))
	if v.made > 0 {
		m.decode.Observe(v.due.Sub(v.first).Seconds())
		m.e2e.Observe(v.due.Sub(v.arrived).Seconds())
	}
}

package scrape

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"aimbench/engine/metric"
)

func TestKnownSeries(t *testing.T) {
	for _, c := range []struct {
		what, text string
		want       map[string]float64
	}{
		{"nothing", "", nil},
		{"vLLM", `
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{model_name="m"} 3
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{model_name="m"} 7
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{model_name="m"} 0.25
# TYPE vllm:num_preemptions_total counter
vllm:num_preemptions_total{model_name="m"} 2
# TYPE vllm:prefix_cache_queries_total counter
vllm:prefix_cache_queries_total{model_name="m"} 100
# TYPE vllm:prefix_cache_hits_total counter
vllm:prefix_cache_hits_total{model_name="m"} 40
`, map[string]float64{"running": 3, "waiting": 7, "kv_cache": 0.25, "preemptions": 2, "prefix_cache_queries": 100, "prefix_cache_hits": 40}},
		{"older vLLM, counters without _total", `
vllm:gpu_cache_usage_perc 0.5
vllm:num_preemptions 4
vllm:gpu_prefix_cache_queries 10
vllm:gpu_prefix_cache_hits 5
`, map[string]float64{"kv_cache": 0.5, "preemptions": 4, "prefix_cache_queries": 10, "prefix_cache_hits": 5}},
		{"several engines in one server", `
vllm:num_requests_running{engine="0"} 3
vllm:num_requests_running{engine="1"} 4
vllm:kv_cache_usage_perc{engine="0"} 0.9
vllm:kv_cache_usage_perc{engine="1"} 0.1
`, map[string]float64{"running": 7, "kv_cache": 0.9}},
		{"llama.cpp", `
# TYPE llamacpp:prompt_tokens_total counter
llamacpp:prompt_tokens_total 265
# TYPE llamacpp:prompt_tokens_cached_total counter
llamacpp:prompt_tokens_cached_total 324
# TYPE llamacpp:requests_processing gauge
llamacpp:requests_processing 4
# TYPE llamacpp:requests_deferred gauge
llamacpp:requests_deferred 12
`, map[string]float64{"running": 4, "waiting": 12, "prefix_cache_hits": 324, "prefix_cache_queries": 589}},
		{"llama.cpp that does not tell what it had cached", "llamacpp:prompt_tokens_total 265\n", nil},
		{"what is no number is no value", "vllm:num_requests_running NaN\nvllm:num_requests_waiting +Inf\nvllm:kv_cache_usage_perc 1\n",
			map[string]float64{"kv_cache": 1}},
	} {
		f, err := parse(strings.NewReader(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		for _, row := range metric.ServerTable {
			got, ok := f.known(row)
			if want, wanted := c.want[row.Name]; ok != wanted || got != want && ok {
				t.Errorf("%s: %s is %v (%v), want %v (%v)", c.what, row.Name, got, ok, want, wanted)
			}
		}
	}
}

func TestSeriesByName(t *testing.T) {
	f, err := parse(strings.NewReader(`
# TYPE some_counter_total counter
some_counter_total{a="1"} 5
some_counter_total{a="2"} 6
# TYPE bare gauge
bare 7
# TYPE queue_seconds histogram
queue_seconds_bucket{le="1"} 2
queue_seconds_bucket{le="+Inf"} 3
queue_seconds_sum 4.5
queue_seconds_count 3
# TYPE s summary
s{quantile="0.5"} 1
s_sum 9
s_count 2
# TYPE files_count gauge
files_count 11
broken NaN
`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{
		"some_counter_total": 11, "some_counter": 11, "bare": 7, "bare_total": 7, "queue_seconds_sum": 4.5, "queue_seconds_count": 3,
		"s_sum": 9, "s_count": 2, "files_count": 11,
	} {
		if got, ok := f.value(name, metric.Sum); !ok || got != want {
			t.Errorf("%s is %v (%v), want %v", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "_total", "_sum", "absent", "queue_seconds", "queue_seconds_bucket", "s", "broken"} {
		if got, ok := f.value(name, metric.Sum); ok {
			t.Errorf("%q is %v", name, got)
		}
	}
}

func TestReadResponse(t *testing.T) {
	const marker = "text-of-the-server"
	for _, c := range []struct {
		what, kind, body string
		status           int
		want             string // of the error; empty is none
	}{
		{"text", "text/plain; version=0.0.4", "a 1\n", 200, ""},
		{"no kind at all", "", "a 1\n", 200, ""},
		{"OpenMetrics", "application/openmetrics-text", "# TYPE a counter\na_total 1\n# EOF\n", 200, ""},
		{"empty", "text/plain", "", 200, ""},
		{"a page", "text/html; charset=utf-8", "<html>" + marker, 200, "HTML"},
		{"a page that says it is text", "text/plain", "a 1\n<html>" + marker, 200, "line 2"},
		{"cut off", "text/plain", "a 1\nb{x=\"" + marker, 200, "line 2"},
		{"not allowed", "text/plain", marker, 401, "401 Unauthorized"},
		{"moved", "text/plain", marker, 302, "302 Found"},
		{"without end", "text/plain", strings.Repeat("# "+marker+"\n", maxBody/20+1), 200, "longer than 8 MiB"},
	} {
		rec := httptest.NewRecorder()
		rec.Header().Set("Content-Type", c.kind)
		rec.WriteHeader(c.status)
		rec.Body = bytes.NewBufferString(c.body)
		_, err := readResponse(rec.Result())
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.what, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), marker)):
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{a=\"b\"} 3\n"))
	f.Add([]byte("a_bucket{le=\"1\"} 2\na_sum NaN\na_count 1e400\n"))
	f.Add([]byte("{\"quoted name\"} 1 1700000000\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := parse(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, row := range metric.ServerTable {
			got.known(row)
		}
		for name := range got {
			got.value(name, metric.Sum)
		}
	})
}

// A body of the size of vLLM's.
func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	for family := range 40 {
		fmt.Fprintf(&text, "# HELP h%d A histogram.\n# TYPE h%[1]d histogram\n", family)
		for bucket := range 25 {
			fmt.Fprintf(&text, "h%d_bucket{engine=\"0\",le=\"%d\",model_name=\"some/model\"} 12345\n", family, bucket)
		}
	}
	body := text.String()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := parse(strings.NewReader(body)); err != nil {
			b.Fatal(err)
		}
	}
}

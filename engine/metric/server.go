package metric

// Server is one row of the table of a server's own series: what it means, whichever server says it.
type Server struct {
	// Name is how reports and samples call it.
	Name string
	Unit Unit
	// Counter: the value only grows while the server runs, so that what says something is by how much.
	Counter bool
	// Fold says what several label sets of the series come to, such as those of several engines in one server.
	Fold Fold
	// Definition says what is counted.
	Definition string
	// Series are the names that servers give it. Each alternative is one name, or several that are added up; the first
	// that the server has whole is taken. A name stands for the same with and without _total.
	Series [][]string
}

// Fold says how the label sets of one series become one value.
type Fold string

// The folds.
const (
	Sum     Fold = "sum"
	Largest Fold = "largest"
)

// ServerTable is the table of the servers' own series, under the names of vLLM, older vLLM, and llama.cpp.
var ServerTable = []Server{
	{"waiting", Count, false, Sum, "requests in the server's queue",
		[][]string{{"vllm:num_requests_waiting"}, {"llamacpp:requests_deferred"}}},
	{"running", Count, false, Sum, "requests in service",
		[][]string{{"vllm:num_requests_running"}, {"llamacpp:requests_processing"}}},
	{"kv_cache", Share, false, Largest, "share of the KV cache in use; of several engines, the fullest one's",
		[][]string{{"vllm:kv_cache_usage_perc"}, {"vllm:gpu_cache_usage_perc"}, {"llamacpp:kv_cache_usage_ratio"}}},
	{"preemptions", Count, true, Sum, "requests that lost their place to another and started again",
		[][]string{{"vllm:num_preemptions_total"}}},
	{"prefix_cache_hits", Tokens, true, Sum, "tokens of prompts found in the prefix cache",
		[][]string{{"vllm:prefix_cache_hits_total"}, {"vllm:gpu_prefix_cache_hits_total"}, {"llamacpp:prompt_tokens_cached_total"}}},
	{"prefix_cache_queries", Tokens, true, Sum, "tokens of prompts looked up in the prefix cache",
		[][]string{{"vllm:prefix_cache_queries_total"}, {"vllm:gpu_prefix_cache_queries_total"},
			{"llamacpp:prompt_tokens_total", "llamacpp:prompt_tokens_cached_total"}}},
}

// LookupServer finds a row of the ServerTable by name.
func LookupServer(name string) (Server, bool) {
	for _, s := range ServerTable {
		if s.Name == name {
			return s, true
		}
	}
	return Server{}, false
}

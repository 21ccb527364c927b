package measure

import (
	"time"

	"aimbench/engine/audit"
	"aimbench/engine/event"
)

// Summary is what a run came to: what was measured, and the verdict on it.
type Summary struct {
	Verdict  Verdict `json:"verdict"`
	ExitCode int     `json:"exit_code"`
	// Reason says in a few words why.
	Reason    string `json:"reason"`
	Simulated bool   `json:"simulated"`
	// Duration is how long the run took, in seconds.
	Duration float64 `json:"duration"`
	// Origin is where the metrics count latencies from.
	Origin   event.Origin        `json:"origin"`
	Requests Requests            `json:"requests"`
	Errors   map[event.Class]int `json:"errors"`
	// Metrics holds the metrics of turns, requests and chunks that have values, by name.
	Metrics map[string]Stats `json:"metrics"`
	// Rates holds the metrics of the run that are known, a second, by name.
	Rates      map[string]float64 `json:"rates"`
	Objectives []Result           `json:"objectives"`
	Assertions Assertions         `json:"assertions"`
	// Rubrics says what judges said, and what it took. None of it is in any other number.
	Rubrics []Rubric `json:"rubrics,omitempty"`
	// TokenSource says who counted the output tokens: "server", "chunks", "none", or "mixed".
	TokenSource string `json:"token_source"`

	// What follows is of loads only.

	// TokensPerChunk is the mean number of tokens in a chunk; nil where the server did not count tokens.
	TokensPerChunk *float64 `json:"tokens_per_chunk,omitempty"`
	Loads          []Load   `json:"loads,omitempty"`
	Stages         []Stage  `json:"stages,omitempty"`
	// Beside holds ttft, ttfa and e2e from the other origin.
	Beside *Beside `json:"beside,omitempty"`
	// Curves holds the distributions of the metrics in seconds on a percentile axis, by name.
	Curves map[string][]CurvePoint `json:"curves,omitempty"`
	// Series is how the run went over time: all loads together first, then each where there are several.
	Series []Series       `json:"series,omitempty"`
	Server []ServerSeries `json:"server,omitempty"`
	// Checks counts the assertions one by one.
	Checks []Check `json:"checks,omitempty"`
	// Slowest are the turns with the largest ttft and e2e, and Examples the first few of each class of failure, all
	// without the instants of their chunks, and with long texts cut.
	Slowest  []event.Turn `json:"slowest,omitempty"`
	Examples []event.Turn `json:"examples,omitempty"`
	Audit    *Audit       `json:"audit,omitempty"`
}

// Requests counts turns by how they ended.
type Requests struct {
	Offered   int `json:"offered"`
	Succeeded int `json:"succeeded"`
	// Failed includes the failures that the scenario expects.
	Failed   int `json:"failed"`
	Dropped  int `json:"dropped"`
	HungUp   int `json:"hung_up"`
	Censored int `json:"censored"`
	// Unsent counts the turns for which the scenario could not say what to send.
	Unsent int `json:"unsent"`
	// Unexpected counts what breaks a promise: failures that the scenario does not expect, successes where it expects a
	// failure, and turns that could not be sent.
	Unexpected int `json:"unexpected"`
}

// Stats describes a metric's values, in the metric's unit. A nil value is unknown, or slower than everything observed
// where Lost is not 0.
type Stats struct {
	Unit string `json:"unit"`
	// Count includes the lost and the cut.
	Count int64 `json:"count"`
	// Lost counts the values that never came; they rank above all others.
	Lost int64 `json:"lost,omitempty"`
	// Cut counts the values that we did not wait for to the end; they rank at what was waited, or not at all where nothing
	// was seen of them.
	Cut int64 `json:"cut,omitempty"`
	// Above is what a lost value exceeds at least.
	Above *float64 `json:"above,omitempty"`
	Mean  *float64 `json:"mean"`
	P50   *float64 `json:"p50"`
	P90   *float64 `json:"p90"`
	P95   *float64 `json:"p95"`
	P99   *float64 `json:"p99"`
	Max   *float64 `json:"max"`
}

// Stats describes the distribution.
func (d *Distribution) Stats(unit string) Stats {
	s := Stats{Unit: unit, Count: d.Count(), Lost: d.lost, Mean: finite(d.Mean())}
	e := d.early()
	s.P50, s.P90, s.P95 = finite(e.quantile(50)), finite(e.quantile(90)), finite(e.quantile(95))
	s.P99, s.Max = finite(e.quantile(99)), finite(e.quantile(100))
	s.Cut = d.open()
	if d.lost > 0 {
		above := d.Above()
		s.Above = &above
	}
	return s
}

// Ending says how a run came to its end.
type Ending struct {
	// Interrupted: stopped before its end, by a person or by a time limit.
	Interrupted bool `json:"interrupted,omitempty"`
	// Harness is what was seen of the process and its machine during the run.
	Harness audit.Facts `json:"harness"`
	// Shards is what became of the processes that shared the run; nil where there was one.
	Shards *Shards `json:"shards,omitempty"`
	// Aborted are the objectives that ended the run early.
	Aborted []Abort `json:"aborted,omitempty"`
	// Cause says what stopped the run, or kept it from starting, in a few words; it may be empty.
	Cause string `json:"cause,omitempty"`
	// Duration is how long the run took.
	Duration time.Duration `json:"duration_ns"`
}

package measure

import "aimbench/engine/event"

// Series is how a load went over time. The steps double as the run grows, so that there are at most 1,024 points.
type Series struct {
	// Load is empty where the series is that of all loads together.
	Load string `json:"load,omitempty"`
	// Step is the length of each point's interval in seconds.
	Step float64 `json:"step"`
	// Points are in the order of time; an interval in which nothing happened has none.
	Points []Point `json:"points"`
}

// Point is what happened in one interval. Warmup and what came after the windows are in it.
type Point struct {
	// At is the start of the interval, in seconds since the run began.
	At float64 `json:"at"`
	// Offered counts the turns that were wanted in the interval, dropped ones too; Started those that were dispatched.
	Offered int `json:"offered"`
	Started int `json:"started"`
	// These ended in the interval.
	Succeeded int                 `json:"succeeded"`
	Failed    int                 `json:"failed"`
	Dropped   int                 `json:"dropped"`
	HungUp    int                 `json:"hung_up"`
	Errors    map[event.Class]int `json:"errors,omitempty"`
	// InFlight is the mean number of turns on their way.
	InFlight float64 `json:"in_flight"`
	// OutputTokens arrived in the interval; InputTokens are those of the turns that ended in it.
	OutputTokens int `json:"output_tokens"`
	InputTokens  int `json:"input_tokens"`
	// Latency holds ttft, tpot and e2e of the turns that were wanted in the interval, so that a stall shows where it
	// began. The values are rounded to 2 %.
	Latency map[string]Band `json:"latency,omitempty"`
}

// Band is the spread of a latency within an interval, in seconds. A nil value is slower than everything observed.
type Band struct {
	Count int64    `json:"count"`
	Lost  int64    `json:"lost,omitempty"`
	P50   *float64 `json:"p50"`
	P95   *float64 `json:"p95"`
	P99   *float64 `json:"p99"`
	Max   *float64 `json:"max"`
}

// ServerSeries is one of a server's own series, as it was read during the run. There are at most 1,024 points; of what
// was read in one interval of a gauge a point is the mean, and of a counter the last.
type ServerSeries struct {
	Endpoint string        `json:"endpoint"`
	Series   string        `json:"series"`
	Points   []ServerPoint `json:"points"`
	// Max is the largest value that was read.
	Max float64 `json:"max"`
}

// ServerPoint is a value at an instant, in seconds since the run began.
type ServerPoint struct {
	At    float64 `json:"at"`
	Value float64 `json:"value"`
}

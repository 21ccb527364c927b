package measure

import "aimbench/engine/event"

// LoadRule is what is to be known of a load to judge it and to report it.
type LoadRule struct {
	Name string `json:"name"`
	// About is what the load asks for, on one line: "open loop, poisson, 10 → 40/s, 6 m".
	About string `json:"about"`
	// Stages are the load's stages in their order; empty where it has none.
	Stages []StageRule `json:"stages,omitempty"`
}

// ramps reports whether a stage of the load changes its rate bit by bit; any of them for an empty name.
func (l *LoadRule) ramps(stage string) bool {
	for _, s := range l.Stages {
		if s.Ramps && (stage == "" || s.Name == stage) {
			return true
		}
	}
	return false
}

// StageRule is a stage of a load.
type StageRule struct {
	Name string `json:"name"`
	// Target is what the stage holds or ends at: "20/s", or "50 users".
	Target string `json:"target"`
	// Ramps: the target is approached bit by bit, so that the turns of the stage are not of one kind.
	Ramps bool `json:"ramps,omitempty"`
}

// CheckRule is an assertion that tolerates failures under load.
type CheckRule struct {
	File string `json:"file"`
	Line int    `json:"line"`
	// Tolerate is the share of checks that may fail, within [0, 1].
	Tolerate float64 `json:"tolerate"`
}

// Load is what a load came to, warmup and what was wanted after its window left out.
type Load struct {
	Name     string             `json:"name"`
	About    string             `json:"about"`
	Requests Requests           `json:"requests"`
	Rates    map[string]float64 `json:"rates"`
	Metrics  map[string]Stats   `json:"metrics"`
	// Apart counts the turns that were wanted before or after the load's window, which nothing else counts.
	Apart Apart `json:"apart"`
}

// Apart counts turns that belong to no window.
type Apart struct {
	// Warmup turns were wanted before the first window.
	Warmup int `json:"warmup"`
	// After counts the turns that were wanted after the last window: later turns of conversations that began in it.
	After int `json:"after"`
}

// Stage is what a load came to in one of its windows. A turn belongs to the window that its intended instant falls in.
type Stage struct {
	event.Window
	Target   string             `json:"target,omitempty"`
	Requests Requests           `json:"requests"`
	Rates    map[string]float64 `json:"rates"`
	// Metrics holds ttft, tpot and e2e.
	Metrics map[string]Stats `json:"metrics"`
}

// StageResult is an objective in one stage.
type StageResult struct {
	Load   string `json:"load"`
	Stage  string `json:"stage"`
	Target string `json:"target,omitempty"`
	Finding
}

// Beside holds the latencies from the other origin than the one that the summary's metrics count from.
type Beside struct {
	Origin  event.Origin     `json:"origin"`
	Metrics map[string]Stats `json:"metrics"`
}

// CurvePoint is a point of a distribution on a percentile axis. A nil value never came: it is slower than everything
// observed.
type CurvePoint struct {
	Percentile float64  `json:"percentile"`
	Value      *float64 `json:"value"`
}

// Check counts what became of one assertion under load.
type Check struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Condition string `json:"condition"`
	// Tolerate is the share of checks that may fail; Holds says that no more did.
	Tolerate float64 `json:"tolerate"`
	Holds    bool    `json:"holds"`
	Assertions
	// Examples are the first few that did not pass.
	Examples []Example `json:"examples,omitempty"`
}

// Example is an assertion that did not pass.
type Example struct {
	Conversation string        `json:"conversation"`
	Turn         string        `json:"turn"`
	Session      int64         `json:"session"`
	At           event.Instant `json:"at"`
	Outcome      event.Outcome `json:"outcome"`
	// Detail is the whole diagnostic.
	Detail string `json:"detail"`
}

package measure

// Audit says how far the harness itself can be trusted.
type Audit struct {
	Valid bool `json:"valid"`
	// Why the run is invalid, what caused it and what to do; empty where it is valid.
	Why   string `json:"why,omitempty"`
	Cause string `json:"cause,omitempty"`
	Do    string `json:"do,omitempty"`
	// Bias bounds, by metric, how far the harness may have moved a turn's value.
	Bias map[string]Stats `json:"bias"`
	// Rows are what was watched, for people.
	Rows []AuditRow `json:"rows"`
}

// AuditRow is one thing that was watched.
type AuditRow struct {
	Name string `json:"name"`
	// Value is in Unit: "seconds", "share", "count" or "cores".
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Limit is what the value must not exceed to be OK; nil where it is only told.
	Limit *float64 `json:"limit,omitempty"`
	OK    bool     `json:"ok"`
	// About says in a few words what it is.
	About string `json:"about"`
}

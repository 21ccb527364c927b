// Package metric holds the one table of what is measured. The language, the reports, Prometheus, the dashboards and
// `aimbench help metrics` are made from it.
package metric

// Per says of what there is one value.
type Per string

// What a metric has one value of.
const (
	PerTurn    Per = "turn"
	PerRequest Per = "request"
	PerChunk   Per = "chunk"
	PerGesture Per = "gesture"
	PerRun     Per = "run"
)

// Unit is the unit of a metric's values.
type Unit string

// The units.
const (
	Seconds   Unit = "seconds"
	Tokens    Unit = "tokens"
	PerSecond Unit = "per second"
	Boolean   Unit = "true or false"
	Share     Unit = "share"
	Count     Unit = "count"
)

// Metric is one row of the table.
type Metric struct {
	// Name is how scenarios, reports and help call it.
	Name string
	Per  Per
	Unit Unit
	// Definition says what is measured, in terms of the instants of docs/measurement.md.
	Definition string
	// Undefined says when there is no value; empty where there always is one.
	Undefined string
	// Prometheus is the exported series' name; empty where there is none.
	Prometheus string
}

// Table is the table of metrics, in the order in which reports show them.
var Table = []Metric{
	{"ttft", PerTurn, Seconds, "time to first token: first token − origin", "no token came", "aimbench_ttft_seconds"},
	{"ttfa", PerTurn, Seconds, "time to first answer token, after any reasoning: first answer − origin", "no answer text came", "aimbench_ttfa_seconds"},
	{"e2e", PerTurn, Seconds, "end to end: last token − origin, or end − origin for a reply that was not streamed", "the turn failed or was hung up", "aimbench_e2e_seconds"},
	{"tpot", PerRequest, Seconds, "time per output token: (last token − first token) / (output tokens − 1)", "one output token or none", "aimbench_tpot_seconds"},
	{"icl", PerChunk, Seconds, "inter-chunk latency: the gap between successive content chunks, as it came", "one chunk or none", "aimbench_icl_seconds"},
	{"itl", PerChunk, Seconds, "inter-token latency: icl, where every chunk carried one token", "some chunk carried several tokens", "aimbench_itl_seconds"},
	{"connect", PerRequest, Seconds, "connected − dispatched, for a new connection", "the connection was reused", "aimbench_connect_seconds"},
	{"output_tokens", PerTurn, Tokens, "tokens generated, by the server's usage; content chunks where it reports none", "nothing came", "aimbench_turn_output_tokens"},
	{"input_tokens", PerTurn, Tokens, "tokens of the prompt, by the server's usage", "the server did not report usage", "aimbench_turn_input_tokens"},
	{"cached_tokens", PerTurn, Tokens, "tokens of the prompt that the server took from its prefix cache", "the server did not report usage", "aimbench_turn_cached_tokens"},
	{"output_rate", PerRun, PerSecond, "output tokens that arrived in the window / its wall time", "", "aimbench_output_tokens_total"},
	{"output_rate_per_user", PerRun, PerSecond, "output tokens that arrived in the window / the time that turns were under way in it, added up", "", ""},
	{"input_rate", PerRun, PerSecond, "input tokens of the turns that ended in the window / its wall time", "", "aimbench_input_tokens_total"},
	{"request_rate", PerRun, PerSecond, "turns that succeeded in the window / its wall time", "", "aimbench_requests_total"},
	{"good_request_rate", PerRun, PerSecond, "turns that succeeded in the window and by themselves kept every objective over turns / its wall time", "", ""},
	{"error", PerTurn, Boolean, "the turn failed; a share of what was offered", "", "aimbench_errors_total"},
	{"dropped", PerTurn, Boolean, "the turn found max_in_flight full and was not sent; a share of what was offered", "", "aimbench_dropped_total"},
	{"gesture_start", PerGesture, Seconds, "first movement − trigger: the occasion, and what the perform waits after it", "the gesture was skipped", "aimbench_gesture_start_seconds"},
	{"gesture_done", PerGesture, Seconds, "end of the gesture − trigger", "the gesture was skipped", "aimbench_gesture_done_seconds"},
	{"reaction", PerTurn, Seconds, "first movement after the prompt − dispatched", "nothing was to move", "aimbench_reaction_seconds"},
	{"speech_start", PerTurn, Seconds, "first sound, as accepted by what makes it − first token", "nothing was heard", "aimbench_speech_start_seconds"},
	{"schedule_lag", PerTurn, Seconds, "dispatched − intended: the harness's own lateness", "", "aimbench_schedule_lag_seconds"},
}

// OfRobot reports whether there are values only where a conversation has a robot.
func (m Metric) OfRobot() bool {
	return m.Per == PerGesture || m.Name == "reaction" || m.Name == "speech_start"
}

// Lookup finds a metric by name.
func Lookup(name string) (Metric, bool) {
	for _, m := range Table {
		if m.Name == name {
			return m, true
		}
	}
	return Metric{}, false
}

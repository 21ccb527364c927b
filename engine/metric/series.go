package metric

import "strings"

// The series that are not a row of the Table: those of a run as a whole, and of what it counts besides. The dashboards and
// the alerting rules are made from these names as they are from the Table's.
const (
	RunInfo          = "aimbench_run_info"
	RunStart         = "aimbench_run_start_timestamp_seconds"
	RunEnd           = "aimbench_run_end_timestamp_seconds"
	RunVerdict       = "aimbench_run_verdict"
	RunTurns         = "aimbench_run_turns"
	InFlight         = "aimbench_in_flight"
	WarmupRequests   = "aimbench_warmup_requests_total"
	Gestures         = "aimbench_gestures_total"
	Judgements       = "aimbench_judgements_total"
	JudgeVote        = "aimbench_judge_vote_seconds"
	ObjectiveValue   = "aimbench_objective_value"
	ObjectiveLimit   = "aimbench_objective_limit"
	ObjectiveVerdict = "aimbench_objective_verdict"
)

// OfRun is the series of the metric's quantiles over a whole run, which is there once the run has ended; empty where there
// is none.
func (m Metric) OfRun() string {
	if m.Prometheus == "" || m.Unit != Seconds && m.Unit != Tokens || m.Per == PerRun {
		return ""
	}
	return "aimbench_run_" + strings.TrimPrefix(m.Prometheus, "aimbench_")
}

// The series that only a talk has, which a person leads on the edge.
const (
	EdgeInfo          = "aimbench_edge_build_info"
	EdgeTurn          = "aimbench_edge_turn_seconds"
	EdgeSpeech        = "aimbench_edge_speech_seconds"
	EdgeSLO           = "aimbench_edge_slo_total"
	EdgeSLOLimit      = "aimbench_edge_slo_seconds"
	EdgeInterruptions = "aimbench_edge_interruptions_total"
	EdgeRetries       = "aimbench_edge_retries_total"
	EdgeRobot         = "aimbench_edge_robot_connected"
)

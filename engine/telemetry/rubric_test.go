package telemetry_test

import (
	"testing"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/metric"
	"aimbench/engine/telemetry"
)

const rubricated = `
endpoint "aim" {
  simulator {}
}
rubric "polite" {
  criteria = "It is polite."
}
conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = rubric.polite.met
      error_message = "No."
    }
  }
}
`

// What judges say is counted by rubric, from 0 on, and in no other series.
func TestJudgements(t *testing.T) {
	tel := telemetry.New(compiled(t, rubricated), telemetry.Options{})
	outcomes := func() map[string]float64 {
		_, families := get(t, tel, false)
		out := map[string]float64{}
		for _, m := range families[metric.Judgements].Metric {
			for _, l := range m.Label {
				if l.GetName() == "outcome" {
					out[l.GetValue()] = m.Counter.GetValue()
				}
			}
		}
		votes := families[metric.JudgeVote].Metric[0].Histogram
		out["votes"], out["seconds"] = float64(votes.GetSampleCount()), votes.GetSampleSum()
		for _, m := range families["aimbench_requests_total"].Metric {
			out["turns"] += m.Counter.GetValue()
		}
		return out
	}
	if got := outcomes(); len(got) != 6 || got["pass"]+got["fail"]+got["inconclusive"]+got["votes"] != 0 {
		t.Errorf("before anything was judged: %v", got)
	}
	score := 0.9
	asked := event.Vote{Score: &score, Dispatched: 1, End: 1 + event.Instant(2*time.Second)}
	tel.Record(&event.Turn{Conversation: "c", Turn: "t", Judgements: []event.Judgement{
		{Rubric: "polite", Outcome: event.Passed, Votes: []event.Vote{asked, asked, {}}}, // one was not asked for
		{Rubric: "unknown", Outcome: event.Failed},
	}})
	if got := outcomes(); got["pass"] != 1 || got["fail"] != 0 || got["votes"] != 2 || got["seconds"] != 4 || got["turns"] != 1 {
		t.Errorf("%v", got)
	}
}

package engine_test

import (
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
)

// slow has two tokens a reply, which come apart: how late a first token was read that came with others is not known.
const slow = `
endpoint "aim" {
  simulator {
    ttft = "2s"
    itl  = "10ms"
  }
}
conversation "ask" {
  turn "question" {
    user       = "Number ${iteration}"
    max_tokens = 2
  }
}
load "steady" {
  mix {
    conversation = conversation.ask
  }
  arrival  = constant
  rate     = 10
  duration = "1h"
}
slo "fast" {
  objective "ttft" {
    value = p(metric.ttft, 50)
    max   = "1s"
    abort = true
    grace = "5s"
  }
}
`

// An objective that says so ends the run once it is missed in two looks: what is under way ends in peace, and the verdict
// is a failure, not an interrupt.
func TestAMissedObjectiveEndsTheRun(t *testing.T) {
	s, diags := scenario.ReadText("slow.hcl", t.TempDir(), []byte(slow), scenario.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	p, diags := plan.Compile(s, plan.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	synctest.Test(t, func(t *testing.T) {
		e, err := engine.Open(p, engine.Options{Memory: true})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		began := time.Now()
		sink := &kept{}
		summary, err := e.Run(t.Context(), nil, sink)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began).Round(time.Second); took != 9*time.Second { // looks at 6 and 7 s, and what was on its way
			t.Errorf("took %v", took)
		}
		if summary.ExitCode != measure.ExitObjective || summary.Objectives[0].Note == "" || summary.Requests.Succeeded != summary.Requests.Offered {
			t.Errorf("%d: %s, %+v %+v", summary.ExitCode, summary.Reason, summary.Objectives[0].Finding, summary.Requests)
		}
		if w := summary.Loads[0].Rates["request_rate"]; w < 6 || w > 10 {
			t.Errorf("%v turns a second in the time that the load had", w)
		}
		for i := range sink.turns {
			if sink.turns[i].Intended > event.Instant(7*time.Second+100*time.Millisecond) {
				t.Errorf("a turn was wanted at %v s", sink.turns[i].Intended.Seconds())
			}
		}
	})
}

package measure

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aimbench/engine/event"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
)

const scenarioText = `
endpoint "aim" {
  simulator {}
}
conversation "ask" {
  endpoint = endpoint.aim
  turn "question" {
    user = "Hello!"
  }
  turn "follow_up" {
    user = "Again?"
  }
}
%LOAD%
slo "interactive" {
  objective "ttft" {
    value       = p(metric.ttft, 95)
    max         = "500ms"
    turn        = conversation.ask.question
    min_samples = 20
  }
  objective "goodput" {
    value    = goodput(metric.ttft < duration("500ms") && !metric.error)
    min      = 0.95
    optional = true
  }
  objective "rate" {
    value = metric.output_rate
    min   = 10
  }
}
`

func compiled(t *testing.T, text string) *plan.Plan {
	t.Helper()
	path := filepath.Join(t.TempDir(), "smoke.hcl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, diags := scenario.Read([]string{path}, scenario.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	p, diags := plan.Compile(s, plan.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

func with(load string) string { return strings.ReplaceAll(scenarioText, "%LOAD%", load) }

func TestRulesOfAPlan(t *testing.T) {
	r := RulesOf(compiled(t, with("")))
	if !r.Single || r.Simulated || r.Origin != event.FromSent || len(r.Objectives) != 3 {
		t.Fatalf("%+v", r)
	}
	ttft, goodput, rate := r.Objectives[0], r.Objectives[1], r.Objectives[2]
	if ttft.ID() != "interactive/ttft" || ttft.Fn != "p" || ttft.Metric != "ttft" || ttft.Q != 95 || ttft.Unit != "seconds" ||
		*ttft.Max != 0.5 || ttft.Min != nil || ttft.MinSamples != 20 || ttft.Conversation != "ask" ||
		ttft.Turn != "question" || filepath.Base(ttft.File) != "smoke.hcl" || !strings.Contains(strings.Split(with(""), "\n")[ttft.Line-1], "value") ||
		ttft.Text != "p(metric.ttft, 95)" {
		t.Errorf("%+v", ttft)
	}
	if goodput.Unit != Share || goodput.Metric != "" || *goodput.Min != 0.95 || !goodput.Optional || goodput.MinSamples != 1 {
		t.Errorf("%+v", goodput)
	}
	if rate.Fn != "value" || rate.Metric != "output_rate" || rate.Unit != "per second" {
		t.Errorf("%+v", rate)
	}
	for _, c := range []struct {
		facts Facts
		want  bool
	}{
		{Facts{"ttft": 0.4, "error": 0}, true}, {Facts{"ttft": 0.6, "error": 0}, false}, {Facts{"ttft": 0.4, "error": 1}, false},
		{Facts{"error": 0}, false}, {Facts{"ttft": math.Inf(1), "error": 0}, false},
	} {
		if got := goodput.condition(c.facts); got != c.want {
			t.Errorf("%v holds: %v", c.facts, got)
		}
	}
}

// In an open loop latencies count from when the schedule wanted the turn.
func TestOriginOfALoad(t *testing.T) {
	const mix = "mix {\n conversation = conversation.ask\n }\n duration = \"1s\"\n"
	for load, want := range map[string]event.Origin{
		"load \"l\" {\n" + mix + "users = 2\n}":                    event.FromSent,
		"load \"l\" {\n" + mix + "arrival = constant\nrate = 2\n}": event.FromIntended,
	} {
		r := RulesOf(compiled(t, with(load)))
		if r.Single || r.Origin != want || r.Objectives[0].Origin != want {
			t.Errorf("%s: %+v", load, r)
		}
	}
}

func TestNewRecorder(t *testing.T) {
	rec := NewRecorder(compiled(t, with("")))
	turn := spoken()
	rec.Record(turn)
	if s := rec.Judge(Ending{}); s.ExitCode != ExitInconclusive || len(s.Objectives) != 3 || !turn.Holds["interactive/goodput"] {
		t.Errorf("%d %s, holds %v", s.ExitCode, s.Reason, turn.Holds)
	}
}

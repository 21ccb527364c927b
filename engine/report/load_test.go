package report

import (
	"testing"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// smallLoad is a ramp of which little is kept.
func smallLoad() *results.Run {
	run := loadRun(12)
	for name, points := range run.Summary.Curves {
		run.Summary.Curves[name] = points[:2]
	}
	run.Summary.Series[0].Points = run.Summary.Series[0].Points[:2]
	run.Summary.Slowest = run.Summary.Slowest[:1]
	return run
}

func shortLoad() *results.Run {
	run := smallLoad()
	run.Summary.Metrics["ttfa"] = run.Summary.Metrics["ttft"]
	run.Summary.Metrics["connect"] = measure.Stats{
		Unit: "seconds", Count: 400, Lost: 9, Above: number(30), Mean: nil, P50: number(0.0004), P90: number(0.0009), P95: number(0.002),
	}
	run.Summary.Metrics["input_tokens"] = measure.Stats{Unit: "tokens", Count: 9012, Mean: number(128)}
	run.Summary.Metrics["cached_tokens"] = measure.Stats{Unit: "tokens", Count: 9012, Mean: number(52.5)}
	return run
}

// sideBySide are two loads, of which this machine was the bottleneck.
func sideBySide() *results.Run {
	run := smallLoad()
	sum := run.Summary
	sum.Verdict, sum.ExitCode, sum.Simulated = measure.Invalid, measure.ExitInvalid, true
	sum.Reason = "this machine, not the server, was the bottleneck: TTFT may be up to 41 ms too high, which could change interactive/ttft"
	sum.Audit.Valid, sum.Audit.Why = false, sum.Reason
	sum.Audit.Cause = "throttled 38 % of the time by a CPU limit of 1 core"
	sum.Audit.Do = "raise the limit to about 2 cores, or share the load: --local-shards 2"
	one := measure.Load{
		Name: "ramp", About: "open loop, poisson, 10 → 40/s, 6 m", Requests: measure.Requests{Offered: 9000, Succeeded: 8890, Failed: 99, Censored: 11},
		Rates: map[string]float64{"output_rate": 2400}, Metrics: sum.Metrics, Apart: measure.Apart{Warmup: 40, After: 12},
	}
	two := measure.Load{
		Name: "readers", About: "closed loop, 4 users, 6 m", Requests: measure.Requests{Offered: 12, Succeeded: 12},
		Rates: map[string]float64{"output_rate": 10}, Metrics: map[string]measure.Stats{"e2e": sum.Metrics["e2e"]},
	}
	sum.Loads = []measure.Load{one, two}
	other := sum.Stages[3]
	other.Load, other.Stage, other.Target = "readers", "", ""
	sum.Stages = append(sum.Stages, other)
	for i := range sum.Objectives {
		r := &sum.Objectives[i]
		for j := range r.Stages {
			r.Stages[j].Verdict = measure.Pass
			r.HeldUpTo = nil
		}
	}
	sum.Objectives[0].Note = "no interval: the load ramps"
	sum.Checks[0].Holds, sum.Checks[0].Failed = true, 8
	never := measure.Check{File: "ramp.hcl", Line: 31, Condition: `response.finish_reason == "stop"`, Holds: true}
	untold := never
	untold.Line, untold.Holds, untold.Errored = 32, false, 4
	sum.Checks = append(sum.Checks, never, untold)
	return run
}

// refusedLoad is one whose every turn failed.
func refusedLoad() *results.Run {
	bad := failure("ask", event.Dial, 0, "tried POST http://127.0.0.1:9/v1/chat/completions, got connection refused")
	bad.Load = "steady"
	ttft := under("ttft", "ttft", 95, 0.5)
	ttft.Origin = event.FromIntended
	return &results.Run{
		Header: results.Header{Aimbench: "0.1.0", Scenario: "steady", Clock: "kernel", Machine: results.Machine{CPUs: 2},
			Endpoints: []results.Endpoint{{Name: "aim", URL: "http://127.0.0.1:9"}}},
		Summary: &measure.Summary{
			Verdict: measure.Unknown, ExitCode: measure.ExitUnknown, Reason: "every turn failed: dial 12", Duration: 3,
			Origin: event.FromIntended, TokenSource: event.FromNone, Requests: measure.Requests{Offered: 12, Failed: 12, Unexpected: 12},
			Errors: map[event.Class]int{event.Dial: 12}, Metrics: map[string]measure.Stats{}, Rates: map[string]float64{},
			Loads:      []measure.Load{{Name: "steady", About: "open loop, constant, 4/s, 3 s", Rates: map[string]float64{}, Metrics: map[string]measure.Stats{}}},
			Objectives: []measure.Result{{Objective: ttft, LimitValue: ttft.Max, Finding: measure.Finding{Verdict: measure.NoData}}},
			Examples:   []event.Turn{bad},
		},
	}
}

// hostileLoad is one in which all that others name is hostile.
func hostileLoad() *results.Run {
	run := smallLoad()
	sum := run.Summary
	run.Scenario, sum.Reason = hostile, hostile
	sum.Loads[0].Name, sum.Loads[0].About = hostile, hostile
	sum.Stages[0].Stage, sum.Stages[0].Target = hostile, hostile
	sum.Server[6].Series, sum.Server[6].Endpoint = hostile, hostile
	for i := range sum.Objectives {
		r := &sum.Objectives[i]
		r.Note = hostile
		for j := range r.Stages {
			r.Stages[j].Stage, r.Stages[j].Target = hostile, hostile
		}
		r.HeldUpTo = nil
		if len(r.Stages) > 0 {
			r.HeldUpTo = &r.Stages[0]
		}
	}
	sum.Examples[0].Message, sum.Examples[0].Conversation, sum.Examples[0].Turn = hostile, hostile, hostile
	sum.Checks[0].File, sum.Checks[0].Condition = hostile, hostile
	sum.Checks[0].Examples[0].Detail, sum.Checks[0].Examples[0].Turn = hostile, hostile
	sum.Audit = &measure.Audit{Bias: map[string]measure.Stats{}, Why: hostile, Cause: hostile, Do: hostile, Rows: []measure.AuditRow{{Name: hostile, Unit: "count"}}}
	return run
}

// An interrupted load whose harness was the bottleneck says both.
func TestDistrust(t *testing.T) {
	run := sideBySide()
	run.Summary.Verdict = measure.Interrupted
	if got := distrustOf(run.Summary); len(got) != 3 || got[0].Value != run.Summary.Audit.Why {
		t.Errorf("%v", got)
	}
	run.Summary.Audit.Valid = true
	if got := distrustOf(run.Summary); got != nil {
		t.Errorf("%v", got)
	}
}

// What is told of the harness is told once.
func TestHarness(t *testing.T) {
	run := smallLoad()
	run.Summary.Audit.Rows[0].OK = false
	want := "bias of ttft p99 at most 400 µs, schedule lag p99 200 µs (at most 5 ms), throttled 12 % (at most 1 %): valid"
	if got := onPage.harness(run.Summary); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	run.Summary.Audit = nil
	if got := onPage.harness(run.Summary); got != "schedule lag p99 500 µs" {
		t.Errorf("%q", got)
	}
}

func TestHeldText(t *testing.T) {
	stage := func(v measure.Verdict) measure.StageResult {
		return measure.StageResult{Stage: "s", Target: "4/s", Finding: measure.Finding{Verdict: v}}
	}
	pass, fail, open := stage(measure.Pass), stage(measure.Fail), stage(measure.Inconclusive)
	for _, c := range []struct {
		result measure.Result
		want   string
	}{
		{measure.Result{Stages: []measure.StageResult{pass, pass}}, "held in every stage"},
		{measure.Result{Stages: []measure.StageResult{pass, fail}, HeldUpTo: &pass}, "held up to s (4/s)"},
		{measure.Result{Stages: []measure.StageResult{fail, pass}}, "not held in the first stage"},
		{measure.Result{Stages: []measure.StageResult{open, pass}}, "not held in the first stage"},
	} {
		if got := heldText(&c.result); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestRoughly(t *testing.T) {
	for seconds, want := range map[float64]string{0.2: "1 s", 99: "99 s", 240: "4 m", 241: "5 m", 5999: "100 m", 6001: "2 h"} {
		if got := roughly(seconds); got != want {
			t.Errorf("%v s reads %q, want %q", seconds, got, want)
		}
	}
}

package report

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html/atom"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// wave is a number that goes up and down, for fixtures.
func wave(i int, low, high float64) float64 { return low + (high-low)*(1+math.Sin(float64(i)/9))/2 }

// loadRun is a ramp of n points a second apart, with four stages: the server stalls in the third, and nothing happens in
// the middle of the fourth.
func loadRun(n int) *results.Run {
	sum := &measure.Summary{
		Verdict: measure.Fail, ExitCode: measure.ExitObjective, Reason: "9,012 turns, 1 of 4 objectives failed, 1 inconclusive",
		Duration: float64(n), Origin: event.FromIntended, TokenSource: event.FromServer, TokensPerChunk: number(1.02),
		Requests: measure.Requests{Offered: 9012, Succeeded: 8800, Failed: 99, Dropped: 13, HungUp: 100},
		Errors:   map[event.Class]int{event.HTTP429: 80, event.StreamTruncated: 19},
		Metrics:  map[string]measure.Stats{}, Rates: map[string]float64{"output_rate": 2410, "input_rate": 3105, "request_rate": 24.4},
		Loads: []measure.Load{{Name: "ramp", About: "open loop, poisson, 10 → 40/s, 6 m", Apart: measure.Apart{Warmup: 40}}},
	}
	sum.Beside = &measure.Beside{Origin: event.FromSent, Metrics: map[string]measure.Stats{}}
	sum.Curves = map[string][]measure.CurvePoint{}
	for i, name := range []string{"ttft", "e2e", "tpot", "icl", "schedule_lag"} {
		base := []float64{0.18, 2.4, 0.024, 0.024, 0.0001}[i]
		stats := func(k float64) measure.Stats {
			return measure.Stats{
				Unit: "seconds", Count: 9012, Mean: number(base * 1.1 * k), P50: number(base * k), P90: number(base * 1.6 * k),
				P95: number(base * 2.4 * k), P99: number(base * 5 * k), Max: number(base * 11 * k),
			}
		}
		sum.Metrics[name] = stats(1)
		if name == "ttft" || name == "e2e" {
			sum.Beside.Metrics[name] = stats(0.9)
		}
		for q := 0.0; q < 4; q += 0.02 {
			sum.Curves[name] = append(sum.Curves[name], measure.CurvePoint{Percentile: 100 - 100*math.Pow(10, -q), Value: number(base * (0.8 + q*q/2))})
		}
		sum.Curves[name] = append(sum.Curves[name], measure.CurvePoint{Percentile: 100, Value: number(base * 11)})
	}
	sum.Loads[0].Requests, sum.Loads[0].Rates, sum.Loads[0].Metrics = sum.Requests, sum.Rates, sum.Metrics
	loadSeries(sum, n)
	loadStages(sum, n)
	loadObjectives(sum)
	loadTurns(sum)
	sum.Audit = &measure.Audit{
		Valid: true, Bias: map[string]measure.Stats{"ttft": {Unit: "seconds", Count: 9012, P50: number(0), P99: number(0.0004)}},
		Rows: []measure.AuditRow{
			{Name: "schedule lag p99", Value: 0.0002, Unit: "seconds", Limit: number(0.005), OK: true, About: "how late turns left"},
			{Name: "throttled", Value: 0.12, Unit: "share", Limit: number(0.01), About: "time in which a CPU limit held us"},
			{Name: "descriptors", Value: 412, Unit: "count", OK: true, About: "open at once"},
		},
	}
	return &results.Run{Header: results.Header{
		Aimbench: "0.1.0", Scenario: "ramp", Digest: "9f86d081", Seed: 7, Clock: "kernel",
		Endpoints: []results.Endpoint{{Name: "aim", URL: "http://aim.example:8000", Model: "llm-prod"}},
		Machine:   results.Machine{OS: "linux", Arch: "amd64", CPUs: 2, Go: "go1.26"},
		Sources:   []results.Source{{Path: "ramp.hcl", Text: "load \"ramp\" {\n\tarrival = poisson\n}\n"}},
		Start:     time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC),
	}, Summary: sum}
}

func loadSeries(sum *measure.Summary, n int) {
	s := measure.Series{Step: 1}
	for i := range n {
		if i > n*17/20 && i < n*18/20 {
			continue
		}
		rate := 10 * (1 + 4*i/n)
		slow := wave(i, 0.16, 0.2) + 0.3*math.Pow(float64(i)/float64(n), 4)
		if stall := i - n*11/20; stall >= 0 && stall < 3 {
			slow += 2 - 0.6*float64(stall)
		}
		band := func(k float64) measure.Band {
			return measure.Band{Count: int64(rate), P50: number(slow * k), P95: number(slow * k * wave(i, 1.4, 1.7)), P99: number(slow * k * wave(i, 1.8, 2)), Max: number(slow * k * wave(i, 2, 2.6))}
		}
		p := measure.Point{
			At: float64(i), Offered: rate + int(wave(i*7, -2, 3)), Started: rate, Succeeded: min(rate, 33), InFlight: slow * 12 * float64(rate),
			OutputTokens: rate * 60, InputTokens: rate * 100,
			Latency: map[string]measure.Band{"ttft": band(1), "tpot": band(0.13), "e2e": band(12)},
		}
		if i%9 == 0 {
			p.Errors, p.Failed = map[event.Class]int{event.HTTP429: 2, event.StreamTruncated: i % 2}, 3
		}
		if i%50 == 49 {
			p.Dropped = 1
		}
		s.Points = append(s.Points, p)
	}
	sum.Series = []measure.Series{s}
	for _, name := range []string{"waiting", "running", "kv_cache", "preemptions", "prefix_cache_hits", "prefix_cache_queries", `vllm:other"<`} {
		one := measure.ServerSeries{Endpoint: "aim", Series: name}
		for i := range n {
			v := wave(i, 0, 64)
			switch name {
			case "kv_cache":
				v = float64(i) / float64(n)
			case "preemptions":
				v = float64(i / 30)
			case "prefix_cache_hits":
				v = float64(40 * i)
			case "prefix_cache_queries":
				v = float64(100 * i)
			}
			one.Points = append(one.Points, measure.ServerPoint{At: float64(i) + 0.25, Value: v})
			one.Max = max(one.Max, v)
		}
		sum.Server = append(sum.Server, one)
	}
}

func loadStages(sum *measure.Summary, n int) {
	names := []string{"at_0.25", "at_0.5", "at_0.75", "at_1"}
	for i, name := range names {
		edge := func(i int) event.Instant { return event.Instant(max(5, n*i/4)) * 1000 * ms }
		sum.Stages = append(sum.Stages, measure.Stage{
			Window: event.Window{Load: "ramp", Stage: name, Start: edge(i), End: edge(i + 1)}, Target: fmt.Sprintf("%d/s", 10*(i+1)),
			Requests: measure.Requests{Offered: 900 * (i + 1), Failed: 9 * i}, Rates: map[string]float64{"output_rate": 600 * float64(i+1)},
			Metrics: map[string]measure.Stats{"ttft": sum.Metrics["ttft"], "tpot": sum.Metrics["tpot"], "e2e": sum.Metrics["e2e"]},
		})
	}
}

func loadObjectives(sum *measure.Summary) {
	ttft := measure.Result{
		Objective: measure.Objective{SLO: "interactive", Name: "ttft", Text: "p(metric.ttft, 95)", Fn: "p", Metric: "ttft", Q: 95,
			Unit: "seconds", Max: number(0.5), File: "ramp.hcl", Line: 40},
		Finding:    measure.Finding{Verdict: measure.Fail, Samples: 9012, Value: number(0.612), Low: number(0.55), High: number(0.67), Margin: number(-0.224), Effective: 1300},
		LimitValue: number(0.5),
	}
	for i := range sum.Stages {
		f := measure.Finding{Verdict: measure.Pass, Value: number(0.25 + 0.1*float64(i)), Samples: 900, Margin: number(0.5 - 0.2*float64(i))}
		if i > 2 {
			f.Verdict = measure.Fail
		}
		ttft.Stages = append(ttft.Stages, measure.StageResult{Load: "ramp", Stage: sum.Stages[i].Stage, Target: sum.Stages[i].Target, Finding: f})
	}
	ttft.HeldUpTo = &ttft.Stages[2]
	tpot := ttft
	tpot.Objective.Name, tpot.Text, tpot.Metric, tpot.Q, tpot.Max = "tpot", "p(metric.tpot, 99)", "tpot", 99, number(0.04)
	tpot.Finding = measure.Finding{Verdict: measure.Pass, Samples: 8800, Value: number(0.031), Margin: number(0.23)}
	tpot.LimitValue, tpot.Stages, tpot.HeldUpTo = number(0.04), nil, nil
	errors := measure.Result{
		Objective:  measure.Objective{SLO: "interactive", Name: "errors", Text: "share(metric.error)", Fn: "share", Unit: measure.Share, Max: number(0.01)},
		Finding:    measure.Finding{Verdict: measure.Pass, Samples: 9012, Value: number(0.0055), Margin: number(0.45)},
		LimitValue: number(0.01),
	}
	goodput := measure.Result{
		Objective: measure.Objective{SLO: "interactive", Name: "goodput", Text: "goodput(metric.ttft < 0.5)", Fn: "goodput", Unit: measure.Share, Min: number(0.95)},
		Finding: measure.Finding{Verdict: measure.Inconclusive, Samples: 9012, Value: number(0.953), Low: number(0.946), High: number(0.96),
			Margin: number(0.003), Settle: number(240)},
		LimitValue: number(0.95),
	}
	far := goodput
	far.Objective.Name, far.Optional = "other", true
	far.Finding = measure.Finding{Verdict: measure.Fail, Value: number(0.001), Margin: number(-0.999), Samples: 10}
	sum.Objectives = []measure.Result{tpot, errors, ttft, goodput, far}
	for i := range sum.Objectives {
		sum.Objectives[i].Origin = event.FromIntended
	}
}

func loadTurns(sum *measure.Summary) {
	for i := range 12 {
		t := reply("talk", "ask", "Hello, how are you?", "I am well, thank you.\nAnd you?")
		t.Load, t.Stage, t.Session = "ramp", "at_1", int64(8000+i)
		r := &t.Requests[0]
		late := event.Instant(i) * 90 * ms
		for _, at := range []*event.Instant{&t.Dispatched, &r.Dispatched, &r.Connected, &r.Sent, &r.Headers, &r.FirstEvent, &r.FirstToken, &r.FirstAnswer, &r.LastToken, &r.End, &t.End} {
			*at += late
		}
		sum.Slowest = append(sum.Slowest, t)
	}
	bad := failure("ask", event.HTTP429, 429, "too many requests")
	bad.Load, bad.Stage = "ramp", "at_1"
	sum.Examples = append(sum.Examples, bad)
	sum.Checks = []measure.Check{{File: "ramp.hcl", Line: 20, Condition: "length(response.text) > 0", Tolerate: 0.01, Holds: false,
		Assertions: measure.Assertions{Passed: 8700, Failed: 100},
		Examples:   []measure.Example{{Conversation: "talk", Turn: "ask", Session: 17, At: 3 * ms, Outcome: event.Failed, Detail: diagnostic}}}}
}

func TestHTMLOfALoad(t *testing.T) {
	_, root := pageOf(t, loadRun(360))
	golden(t, "html/load.txt", []byte(outline(elements(root, atom.Body)[0], "")))
}

// plotsOf reads the data of the plots back.
func plotsOf(t testing.TB, run *results.Run) (data struct {
	End    float64
	Stages []struct {
		Label    string
		From, To float64
	}
	Axes  [][]float64
	Plots []struct {
		ID, Unit string
		Axis     int
		Series   []struct {
			Label string
			Y     []*float64
		}
		Limits []struct{ X, Y float64 }
	}
}) {
	t.Helper()
	_, root := pageOf(t, run)
	for _, n := range elements(root, atom.Script) {
		if attribute(n, "id") == "charts" {
			if err := json.Unmarshal([]byte(n.FirstChild.Data), &data); err != nil {
				t.Fatal(err)
			}
		}
	}
	return data
}

// Every plot has a place on the page, and as many values as instants, in order.
func TestPlots(t *testing.T) {
	for _, n := range []int{1, 2, 40, 360, 1024} {
		run := loadRun(n)
		data := plotsOf(t, run)
		_, root := pageOf(t, run)
		figures := map[string]bool{}
		for _, f := range elements(root, atom.Figure) {
			figures[attribute(f, "id")] = true
		}
		if len(data.Plots) == 0 || len(figures) != len(data.Plots) || data.End != float64(max(n, 5)) {
			t.Errorf("%d points: %d plots, %d figures, until %v", n, len(data.Plots), len(figures), data.End)
		}
		for _, p := range data.Plots {
			x := data.Axes[p.Axis]
			for i := 1; i < len(x); i++ {
				if x[i] < x[i-1] {
					t.Errorf("%d points: the instants of %s go back", n, p.ID)
				}
			}
			if !figures["plot-"+p.ID] {
				t.Errorf("%d points: %s has no figure", n, p.ID)
			}
			for _, s := range p.Series {
				if len(s.Y) != len(x) {
					t.Errorf("%d points: %s has %d values of %s and %d instants", n, p.ID, len(s.Y), s.Label, len(x))
				}
			}
		}
	}
}

// A distribution that is another's by another name is plotted once.
func TestTheSameDistribution(t *testing.T) {
	run := loadRun(40)
	before := len(plotsOf(t, run).Plots)
	for name, of := range map[string]string{"ttfa": "ttft", "itl": "icl"} {
		run.Summary.Metrics[name], run.Summary.Curves[name] = run.Summary.Metrics[of], run.Summary.Curves[of]
	}
	if n := len(plotsOf(t, run).Plots); n != before {
		t.Errorf("%d plots, want %d", n, before)
	}
	run.Summary.Metrics["ttfa"] = run.Summary.Metrics["e2e"]
	if n := len(plotsOf(t, run).Plots); n != before+1 {
		t.Errorf("%d plots, want %d", n, before+1)
	}
}

// A prefix cache that nobody asked has no plot.
func TestAServerWithoutValues(t *testing.T) {
	run := loadRun(40)
	for i := range run.Summary.Server {
		for j := range run.Summary.Server[i].Points {
			run.Summary.Server[i].Points[j].Value = 0
		}
	}
	for _, p := range plotsOf(t, run).Plots {
		if p.ID == "server-0-prefix" {
			t.Error("there is a plot of the prefix cache")
		}
	}
}

// A stretch of time in which nothing happened is nothing, not a line from what was before to what came after.
func TestASilence(t *testing.T) {
	run := loadRun(40)
	run.Summary.Series[0].Points = []measure.Point{{At: 0, Offered: 4}, {At: 9, Offered: 6}, {At: 10, Offered: 8}, {At: 39, Offered: 1}}
	run.Summary.Duration = 39.5
	run.Summary.Stages = nil
	data := plotsOf(t, run)
	var offered []float64
	for _, p := range data.Plots {
		if p.ID == "turns" {
			for _, y := range p.Series[0].Y {
				offered = append(offered, *y)
			}
		}
	}
	if got, want := fmt.Sprint(data.Axes[0], offered), "[0 1 8 9 10 11 38 39] [4 0 0 6 8 0 0 2]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestALoadsPageStaysSmall(t *testing.T) {
	run := loadRun(1024)
	sum := run.Summary
	for _, load := range []string{"one", "two", "three", "four", "five"} {
		s := sum.Series[0]
		s.Load = load
		sum.Series = append(sum.Series, s)
	}
	for i := range 40 {
		s := sum.Server[0]
		s.Series = fmt.Sprintf("series_%d", i)
		sum.Server = append(sum.Server, s)
	}
	for _, class := range event.Failures {
		sum.Errors[class] = 1
	}
	for i := range 60 {
		one := sum.Slowest[0]
		one.Text, one.User = strings.Repeat("<&>", 4000), strings.Repeat("日", 4000)
		one.Index = i
		sum.Slowest, sum.Examples = append(sum.Slowest, one), append(sum.Examples, one)
	}
	run.Sources[0].Text = strings.Repeat("a = \"<>\"\n", 100_000)
	if text, _ := pageOf(t, run); len(text) > 1_000_000 {
		t.Errorf("%d bytes", len(text))
	}
}

// What a scenario, a server or a model calls something stays data in the plots too.
func TestHostileNamesInPlots(t *testing.T) {
	run := loadRun(40)
	sum := run.Summary
	sum.Stages[0].Stage = hostile
	sum.Server[6].Series, sum.Server[6].Endpoint = hostile, hostile
	sum.Loads[0].Name, sum.Loads[0].About = hostile, hostile
	other := sum.Series[0]
	other.Load = hostile
	sum.Series = append(sum.Series, other, other)
	text, root := pageOf(t, run)
	if got, want := len(elements(root, atom.Script)), 3; got != want {
		t.Errorf("%d scripts, want %d", got, want)
	}
	if strings.Contains(text, "<script>alert(1)") {
		t.Error("a name stands on the page as it is")
	}
	if data := plotsOf(t, run); !strings.Contains(data.Stages[1].Label, "<script>alert(1)</script>") {
		t.Errorf("%q", data.Stages[1].Label)
	}
}

// An invalid run says so first, with the cause and what to do.
func TestAnInvalidRun(t *testing.T) {
	run := loadRun(40)
	run.Summary.Verdict, run.Summary.ExitCode, run.Summary.Reason = measure.Invalid, measure.ExitInvalid, "this machine was the bottleneck"
	run.Summary.Audit = &measure.Audit{Why: "this machine was the bottleneck", Cause: "throttled 38 % of the time", Do: "raise the limit"}
	_, root := pageOf(t, run)
	for _, n := range elements(root, atom.Section) {
		if !strings.HasPrefix(attribute(n, "class"), "verdict") {
			continue
		}
		for _, want := range []string{"INVALID (96)", "throttled 38 % of the time", "raise the limit"} {
			if text := inside(n); strings.Count(text, want) != 1 || strings.Count(text, "bottleneck") != 1 {
				t.Errorf("%q, want %q once", text, want)
			}
		}
	}
}

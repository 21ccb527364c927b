package report

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares what was written with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) {
		t.Errorf("%s differs; go test -update writes it anew\n--- want\n%s\n--- got\n%s", path, want, got)
	}
}

const ms = event.Instant(time.Millisecond)

// reply is a turn that succeeded: 11 tokens, the first after 184 ms, one each 12 ms.
func reply(conversation, turn, user, text string) event.Turn {
	r := event.Request{
		Instants: event.Instants{
			Dispatched: 10 * ms, Connected: 11 * ms, Sent: 12 * ms, Headers: 100 * ms, FirstEvent: 190 * ms,
			FirstToken: 196 * ms, FirstAnswer: 196 * ms, LastToken: 316 * ms, End: 317 * ms,
		},
		Model: "llm", Status: 200, FinishReason: "stop", Chunks: 11, Streamed: true,
		Usage: event.Usage{Input: 1234, Output: 11, Cached: 1024, Source: event.FromServer},
	}
	for i := range event.Instant(11) {
		r.Arrivals = append(r.Arrivals, r.FirstToken+i*12*ms)
	}
	return event.Turn{
		Conversation: conversation, Turn: turn, Endpoint: "aim", Intended: 10 * ms, Dispatched: 10 * ms, End: 317 * ms,
		User: user, Text: text, FinishReason: "stop", Requests: []event.Request{r},
	}
}

// failure is a turn that got nothing.
func failure(turn string, class event.Class, status int, message string) event.Turn {
	t := reply("smoke", turn, "Hello!", "")
	r := &t.Requests[0]
	r.FirstEvent, r.FirstToken, r.FirstAnswer, r.LastToken, r.Arrivals = 0, 0, 0, 0, nil
	r.Class, r.Status, r.Chunks, r.Streamed, r.FinishReason = class, status, 0, false, ""
	r.Usage = event.Usage{Source: event.FromNone}
	t.Class, t.Message, t.FinishReason = class, message, ""
	return t
}

func number(x float64) *float64 { return &x }

func under(name, metric string, q, limit float64) measure.Objective {
	return measure.Objective{
		SLO: "responsive", Name: name, Text: "p(metric." + metric + ", 50)", Fn: "p", Metric: metric, Q: q,
		Unit: "seconds", Max: number(limit), File: "scenarios/smoke.hcl", Line: 42,
	}
}

// finished is the run of the turns, judged by the objectives.
func finished(turns []event.Turn, ending measure.Ending, objectives ...measure.Objective) *results.Run {
	for i := range objectives {
		objectives[i].Origin = event.FromSent
	}
	rules := measure.Rules{Single: true, Simulated: true, Objectives: objectives}
	rec := measure.New(rules, nil)
	for i := range turns {
		rec.Record(&turns[i])
	}
	ending.Duration = 920 * time.Millisecond
	h := results.Header{
		Format: results.Format, Aimbench: "0.1.0", Scenario: "smoke", Digest: "9f86d081", Seed: 7, Rules: rec.Rules(),
		Endpoints:     []results.Endpoint{{Name: "aim", Simulated: true}},
		Conversations: []string{"smoke"},
		Machine:       results.Machine{OS: "linux", Arch: "amd64", CPUs: 2, Go: "go1.26"},
		Clock:         "user", Start: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC),
	}
	return &results.Run{Header: h, Turns: rec.Turns(), Summary: rec.Judge(ending)}
}

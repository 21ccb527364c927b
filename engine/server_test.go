package engine_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/simulate"
)

// sampled keeps what the servers said of themselves.
type sampled struct {
	mu      sync.Mutex
	turns   int
	samples []event.Sample
}

func (s *sampled) Record(*event.Turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turns++
}

func (s *sampled) Sample(samples []event.Sample) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.samples = append(s.samples, samples...)
}

func (s *sampled) values(endpoint, series string) (out []float64) {
	for _, x := range s.samples {
		if x.Endpoint == endpoint && x.Series == series {
			out = append(out, x.Value)
		}
	}
	return out
}

// runSampled runs a scenario and returns what its servers said of themselves, and what the user was told.
func runSampled(ctx context.Context, t *testing.T, text string) (*sampled, []string, *measure.Summary) {
	t.Helper()
	var mu sync.Mutex
	var notes []string
	e, err := engine.Open(compile(t, text), engine.Options{Version: "test", Note: func(s string) {
		mu.Lock()
		defer mu.Unlock()
		notes = append(notes, s)
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var s sampled
	summary, err := e.Run(ctx, nil, &s)
	if err != nil {
		t.Fatal(err)
	}
	return &s, notes, summary
}

const talk = `
conversation "c" {
  endpoint = endpoint.aim
  turn "t" {
    user = "Hello!"
  }
}
`

// A server's own figures are read beside the run, before it and after it; its key goes with them.
func TestServersOwnMetrics(t *testing.T) {
	server := httptest.NewServer(simulate.New(simulate.Config{Model: "m", APIKey: "right-key"}))
	defer server.Close()
	s, notes, summary := runSampled(t.Context(), t, fmt.Sprintf(`
endpoint "aim" {
  base_url    = %q
  metrics_url = "%s/metrics"
  api_key     = "right-key"
  model       = "m"
}
slo "s" {
  objective "prompts" {
    value    = p(server("vllm:prompt_tokens"), 100)
    max      = 1000
    optional = true
  }
}
`, server.URL, server.URL)+talk)
	if s.turns != 1 || summary.Requests.Succeeded != 1 || notes != nil {
		t.Fatalf("%d turns, %q", s.turns, notes)
	}
	if got := s.values("aim", "waiting"); !slices.Equal(got, []float64{0, 0}) {
		t.Errorf("waiting %v", got)
	}
	if got := s.values("aim", "vllm:prompt_tokens"); len(got) != 2 || got[0] != 0 || got[1] == 0 {
		t.Errorf("vllm:prompt_tokens %v: the first is before the run, the last after it", got)
	}
}

// An embedded endpoint is read where an objective is about it, and left alone else.
func TestSimulatorsOwnMetrics(t *testing.T) {
	const embedded = "endpoint \"aim\" {\n  simulator {\n    ttft = \"1ms\"\n  }\n}\n"
	const about = "slo \"s\" {\n  objective \"queue\" {\n    value = p(server(\"waiting\"), 100)\n    max = 1\n    optional = true\n  }\n}\n"
	for text, want := range map[string]int{embedded + talk: 0, embedded + about + talk: 2} {
		s, notes, _ := runSampled(t.Context(), t, text)
		if got := s.values("aim", "waiting"); len(got) != want || notes != nil {
			t.Errorf("waiting %v, want %d values; notes %q", got, want, notes)
		}
	}
}

// A metrics_url where nobody is costs a note.
func TestDeadMetricsURL(t *testing.T) {
	server := httptest.NewServer(simulate.New(simulate.Config{Model: "m"}))
	defer server.Close()
	s, notes, summary := runSampled(t.Context(), t, fmt.Sprintf(`
endpoint "aim" {
  base_url    = %q
  metrics_url = "http://127.0.0.1:1/metrics"
  model       = "m"
}
`, server.URL)+talk)
	if summary.ExitCode != measure.ExitPass || len(s.samples) != 0 {
		t.Errorf("%d %s, %v", summary.ExitCode, summary.Reason, s.samples)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "refused (GET http://127.0.0.1:1/metrics)") {
		t.Errorf("%q", notes)
	}
}

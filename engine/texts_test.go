package engine_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/simulate"
)

// without is an endpoint that lacks what the arguments name: "tokenize", "usage".
func without(t *testing.T, what ...string) string {
	t.Helper()
	lacks := strings.Join(what, " ")
	config := simulate.Config{Model: "m"}
	if strings.Contains(lacks, "usage") {
		config.Faults = []simulate.Fault{{Kind: simulate.UsageMissing, Share: 1}}
	}
	s := simulate.New(config)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/tokenize" && strings.Contains(lacks, "tokenize") {
			http.NotFound(w, r)
			return
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

const sized = `
endpoint "aim" {
  base_url = "%s"
  %s
}
conversation "base" {
  endpoint = endpoint.aim
  turn "one" {
    user          = "word"
    output_tokens = 1
  }
}
conversation "sized" {
  endpoint = endpoint.aim
  turn "one" {
    user          = synthetic({ tokens = %d })
    output_tokens = %d
  }
}
conversation "shared" {
  endpoint = endpoint.aim
  turn "one" {
    user          = [synthetic({ tokens = 100, shared_by = "k" }), synthetic({ tokens = %[3]d })]
    output_tokens = %[4]d
  }
}
`

// checkSizes runs the scenario and holds the prompts to their length, template aside, and the replies to theirs exactly.
func checkSizes(t *testing.T, base, arguments string, input, output int) []event.Turn {
	t.Helper()
	summary, turns, err := judge(t.Context(), t, fmt.Sprintf(sized, base, arguments, input, output))
	if err != nil || len(turns) != 3 {
		t.Fatalf("%d turns, %v: %+v", len(turns), err, summary)
	}
	usage := func(i int) event.Usage { return turns[i].Requests[0].Usage }
	template := usage(0).Input - 1
	for i, want := range []int{input, 100 + input} {
		if turns[i+1].Class.Failed() {
			t.Errorf("%s: %s", turns[i+1].Conversation, turns[i+1].Message)
			continue
		}
		got := usage(i+1).Input - template
		if off := math.Abs(float64(got - want)); off > 2 && off > 0.02*float64(want) {
			t.Errorf("%s: a prompt of %d tokens, want %d", turns[i+1].Conversation, got, want)
		}
		if n := usage(i + 1).Output; n != output {
			t.Errorf("%s: a reply of %d tokens, want %d", turns[i+1].Conversation, n, output)
		}
	}
	return turns
}

// Prompts have their length by /tokenize as by probes, and replies theirs.
func TestPromptsOfASize(t *testing.T) {
	routed, probed := without(t), without(t, "tokenize")
	for _, n := range []int{1, 10, 512, 5000} {
		a, b := checkSizes(t, routed, "", n, 7), checkSizes(t, probed, "", n, 7)
		if a[1].User != "["+strconv.Itoa(n)+" tokens]" || a[2].User != "[100 tokens]"+b[1].User {
			t.Errorf("shown as %q and %q", a[1].User, a[2].User)
		}
	}
	checkSizes(t, probed, "api = completions", 512, 7)
}

// An endpoint that counts nothing is noted, and asked all the same.
func TestPromptsThatNobodyCounts(t *testing.T) {
	var notes []string
	text := fmt.Sprintf(sized, without(t, "tokenize", "usage"), "", 64, 3)
	e, err := engine.Open(compile(t, text), engine.Options{Version: "test", Note: func(s string) { notes = append(notes, s) }})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	summary, err := e.Run(t.Context(), nil)
	if err != nil || summary.ExitCode != measure.ExitPass {
		t.Fatal(err, summary.Reason)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "endpoint aim counts no tokens") {
		t.Errorf("noted %q", notes)
	}
}

// An endpoint that refuses to be asked ends the run before it begins, and says what was being done.
func TestPromptsThatCannotBeSized(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = w.Write([]byte(`{"data":[{"id":"m"}]}`))
			return
		}
		http.Error(w, `{"error":{"message":"no credit left"}}`, http.StatusForbidden)
	}))
	defer server.Close()
	summary, turns, err := judge(t.Context(), t, fmt.Sprintf(sized, server.URL, "", 64, 3))
	if err == nil || len(turns) > 0 || summary.ExitCode == measure.ExitPass {
		t.Fatal(err, len(turns), summary.Reason)
	}
	for _, want := range []string{`sizing the prompts of conversation "sized" for endpoint "aim"`, "403 Forbidden: no credit left"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nlacks %s", err, want)
		}
	}
}

// TestRealPromptsOfASize asks the endpoint that AIM_BASE_URL names.
func TestRealPromptsOfASize(t *testing.T) {
	base := os.Getenv("AIM_BASE_URL")
	if base == "" {
		t.Skip("AIM_BASE_URL is not set")
	}
	for _, n := range []int{3, 100, 700} {
		// llama.cpp's server ends a connection after a stream without saying that it will.
		turns := checkSizes(t, base, "connections = new", n, 24)
		t.Logf("%d: usage %+v, %+v, %+v", n, turns[0].Requests[0].Usage, turns[1].Requests[0].Usage, turns[2].Requests[0].Usage)
	}
}

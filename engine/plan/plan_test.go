package plan_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aimbench/engine/plan"
	"aimbench/engine/scenario"
)

var update = flag.Bool("update", false, "write what is seen into the test data")

func none(string) (string, bool) { return "", false }

func read(t *testing.T, text string, vars map[string]string) *scenario.Scenario {
	t.Helper()
	path := filepath.Join(t.TempDir(), "it.hcl")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s, diags := scenario.Read([]string{path}, scenario.Options{Getenv: none, Vars: vars})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return s
}

func compile(t *testing.T, s *scenario.Scenario, o plan.Options) *plan.Plan {
	t.Helper()
	p, diags := plan.Compile(s, o)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

// The plans of the valid scenarios, as a reader sees them.
func TestPlanText(t *testing.T) {
	files, _ := filepath.Glob("../scenario/testdata/valid/*.hcl")
	if len(files) < 4 {
		t.Fatalf("only %d scenarios", len(files))
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".hcl")
		t.Run(name, func(t *testing.T) {
			s, diags := scenario.Read([]string{path}, scenario.Options{Getenv: none})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			var out bytes.Buffer
			if err := compile(t, s, plan.Options{}).WriteText(&out, scenario.Style{Unicode: true}); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(want, out.Bytes()) {
				t.Errorf("got\n%s\nwant\n%s", &out, want)
			}
		})
	}
}

const twoOfEach = `
endpoint "real" {
  base_url = "http://aim.example"
  api_key  = "k3y-0123456789"
}
conversation "one" {
  turn "t" {
    user = "Hi."
  }
}
conversation "two" {
  turn "t" {
    user = "Hi."
  }
}
slo "s" {
  objective "all" {
    value = p(metric.ttft, 95)
    max   = "1s"
  }
  objective "second" {
    conversation = conversation.two
    value        = share(metric.error)
    max          = 0
  }
}
`

const twoLoads = twoOfEach + `
load "day" {
  mix {
    conversation = conversation.one
  }
  arrival = constant
  seed    = 5
  stage "up" {
    target = 10
    ramp   = "10s"
    hold   = "20s"
  }
}
load "night" {
  mix {
    conversation = conversation.two
  }
  users    = 3
  duration = "1m"
  after    = load.day
}
`

func TestPick(t *testing.T) {
	for _, test := range []struct {
		name, text, run              string
		conversations, loads, judged string
		skipped                      int
	}{
		{"every conversation", twoOfEach, "", "one two", "", "s/all s/second", 0},
		{"a conversation by name", twoOfEach, "^one$", "one", "", "s/all", 1},
		{"every load", twoLoads, "", "one two", "day night", "s/all s/second", 0},
		{"a load by name", twoLoads, "night", "two", "night", "s/all s/second", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := compile(t, read(t, test.text, nil), plan.Options{Run: regexp.MustCompile(test.run)})
			var conversations, loads, judged []string
			for _, c := range p.Conversations {
				conversations = append(conversations, c.Name)
			}
			for _, l := range p.Loads {
				loads = append(loads, l.Name)
			}
			for _, o := range p.Objectives {
				judged = append(judged, o.ID)
			}
			for what, pair := range map[string][2]string{
				"conversations": {strings.Join(conversations, " "), test.conversations},
				"loads":         {strings.Join(loads, " "), test.loads},
				"objectives":    {strings.Join(judged, " "), test.judged},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s: %q, want %q", what, pair[0], pair[1])
				}
			}
			if len(p.Skipped) != test.skipped {
				t.Errorf("skipped %q", p.Skipped)
			}
		})
	}
	if _, diags := plan.Compile(read(t, twoOfEach, nil), plan.Options{Run: regexp.MustCompile("three")}); !diags.HasErrors() || !strings.Contains(diags[0].Detail, "one, two") {
		t.Errorf("nothing picked: %v", diags)
	}
}

func TestSimulate(t *testing.T) {
	s := read(t, twoLoads, nil)
	p := compile(t, s, plan.Options{Simulate: true})
	if !p.Simulated || len(p.Endpoints) != 1 || p.Endpoints[0].Simulator == nil || p.Endpoints[0].APIKey != "" || p.Endpoints[0].BaseURL != "" {
		t.Errorf("not embedded: %+v", p.Endpoints[0])
	}
	for _, l := range p.Loads {
		for _, m := range l.Mix {
			if m.Conversation.Endpoint != p.Endpoints[0] {
				t.Errorf("load %s runs against another endpoint", l.Name)
			}
		}
	}
	if s.Endpoints[0].Simulator != nil || s.Conversations[0].Endpoint != s.Endpoints[0] {
		t.Error("the scenario was changed")
	}
}

func TestSeeds(t *testing.T) {
	s := read(t, twoLoads, nil)
	if p := compile(t, s, plan.Options{}); p.Loads[0].Seed != 5 || p.Seed != 5 {
		t.Errorf("seed %d of the load, %d of the run", p.Loads[0].Seed, p.Seed)
	}
	seed := int64(40)
	p := compile(t, s, plan.Options{Seed: &seed})
	if p.Loads[0].Seed == p.Loads[1].Seed || p.Seed != 40 || p.Loads[1].After != p.Loads[0] {
		t.Errorf("seeds %d and %d", p.Loads[0].Seed, p.Loads[1].Seed)
	}
	if s.Loads[0].Seed != 5 {
		t.Error("the scenario was changed")
	}
}

// A quantile that the planned turns cannot resolve is warned about.
func TestTooFewTurns(t *testing.T) {
	_, diags := plan.Compile(read(t, twoOfEach, nil), plan.Options{})
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "2 turns") || !strings.Contains(diags[0].Detail, "at least 20") {
		t.Errorf("%v", diags)
	}
	_, diags = plan.Compile(read(t, twoLoads, nil), plan.Options{Run: regexp.MustCompile("day")})
	if len(diags) != 0 { // 10/s for 20 s and half of that for 10 s
		t.Errorf("%v", diags)
	}
}

func TestAmounts(t *testing.T) {
	p := compile(t, read(t, twoLoads, nil), plan.Options{})
	day, night := p.Loads[0], p.Loads[1]
	if n, known := plan.Conversations(day); n != 250 || !known {
		t.Errorf("%v conversations", n)
	}
	if _, known := plan.Conversations(night); known {
		t.Error("a closed loop's conversations are not known before the run")
	}
	if d, known := plan.Length(day); d.String() != "30s" || !known {
		t.Errorf("day takes %s", d)
	}
	if plan.Peak(day) != 10 || plan.Peak(night) != 3 {
		t.Errorf("peaks %v and %v", plan.Peak(day), plan.Peak(night))
	}
}

// What will be asked before the run is said where prompts are of a size, by whichever way the endpoint may have.
func TestSizing(t *testing.T) {
	p := compile(t, read(t, strings.Replace(twoOfEach, `"Hi."`, "synthetic({ tokens = 5 })", 1), nil), plan.Options{})
	var out strings.Builder
	if err := p.WriteText(&out, scenario.Style{}); err != nil {
		t.Fatal(err)
	}
	if want := "sized before the run by its /tokenize, else by the usage of"; strings.Count(out.String(), want) != 1 {
		t.Errorf("%s\nlacks %s", &out, want)
	}
	raw, err := json.Marshal(p)
	if err != nil || bytes.Count(raw, []byte(`"sizes_prompts":true`)) != 1 {
		t.Errorf("%s %v", raw, err)
	}
}

func TestJSON(t *testing.T) {
	p := compile(t, read(t, twoLoads, nil), plan.Options{})
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("k3y-0123456789")) {
		t.Error("the key is shown")
	}
	var out struct {
		Duration float64 `json:"duration"`
		Loads    []struct {
			Kind   string `json:"kind"`
			Stages []any  `json:"stages"`
		} `json:"loads"`
		Objectives []struct {
			ID, Value string
		} `json:"objectives"`
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	kinds := []string{out.Loads[0].Kind, out.Loads[1].Kind}
	if out.Duration != 90 || !slices.Equal(kinds, []string{"open", "closed"}) || len(out.Loads[0].Stages) != 1 || out.Objectives[0].Value != "p(metric.ttft, 95)" {
		t.Errorf("%s", raw)
	}
}

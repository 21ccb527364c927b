package scenario

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func parseObjectives(t *testing.T, texts ...string) []BenchObjective {
	t.Helper()
	var all []BenchObjective
	for _, text := range texts {
		o, err := ParseObjective(text)
		if err != nil {
			t.Fatal(text, err)
		}
		all = append(all, o)
	}
	return all
}

// What is written is a scenario as a person would have written it: formatted, valid, and the one that was described.
func TestBenchScenario(t *testing.T) {
	t.Chdir("testdata/datasets")
	dataset := func(name string) *BenchDataset {
		d, dir, err := ReadBenchDataset(name)
		if err != nil || dir != "." {
			t.Fatal(dir, err)
		}
		return d
	}
	const url = "http://127.0.0.1:8000"
	for name, c := range map[string]struct {
		bench Bench
		want  []string
	}{
		"open": {
			Bench{
				URL: url, Model: `a "model" ${x}`, MetricsURL: url + "/metrics", Rate: 2.5, Duration: 90 * time.Second, Warmup: 5 * time.Second, Seed: 7,
				Input: Tokens{512, 512}, Output: Tokens{128, 128},
				Objectives: parseObjectives(t, "ttft:p95<500ms", "errors<7%", "goodput(ttft<500ms,tpot<=40ms)>95%", "output_rate>=10.5", "e2e:max<1m", "input_tokens:mean<600"),
			},
			[]string{
				`model       = "a \"model\" $${x}"`, "user          = synthetic({ tokens = 512 })", "output_tokens = 128", "arrival  = poisson", "rate     = 2.5",
				`duration = "1m30s"`, `warmup   = "5s"`, "seed     = 7", `objective "ttft_p95" {`, "value = p(metric.ttft, 95)", `max   = "500ms"`,
				"value = share(metric.error)", "max   = 0.07", `value = goodput(metric.ttft < duration("500ms") && metric.tpot <= duration("40ms"))`, "min   = 0.95",
				"value = metric.output_rate", "min   = 10.5", "value = p(metric.e2e, 100)", `max   = "1m"`, "value = mean(metric.input_tokens)",
			},
		},
		"closed": {
			Bench{URL: url, Users: 8, Requests: 100, Input: Tokens{100, 200}, Output: Tokens{10, 20}, Prefix: 60},
			[]string{
				`user          = [synthetic({ tokens = 60, shared_by = "prefix" }), synthetic({ tokens = uniform(40, 140) })]`,
				"output_tokens = uniform(10, 20)", "users      = 8", "iterations = 100",
			},
		},
		"prompts":  {Bench{URL: url, Users: 1, Duration: time.Hour, Output: Tokens{9, 9}, Dataset: dataset("questions.jsonl")}, []string{"user       = row.prompts.prompt", "max_tokens = 9", `duration = "1h"`}},
		"lines":    {Bench{URL: url, Users: 1, Duration: time.Minute, Output: Tokens{9, 9}, Dataset: dataset("lines.txt")}, []string{"user       = row.prompts.text", `duration = "1m"`}},
		"sharegpt": {Bench{URL: url, Users: 1, Requests: 1, Output: Tokens{9, 9}, Dataset: dataset("sharegpt.json")}, []string{"user       = user_turns(row.prompts.conversations)[0]"}},
		"messages": {Bench{URL: url, Users: 1, Requests: 1, Output: Tokens{9, 9}, Dataset: dataset("messages.jsonl")}, []string{"user       = messages(row.prompts.messages)"}},
		"replay": {
			Bench{URL: url, Requests: 1, Speedup: 2, Output: Tokens{9, 9}, Dataset: dataset("trace.csv")},
			[]string{"user          = synthetic({ tokens = row.prompts.input_length })", "output_tokens = row.prompts.output_length", "dataset = dataset.prompts", "speedup = 2", "limit   = 1"},
		},
		"lengths of a trace": {Bench{URL: url, Rate: 4, Requests: 5, Speedup: 1, Output: Tokens{9, 9}, Dataset: dataset("trace.csv")}, []string{"rate       = 4", "iterations = 5"}},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := c.bench.Scenario()
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(string(text), want+"\n") {
					t.Errorf("%s\nlacks %s", text, want)
				}
			}
			if again, diags := Format(text, "bench.hcl"); diags.HasErrors() || !bytes.Equal(again, text) {
				t.Errorf("not formatted: %s", Diff("bench.hcl", text, again))
			}
			s, diags := ReadText("bench.hcl", ".", text, Options{Getenv: noEnvironment})
			if len(diags) > 0 || s.Name != "bench" || len(s.Loads) != 1 {
				t.Errorf("%s\n%s", text, diags)
			}
		})
	}
	if _, err := (&Bench{URL: url, Users: 1, Input: Tokens{64, 128}, Output: Tokens{1, 1}, Prefix: 64}).Scenario(); err == nil || !strings.Contains(err.Error(), "cannot begin with 64 shared ones") {
		t.Error(err)
	}
}

// The fields of a dataset say how it is asked.
func TestBenchDataset(t *testing.T) {
	for text, want := range map[string]string{
		`{"id": 1, "text": "b"}`:                                            "row.prompts.text",
		`{"text": "b", "instruction": "a"}`:                                 "row.prompts.instruction",
		`{"id": 1, "what to say": "b"}`:                                     `row.prompts["what to say"]`,
		`{"input_length": 9, "hash_ids": [1], "output_length": 3}`:          "synthetic({ tokens = row.prompts.input_length, shared_by = row.prompts.hash_ids })",
		`{"messages": [{"role": "user", "content": "Hi"}], "prompt": "no"}`: "messages(row.prompts.messages)",
		`{"a": "b", "c": "d"}`:                                              `! its rows have "a" and "c"`,
		`{"prompt": 5}`:                                                     `! its rows have "prompt"`,
		`{"messages": []}`:                                                  "! has no rows",
		`{`:                                                                 "! the row is not JSON",
	} {
		path := filepath.Join(t.TempDir(), "d.jsonl")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d, dir, err := ReadBenchDataset(path)
		if problem, fails := strings.CutPrefix(want, "! "); fails {
			if err == nil || !strings.Contains(err.Error(), problem) {
				t.Errorf("%s: got %v, want %s", text, err, problem)
			}
			continue
		}
		if err != nil || d.user != want || dir != filepath.Dir(path) || !d.beside {
			t.Errorf("%s: got %+v in %s, %v", text, d, dir, err)
		}
	}
}

func TestObjectivesThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "write METRIC:QUANTILE<LIMIT",
		"ttft":                  "write METRIC:QUANTILE<LIMIT",
		"ttft:p95=500ms":        "write METRIC:QUANTILE<LIMIT",
		"tftt:p95<500ms":        `no metric is named "tftt". Did you mean "ttft"?`,
		"error_rate<1%":         `no metric is named "error_rate".`,
		"ttft<500ms":            "ttft has many values: write ttft:p95<500ms, or ttft:mean<500ms",
		"ttft:95<500ms":         "95 is no quantile",
		"ttft:p0<500ms":         "at least 1 and at most 100",
		"ttft:p0.95<500ms":      "for which to write 95",
		"ttft:p100.5<500ms":     "at least 1 and at most 100",
		"ttft:p95<500":          "500: write a duration with its unit",
		"ttft:p95<-1s":          "-1s: write a duration",
		"errors<1":              "",
		"errors<1.5":            "write a share such as 1% or 0.01",
		"errors<101%":           "write a share",
		"errors:p95<1%":         "errors has one value a run: write errors<1%",
		"output_rate:p95>9":     "output_rate has one value a run: write output_rate>9",
		"output_rate>9ms":       "9ms: write a number of per second",
		"goodput>95%":           "say what is good",
		"goodput()>95%":         "write what is good as METRIC<LIMIT",
		"goodput(ttft)>95%":     "write what is good as METRIC<LIMIT",
		"goodput(errors<1)>95%": `no metric is named "errors".`,
		"goodput(error<1)>95%":  "error is no measure of one turn",
		"goodput(ttft<1s)>950%": "write a share",
		"goodput(ttft<9)>95%":   "write a duration",
	} {
		if _, err := ParseObjective(text); (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestTokens(t *testing.T) {
	for text, want := range map[string]string{"512": "512", "1-9": "uniform(1, 9)", "5-5": "5", "": "", "0": "", "-5": "", "9-1": "", "1-2-3": "", "5000000": "", "x": ""} {
		got, err := ParseTokens(text)
		if (want == "") != (err != nil) || err == nil && got.String() != want {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for text, want := range map[string]int{"": 0, "0": 0, "30": 30, "80%": 120, "12.5%": 19, "100%": -1, "-1": -1, "x%": -1, "0.5": -1} {
		got, err := PrefixTokens(text, Tokens{100, 200})
		if (want < 0) != (err != nil) || err == nil && got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
}

// Whatever is taken as an objective makes a valid scenario.
func FuzzObjective(f *testing.F) {
	for _, text := range []string{"ttft:p95<500ms", "errors<1%", "output_rate>10", "goodput(ttft<500ms,tpot<40ms)>95%", "ttft:mean>=1h1m", "dropped<=1e-3"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := ParseObjective(text)
		if err != nil {
			return
		}
		b := Bench{URL: "http://a", Users: 1, Requests: 1, Input: Tokens{1, 1}, Output: Tokens{1, 1}, Objectives: []BenchObjective{o}}
		out, err := b.Scenario()
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if _, diags := ReadText("bench.hcl", ".", out, Options{Getenv: noEnvironment}); diags.HasErrors() {
			t.Fatalf("%q: %s\n%s", text, diags, out)
		}
	})
}

package scenario

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestValid(t *testing.T) {
	files, _ := filepath.Glob("testdata/valid/*.hcl*")
	for _, path := range append(files, "testdata/valid/several") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			s, diags := Read([]string{path}, Options{Getenv: noEnvironment})
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			if len(s.Conversations) == 0 || s.Digest == "" || s.Name == "" {
				t.Errorf("incomplete: %+v", s)
			}
		})
	}
}

// A scenario in JSON comes to the same as in the native syntax.
func TestJSONIsTheSame(t *testing.T) {
	text := func(path string) string {
		s, diags := Read([]string{path}, Options{Getenv: noEnvironment})
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		c := s.Conversations[0]
		sc := s.NewScope(Site{})
		sc.EnterTurn("greet")
		sc.SetResponse(Response{FinishReason: "length"})
		system, _ := c.System.String(sc)
		user, _ := c.Turns[0].User.String(sc)
		r := c.Turns[0].Asserts[0].Check(sc)
		hello := c.Turns[0].Performs[0]
		sc.SetPerforms(map[string]Performed{"hello": {Status: "refused", Detail: "held"}}, nil)
		nod := c.Turns[0].Asserts[1].Check(sc)
		moves := fmt.Sprintf("%s on %s after %v:", hello.Gesture.Name, hello.On, hello.After)
		for _, m := range hello.Gesture.Moves {
			moves += fmt.Sprintf(" %.4f in %v by %s", *m.Pitch, m.Duration, m.Interpolation)
		}
		return strings.Join([]string{s.Name, moves, nod.Outcome, nod.Message, c.Robot.Name, system, user, c.Turns[0].Asserts[0].Condition.Text(), r.Outcome, r.Message, s.SLOs[0].Objectives[0].Value.Fn}, "\n")
	}
	native, json := text("testdata/valid/smoke.hcl"), text("testdata/valid/smoke.hcl.json")
	if native != json {
		t.Errorf("native\n%s\nJSON\n%s", native, json)
	}
}

func TestVariables(t *testing.T) {
	const declared = `
variable "peak" {
  type    = number
  default = 1
}
variable "names" {
  type    = list(string)
  default = []
}
variable "word" {
  default = "default"
}
`
	user := oneTurn("max_tokens = var.peak\nstop = concat(var.names, [var.word])")
	dir := t.TempDir()
	native, json := filepath.Join(dir, "a.hcl"), filepath.Join(dir, "b.json")
	for path, text := range map[string]string{native: "peak = 20\nword = \"native\"\n", json: `{"word": "json"}`} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	environment := func(name string) (string, bool) {
		v, ok := map[string]string{"AIMBENCH_VAR_peak": "10", "AIMBENCH_VAR_word": "environment"}[name]
		return v, ok
	}
	for _, test := range []struct {
		name string
		o    Options
		peak int
		stop string
	}{
		{"default", Options{}, 1, "default"},
		{"environment", Options{Getenv: environment}, 10, "environment"},
		{"file over environment", Options{Getenv: environment, VarFiles: []string{native}}, 20, "native"},
		{"later file over earlier", Options{VarFiles: []string{native, json}}, 20, "json"},
		{"command line over all", Options{Getenv: environment, VarFiles: []string{native}, Vars: map[string]string{"peak": "30", "names": `["a", "b"]`}}, 30, "a b native"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, diags := written(t, declared+user, test.o)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			turn, sc := s.Conversations[0].Turns[0], s.NewScope(Site{})
			n, _ := turn.MaxTokens.Int(sc)
			stop, _ := turn.Stop.Strings(sc)
			if got := strings.Join(stop, " "); n != test.peak || got != test.stop {
				t.Errorf("peak %d, stop %q", n, got)
			}
		})
	}
	for _, test := range []struct {
		vars map[string]string
		want string
	}{
		{map[string]string{"pek": "3"}, `Did you mean "peak"?`},
		{map[string]string{"peak": "many"}, "cannot be read as type number"},
		{map[string]string{"peak": "[1]"}, "must be of type number"},
		{map[string]string{"peak": "1e999999999"}, "cannot be read as type number"},
	} {
		_, diags := written(t, declared+user, Options{Vars: test.vars})
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, test.want) {
			t.Errorf("%v: %v", test.vars, diags)
		}
	}
}

const secret = "s3cret-0123456789"

// No message, and no detail of an assertion, shows a sensitive value, whatever it flowed through.
func TestSecretsStayIn(t *testing.T) {
	const declared = "variable \"key\" {\n  type = string\n  sensitive = true\n}\n"
	for _, body := range []string{
		`think_time = var.key`,
		`max_tokens = var.key`,
		`capture = { a = jsondecode(var.key) }`,
		`extra_body = { k = tonumber(var.key) }`,
		`temperature = "${var.key}!"`,
		"assert {\n condition = var.key == response.text\n error_message = \"not ${var.key}\"\n}",
		"assert {\n condition = response.text == \"\"\n error_message = \"${upper(var.key)} ${response.text}\"\n}",
	} {
		s, diags := written(t, declared+oneTurn(body), Options{Vars: map[string]string{"key": secret}})
		var out bytes.Buffer
		if err := WriteDiagnostics(&out, diags, s.Sources, Style{Width: 80}); err != nil {
			t.Fatal(err)
		}
		if err := DiagnosticsJSON(&out, diags); err != nil {
			t.Fatal(err)
		}
		if !diags.HasErrors() {
			sc := s.NewScope(Site{})
			sc.EnterTurn("t")
			sc.SetResponse(Response{Text: "the key is " + secret})
			for _, a := range s.Conversations[0].Turns[0].Asserts {
				r := a.Check(sc)
				out.WriteString(r.Message + r.Detail)
			}
		}
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s\n%s", body, &out)
		}
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const text = "endpoint \"a\" {\n  base_url = \"http://127.0.0.1:1\"\n  api_key = env(\"AIM_API_KEY\", null)\n}\nconversation \"c\" {\n  turn \"t\" {\n    user = \"Hi.\"\n  }\n}\n"
	for name, o := range map[string]Options{
		"flag":        {APIKeyFile: path},
		"environment": {Getenv: func(name string) (string, bool) { return path, name == "AIM_API_KEY_FILE" }},
	} {
		s, diags := written(t, text, o)
		if len(diags) > 0 || s.Endpoints[0].APIKey != secret {
			t.Errorf("%s: key %q, %v", name, s.Endpoints[0].APIKey, diags)
		}
		if s.Secrets.Redact("x "+secret) == "x "+secret {
			t.Errorf("%s: the key is not redacted", name)
		}
	}
}

// All that is wrong is said at once, in the order of the file, and nothing twice.
func TestAllAtOnce(t *testing.T) {
	_, diags := written(t, `
endpoint "a" {
  api = chats
  timeout = 3
  simulator {}
}
conversation "c" {
  endpoint = endpoint.b
  turn "t" {
    user = respons.text
    max_tokens = "many"
    assert {
      condition = response.txet == ""
      error_message = "No."
    }
  }
}
slo "s" {
  objective "o" {
    value = p(metric.tfft, 50)
    max = "fast"
  }
}
`, Options{})
	var lines []int
	for _, d := range diags {
		lines = append(lines, d.Subject.Start.Line)
	}
	want := []int{3, 4, 8, 10, 11, 13, 20, 21}
	if len(lines) != len(want) {
		t.Fatal(diags)
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Fatalf("lines %v, want %v", lines, want)
		}
	}
}

func TestDiagnosticsForAReader(t *testing.T) {
	s, diags := written(t, oneTurn("")+"\nendpoint \"a\" {\n  simulator {}\n}\n", Options{})
	var out bytes.Buffer
	if err := WriteDiagnostics(&out, diags, s.Sources, Style{Width: 72}); err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(out.String(), s.Sources[0].Path, "it.hcl")
	want := `Error: Name declared twice

  on it.hcl line 11, in endpoint "a":
  11: endpoint "a" {
      ^^^^^^^^^^^^

  first on it.hcl line 1, in endpoint "a":
  1: endpoint "a" {
     ^^^^^^^^^^^^

`
	if !strings.HasPrefix(got, want) || !strings.Contains(got, "The scenario already has an endpoint named \"a\".") {
		t.Errorf("got\n%s", got)
	}
	for _, line := range strings.Split(out.String(), "\n") {
		for _, r := range line {
			if r > 0x7e {
				t.Errorf("not ASCII: %q", line)
			}
		}
	}
}

func TestDiagnosticsJSON(t *testing.T) {
	_, diags := written(t, oneTurn("max_tokens = 0"), Options{})
	var out bytes.Buffer
	if err := DiagnosticsJSON(&out, diags); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"valid": false`, `"severity": "error"`, `"summary": "Invalid max_tokens"`, `"line": 7`, `"column": 14`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in %s", want, &out)
		}
	}
}

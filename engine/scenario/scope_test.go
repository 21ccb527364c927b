package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

// written reads a scenario from text.
func written(t *testing.T, text string, o Options) (*Scenario, Diagnostics) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "it.hcl")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if o.Getenv == nil {
		o.Getenv = noEnvironment
	}
	return Read([]string{path}, o)
}

// right reads a scenario that must be right.
func right(t *testing.T, text string) *Scenario {
	t.Helper()
	s, diags := written(t, text, Options{})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return s
}

// oneTurn is a scenario of one turn with the given arguments and blocks.
func oneTurn(body string) string {
	return "endpoint \"a\" {\n  simulator {}\n}\nconversation \"c\" {\n  turn \"t\" {\n    user = \"Hi.\"\n" + body + "\n  }\n}\n"
}

func seconds64(x float64) *float64 { return &x }

func TestAssert(t *testing.T) {
	tests := []struct {
		name, condition, message string
		response                 Response
		outcome                  string
		detail                   []string
	}{
		{"holds", `response.text == "yes"`, `"No."`, Response{Text: "yes"}, Pass, nil},
		{"fails", `response.text == "yes"`, `"It said ${response.text}."`, Response{Text: "no"}, Fail,
			[]string{"Assertion failed: It said no.", `response.text is "no"`, `in conversation "c", turn "t"`}},
		{"shows the false side of &&", `response.status == 200 && response.text == "yes"`, `"No."`, Response{Status: 200, Text: "no"}, Fail,
			[]string{"^^^^^^^^^^^^^^^^^^^^^^\n        response.text is"}},
		{"shows both sides of ||", `response.status == 404 || response.text == "yes"`, `"No."`, Response{Status: 200}, Fail,
			[]string{"response.status is 200\n        response.text is \"\""}},
		{"shows what try took", `try(response.text == "yes", false)`, `"No."`, Response{Text: "no"}, Fail,
			[]string{"          ^^^^^^^^^^^^^^^^^^^^^^\n        response.text is"}},
		{"undefined is null", `response.ttft == null`, `"No."`, Response{}, Pass, nil},
		{"a comparison with null is an error", `response.ttft < 1`, `"No."`, Response{}, Error, []string{"Assertion could not be checked: "}},
		{"defined is seconds", `response.ttft < duration("500ms")`, `"No."`, Response{TTFT: seconds64(0.4)}, Pass, nil},
		{"arguments of calls are decoded", `response.tool_calls[0].arguments.city == "Paris"`, `"No."`,
			Response{ToolCalls: []ToolCall{{"get_weather", `{"city": "Paris"}`}}}, Pass, nil},
		{"broken arguments are null", `response.tool_calls[0].arguments == null`, `"No."`,
			Response{ToolCalls: []ToolCall{{"get_weather", `{"city": `}}}, Pass, nil},
		{"what a server sends is escaped", `response.text == ""`, `response.text`, Response{Text: "\x1b[31mred"}, Fail,
			[]string{`Assertion failed: \x1b[31mred`}},
		{"no element is an error", `response.tool_calls[0].name == "x"`, `"No."`, Response{}, Error, []string{"Invalid index"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := right(t, oneTurn(fmt.Sprintf("assert {\n  condition = %s\n  error_message = %s\n}", test.condition, test.message)))
			sc := s.NewScope(Site{})
			sc.EnterTurn("t")
			sc.SetResponse(test.response)
			r := s.Conversations[0].Turns[0].Asserts[0].Check(sc)
			if r.Outcome != test.outcome {
				t.Errorf("outcome %s, want %s\n%s", r.Outcome, test.outcome, r.Detail)
			}
			for _, want := range test.detail {
				if !strings.Contains(r.Detail, want) {
					t.Errorf("%q is missing in\n%s", want, r.Detail)
				}
			}
			if (r.Detail == "") != (r.Outcome == Pass) {
				t.Errorf("outcome %s with detail %q", r.Outcome, r.Detail)
			}
		})
	}
}

// The whole form of a failed assertion, as a user reads it.
func TestAssertDetail(t *testing.T) {
	s := right(t, "endpoint \"a\" {\n  simulator {}\n}\n\nconversation \"c\" {\n  turn \"t\" {\n    user    = \"Room?\"\n    capture = { plan = try(jsondecode(response.text), {}) }\n\n    assert {\n      condition     = try(turn.t.capture.plan.room == 12, false)\n      error_message = \"Wrong room in ${response.text}\"\n    }\n  }\n}\n")
	sc := s.NewScope(Site{})
	turn := s.Conversations[0].Turns[0]
	response := Response{Text: `{"room": 21}`}
	sc.EnterTurn("t")
	sc.SetResponse(response)
	plan, diags := turn.Captures[0].Expr.Value(sc)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	sc.SetTurn("t", response, map[string]cty.Value{"plan": plan})
	got := strings.ReplaceAll(turn.Asserts[0].Check(sc).Detail, s.Sources[0].Path, "it.hcl")
	want := `Assertion failed: Wrong room in {"room": 21}

    on it.hcl line 11, in conversation "c", turn "t", assert:
    11:       condition     = try(turn.t.capture.plan.room == 12, false)
                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        turn.t.capture.plan.room is 21`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Sessions evaluate the same expressions at the same time, and each must see its own values. A shared context would give
// wrong ones without the race detector noticing.
func TestSessionsAtTheSameTime(t *testing.T) {
	s := right(t, oneTurn(`capture = {
    names = response.tool_calls[*].name
    even  = [for c in response.tool_calls : c.arguments.n if c.arguments.n % 2 == 0]
    text  = "${response.text} of ${iteration}"
  }`))
	captures := s.Conversations[0].Turns[0].Captures
	var all sync.WaitGroup
	for session := range 64 {
		all.Go(func() {
			for range 50 {
				if err := checkSession(s, captures, session); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func checkSession(s *Scenario, captures []Capture, session int) error {
	sc := s.NewScope(Site{Session: int64(session)})
	sc.SetIteration(int64(session))
	sc.EnterTurn("t")
	r := Response{Text: fmt.Sprintf("text %d", session)}
	var names, even []string
	for i := range session%5 + 1 {
		r.ToolCalls = append(r.ToolCalls, ToolCall{fmt.Sprintf("f%d_%d", session, i), fmt.Sprintf(`{"n": %d}`, session+i)})
		names = append(names, fmt.Sprintf(`"f%d_%d"`, session, i))
		if (session+i)%2 == 0 {
			even = append(even, fmt.Sprint(session+i))
		}
	}
	sc.SetResponse(r)
	want := map[string]string{
		"names": "[" + strings.Join(names, ",") + "]", "even": "[" + strings.Join(even, ",") + "]",
		"text": fmt.Sprintf(`"text %d of %d"`, session, session),
	}
	for _, c := range captures {
		v, diags := c.Expr.Value(sc)
		if diags.HasErrors() {
			return diags
		}
		got, err := jsonText(v)
		if err != nil {
			return err
		}
		if got != want[c.Name] {
			return fmt.Errorf("session %d: %s is %s, want %s", session, c.Name, got, want[c.Name])
		}
	}
	return nil
}

func TestDraws(t *testing.T) {
	s := right(t, oneTurn(`max_tokens = uniform(1, 1000)
  think_time = exponential("2s")`))
	turn := s.Conversations[0].Turns[0]
	draw := func(site Site, turnName string) [2]int64 {
		sc := s.NewScope(site)
		sc.EnterTurn(turnName)
		n, diags := turn.MaxTokens.Int(sc)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		d, diags := turn.ThinkTime.Duration(sc)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		return [2]int64{int64(n), int64(d)}
	}
	site := Site{Seed: 7, Load: "l", Session: 3}
	first := draw(site, "t")
	if again := draw(site, "t"); again != first {
		t.Errorf("the same site drew %v and then %v", first, again)
	}
	for name, other := range map[string][2]int64{
		"seed": draw(Site{Seed: 8, Load: "l", Session: 3}, "t"), "load": draw(Site{Seed: 7, Load: "m", Session: 3}, "t"),
		"session": draw(Site{Seed: 7, Load: "l", Session: 4}, "t"), "turn": draw(site, "u"),
	} {
		if other == first {
			t.Errorf("another %s drew the same: %v", name, other)
		}
	}
	if first[0] < 1 || first[0] > 1000 || first[1] < 0 {
		t.Errorf("%v is out of bounds", first)
	}
}

func TestTurnArguments(t *testing.T) {
	s := right(t, `
endpoint "a" {
  simulator {}
}
conversation "c" {
  defaults {
    max_tokens      = 10
    temperature     = 0
    stream          = false
    on_failure      = continue
    max_tool_rounds = 2
    stop            = ["x"]
  }
  turn "plain" {
    user = "Hi."
  }
  turn "own" {
    user          = "Again: ${turn.plain.response.text}"
    output_tokens = 20
    temperature   = 1.5
    stream        = true
    on_failure    = stop
    expect        = failure
    seed          = 9
    think_time    = "250ms"
    response_format = { type = "json_object" }
    extra_body      = { top_k = 1, s = "<a>", n = null }
  }
}
`)
	plain, own := s.Conversations[0].Turns[0], s.Conversations[0].Turns[1]
	sc := s.NewScope(Site{})
	sc.EnterTurn("plain")
	if n, _ := plain.MaxTokens.Int(sc); n != 10 || plain.OutputTokens.Present() || plain.Stream || !plain.Continue || plain.MaxToolRounds != 2 || plain.ExpectFailure {
		t.Errorf("defaults were not taken: %+v", plain)
	}
	if x, ok, _ := plain.Temperature.Float(sc); x != 0 || !ok {
		t.Error("a temperature of 0 is not none")
	}
	if stop, _ := plain.Stop.Strings(sc); len(stop) != 1 || stop[0] != "x" {
		t.Errorf("stop is %q", stop)
	}
	sc.SetTurn("plain", Response{Text: "Hello."}, nil)
	sc.EnterTurn("own")
	if own.MaxTokens.Present() || !own.Stream || own.Continue || !own.ExpectFailure || own.MaxToolRounds != 2 {
		t.Errorf("the turn's own arguments do not go over the defaults: %+v", own)
	}
	if text, diags := own.User.String(sc); text != "Again: Hello." || diags.HasErrors() {
		t.Errorf("the user says %q %v", text, diags)
	}
	if d, _ := own.ThinkTime.Duration(sc); d.String() != "250ms" {
		t.Errorf("think time is %s", d)
	}
	if got := string(own.ResponseFormat) + string(own.ExtraBody["s"]) + string(own.ExtraBody["n"]) + string(own.ExtraBody["top_k"]); got != `{"type":"json_object"}"<a>"null1` {
		t.Errorf("bodies are %s", got)
	}
	if seed, ok, _ := own.Seed.Int64(sc); seed != 9 || !ok {
		t.Errorf("seed is %d", seed)
	}
}

func TestHolds(t *testing.T) {
	s := right(t, oneTurn("")+`
slo "s" {
  objective "o" {
    value = goodput(metric.ttft < duration("500ms") && !metric.error)
    min   = 0.9
  }
}
`)
	o := s.SLOs[0].Objectives[0]
	for _, test := range []struct {
		values map[string]float64
		holds  bool
	}{
		{map[string]float64{"ttft": 0.4, "error": 0}, true},
		{map[string]float64{"ttft": 0.6, "error": 0}, false},
		{map[string]float64{"ttft": 0.4, "error": 1}, false},
		{map[string]float64{"error": 0}, false},
		{nil, false},
	} {
		if got := o.Value.Condition.Holds(test.values); got != test.holds {
			t.Errorf("%v: %v", test.values, got)
		}
	}
	if o.Value.Text != `goodput(metric.ttft < duration("500ms") && !metric.error)` {
		t.Errorf("text is %q", o.Value.Text)
	}
}

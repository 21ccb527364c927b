package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func testFunctions(environment map[string]string, allow ...string) map[string]function.Function {
	return baseFunctions(functionEnv{
		open:     sourceFile{dir: "testdata/functions"}.open,
		getenv:   func(name string) (string, bool) { v, ok := environment[name]; return v, ok },
		allowEnv: allow, secrets: &Secrets{},
	})
}

// evaluate evaluates an expression of the native syntax with the functions and variables.
func evaluate(t testing.TB, text string, functions map[string]function.Function, variables map[string]cty.Value) (cty.Value, hcl.Diagnostics) {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(text), "test.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %s", text, diags)
	}
	return expr.Value(&hcl.EvalContext{Functions: functions, Variables: variables})
}

// Every example of the reference comes to what the reference says.
func TestFunctionExamples(t *testing.T) {
	functions := testFunctions(nil)
	for _, doc := range Functions {
		got, diags := evaluate(t, doc.Example, functions, nil)
		if diags.HasErrors() {
			t.Errorf("%s: %s", doc.Example, diags)
			continue
		}
		if doc.Want == "" {
			if !got.Type().IsCapsuleType() {
				t.Errorf("%s: comes to %#v: the table should say so", doc.Example, got)
			}
			continue
		}
		want, diags := evaluate(t, doc.Want, functions, nil)
		if diags.HasErrors() {
			t.Errorf("%s: %s", doc.Want, diags)
			continue
		}
		if !got.RawEquals(want) {
			t.Errorf("%s\ngot  %#v\nwant %#v", doc.Example, got, want)
		}
	}
}

func TestFunctionTableIsWhole(t *testing.T) {
	var documented []string
	for _, doc := range Functions {
		documented = append(documented, doc.Name)
		if !strings.HasPrefix(doc.Signature, doc.Name+"(") || !strings.Contains(doc.Example, doc.Name+"(") || doc.Doc == "" || doc.Group == "" {
			t.Errorf("%s: incomplete", doc.Name)
		}
	}
	slices.Sort(documented)
	if known := slices.Sorted(maps.Keys(testFunctions(nil))); !slices.Equal(documented, known) {
		t.Errorf("table %s\nfunctions %s", documented, known)
	}
}

func TestFunctionErrors(t *testing.T) {
	functions := testFunctions(map[string]string{"AIM_MODEL": "llm", "HOME": "/root"})
	for text, want := range map[string]string{
		`duration("5")`:                                    `must be a duration with a unit`,
		`duration(5)`:                                      `must be a duration with a unit`,
		`env("HOME")`:                                      `only where --allow-env HOME is given`,
		`env("AIM_NOTHING")`:                               `AIM_NOTHING is not set in the environment, and no default is given`,
		`env("AIM_MODEL", 1, 2)`:                           `takes a name and a default`,
		`file("questions/hallo.txt")`:                      `there is no such file; is "questions/hello.txt" meant?`,
		`file("../functions_test.go")`:                     `outside the scenario file's directory`,
		`file("/etc/passwd")`:                              `relative to the scenario file`,
		`file("questions")`:                                `not a regular file`,
		`file("dot.png")`:                                  `not text in UTF-8`,
		`image("questions/hello.txt")`:                     `not a PNG, JPEG, GIF or WebP`,
		`uniform(2, 1)`:                                    `high must not be below low`,
		`uniform("1s", 2)`:                                 `both be numbers, or both durations`,
		`normal(1, -1)`:                                    `must not be negative`,
		`lognormal(0, 1)`:                                  `must be above 0`,
		`exponential(0)`:                                   `must be above 0`,
		`gamma("1s", 0)`:                                   `from 0.01 to 1e6`,
		`gamma([], 1)`:                                     `must be a number, or a duration`,
		`p(metric.tftt, 50)`:                               `no metric is named "tftt". Did you mean "ttft"?`,
		`p(metric.ttft, 0)`:                                `at least 1 and at most 100`,
		`p(metric.ttft, 101)`:                              `at least 1 and at most 100`,
		`p(1, 50)`:                                         `must be a metric`,
		`mean(server("not a series"))`:                     `must be the name of a series`,
		`synthetic({})`:                                    `tokens is needed`,
		`synthetic({ tokens = 0 })`:                        `whole number from 1`,
		`synthetic({ token = 5 })`:                         `Did you mean "tokens"?`,
		`synthetic({ tokens = 5, shared_by = [{}] })`:      `text or a number, or a list of them`,
		`synthetic({ tokens = 5, block_tokens = 4 })`:      `goes with a list`,
		`synthetic(5)`:                                     `must be an object`,
		`length(5)`:                                        `must be text, a list`,
		`regex("(", "a")`:                                  `RE2's syntax`,
		`jsondecode("{")`:                                  `not JSON`,
		`jsondecode("1e999999")`:                           `exponent`,
		`base64decode("%")`:                                `not base64`,
		`satisfies({}, "{")`:                               `the schema is not JSON`,
		`satisfies({}, { type = "objekt" })`:               `not a JSON schema`,
		`satisfies({}, { "$ref" = "http://x/y" })`:         `outside it`,
		`satisfies({}, { "$ref" = "file:///etc/passwd" })`: `outside it`,
		`satisfies({}, { "$ref" = "#" })`:                  `refers to itself`,
		`satisfies({}, { "$ref" = "#/$defs/no" })`:         `does not have`,
		`try(jsondecode("{"), duration("x"))`:              `none of its expressions can be evaluated`,
		`try()`:                                            `at least one expression`,
		`parseint("zz", 10)`:                               `zz`,
		`tonumber("abc")`:                                  `number`,
		`sum(["a"])`:                                       `list or a set of numbers`,
		`alltrue("no")`:                                    `list of bool`,
		`mentions_all("a", [])`:                            `at least one word`,
		`mentions_none("a", [" "])`:                        `must not be empty`,
		`mentions_any("a", [null])`:                        `must not be null`,
		`near(1, 2, -1)`:                                   `must not be negative`,
		`timeadd("yesterday", "1h")`:                       `must be a time such as`,
	} {
		_, diags := evaluate(t, text, functions, nil)
		if !diags.HasErrors() || !strings.Contains(diags.Error(), want) {
			t.Errorf("%s\ngot  %s\nwant %s", text, diags, want)
		}
	}
}

func TestFunctionValues(t *testing.T) {
	functions := testFunctions(map[string]string{"AIM_MODEL": "llm", "HOME": "/root"}, "HOME")
	for text, want := range map[string]string{
		`env("HOME")`:                           `"/root"`,
		`env("AIM_MODEL")`:                      `"llm"`,
		`env("AIM_NOTHING", null) == null`:      `true`,
		`env("AIM_NOTHING", 5)`:                 `5`,
		`length("")`:                            `0`,
		`length("e\u0301")`:                     `1`,
		`length("\r\n")`:                        `1`,
		`length({ a = 1 })`:                     `1`,
		`length([])`:                            `0`,
		`round(-2.5)`:                           `-3`,
		`sum([])`:                               `0`,
		`alltrue([])`:                           `true`,
		`anytrue([])`:                           `false`,
		`duration("-500ms")`:                    `-0.5`,
		`can(duration("5"))`:                    `false`,
		`try(try(try(duration("5"), [].a), 1))`: `1`,
		`satisfies("no JSON", {})`:              `false`,
		`satisfies([1, 2], jsonencode({ items = { type = "integer" } }))`:                                                `true`,
		`satisfies({ a = 1 }, { properties = { a = { "$ref" = "#/$defs/n" } }, "$defs" = { n = { type = "string" } } })`: `false`,
		`satisfies({ id = "x" }, { properties = { id = { const = "x" } }, default = { id = "y" } })`:                     `true`,
		`schema_errors("no JSON", {})[0]`:                    `"it is not JSON"`,
		`length(schema_errors({}, { required = ["a"] }))`:    `1`,
		`length(schema_errors({}, {}))`:                      `0`,
		`format("%5d|%-5s|%q", 42, "a", "b")`:                `"   42|a    |\"b\""`,
		`jsondecode("1e308") > 1`:                            `true`,
		`regex("(?P<n>[0-9]+)", "a12").n`:                    `"12"`,
		`tonumber("12.5")`:                                   `12.5`,
		`join("-", [for i in range(3) : format("%02d", i)])`: `"00-01-02"`,

		`mentions_all("party", ["art"])`:                             `false`,
		`mentions_all("Modern art.", ["ART"])`:                       `true`,
		`mentions_all("art-deco, start", ["art", "start"])`:          `true`,
		`mentions_any("Café", ["café"])`:                            `true`,
		`mentions_any("room 120", ["room 12"])`:                      `false`,
		`mentions_any("partly\n  cloudy", ["partly cloudy"])`:        `true`,
		`mentions_any("日本語の文", ["日本"])`:                              `true`,
		`mentions_any("aab aaab", ["aab"])`:                          `true`,
		`mentions_any("", ["a"])`:                                    `false`,
		`mentions_none("C++ and C#", ["c"])`:                         `false`,
		`mentions_all("C++ and C#", ["c++", "c#"])`:                  `true`,
		`distance("", "größe")`:                                      `5`,
		`distance("é", "é")`:                                        `0`,
		`similarity("", "")`:                                         `1`,
		`similarity("abc", "xyz")`:                                   `0`,
		`length(numbers("none"))`:                                    `0`,
		`numbers("-3.5, +4, −2 and 1e3; 2-3, x5, 5x, v1.2, 12,34.")`: `tolist([-3.5, 4, -2, 1000, 2, 3, 5, 12, 34])`,
		`numbers("1,000,000 of 10,0000")`:                            `tolist([1000000, 10, 0])`,
		`near(1, 2, 1)`:                                              `true`,
		`near(0.3, 0.2, 0.05)`:                                       `false`,
		`near(-1, 1, 1.9)`:                                           `false`,
	} {
		got, diags := evaluate(t, text, functions, nil)
		if diags.HasErrors() {
			t.Errorf("%s: %s", text, diags)
			continue
		}
		if w, _ := evaluate(t, want, functions, nil); !got.RawEquals(w) {
			t.Errorf("%s\ngot  %#v\nwant %#v", text, got, w)
		}
	}
}

// What a function says of a sensitive argument never quotes it, whatever the function and the argument's place.
func TestErrorsDoNotQuoteSensitiveArguments(t *testing.T) {
	const secret = "hush-hush-9"
	environment := map[string]string{"AIM_API_KEY": secret}
	for name, f := range testFunctions(environment) {
		params := f.Params()
		if v := f.VarParam(); v != nil {
			params = append(params, *v, *v)
		}
		for i := range params {
			for _, value := range []cty.Value{
				cty.StringVal(secret), cty.StringVal(secret + "(["), cty.TupleVal([]cty.Value{cty.StringVal(secret)}),
				cty.ObjectVal(map[string]cty.Value{secret: cty.StringVal(secret)}),
			} {
				checkQuiet(t, name, f, params, i, value.Mark(sensitive), secret)
			}
		}
	}
}

func checkQuiet(t *testing.T, name string, f function.Function, params []function.Parameter, i int, value cty.Value, secret string) {
	t.Helper()
	for _, other := range []cty.Value{cty.StringVal("x"), cty.NumberIntVal(1), cty.StringVal("AIM_API_KEY"), cty.EmptyTupleVal} {
		args := make([]cty.Value, len(params))
		for j := range args {
			args[j] = other
			if j == i {
				args[j] = value
			}
			if params[j].Type == customdecode.ExpressionClosureType {
				args[j] = customdecode.ExpressionClosureVal(&customdecode.ExpressionClosure{
					Expression: &hclsyntax.LiteralValueExpr{Val: args[j]}, EvalContext: &hcl.EvalContext{},
				})
			}
		}
		v, err := f.Call(args)
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s, argument %d: %s", name, i, err)
		}
		if err == nil && !v.ContainsMarked() && v.IsWhollyKnown() && strings.Contains(fmt.Sprintf("%#v", v), secret) {
			t.Errorf("%s, argument %d: the secret is in %#v without its mark", name, i, v)
		}
	}
}

func TestKeysFromTheEnvironmentAreSensitive(t *testing.T) {
	secrets := &Secrets{}
	environment := map[string]string{"AIM_API_KEY": "hush-hush", "AIM_MODEL": "llm-prod", "EDGE_TOKEN": "token-1"}
	functions := baseFunctions(functionEnv{getenv: func(name string) (string, bool) { v, ok := environment[name]; return v, ok }, secrets: secrets})
	for name, want := range map[string]bool{"AIM_API_KEY": true, "AIM_MODEL": false, "EDGE_TOKEN": true} {
		v, diags := evaluate(t, fmt.Sprintf(`upper("Bearer ${env(%q)}")`, name), functions, nil)
		if diags.HasErrors() || v.HasMark(sensitive) != want {
			t.Errorf("%s: %#v %s", name, v, diags)
		}
	}
	if got := secrets.Redact("hush-hush llm-prod token-1"); got != "(sensitive) llm-prod (sensitive)" {
		t.Error(got)
	}
}

// Functions over what is not known yet say what they can of the result.
func TestFunctionsOverUnknowns(t *testing.T) {
	variables := map[string]cty.Value{"text": cty.UnknownVal(cty.String), "any": cty.DynamicVal, "number": cty.UnknownVal(cty.Number)}
	functions := testFunctions(nil)
	for text, want := range map[string]cty.Type{
		`length(text)`: cty.Number, `upper(text)`: cty.String, `duration(text)`: cty.Number, `jsondecode(text)`: cty.DynamicPseudoType,
		`can(text.a)`: cty.Bool, `satisfies(any, {})`: cty.Bool, `format("%s", text)`: cty.String, `text(text)`: partType,
		`uniform(number, 5)`: distType, `near(number, 1, 2)`: cty.Bool, `mentions_any(text, ["a"])`: cty.Bool, `numbers(text)`: cty.List(cty.Number), `synthetic({ tokens = number })`: partType, `regex("a", text)`: cty.String, `round(number)`: cty.Number,
	} {
		v, diags := evaluate(t, text, functions, variables)
		if text == `can(text.a)` {
			want = cty.Bool
		}
		if diags.HasErrors() || !v.Type().Equals(want) {
			t.Errorf("%s: %#v %s", text, v, diags)
		}
	}
	if _, diags := evaluate(t, `length(number)`, functions, variables); !diags.HasErrors() {
		t.Error("length of an unknown number is no error")
	}
}

func TestMeasuredFromValue(t *testing.T) {
	functions := testFunctions(nil)
	for text, want := range map[string]Measured{
		`p(metric.ttft, 99.9)`:                       {Fn: "p", Metric: "ttft", Q: 99.9},
		`p(metric["ttft"], 100)`:                     {Fn: "p", Metric: "ttft", Q: 100},
		`mean(metric.output_tokens)`:                 {Fn: "mean", Metric: "output_tokens"},
		`p(server("vllm:num_requests_waiting"), 50)`: {Fn: "p", Series: "vllm:num_requests_waiting", Q: 50},
	} {
		v, diags := evaluate(t, text, functions, nil)
		if got, ok := measuredFromValue(v); !ok || got != want {
			t.Errorf("%s: %+v %s", text, got, diags)
		}
	}
	v, diags := evaluate(t, `goodput(metric.ttft < duration("500ms") && metric.tpot < 1)`, functions, nil)
	m, ok := measuredFromValue(v)
	if !ok || m.Fn != "goodput" {
		t.Fatal(m, diags)
	}
	for _, c := range []struct {
		values map[string]float64
		want   bool
	}{
		{map[string]float64{"ttft": 0.4, "tpot": 0.1}, true},
		{map[string]float64{"ttft": 0.6, "tpot": 0.1}, false},
		{map[string]float64{"ttft": 0.4}, false},
	} {
		if got := m.Condition.Holds(c.values); got != c.want {
			t.Errorf("%v: %v", c.values, got)
		}
	}
	if _, ok := measuredFromValue(cty.StringVal("x")); ok {
		t.Error("text is taken for a measurement")
	}
}

package acceptance

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// used are the expressions that the steps of features use.
func used(t *testing.T, tab *table, paths ...string) map[string]bool {
	t.Helper()
	suite, err := Load(paths, Selection{Getenv: func(string) (string, bool) { return "set", true }})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	var note func(kind Kind, sentence string)
	note = func(kind Kind, sentence string) {
		m, err := tab.find(kind, sentence)
		if err != nil {
			t.Fatalf("%s: %v", sentence, err)
		}
		out[form(m)] = true
		for i, p := range m.expression().params {
			if p.Name == "step" {
				note(Then, m.text(i))
			}
		}
	}
	for _, f := range suite.features {
		for _, p := range f.pickles {
			for _, s := range p.Steps {
				note(kindOf(s.Type), s.Text)
			}
		}
	}
	return out
}

// form is the expression that a sentence is of.
func form(m *match) string {
	if m.not {
		return fmt.Sprintf("%s %s", m.Kind, m.Not)
	}
	return fmt.Sprintf("%s %s", m.Kind, m.Expr)
}

func (m *match) expression() *expression {
	if m.not {
		return compile(m.Not)
	}
	return compile(m.Expr)
}

// forms are all expressions of the table.
func forms(tab *table) []string {
	var out []string
	for _, r := range tab.rows {
		out = append(out, fmt.Sprintf("%s %s", r.Kind, r.Expr))
		if r.Not != "" {
			out = append(out, fmt.Sprintf("%s %s", r.Kind, r.Not))
		}
	}
	return out
}

// Every step of the table is used by the product's own features: what nobody needs is not there.
func TestEveryStepIsUsed(t *testing.T) {
	tab := newTable(Groups())
	in := used(t, tab, "../../features")
	for _, r := range tab.rows {
		if !in[fmt.Sprintf("%s %s", r.Kind, r.Expr)] && !in[fmt.Sprintf("%s %s", r.Kind, r.Not)] {
			t.Errorf("no feature says: %s %s", r.Kind, r.Expr)
		}
	}
}

// An example of a step means that step and no other, and each step says all that a reader needs.
func TestExamples(t *testing.T) {
	tab := newTable(Groups())
	for _, r := range tab.rows {
		m, err := tab.find(r.Kind, r.Example)
		if err != nil || m.Expr != r.Expr || m.not {
			t.Errorf("%s: its example %q: %v", r.Expr, r.Example, err)
		}
		if r.About == "" || strings.HasSuffix(r.About, ".") || (r.do == nil) == (r.check == nil) || (r.Kind == Then) != (r.check != nil) {
			t.Errorf("%s: incomplete", r.Expr)
		}
	}
}

// The document is that of the table.
func TestDocument(t *testing.T) {
	var b strings.Builder
	if err := WriteDocument(&b); err != nil {
		t.Fatal(err)
	}
	const path = "../../docs/acceptance.md"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(path)
	if err != nil || string(written) != b.String() {
		t.Errorf("docs/acceptance.md is not that of the table (%v): UPDATE=1 go test -run TestDocument ./engine/acceptance", err)
	}
}

// What is not known is named with what was probably meant, and what may mean several names them.
func TestFind(t *testing.T) {
	tab := newTable(Groups())
	for _, c := range []struct {
		kind           Kind
		sentence, want string
	}{
		{Then, `the reply contain "Paris"`, `there is no such step: did you mean: the reply contains "Paris"`},
		{Then, `the answer contains "Paris"`, `there is no such step: did you mean: the reply contains "Paris"`},
		{Then, `the reply doesn't contain "Paris"`, `there is no such step: did you mean: the reply does not contain {text}`},
		{Given, `I say "Hello"`, `there is no such step: did you mean this one, which stands at When? I say "Hello! Who are you?"`},
		{When, "x", "there is no such step: aimbench test --steps lists those there are"},
		{Then, "the turn fails with http_501", "http_501: no class of failure has that name; did you mean http_5xx?"},
		{Then, "the p96 of ttft is under 1 s", "p96: there are median, mean, max, p50, p90, p95, p99"},
		{Then, "the p95 of tfft is under 1 s", "tfft: no metric has that name; did you mean ttft?"},
		{When, "there is silence for 100 h", "100 h: a time is at most 24h0m0s"},
	} {
		if _, err := tab.find(c.kind, c.sentence); err == nil || err.Error() != c.want {
			t.Errorf("%s\n got %v\nwant %s", c.sentence, err, c.want)
		}
	}
	two := newTable([]Group{{"", []Step{{Kind: Then, Expr: "it is {text}"}, {Kind: Then, Expr: "it is {gesture}"}}}})
	if _, err := two.find(Then, `it is "x"`); err == nil || err.Error() != `this may mean several steps: it is {gesture}; it is {text}` {
		t.Errorf("%v", err)
	}
}

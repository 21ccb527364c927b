package scenario

import (
	"fmt"
	"hash/fnv"
	"math"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Expr is an expression that waits for what it refers to. The zero Expr is absent: it comes to null, false, an empty
// text and 0. It is immutable.
type Expr struct{ e *expression }

type expression struct {
	arg  *Argument
	hcl  hcl.Expression
	base *hcl.EvalContext
	// text is the source on one line.
	text string
	// path tells the expression from all others, whatever stands around it in the file.
	path uint64
	// fixed is the value of an expression that refers to nothing of a run; else cty.NilVal.
	fixed cty.Value
	// plain is fixed as its argument wants it, without marks; cty.NilVal where fixed is, or is wrong.
	plain   cty.Value
	secrets *Secrets
}

// Present reports whether the expression was given.
func (e Expr) Present() bool { return e.e != nil }

// Text is the expression's source on one line, or empty where it is absent.
func (e Expr) Text() string {
	if e.e == nil {
		return ""
	}
	return e.e.text
}

// uses are the names that the expression uses of what it refers to by name, such as row.
func (e Expr) uses(root string) []string {
	if e.e == nil {
		return nil
	}
	var out []string
	for _, t := range e.e.hcl.Variables() {
		if t.RootName() != root || len(t) == 1 {
			continue
		}
		if name, ok := stepName(t[1]); ok {
			out = append(out, name)
		}
	}
	return out
}

// Range is where the expression stands.
func (e Expr) Range() hcl.Range {
	if e.e == nil {
		return hcl.Range{}
	}
	return e.e.hcl.Range()
}

// Value evaluates the expression. The value may carry marks where it is made from something sensitive.
func (e Expr) Value(sc *Scope) (cty.Value, Diagnostics) {
	switch {
	case e.e == nil:
		return cty.NullVal(cty.DynamicPseudoType), nil
	case e.e.fixed != cty.NilVal:
		return e.e.fixed, nil
	}
	return e.e.hcl.Value(sc.context(e.e.base))
}

// converted evaluates the expression and makes of it what its argument wants, without marks: what is sensitive is known
// to the scenario's secrets.
func (e Expr) converted(sc *Scope) (cty.Value, Diagnostics) {
	if e.e != nil && e.e.plain != cty.NilVal {
		return e.e.plain, nil
	}
	v, diags := e.Value(sc)
	if e.e == nil || diags.HasErrors() {
		return v, diags
	}
	v, _ = openValue(v, e.e.secrets)
	v, err := e.e.arg.convert(v)
	if err != nil {
		return v, append(diags, e.problem(sc, err.Error()))
	}
	if v.IsNull() || v.IsWhollyKnown() {
		return v, diags
	}
	return v, append(diags, e.problem(sc, "is not known here"))
}

// problem is a diagnostic about the expression's value, which the argument's name begins.
func (e Expr) problem(sc *Scope, what string) *hcl.Diagnostic {
	d := &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Invalid " + e.e.arg.Name, Detail: fmt.Sprintf("%s %s.", e.e.arg.Name, what),
		Subject: e.e.hcl.Range().Ptr(), Expression: e.e.hcl,
	}
	if sc != nil {
		d.EvalContext = sc.context(e.e.base)
	}
	return d
}

// Bool evaluates a condition. Null is an error.
func (e Expr) Bool(sc *Scope) (bool, Diagnostics) {
	v, diags := e.converted(sc)
	if e.e == nil || diags.HasErrors() {
		return false, diags
	}
	if v.IsNull() {
		return false, append(diags, e.problem(sc, "is null, neither true nor false"))
	}
	return v.True(), diags
}

// String evaluates a text; null is the empty text. A value that is no text is written as JSON.
func (e Expr) String(sc *Scope) (string, Diagnostics) {
	v, diags := e.converted(sc)
	if diags.HasErrors() || v.IsNull() {
		return "", diags
	}
	if s, err := convert.Convert(v, cty.String); err == nil {
		return s.AsString(), diags
	}
	text, err := jsonText(v)
	if err != nil {
		return "", append(diags, e.problem(sc, "cannot be written as text"))
	}
	return text, diags
}

// Strings evaluates a list of texts; null is none.
func (e Expr) Strings(sc *Scope) ([]string, Diagnostics) {
	v, diags := e.converted(sc)
	if diags.HasErrors() || v.IsNull() {
		return nil, diags
	}
	return texts(v), diags
}

// Float evaluates a number, drawing it where it is a distribution; a draw outside what the argument allows is taken as
// the nearest that it does. The second result is false where the expression is absent or null.
func (e Expr) Float(sc *Scope) (float64, bool, Diagnostics) {
	v, diags := e.converted(sc)
	if e.e == nil || diags.HasErrors() || v.IsNull() {
		return 0, false, diags
	}
	if dist, ok := distFromValue(v); ok {
		return e.e.arg.Bounds.nearest(dist.Draw(sc.draw(e.e.path))), true, diags
	}
	x, _ := v.AsBigFloat().Float64()
	return x, true, diags
}

// Int evaluates a whole number; a drawn one is rounded to the nearest. 0 where the expression is absent or null.
func (e Expr) Int(sc *Scope) (int, Diagnostics) {
	x, _, diags := e.Float(sc)
	return int(max(math.MinInt32, min(math.MaxInt32, math.Round(x)))), diags
}

// Int64 evaluates a whole number such as a seed; false where the expression is absent or null.
func (e Expr) Int64(sc *Scope) (int64, bool, Diagnostics) {
	x, ok, diags := e.Float(sc)
	return int64(math.Round(x)), ok, diags
}

// Duration evaluates a duration, drawing it where it is a distribution; 0 where the expression is absent or null.
func (e Expr) Duration(sc *Scope) (time.Duration, Diagnostics) {
	x, _, diags := e.Float(sc)
	return seconds(x), diags
}

// Parts evaluates what a user says: text is one part.
func (e Expr) Parts(sc *Scope) ([]Part, Diagnostics) {
	v, diags := e.converted(sc)
	if diags.HasErrors() || v.IsNull() {
		if e.e != nil && !diags.HasErrors() {
			diags = append(diags, e.problem(sc, "is null: the user must say something"))
		}
		return nil, diags
	}
	parts, err := partsFromValue(v)
	if err != nil {
		return nil, append(diags, e.problem(sc, "is not what a user can say: "+err.Error()))
	}
	e.drawTokens(sc, parts)
	return parts, diags
}

// nearest is the allowed number next to x.
func (b Bounds) nearest(x float64) float64 {
	if math.IsNaN(x) {
		x = 0
	}
	if b.Min != nil {
		x = max(x, *b.Min)
	}
	if b.Max != nil {
		x = min(x, *b.Max)
	}
	return x
}

// oneLine puts source text on one line.
func oneLine(source string) string { return strings.Join(strings.Fields(source), " ") }

func hashText(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

package scenario

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// The outcomes of an assertion: fail says that the system under test broke a promise, error that the scenario's own
// expressions could not tell, inconclusive that the judge of a rubric could not.
const (
	Pass         = "pass"
	Fail         = "fail"
	Error        = "error"
	Inconclusive = "inconclusive"
)

// Result is what checking an assertion came to.
type Result struct {
	// Outcome is Pass, Fail, Error or Inconclusive.
	Outcome string
	// Message is the scenario's own words for a failure, or why the test could not tell; empty where it passed.
	Message string
	// Detail is the whole diagnostic as a user reads it, beginning with "Assertion failed: "; empty where it passed.
	// Like Message it has no secrets, no colour, and control characters escaped.
	Detail string
}

// OfRobot reports whether the assertion is about what the robot did, so that it waits for the turn's gestures.
func (a *Assert) OfRobot() bool {
	for _, e := range []Expr{a.Condition, a.ErrorMessage} {
		for _, t := range e.e.hcl.Variables() {
			if root := t.RootName(); root == "perform" || root == "robot" {
				return true
			}
		}
	}
	return false
}

// Rubrics are the names of the rubrics that the assertion uses.
func (a *Assert) Rubrics() []string { return a.rubrics }

// Check evaluates the assertion over what was set in the scope. What a judge could not tell is not evaluated, so that no
// condition, such as one within try, makes a pass of it.
func (a *Assert) Check(sc *Scope) Result {
	for _, name := range a.Rubrics() {
		judged, ok := sc.judged[name]
		if !ok {
			judged.Undecided = "nobody was asked"
		}
		if judged.Undecided != "" {
			message := fmt.Sprintf("rubric %q could not tell: %s", name, judged.Undecided)
			return a.result(Inconclusive, "Assertion is inconclusive: ", message, a.Condition.e.hcl, nil)
		}
	}
	holds, diags := a.Condition.Bool(sc)
	if diags.HasErrors() {
		return a.couldNotTell(sc, a.Condition, diags)
	}
	if holds {
		return Result{Outcome: Pass}
	}
	message, diags := a.ErrorMessage.String(sc)
	if diags.HasErrors() {
		message = "(its error_message could not be evaluated: " + diags[0].Detail + ")"
	}
	culprit := a.Condition.e.hcl
	ctx := sc.context(a.Condition.e.base)
	if native, ok := culprit.(hclsyntax.Expression); ok {
		culprit = failing(native, ctx)
	}
	return a.result(Fail, "Assertion failed: ", message, culprit, ctx)
}

func (a *Assert) couldNotTell(sc *Scope, e Expr, diags Diagnostics) Result {
	d := diags[0]
	message := d.Summary + ": " + d.Detail
	var ctx *hcl.EvalContext
	if e.e.fixed == cty.NilVal {
		ctx = sc.context(e.e.base)
	}
	return a.result(Error, "Assertion could not be checked: ", message, e.e.hcl, ctx)
}

func (a *Assert) result(outcome, title, message string, culprit hcl.Expression, ctx *hcl.EvalContext) Result {
	redact := func(s string) string { return printable(a.Condition.e.secrets.Redact(s)) }
	message = redact(message)
	var out strings.Builder
	fmt.Fprintf(&out, "%s%s\n\n", title, message)
	s := snippet{source: a.file, subject: culprit.Range(), indent: "    "}
	s.write(&out)
	for _, line := range valuesOf(culprit, ctx) {
		fmt.Fprintf(&out, "        %s\n", line)
	}
	return Result{Outcome: outcome, Message: message, Detail: redact(strings.TrimSuffix(out.String(), "\n"))}
}

// failing finds the part of a false condition that made it false: the false side of &&, the argument that try took.
func failing(e hclsyntax.Expression, ctx *hcl.EvalContext) hclsyntax.Expression {
	switch x := e.(type) {
	case *placed:
		return e
	case *guarded:
		return failing(x.Expression, ctx)
	case *hclsyntax.ParenthesesExpr:
		return failing(x.Expression, ctx)
	case *hclsyntax.TemplateWrapExpr:
		return failing(x.Wrapped, ctx)
	case *hclsyntax.BinaryOpExpr:
		if x.Op != hclsyntax.OpLogicalAnd {
			return e
		}
		if isFalse(x.LHS, ctx) {
			return failing(x.LHS, ctx)
		}
		return failing(x.RHS, ctx)
	case *hclsyntax.ConditionalExpr:
		if v, diags := x.Condition.Value(ctx); !diags.HasErrors() && v.IsKnown() && !v.IsNull() && v.Type() == cty.Bool {
			if v, _ := v.Unmark(); v.True() {
				return failing(x.TrueResult, ctx)
			}
			return failing(x.FalseResult, ctx)
		}
	case *hclsyntax.FunctionCallExpr:
		if x.Name != "try" {
			return e
		}
		for i, arg := range x.Args {
			if _, diags := arg.Value(ctx); !diags.HasErrors() {
				if i > 0 && i == len(x.Args)-1 {
					return e // all that says something failed: show the whole
				}
				return failing(arg, ctx)
			}
		}
	}
	return e
}

func isFalse(e hclsyntax.Expression, ctx *hcl.EvalContext) bool {
	v, diags := e.Value(ctx)
	if diags.HasErrors() {
		return false
	}
	v, _ = v.Unmark()
	return v.IsKnown() && !v.IsNull() && v.Type() == cty.Bool && v.False()
}

package scenario

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

const (
	// maxWork bounds what all evaluations of a scenario before its run may do together, in steps of a microsecond or less:
	// an expression evaluated is one, and values count by the memory they take.
	maxWork = 1_000_000
	// maxLoop bounds the elements that a `for` goes through, maxNestedLoop where it stands in another or has another in it.
	maxLoop, maxNestedLoop = 10_000, 300
	// The steps of an element, of a list or an object, and how many bytes of text are one.
	elementWork, containerWork, textWork = 4, 16, 64
)

// work counts what evaluations do. A nil work does not count; it may be used by several goroutines at once.
type work struct {
	done     atomic.Int64
	released atomic.Bool
}

var errTooMuchWork = errors.New("the scenario's expressions ask for too much work before the run: loops, lists or texts are too large")

// add counts work and fails when it becomes too much.
func (w *work) add(n int) error {
	if !w.counts() {
		return nil
	}
	if w.done.Add(int64(n)) > maxWork {
		return errTooMuchWork
	}
	return nil
}

// addValue counts a value that is used.
func (w *work) addValue(v cty.Value) error {
	if !w.counts() {
		return nil
	}
	if err := w.add(0); err != nil { // to see how large the value is would be more work
		return err
	}
	var s valueSize
	if err := s.add(v, 0); err != nil {
		return err
	}
	return w.add(s.work())
}

// counts reports whether work is counted.
func (w *work) counts() bool { return w != nil && !w.released.Load() }

func (s *valueSize) work() int {
	return 1 + s.elements*elementWork + s.containers*containerWork + s.bytes/textWork
}

// release ends the counting: the run's evaluations, which go on for hours, are bounded one by one.
func (w *work) release() { w.released.Store(true) }

// guardBody bounds every expression in a native body, in place.
func guardBody(body *hclsyntax.Body, w *work) {
	for _, attr := range body.Attributes {
		attr.Expr = guardExpr(attr.Expr, w)
	}
	for _, block := range body.Blocks {
		guardBody(block.Body, w)
	}
}

// guardExpr bounds what an expression does when it is evaluated: the elements that it loops over, the texts that it
// makes, and the numbers that it calculates, whose digits would be written out. It changes expr and returns what is to
// be used in its place. Static readings, as a keyword or a reference, stay as they are.
func guardExpr(expr hclsyntax.Expression, w *work) hclsyntax.Expression {
	if _, ok := expr.(*hclsyntax.ScopeTraversalExpr); ok {
		return expr
	}
	g := guarding{work: w}
	return g.expr(expr)
}

// guarding is a walk through an expression.
type guarding struct {
	work  *work
	loops int
	// nodes counts the expressions passed so far; nested says that a loop was among them.
	nodes  int
	nested bool
}

func (g *guarding) all(exprs []hclsyntax.Expression) {
	for i, e := range exprs {
		exprs[i] = g.expr(e)
	}
}

func (g *guarding) expr(expr hclsyntax.Expression) hclsyntax.Expression {
	g.nodes++
	switch e := expr.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return g.check(e, g.work.addValue)
	case *hclsyntax.RelativeTraversalExpr:
		e.Source = g.expr(e.Source)
	case *hclsyntax.IndexExpr:
		e.Collection, e.Key = g.expr(e.Collection), g.expr(e.Key)
	case *hclsyntax.SplatExpr:
		e.Source = g.expr(e.Source)
	case *hclsyntax.BinaryOpExpr:
		e.LHS, e.RHS = g.operand(e.LHS), g.operand(e.RHS)
		return g.check(e, checkSize)
	case *hclsyntax.UnaryOpExpr:
		e.Val = g.operand(e.Val)
		return g.check(e, checkSize)
	case *hclsyntax.ConditionalExpr:
		e.Condition = g.expr(e.Condition)
		e.TrueResult, e.FalseResult = hold(g.expr(e.TrueResult), asAlternative), hold(g.expr(e.FalseResult), asAlternative)
	case *hclsyntax.ParenthesesExpr:
		e.Expression = g.expr(e.Expression)
	case *hclsyntax.FunctionCallExpr:
		g.all(e.Args)
	case *hclsyntax.TupleConsExpr:
		g.all(e.Exprs)
	case *hclsyntax.ObjectConsExpr:
		for i := range e.Items {
			e.Items[i].KeyExpr, e.Items[i].ValueExpr = g.expr(e.Items[i].KeyExpr), g.expr(e.Items[i].ValueExpr)
		}
	case *hclsyntax.ObjectConsKeyExpr:
		if _, name := e.Wrapped.(*hclsyntax.ScopeTraversalExpr); !name {
			e.Wrapped = g.expr(e.Wrapped)
		}
	case *hclsyntax.TemplateWrapExpr:
		e.Wrapped = g.expr(e.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		e.Tuple = g.expr(e.Tuple)
		return g.check(e, g.work.addValue)
	case *hclsyntax.TemplateExpr:
		if e.IsStringLiteral() {
			g.nodes += len(literal(e)) / textWork
			return e
		}
		g.all(e.Parts)
		return g.check(e, g.text)
	case *hclsyntax.ForExpr:
		return g.loop(e)
	}
	return expr
}

func literal(e *hclsyntax.TemplateExpr) string {
	v, _ := e.Value(nil)
	return v.AsString()
}

// loop bounds a `for`: by the elements it goes through, each of which costs what the body has.
func (g *guarding) loop(e *hclsyntax.ForExpr) hclsyntax.Expression {
	e.CollExpr = g.expr(e.CollExpr)
	outer := *g
	g.loops, g.nodes, g.nested = g.loops+1, 0, false
	for _, body := range []*hclsyntax.Expression{&e.KeyExpr, &e.ValExpr, &e.CondExpr} {
		if *body != nil {
			*body = g.expr(*body)
		}
	}
	most, cost := maxLoop, 1+g.nodes
	if g.nested || g.loops > 1 {
		most = maxNestedLoop
	}
	g.loops, g.nodes, g.nested = outer.loops, outer.nodes+g.nodes, true
	e.CollExpr = g.check(e.CollExpr, func(v cty.Value) error {
		v, _ = v.Unmark()
		if v.IsNull() || !v.IsKnown() || !v.CanIterateElements() {
			return nil
		}
		n := v.LengthInt()
		if n > most {
			return fmt.Errorf("it has more than the %d elements that a for goes through here", most)
		}
		return g.work.add(n * cost * elementWork)
	})
	return e
}

// text bounds what a template makes.
func (g *guarding) text(v cty.Value) error {
	if err := checkSize(v); err != nil {
		return err
	}
	return g.work.addValue(v)
}

// operand refuses text that is too long for a number, which it would be read as.
func (g *guarding) operand(e hclsyntax.Expression) hclsyntax.Expression {
	e = g.expr(e)
	return g.check(e, func(v cty.Value) error {
		v, _ = v.Unmark()
		if v.Type() != cty.String || v.IsNull() || !v.IsKnown() || len(v.AsString()) <= maxNumber || !looksNumeric(v.AsString()) {
			return nil
		}
		return fmt.Errorf("it has more than %d digits", maxNumber)
	})
}

func looksNumeric(s string) bool {
	return s[0] >= '0' && s[0] <= '9' || s[0] == '-' || s[0] == '+' || s[0] == '.'
}

// check evaluates an expression and then holds its value to a bound.
func (g *guarding) check(e hclsyntax.Expression, bound func(cty.Value) error) hclsyntax.Expression {
	return hold(e, func(v cty.Value) (cty.Value, error) { return v, bound(v) })
}

func hold(e hclsyntax.Expression, bound func(cty.Value) (cty.Value, error)) hclsyntax.Expression {
	return &guarded{ParenthesesExpr: &hclsyntax.ParenthesesExpr{Expression: e, SrcRange: e.Range()}, bound: bound}
}

// guarded is an expression whose value is held to a bound. It stands in the tree as parentheses would, so that all that
// walks through expressions finds what is within.
type guarded struct {
	*hclsyntax.ParenthesesExpr
	bound func(cty.Value) (cty.Value, error)
}

// UnwrapExpression shows the expression itself to static readings.
func (e *guarded) UnwrapExpression() hcl.Expression { return e.Expression }

func (e *guarded) StartRange() hcl.Range { return e.Expression.StartRange() }

func (e *guarded) Variables() []hcl.Traversal { return e.Expression.Variables() }

func (e *guarded) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Expression.Value(ctx)
	if diags.HasErrors() {
		return v, diags
	}
	v, err := e.bound(v)
	if err != nil {
		return cty.DynamicVal, append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "Value too large", Detail: fmt.Sprintf("This value cannot be used: %s.", err),
			Subject: e.Range().Ptr(), Expression: e.Expression, EvalContext: ctx,
		})
	}
	return v, diags
}

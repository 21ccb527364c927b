package scenario

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// native is the expression itself, whatever it was written in, and without what dynamic puts around it.
func native(expr hcl.Expression) hclsyntax.Expression {
	expr = hcl.UnwrapExpressionUntil(expr, func(e hcl.Expression) bool {
		_, ok := e.(hclsyntax.Expression)
		return ok
	})
	if e, ok := expr.(*jsonExpr); ok {
		return e.Expression
	}
	return expr.(hclsyntax.Expression)
}

// nativeJSON makes of an expression in JSON one of the native syntax.
func (d *decoder) nativeJSON(expr hcl.Expression) (hclsyntax.Expression, hcl.Diagnostics) {
	if items, diags := hcl.ExprList(expr); !diags.HasErrors() {
		return d.nativeList(expr, items)
	}
	if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
		return d.nativeObject(expr, pairs)
	}
	v, diags := expr.Value(nil) // without a context a JSON text is just that
	if diags.HasErrors() {
		return nil, diags
	}
	if v.Type() != cty.String || v.IsNull() {
		return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: expr.Range()}, nil
	}
	return d.nativeText(v.AsString(), expr.Range())
}

func (d *decoder) nativeList(expr hcl.Expression, items []hcl.Expression) (hclsyntax.Expression, hcl.Diagnostics) {
	out := &hclsyntax.TupleConsExpr{SrcRange: expr.Range(), OpenRange: expr.StartRange()}
	var diags hcl.Diagnostics
	for _, item := range items {
		e, more := d.nativeJSON(item)
		diags = append(diags, more...)
		out.Exprs = append(out.Exprs, e)
	}
	return out, diags
}

func (d *decoder) nativeObject(expr hcl.Expression, pairs []hcl.KeyValuePair) (hclsyntax.Expression, hcl.Diagnostics) {
	out := &hclsyntax.ObjectConsExpr{SrcRange: expr.Range(), OpenRange: expr.StartRange()}
	var diags hcl.Diagnostics
	for _, pair := range pairs {
		key, more := d.nativeJSON(pair.Key)
		diags = append(diags, more...)
		value, more := d.nativeJSON(pair.Value)
		diags = append(diags, more...)
		if key != nil {
			key = &hclsyntax.ObjectConsKeyExpr{Wrapped: key, ForceNonLiteral: true}
		}
		out.Items = append(out.Items, hclsyntax.ObjectConsItem{KeyExpr: key, ValueExpr: value})
	}
	return out, diags
}

// nativeText parses a JSON text as a template. Where the text stands in the file without escapes, places within it are
// exact; else everything in it is said to stand where the whole text does.
func (d *decoder) nativeText(text string, rng hcl.Range) (hclsyntax.Expression, hcl.Diagnostics) {
	start := hcl.Pos{Line: rng.Start.Line, Column: rng.Start.Column + 1, Byte: rng.Start.Byte + 1}
	expr, diags := hclsyntax.ParseTemplate([]byte(text), rng.Filename, start)
	exact := rng.End.Byte-rng.Start.Byte == len(text)+2 // two quotes
	if diags.HasErrors() {
		if !exact {
			place(diags, rng)
		}
		return nil, diags
	}
	if wrap, ok := expr.(*hclsyntax.TemplateWrapExpr); ok {
		expr = wrap.Wrapped
		text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), "${"), "}")
	}
	if whole, ok := expr.(*hclsyntax.TemplateExpr); ok && exact {
		whole.SrcRange = rng
	}
	expr = guardExpr(expr, d.work)
	if exact {
		return expr, nil
	}
	return &placed{ParenthesesExpr: &hclsyntax.ParenthesesExpr{Expression: expr, SrcRange: rng}, text: text}, nil
}

// placed is an expression whose own places are not those of the file. Like guarded it stands in the tree as parentheses
// would.
type placed struct {
	*hclsyntax.ParenthesesExpr
	text string
}

// UnwrapExpression shows the expression itself to static readings.
func (p *placed) UnwrapExpression() hcl.Expression { return p.Expression }

func (p *placed) StartRange() hcl.Range { return p.SrcRange }

func (p *placed) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := p.Expression.Value(ctx)
	return v, place(diags, p.SrcRange)
}

func (p *placed) Variables() []hcl.Traversal {
	vars := p.Expression.Variables()
	out := make([]hcl.Traversal, len(vars))
	for i, t := range vars {
		out[i] = moved(t, p.SrcRange)
	}
	return out
}

// place says of every diagnostic that it is about rng. It copies, as an expression may keep its own.
func place(diags hcl.Diagnostics, rng hcl.Range) hcl.Diagnostics {
	for i, d := range diags {
		c := *d
		c.Subject, c.Context = rng.Ptr(), nil
		diags[i] = &c
	}
	return diags
}

// moved is the traversal with every step at rng.
func moved(t hcl.Traversal, rng hcl.Range) hcl.Traversal {
	out := make(hcl.Traversal, len(t))
	for i, step := range t {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			s.SrcRange = rng
			out[i] = s
		case hcl.TraverseAttr:
			s.SrcRange = rng
			out[i] = s
		case hcl.TraverseIndex:
			s.SrcRange = rng
			out[i] = s
		default:
			out[i] = step
		}
	}
	return out
}

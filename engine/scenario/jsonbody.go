package scenario

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// jsonBody is a body in JSON whose expressions are native ones, parsed once and bounded as those of the native syntax.
type jsonBody struct {
	hcl.Body
	decoder *decoder
}

func (b jsonBody) Content(schema *hcl.BodySchema) (*hcl.BodyContent, hcl.Diagnostics) {
	content, diags := b.Body.Content(schema)
	return content, append(diags, b.convert(content)...)
}

func (b jsonBody) PartialContent(schema *hcl.BodySchema) (*hcl.BodyContent, hcl.Body, hcl.Diagnostics) {
	content, rest, diags := b.Body.PartialContent(schema)
	return content, jsonBody{rest, b.decoder}, append(diags, b.convert(content)...)
}

func (b jsonBody) JustAttributes() (hcl.Attributes, hcl.Diagnostics) {
	attrs, diags := b.Body.JustAttributes()
	return attrs, append(diags, b.attributes(attrs)...)
}

func (b jsonBody) convert(content *hcl.BodyContent) hcl.Diagnostics {
	for _, block := range content.Blocks {
		block.Body = jsonBody{block.Body, b.decoder}
	}
	return b.attributes(content.Attributes)
}

// attributes makes the expressions native. Those whose syntax is wrong are left out and reported.
func (b jsonBody) attributes(attrs hcl.Attributes) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for name, attr := range attrs {
		expr, more := b.decoder.fromJSON(attr.Expr)
		diags = append(diags, more...)
		if more.HasErrors() {
			delete(attrs, name)
			continue
		}
		attr.Expr = expr
	}
	return diags
}

// jsonExpr is an expression in JSON as a native one. Its static readings are those of the JSON: a text is a keyword or a
// reference where one is wanted.
type jsonExpr struct {
	hclsyntax.Expression
	static hcl.Expression
}

// Value of a JSON text without a context is just the text, as HCL has it for JSON.
func (e *jsonExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if ctx == nil {
		return e.static.Value(nil)
	}
	return e.Expression.Value(ctx)
}

// UnwrapExpression shows the native expression.
func (e *jsonExpr) UnwrapExpression() hcl.Expression { return e.Expression }

// AsTraversal reads a text as a keyword or a reference.
func (e *jsonExpr) AsTraversal() hcl.Traversal {
	t, _ := hcl.AbsTraversalForExpr(e.static)
	return t
}

// ExprCall reads a text as a call, such as a type's.
func (e *jsonExpr) ExprCall() *hcl.StaticCall {
	call, _ := hcl.ExprCall(e.static)
	return call
}

// ExprList reads an array.
func (e *jsonExpr) ExprList() []hcl.Expression {
	items, diags := hcl.ExprList(e.static)
	tuple, ok := e.Expression.(*hclsyntax.TupleConsExpr)
	if diags.HasErrors() || !ok {
		return nil
	}
	out := make([]hcl.Expression, len(items))
	for i := range items {
		out[i] = &jsonExpr{tuple.Exprs[i], items[i]}
	}
	return out
}

// ExprMap reads an object.
func (e *jsonExpr) ExprMap() []hcl.KeyValuePair {
	pairs, diags := hcl.ExprMap(e.static)
	object, ok := e.Expression.(*hclsyntax.ObjectConsExpr)
	if diags.HasErrors() || !ok {
		return nil
	}
	out := make([]hcl.KeyValuePair, len(pairs))
	for i, pair := range pairs {
		out[i] = hcl.KeyValuePair{Key: pair.Key, Value: &jsonExpr{object.Items[i].ValueExpr, pair.Value}}
	}
	return out
}

// fromJSON makes of an expression in JSON one of the native syntax, once: HCL would parse a JSON text again whenever it
// is evaluated.
func (d *decoder) fromJSON(expr hcl.Expression) (hcl.Expression, hcl.Diagnostics) {
	native, diags := d.nativeJSON(expr)
	if diags.HasErrors() {
		return nil, diags
	}
	return &jsonExpr{native, expr}, diags
}

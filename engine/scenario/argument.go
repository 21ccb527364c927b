package scenario

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"aimbench/engine/metric"
)

var functionName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// reference is a static name of another block: kind and name, and what follows them.
type reference struct {
	kind, name string
	rest       []string
	rng        hcl.Range
}

// argument reads one argument into its node.
func (d *decoder) argument(n *node, arg *Argument, attr *hcl.Attribute, path string) {
	switch arg.Kind {
	case KindKeyword:
		if word, ok := d.keyword(arg, attr.Expr); ok {
			n.words[arg.Name] = word
		}
	case KindReference:
		if ref, ok := d.reference(arg, attr.Expr); ok {
			n.refs[arg.Name] = []reference{ref}
		}
	case KindReferences:
		n.refs[arg.Name] = d.references(arg, attr.Expr)
	case KindValue:
		if v, timed, ok := d.value(arg, attr.Expr, n.file); ok {
			n.values[arg.Name] = v
			n.timed[arg.Name], n.bare[arg.Name] = timed, isBareNumber(attr.Expr)
		}
	case KindClosure:
		d.closure(n, arg, attr.Expr)
	case KindType, KindCaptures:
		n.raw[arg.Name] = attr.Expr
	case KindLazy:
		n.exprs[arg.Name] = d.newExpr(arg, native(attr.Expr), n.file, path+"."+arg.Name)
	}
}

// closure reads what an objective is about: its functions keep their arguments, which use metrics, as they stand.
func (d *decoder) closure(n *node, arg *Argument, expr hcl.Expression) {
	known := d.valueNames()
	known.types["metric"] = metricType
	if t, diags := hcl.AbsTraversalForExpr(native(expr)); !diags.HasErrors() && t.RootName() == "metric" {
		if d.checkNames(expr, known, n.file) && len(t) == 2 {
			n.metrics[arg.Name], _ = stepName(t[1])
		}
		return
	}
	if v, ok := d.evaluateOver(expr, n.file, known); ok {
		n.values[arg.Name] = v
	}
}

// metricType is the type of metric, with every metric in its unit.
var metricType = func() cty.Type {
	types := map[string]cty.Type{}
	for _, m := range metric.Table {
		types[m.Name] = cty.Number
		if m.Unit == metric.Boolean {
			types[m.Name] = cty.Bool
		}
	}
	return cty.Object(types)
}()

// keyword reads a bare word.
func (d *decoder) keyword(arg *Argument, expr hcl.Expression) (string, bool) {
	word := hcl.ExprAsKeyword(expr)
	if slices.Contains(arg.Words, word) {
		return word, true
	}
	allowed := "It is one of " + listed(arg.Words, "or") + "."
	switch {
	case len(arg.Words) == 1:
		allowed = "It can only be " + arg.Words[0] + "."
	case len(arg.Words) > 12:
		allowed = "aimbench help language lists what it can be."
	}
	switch text, literal := literalText(expr); {
	case word != "":
		d.fail(expr.Range(), "Unknown keyword", fmt.Sprintf("%s cannot be %s.%s %s", arg.Name, word, didYouMean(word, arg.Words), allowed))
	case literal && slices.Contains(arg.Words, text):
		d.fail(expr.Range(), "Keyword in quotes", fmt.Sprintf("%s is a keyword: write %s = %s without quotes.", arg.Name, arg.Name, text))
	default:
		d.fail(expr.Range(), "Keyword expected", fmt.Sprintf("%s is a keyword, which stands for itself; it cannot be calculated. %s", arg.Name, allowed))
	}
	return "", false
}

// literalText is the text of an expression that is just that.
func literalText(expr hcl.Expression) (string, bool) {
	if t, ok := hcl.UnwrapExpression(expr).(*hclsyntax.TemplateExpr); ok && t.IsStringLiteral() {
		v, _ := t.Value(nil)
		return v.AsString(), true
	}
	return "", false
}

// reference reads the name of another block and finds it.
func (d *decoder) reference(arg *Argument, expr hcl.Expression) (reference, bool) {
	want := arg.To[0]
	form := want + ".NAME"
	if want == "turn" {
		form = "conversation.NAME.TURN"
	}
	traversal, diags := hcl.AbsTraversalForExpr(expr)
	if diags.HasErrors() {
		d.fail(expr.Range(), "Reference expected", fmt.Sprintf("%s is a reference: write %s. It cannot be calculated, nor stand in a variable.", arg.Name, form))
		return reference{}, false
	}
	ref := reference{kind: traversal.RootName(), rng: expr.Range()}
	for _, step := range traversal[1:] {
		attr, ok := step.(hcl.TraverseAttr)
		if !ok {
			d.fail(expr.Range(), "Reference expected", fmt.Sprintf("%s is a reference: write %s.", arg.Name, form))
			return reference{}, false
		}
		ref.rest = append(ref.rest, attr.Name)
	}
	kind, steps := want, 1
	if want == "turn" {
		kind, steps = "conversation", 2
	}
	if ref.kind != kind || len(ref.rest) != steps {
		d.fail(expr.Range(), "Reference expected", fmt.Sprintf("%s must be %s.%s", arg.Name, form, didYouMeanKind(ref.kind, kind)))
		return reference{}, false
	}
	ref.name, ref.rest = ref.rest[0], ref.rest[1:]
	if !d.declared(ref.kind, ref.name) {
		d.fail(expr.Range(), "Unknown "+ref.kind, fmt.Sprintf("No %s is named %q.%s", ref.kind, ref.name, d.meantName(ref.kind, ref.name)))
		return reference{}, false
	}
	return ref, true
}

func didYouMeanKind(given, kind string) string {
	if given != kind && suggest(given, []string{kind}) != "" {
		return fmt.Sprintf(" Did you mean %q?", kind)
	}
	return ""
}

func (d *decoder) references(arg *Argument, expr hcl.Expression) []reference {
	items, diags := hcl.ExprList(expr)
	if diags.HasErrors() {
		d.fail(expr.Range(), "List of references expected", fmt.Sprintf("%s is a list of references: write %s = [%s.NAME].", arg.Name, arg.Name, arg.To[0]))
		return nil
	}
	var refs []reference
	for _, item := range items {
		if ref, ok := d.reference(arg, item); ok {
			refs = append(refs, ref)
		}
	}
	return refs
}

// value evaluates an argument that must be known before the run. timed says that it was written with a unit of time.
// A null counts as not given.
func (d *decoder) value(arg *Argument, expr hcl.Expression, file *parsedFile) (v cty.Value, timed, ok bool) {
	v, ok = d.evaluate(expr, file)
	if !ok {
		return v, false, false
	}
	v, _ = d.open(v)
	if bareNumber(arg, expr) {
		d.fail(expr.Range(), "Unit missing", fmt.Sprintf("%s is a duration: write it with a unit, such as \"500ms\" or \"30s\".", arg.Name))
		return v, false, false
	}
	out, err := arg.convert(v)
	if err != nil {
		d.fail(expr.Range(), "Invalid "+arg.Name, fmt.Sprintf("%s %s.", arg.Name, err))
		return out, false, false
	}
	if out.IsNull() {
		return out, false, false
	}
	return out, v.Type() == cty.String, true
}

// bareNumber reports whether a duration is written as a number other than 0, whose unit nobody can know.
func bareNumber(arg *Argument, expr hcl.Expression) bool {
	return arg.Type == TypeDuration && isBareNumber(expr)
}

// isBareNumber reports whether an expression is just a number other than 0.
func isBareNumber(expr hcl.Expression) bool {
	expr = hcl.UnwrapExpression(expr)
	if _, native := expr.(hclsyntax.Expression); native {
		if _, literal := expr.(*hclsyntax.LiteralValueExpr); !literal {
			return false
		}
	}
	v, diags := expr.Value(nil) // without a context, a text in JSON is just that
	return !diags.HasErrors() && v.IsKnown() && !v.IsNull() && v.Type() == cty.Number && v.AsBigFloat().Sign() != 0
}

// evaluate gives an expression its value from var, local and functions. Failures are reported.
func (d *decoder) evaluate(expr hcl.Expression, file *parsedFile) (cty.Value, bool) {
	return d.evaluateOver(expr, file, d.valueNames())
}

func (d *decoder) evaluateOver(expr hcl.Expression, file *parsedFile, known names) (cty.Value, bool) {
	if !d.checkNames(expr, known, file) {
		return cty.DynamicVal, false
	}
	v, diags := expr.Value(d.base(file))
	d.report(diags...)
	if diags.HasErrors() || !v.IsWhollyKnown() { // unknown only where what it is made from failed and was reported
		return cty.DynamicVal, false
	}
	return v, true
}

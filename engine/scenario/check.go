package scenario

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// names are what an expression may refer to, each with its type, and why others may not be.
type names struct {
	types map[string]cty.Type
	// closed say of a name why it cannot be used here; the path is written with dots.
	closed []map[string]string
}

// why says why a name cannot be used here.
func (k names) why(path string) (string, bool) {
	for _, closed := range k.closed {
		if why, ok := closed[path]; ok {
			return why, true
		}
	}
	return "", false
}

// everywhere are the names of the language, with where they may be used.
var everywhere = map[string]string{
	"var": "", "local": "",
	"response":  "response is known only in a turn's capture and assert; an earlier turn's is turn.NAME.response",
	"turn":      "turn is known only within a conversation's turns",
	"row":       "row is known only within a conversation",
	"iteration": "iteration is known only within a conversation",
	"call":      "call is known only in a tool's result, and in the when of a perform on = tool_call",
	"perform":   "perform is known only in the assertions of a turn that performs something",
	"robot":     "robot is known only in the assertions of a conversation that has a robot",
	"rubric":    "rubric is known only in the assertions of a turn, where the scenario has a rubric",
	"metric":    "metric is known only in an objective's value",
}

// checkNames holds every reference and function name in an expression to what is known, also where evaluation would not
// get to them. It reports what is wrong, and whether nothing is.
func (d *decoder) checkNames(expr hcl.Expression, known names, file *parsedFile) bool {
	if d.full() {
		return false
	}
	before := len(d.diags)
	for _, t := range expr.Variables() {
		if diag := known.check(t); diag != nil {
			d.report(diag)
		}
	}
	_ = hclsyntax.Walk(native(expr), &functionCheck{decoder: d, known: d.base(file).Functions})
	return len(d.diags) == before
}

// functionCheck walks through an expression and reports functions that do not exist.
type functionCheck struct {
	*decoder
	known map[string]function.Function
	// around are the expressions whose own places are not those of the file.
	around []*placed
}

// Enter implements hclsyntax.Walker.
func (w *functionCheck) Enter(n hclsyntax.Node) hcl.Diagnostics {
	switch n := n.(type) {
	case *placed:
		w.around = append(w.around, n)
	case *hclsyntax.FunctionCallExpr:
		if _, ok := w.known[n.Name]; ok {
			return nil
		}
		rng := n.NameRange
		if len(w.around) > 0 {
			rng = w.around[0].SrcRange
		}
		w.fail(rng, "Unknown function", fmt.Sprintf("No function is named %q.%s", n.Name, didYouMean(n.Name, slices.Sorted(maps.Keys(w.known)))))
	}
	return nil
}

// Exit implements hclsyntax.Walker.
func (w *functionCheck) Exit(n hclsyntax.Node) hcl.Diagnostics {
	if _, ok := n.(*placed); ok {
		w.around = w.around[:len(w.around)-1]
	}
	return nil
}

// check finds what is wrong with one reference; nil where nothing is.
func (k names) check(t hcl.Traversal) *hcl.Diagnostic {
	root := t.RootName()
	ty, ok := k.types[root]
	if _, closed := k.why(root); closed || !ok {
		return k.unknownRoot(t, root)
	}
	if what, ok := byName[root]; ok && len(t) == 1 {
		return problemAt(t.SourceRange(), "Name missing", fmt.Sprintf("%s needs the name of a %s: write %s.NAME.", root, what, root))
	}
	path := root
	for _, step := range t[1:] {
		name, isName := stepName(step)
		if !isName {
			var diag *hcl.Diagnostic
			if ty, diag = index(ty, step, path); diag != nil {
				return diag
			}
			path += "[…]"
			continue
		}
		if why, ok := k.why(path + "." + name); ok {
			return problemAt(step.SourceRange(), "Not known here", why+".")
		}
		next, diag := attribute(ty, name, path, step)
		if diag != nil {
			return diag
		}
		ty, path = next, path+"."+name
	}
	return nil
}

func stepName(step hcl.Traverser) (string, bool) {
	switch s := step.(type) {
	case hcl.TraverseAttr:
		return s.Name, true
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String && s.Key.IsKnown() && !s.Key.IsNull() {
			return s.Key.AsString(), true
		}
	}
	return "", false
}

func (k names) unknownRoot(t hcl.Traversal, root string) *hcl.Diagnostic {
	rng := t.SourceRange()
	if why, ok := k.why(root); ok {
		return problemAt(rng, "Not known here", why+".")
	}
	if why, ok := everywhere[root]; ok {
		return problemAt(rng, "Not known here", why+".")
	}
	for _, b := range Table {
		if b.Name == root && b.Label != "" {
			return problemAt(rng, "Reference in an expression", fmt.Sprintf("%s.NAME names a block; it can be used only where a reference is wanted, not in an expression.", root))
		}
	}
	return problemAt(rng, "Unknown name", fmt.Sprintf("Nothing is named %q here.%s", root, k.meant(root)))
}

// meant suggests one of the names; where none is near, it says that text stands in quotes.
func (k names) meant(root string) string {
	known := slices.Sorted(maps.Keys(k.types))
	if s := didYouMean(root, known); s != "" {
		return s
	}
	for _, of := range []string{"var", "local"} {
		if ty := k.types[of]; ty != cty.NilType && ty.HasAttribute(root) {
			return fmt.Sprintf(" Did you mean %s.%s?", of, root)
		}
	}
	return " Text must stand in quotes."
}

func problemAt(rng hcl.Range, summary, detail string) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &rng}
}

// attribute is the type of an attribute.
func attribute(ty cty.Type, name, path string, step hcl.Traverser) (cty.Type, *hcl.Diagnostic) {
	switch {
	case ty == cty.DynamicPseudoType:
		return ty, nil
	case ty.IsObjectType():
		if ty.HasAttribute(name) {
			return ty.AttributeType(name), nil
		}
		return ty, unknownAttribute(ty, name, path, step)
	case ty.IsMapType():
		return ty.ElementType(), nil
	case ty.IsTupleType() || ty.IsListType():
		if _, err := strconv.Atoi(name); err == nil { // the old way to write an index
			return cty.DynamicPseudoType, nil
		}
	}
	return ty, problemAt(step.SourceRange(), "No attributes", fmt.Sprintf("%s is %s, which has no attribute %q.", path, friendly(ty), name))
}

func unknownAttribute(ty cty.Type, name, path string, step hcl.Traverser) *hcl.Diagnostic {
	known := slices.Sorted(maps.Keys(ty.AttributeTypes()))
	what := map[string]string{"var": "variable", "local": "local value", "row": "dataset", "turn": "turn", "metric": "metric", "perform": "perform", "rubric": "rubric"}[path]
	detail := fmt.Sprintf("%s has no attribute named %q.", path, name)
	if what != "" {
		detail = fmt.Sprintf("No %s is named %q.", what, name)
	} else {
		what = "attribute"
	}
	more := didYouMean(name, known)
	if more == "" && len(known) > 0 && len(known) <= 16 {
		more = fmt.Sprintf(" There is %s.", listed(quoted(known), "and"))
	}
	return problemAt(step.SourceRange(), "Unknown "+what, detail+more)
}

func index(ty cty.Type, step hcl.Traverser, path string) (cty.Type, *hcl.Diagnostic) {
	switch {
	case ty == cty.DynamicPseudoType, ty.IsTupleType(), ty.IsObjectType():
		return cty.DynamicPseudoType, nil
	case ty.IsListType(), ty.IsMapType():
		return ty.ElementType(), nil
	}
	return ty, problemAt(step.SourceRange(), "No elements", fmt.Sprintf("%s is %s, which has no elements.", path, friendly(ty)))
}

func friendly(ty cty.Type) string {
	switch {
	case ty == cty.String:
		return "text"
	case ty == cty.Bool:
		return "true or false"
	case ty.IsPrimitiveType():
		return "a " + ty.FriendlyName()
	}
	return ty.FriendlyName()
}

// valueNames are those that a value may refer to.
func (d *decoder) valueNames() names {
	return names{types: map[string]cty.Type{"var": d.variables.Type(), "local": d.locals.Type()}, closed: []map[string]string{d.unready}}
}

// check holds a lazy expression to the names it may use, and then evaluates it with typed unknowns in their place. It
// returns the value's type as far as it is known.
func (d *decoder) check(e Expr, file *parsedFile, types map[string]cty.Type, closed map[string]string) cty.Type {
	if !e.Present() || e.e.fixed != cty.NilVal {
		return e.fixedType()
	}
	if sees := e.e.arg.Sees; sees != nil {
		types = maps.Clone(types)
		maps.DeleteFunc(types, func(name string, _ cty.Type) bool { return !slices.Contains(sees, name) })
	}
	known := d.valueNames()
	maps.Copy(known.types, types)
	known.closed = append(known.closed, closed)
	if !d.checkNames(e.e.hcl, known, file) {
		return cty.DynamicPseudoType
	}
	types = narrowed(types, e.e.hcl)
	ty, diags := trial(e, types, unknown)
	if !diags.HasErrors() {
		_, diags = trial(e, types, oneElement)
		diags = slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool { return d.Summary == "Invalid index" })
	}
	for _, diag := range diags {
		offerAttribute(diag, types)
	}
	d.report(diags...)
	return ty
}

var missingAttribute = regexp.MustCompile(`does not have an attribute named "([^"]*)"`)

// offerAttribute adds to HCL's own message about an attribute, such as one of a for's element, the nearest name that
// anything in the expression has.
func offerAttribute(diag *hcl.Diagnostic, types map[string]cty.Type) {
	m := missingAttribute.FindStringSubmatch(diag.Detail)
	if diag.Summary != "Unsupported attribute" || m == nil {
		return
	}
	var all []string
	for _, ty := range types {
		all = attributesWithin(all, ty)
	}
	slices.Sort(all)
	diag.Summary = "Unknown attribute"
	diag.Detail = fmt.Sprintf("There is no attribute named %q.%s", m[1], didYouMean(m[1], all))
}

func attributesWithin(names []string, ty cty.Type) []string {
	switch {
	case ty.IsObjectType():
		for name, inner := range ty.AttributeTypes() {
			names = attributesWithin(append(names, name), inner)
		}
	case ty.IsListType() || ty.IsMapType():
		names = attributesWithin(names, ty.ElementType())
	}
	return names
}

// byName are the names that mean nothing without another after them.
var byName = map[string]string{"turn": "turn", "row": "dataset", "metric": "metric", "perform": "perform", "rubric": "rubric"}

// narrowed leaves of the types those that the expression uses: there may be many turns.
func narrowed(types map[string]cty.Type, expr hcl.Expression) map[string]cty.Type {
	used := map[string]map[string]cty.Type{}
	out := map[string]cty.Type{}
	for _, t := range expr.Variables() {
		root := t.RootName()
		ty, ok := types[root]
		if !ok {
			continue
		}
		if byName[root] == "" {
			out[root] = ty
			continue
		}
		if used[root] == nil {
			used[root] = map[string]cty.Type{}
		}
		if name, ok := stepName(t[1]); ok && ty.HasAttribute(name) {
			used[root][name] = ty.AttributeType(name)
		}
	}
	for root, attrs := range used {
		out[root] = cty.Object(attrs)
	}
	return out
}

func (e Expr) fixedType() cty.Type {
	if e.e == nil || e.e.fixed == cty.NilVal {
		return cty.DynamicPseudoType
	}
	return e.e.fixed.Type()
}

// trial evaluates an expression over values made from types, and converts the result as its argument wants.
func trial(e Expr, types map[string]cty.Type, make func(cty.Type) cty.Value) (cty.Type, hcl.Diagnostics) {
	ctx := e.e.base.NewChild()
	ctx.Variables = map[string]cty.Value{}
	for name, ty := range types {
		ctx.Variables[name] = make(ty)
	}
	v, diags := e.e.hcl.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicPseudoType, diags
	}
	v, _ = v.UnmarkDeep()
	if _, err := e.e.arg.convert(v); err != nil {
		return v.Type(), append(diags, e.problem(nil, strings.TrimSuffix(err.Error(), ".")))
	}
	return v.Type(), diags
}

// unknown is a value of which only the type is known, down to the attributes of objects.
func unknown(ty cty.Type) cty.Value { return fill(ty, cty.UnknownVal) }

// oneElement is unknown, with lists that have one element, so that what is done with each element is tried too.
func oneElement(ty cty.Type) cty.Value {
	return fill(ty, func(list cty.Type) cty.Value { return cty.TupleVal([]cty.Value{oneElement(list.ElementType())}) })
}

func fill(ty cty.Type, list func(cty.Type) cty.Value) cty.Value {
	switch {
	case ty.IsObjectType():
		attrs := map[string]cty.Value{}
		for name, t := range ty.AttributeTypes() {
			attrs[name] = fill(t, list)
		}
		return cty.ObjectVal(attrs)
	case ty.IsListType():
		return list(ty)
	}
	return cty.UnknownVal(ty)
}

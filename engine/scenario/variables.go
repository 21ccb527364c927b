package scenario

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// envPrefix goes before a variable's name in the environment.
const envPrefix = "AIMBENCH_VAR_"

// variable is what one variable block says.
type variable struct {
	*node
	typ       cty.Type
	defaults  *typeexpr.Defaults
	sensitive bool
}

// given is a variable's value from outside.
type given struct {
	value cty.Value
	// text: the value is text that has to be read as the variable's type.
	text bool
	// from says where the value came from; rng where in a file, if it stands in one.
	from string
	rng  *hcl.Range
}

// readVariables gives every variable its value: default < environment < --var-file < --var.
func (d *decoder) readVariables() {
	why := "A variable's default cannot use %s"
	d.unready = map[string]string{"var": fmt.Sprintf(why, "other variables"), "local": fmt.Sprintf(why, "locals")}
	values := map[string]cty.Value{}
	outside := d.outside()
	var all []*variable
	for _, dec := range d.ordered("variable") {
		v := &variable{node: d.read(dec.block, dec.spec, dec.file, "")}
		all = append(all, v)
		values[v.label] = d.variableValue(v, outside)
	}
	d.variables = cty.ObjectVal(values)
	d.unready = map[string]string{"local": "A variable's validation cannot use locals"}
	for _, v := range all {
		if values[v.label].IsWhollyKnown() {
			d.validate(v)
		}
	}
	d.unready = nil
}

// variableValue is the value of one variable, unknown where it has none that is right.
func (d *decoder) variableValue(v *variable, outside map[string]given) cty.Value {
	ok := d.variableType(v)
	v.sensitive = v.values["sensitive"] != cty.NilVal && v.values["sensitive"].True()
	g, set := outside[v.label]
	if !set {
		if !v.given("default") {
			d.fail(v.rng, "No value", fmt.Sprintf("The variable %q has no default and was not set: give --var %s=…, a --var-file, or %s%s in the environment.", v.label, v.label, envPrefix, v.label))
			return cty.DynamicVal
		}
		value, hasDefault := v.values["default"]
		if !hasDefault { // null, or failed and reported
			value = cty.NullVal(v.typ)
		}
		g = given{value: value, from: "its default"}
		if r, ok := v.ranges["default"]; ok {
			g.rng = &r
		}
	}
	if !ok {
		return cty.DynamicVal
	}
	return d.typed(v, g)
}

func (d *decoder) variableType(v *variable) bool {
	v.typ = cty.DynamicPseudoType
	if v.raw["type"] == nil {
		if def, ok := v.values["default"]; ok && def.Type().IsPrimitiveType() {
			v.typ = def.Type()
		} else if !v.given("default") {
			v.typ = cty.String
		}
		return true
	}
	ty, defaults, diags := typeexpr.TypeConstraintWithDefaults(v.raw["type"])
	for _, diag := range diags {
		diag.Summary = "Invalid type"
		if diag.Subject != nil {
			diag.Detail += didYouMean(strings.Trim(d.sourceText(*diag.Subject), `"`), typeWords)
		}
	}
	d.report(diags...)
	v.typ, v.defaults = ty, defaults
	return !diags.HasErrors()
}

var typeWords = []string{"string", "number", "bool", "any", "list", "set", "map", "object", "tuple", "optional"}

// typed makes of a given value one of the variable's type, and marks it where it is sensitive. Errors never quote it.
func (d *decoder) typed(v *variable, g given) cty.Value {
	where := g.rng
	if where == nil {
		where = &v.rng
	}
	value := g.value
	if g.text {
		if v.sensitive {
			d.scenario.Secrets.Add(value.AsString())
		}
		var ok bool
		if value, ok = d.fromText(value.AsString(), v.typ); !ok {
			d.fail(*where, "Invalid value", fmt.Sprintf("The value of variable %q from %s cannot be read as type %s.", v.label, g.from, typeexpr.TypeString(v.typ)))
			return cty.DynamicVal
		}
	}
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	out, err := convert.Convert(value, v.typ)
	if err != nil {
		d.fail(*where, "Invalid value", fmt.Sprintf("The value of variable %q from %s must be of type %s.", v.label, g.from, typeexpr.TypeString(v.typ)))
		return cty.DynamicVal
	}
	if v.sensitive {
		addTexts(out, d.scenario.Secrets)
		out = out.Mark(sensitive)
	}
	return out
}

// fromText reads text from a command line or the environment: as it is where text is wanted, else as an expression.
func (d *decoder) fromText(text string, want cty.Type) (cty.Value, bool) {
	if want == cty.String {
		return cty.StringVal(text), true
	}
	if !checkBounds([]byte(text), "").HasErrors() {
		if expr, diags := hclsyntax.ParseExpression([]byte(text), "", hcl.InitialPos); !diags.HasErrors() {
			if v, diags := guardExpr(expr, d.work).Value(nil); !diags.HasErrors() && v.IsWhollyKnown() {
				return v, true
			}
		}
	}
	if want == cty.DynamicPseudoType {
		return cty.StringVal(text), true
	}
	return cty.DynamicVal, false
}

// validate checks a variable's promises about its value.
func (d *decoder) validate(v *variable) {
	for _, n := range v.all("validation") {
		if !n.exprs["condition"].Present() || !n.exprs["error_message"].Present() {
			continue
		}
		before := len(d.diags)
		condition, message := d.ready(n, "condition"), d.ready(n, "error_message")
		if len(d.diags) > before {
			continue
		}
		holds, diags := condition.Bool(nil)
		if diags.HasErrors() {
			d.report(diags...)
			continue
		}
		if !holds {
			text, diags := message.String(nil)
			d.report(diags...)
			diag := problemAt(condition.Range(), "Invalid value", fmt.Sprintf("The value of variable %q is refused: %s", v.label, text))
			d.report(diag)
		}
	}
}

// ready evaluates an expression that was read before the variables had their values.
func (d *decoder) ready(n *node, name string) Expr {
	e := n.exprs[name].e
	out := d.newExpr(e.arg, native(e.hcl), n.file, "")
	if out.e.fixed == cty.NilVal { // it uses more than var
		d.checkNames(e.hcl, d.valueNames(), n.file)
	}
	return out
}

// outside gathers the values from the environment, from files and from the command line.
func (d *decoder) outside() map[string]given {
	out := map[string]given{}
	known := d.declarations["variable"]
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if text, ok := d.options.Getenv(envPrefix + name); ok {
			out[name] = given{value: cty.StringVal(text), text: true, from: envPrefix + name}
		}
	}
	for _, path := range d.options.VarFiles {
		d.varFile(path, out)
	}
	for _, name := range slices.Sorted(maps.Keys(d.options.Vars)) {
		if known[name] == nil {
			d.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Unknown variable", Detail: fmt.Sprintf("--var sets %q, but the scenario declares no such variable.%s", name, d.meantName("variable", name))})
			continue
		}
		out[name] = given{value: cty.StringVal(d.options.Vars[name]), text: true, from: "--var"}
	}
	return out
}

// varFile reads a file of values. Names that the scenario does not declare are only warned about, so that several
// scenarios can share a file.
func (d *decoder) varFile(path string, out map[string]given) {
	text, err := d.options.ReadVarFile(path)
	if err != nil {
		d.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Unreadable variable file", Detail: fmt.Sprintf("--var-file %s: %s.", path, err)})
		return
	}
	src := sourceFile{Source: Source{Path: path, Text: text}, JSON: strings.HasSuffix(path, ".json")}
	body, _, diags := parse(src)
	d.report(withoutSource(diags, src)...)
	if diags.HasErrors() {
		return
	}
	attrs, diags := d.guarded(body).JustAttributes()
	d.report(withoutSource(diags, src)...)
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		attr := attrs[name]
		if d.declarations["variable"][name] == nil {
			diag := problemAt(attr.NameRange, "Unknown variable", fmt.Sprintf("The scenario declares no variable %q.%s", name, d.meantName("variable", name)))
			diag.Severity = hcl.DiagWarning
			d.report(diag)
			continue
		}
		v, diags := attr.Expr.Value(&hcl.EvalContext{})
		d.report(withoutSource(diags, src)...)
		if !diags.HasErrors() {
			out[name] = given{value: v, from: path, rng: attr.Expr.Range().Ptr()}
		}
	}
}

// withoutSource takes out of messages about a file of values what HCL quotes from it.
func withoutSource(diags hcl.Diagnostics, _ sourceFile) hcl.Diagnostics {
	for _, d := range diags {
		d.Expression, d.EvalContext = nil, nil
	}
	return diags
}

// maxVarFile bounds a file of values.
const maxVarFile = 1 << 20

// ReadVarFile reads a file of values, or another small one that is given on the command line. The error does not name it.
func ReadVarFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, plainPathError(err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("not a regular file")
	case info.Size() > maxVarFile:
		return nil, fmt.Errorf("larger than %d bytes", maxVarFile)
	}
	text, err := os.ReadFile(path)
	return text, plainPathError(err)
}

package scenario

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Declaration is a block with a name, as far as its text tells: nothing is evaluated.
type Declaration struct {
	// Kind is the block's, such as "variable".
	Kind, Name string
	// Description is the block's own, where it says one in plain text.
	Description string
	// Values are what a variable may well be set to: true and false, or its default.
	Values []string
}

// Outline lists what files and directories declare, kind by kind. What cannot be read or is written wrongly is passed
// over: it is for whoever is still writing.
func Outline(paths []string) []Declaration {
	d := newDecoder(scenarioName(paths), Options{})
	d.readFiles(readSources(paths))
	read := d.files[:0]
	for _, f := range d.files {
		if f.body != nil {
			read = append(read, f)
		}
	}
	d.files = read
	d.declare()
	defer d.work.release()
	var out []Declaration
	for _, kind := range Table {
		for _, dec := range d.ordered(kind.Name) {
			out = append(out, outlined(dec))
		}
	}
	return out
}

func outlined(dec *declaration) Declaration {
	attributes, _ := dec.block.Body.JustAttributes() // those that there are beside what is wrong
	out := Declaration{Kind: dec.spec.Name, Name: dec.block.Labels[0]}
	if text, ok := plainValue(attributes["description"]); ok && text.Type() == cty.String {
		out.Description = text.AsString()
	}
	if out.Kind == "variable" {
		out.Values = likely(attributes)
	}
	return out
}

// likely are the values that a variable may well be set to.
func likely(attributes hcl.Attributes) []string {
	if sensitive, ok := plainValue(attributes["sensitive"]); ok && !sensitive.RawEquals(cty.False) {
		return nil
	}
	usual, ok := plainValue(attributes["default"])
	keyword := ""
	if typ := attributes["type"]; typ != nil {
		keyword = hcl.ExprAsKeyword(typ.Expr)
	}
	if keyword == "bool" || ok && usual.Type() == cty.Bool {
		return []string{"true", "false"}
	}
	if text, err := convert.Convert(usual, cty.String); ok && err == nil {
		return []string{text.AsString()}
	}
	return nil
}

// plainValue is the value of an attribute that uses no names.
func plainValue(attribute *hcl.Attribute) (cty.Value, bool) {
	if attribute == nil {
		return cty.NilVal, false
	}
	v, diags := attribute.Expr.Value(nil)
	return v, !diags.HasErrors() && v.IsKnown() && !v.IsNull()
}

package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// valuesOf lists what an expression refers to, one "NAME is VALUE" a line, in the order of the expression. What is
// sensitive or not known is left out.
func valuesOf(expr hcl.Expression, ctx *hcl.EvalContext) []string {
	if expr == nil || ctx == nil {
		return nil
	}
	var out []string
	for _, t := range expr.Variables() {
		v, diags := t.TraverseAbs(ctx)
		if diags.HasErrors() || v.ContainsMarked() || !v.IsKnown() {
			continue
		}
		if line := fmt.Sprintf("%s is %s", dotted(t), shown(v)); !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

// dotted writes a reference as it would stand in the source.
func dotted(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(s.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + s.Name)
		case hcl.TraverseIndex:
			b.WriteString("[" + shown(s.Key) + "]")
		}
	}
	return b.String()
}

// maxShown bounds a value's text in a diagnostic, in characters.
const maxShown = 200

// shown writes an unmarked value briefly.
func shown(v cty.Value) string {
	switch ty := v.Type(); {
	case v.IsNull():
		return "null"
	case !v.IsKnown():
		return "not known yet"
	case ty == cty.Number:
		return v.AsBigFloat().Text('g', 6)
	case ty == cty.Bool:
		return strconv.FormatBool(v.True())
	case ty == cty.String:
		text := v.AsString()
		return clip(fmt.Sprintf("%q", strings.ToValidUTF8(text[:min(len(text), 8*maxShown)], "")))
	case ty.IsCapsuleType():
		return ty.FriendlyName()
	}
	var size valueSize
	if err := size.add(v, 0); err != nil || size.elements > maxShown || size.bytes > maxBytes/8 {
		return fmt.Sprintf("%d elements", v.LengthInt())
	}
	if text, err := jsonText(v); v.IsWhollyKnown() && err == nil {
		return clip(text)
	}
	return v.Type().FriendlyName()
}

func clip(s string) string {
	if r := []rune(s); len(r) > maxShown {
		return string(r[:maxShown]) + "…"
	}
	return s
}

// printable escapes control characters, so that a text from a server cannot drive a terminal. Line ends and tabs stay.
func printable(s string) string {
	if !strings.ContainsFunc(s, unprintable) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unprintable(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func unprintable(r rune) bool {
	return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar)
}

package scenario

import (
	"math"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Synthetic reports whether anything that the user says may be a synthetic part, so that the endpoint's tokens must be
// measured before the conversation runs.
func (c *Conversation) Synthetic() bool {
	for _, t := range c.Turns {
		if t.User.synthetic() {
			return true
		}
	}
	return false
}

// synthetic reports whether the expression calls synthetic(), or uses a local value that did.
func (e Expr) synthetic() bool {
	if e.e == nil {
		return false
	}
	if e.e.fixed != cty.NilVal {
		return holdsSynthetic(e.e.fixed)
	}
	w := &syntheticCalls{}
	_ = hclsyntax.Walk(native(e.e.hcl), w)
	if w.found {
		return true
	}
	for _, t := range e.e.hcl.Variables() {
		if t.RootName() != "local" {
			continue
		}
		if v, diags := t.TraverseAbs(e.e.base); !diags.HasErrors() && holdsSynthetic(v) {
			return true
		}
	}
	return false
}

// syntheticCalls is a walker that looks for a call of synthetic().
type syntheticCalls struct{ found bool }

// Enter implements hclsyntax.Walker.
func (w *syntheticCalls) Enter(n hclsyntax.Node) hcl.Diagnostics {
	if call, ok := n.(*hclsyntax.FunctionCallExpr); ok && call.Name == "synthetic" {
		w.found = true
	}
	return nil
}

// Exit implements hclsyntax.Walker.
func (w *syntheticCalls) Exit(hclsyntax.Node) hcl.Diagnostics { return nil }

func holdsSynthetic(v cty.Value) bool {
	v, _ = v.UnmarkDeep()
	found := false
	_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
		if v.Type() == partType && v.IsKnown() && !v.IsNull() {
			found = found || v.EncapsulatedValue().(*Part).Kind == PartSynthetic
		}
		return !found, nil
	})
	return found
}

// drawTokens draws the length of each part that has a distribution of it, each part of a message for itself.
func (e Expr) drawTokens(sc *Scope, parts []Part) {
	for i := range parts {
		p := &parts[i]
		if p.drawn.IsSet() {
			x := p.drawn.Draw(mix(sc.draw(e.e.path), uint64(i)))
			p.Tokens = int(math.Round(max(1, min(maxSyntheticTokens, x))))
			p.drawn = Dist{}
		}
	}
}

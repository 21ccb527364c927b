package scenario

import (
	"github.com/zclconf/go-cty/cty"

	"aimbench/engine/metric"
)

// Holds evaluates a condition over one turn's metrics, each in its unit; of those that are true or false, anything but
// 0 is true, and +Inf is what never came. A metric without a value is unknown, and what depends on it does not hold. It
// may be called from several goroutines at once.
func (e Expr) Holds(values map[string]float64) bool {
	if e.e == nil {
		return false
	}
	metrics := make(map[string]cty.Value, len(metric.Table))
	for _, m := range metric.Table {
		x, ok := values[m.Name]
		switch {
		case m.Unit == metric.Boolean && ok:
			metrics[m.Name] = cty.BoolVal(x != 0)
		case m.Unit == metric.Boolean:
			metrics[m.Name] = cty.UnknownVal(cty.Bool)
		case ok:
			metrics[m.Name] = cty.NumberFloatVal(x)
		default:
			metrics[m.Name] = cty.UnknownVal(cty.Number)
		}
	}
	ctx := e.e.base.NewChild()
	ctx.Variables = map[string]cty.Value{"metric": cty.ObjectVal(metrics)}
	v, diags := e.e.hcl.Value(ctx)
	if diags.HasErrors() {
		return false
	}
	v, _ = v.Unmark()
	return v.IsKnown() && !v.IsNull() && v.Type() == cty.Bool && v.True()
}

package scenario

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"aimbench/engine/metric"
)

var (
	measuredType = cty.Capsule("measured", reflect.TypeFor[Measured]())
	seriesType   = cty.Capsule("series", reflect.TypeFor[string]())
)

// measuredFromValue is what an objective is about, where v says it.
func measuredFromValue(v cty.Value) (Measured, bool) {
	if v.IsNull() || !v.IsKnown() || v.Type() != measuredType {
		return Measured{}, false
	}
	return *v.EncapsulatedValue().(*Measured), true
}

// measuredFunction is a function over a metric, or over a condition, which it takes as it is written.
func measuredFunction(name string, further []function.Parameter, make func(args []cty.Value) (Measured, error)) function.Function {
	return function.New(&function.Spec{
		Description: name,
		Params:      append([]function.Parameter{{Name: "of", Type: customdecode.ExpressionClosureType}}, further...),
		Type:        function.StaticReturnType(measuredType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			m, err := make(args)
			if err != nil {
				return cty.NilVal, err
			}
			m.Fn = name
			return cty.CapsuleVal(measuredType, &m), nil
		},
	})
}

// measuredFunctions are p, mean, share, goodput and server.
func measuredFunctions() map[string]function.Function {
	percent := []function.Parameter{{Name: "percent", Type: cty.Number}}
	condition := func(args []cty.Value) (Measured, error) {
		c := customdecode.ExpressionClosureFromVal(args[0])
		return Measured{Condition: Expr{&expression{arg: conditionArgument, hcl: c.Expression, base: c.EvalContext}}}, nil
	}
	return map[string]function.Function{
		"p": measuredFunction("p", percent, func(args []cty.Value) (Measured, error) {
			m, err := metricOf(args[0])
			if err != nil {
				return m, err
			}
			m.Q, _ = args[1].AsBigFloat().Float64()
			if m.Q <= 0 || m.Q > 100 {
				return m, errors.New("the percentile must be above 0 and at most 100")
			}
			return m, nil
		}),
		"mean":    measuredFunction("mean", nil, func(args []cty.Value) (Measured, error) { return metricOf(args[0]) }),
		"share":   measuredFunction("share", nil, condition),
		"goodput": measuredFunction("goodput", nil, condition),
		"server": function.New(&function.Spec{
			Params: []function.Parameter{{Name: "series", Type: cty.String}},
			Type:   function.StaticReturnType(seriesType),
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				name := args[0].AsString()
				return cty.CapsuleVal(seriesType, &name), nil
			},
		}),
	}
}

// metricOf reads metric.NAME, or server("series").
func metricOf(v cty.Value) (Measured, error) {
	c := customdecode.ExpressionClosureFromVal(v)
	if t, diags := hcl.AbsTraversalForExpr(c.Expression); !diags.HasErrors() {
		if t.RootName() != "metric" || len(t) != 2 {
			return Measured{}, errors.New("it takes metric.NAME, or server(\"series\")")
		}
		name, _ := stepName(t[1])
		if _, ok := metric.Lookup(name); !ok {
			return Measured{}, fmt.Errorf("there is no metric named %q.%s", name, didYouMean(name, metricNames()))
		}
		return Measured{Metric: name}, nil
	}
	if series, diags := c.Value(); !diags.HasErrors() && series.Type() == seriesType {
		return Measured{Series: *series.EncapsulatedValue().(*string)}, nil
	}
	return Measured{}, errors.New("it takes metric.NAME, or server(\"series\")")
}

func metricNames() []string {
	names := make([]string, len(metric.Table))
	for i, m := range metric.Table {
		names[i] = m.Name
	}
	return names
}

// conditionArgument is what a condition over metrics must come to.
var conditionArgument = &Argument{Name: "condition", Kind: KindLazy, Type: TypeBool}

package scenario

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"aimbench/engine/metric"
)

// measuredType is what p, mean, share and goodput come to; seriesType what server comes to.
var (
	measuredType = cty.Capsule("measurement", reflect.TypeFor[Measured]())
	seriesType   = cty.Capsule("server series", reflect.TypeFor[string]())
)

func measureFunctions(env functionEnv) map[string]builtin {
	return map[string]builtin{
		"p": {Function: quantileFunc}, "mean": {Function: meanFunc}, "server": {Function: serverFunc},
		"share": {Function: conditionFunc("share", env)}, "goodput": {Function: conditionFunc("goodput", env)},
	}
}

// measuredFromValue takes what is measured out of a value; false where it is none.
func measuredFromValue(v cty.Value) (Measured, bool) {
	v, _ = v.Unmark()
	if v == cty.NilVal || v.Type() != measuredType || !v.IsKnown() || v.IsNull() {
		return Measured{}, false
	}
	return *v.EncapsulatedValue().(*Measured), true
}

// closureParameter keeps its expression as it stands.
func closureParameter(name string) function.Parameter {
	return function.Parameter{Name: name, Type: customdecode.ExpressionClosureType}
}

var quantileFunc = function.New(&function.Spec{
	Params: []function.Parameter{closureParameter("metric"), {Name: "percent", Type: cty.Number}},
	Type:   function.StaticReturnType(measuredType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		m, err := measuredOf("p", args[0])
		if err != nil {
			return cty.NilVal, err
		}
		m.Q, _ = args[1].AsBigFloat().Float64()
		if err := percent(m.Q); err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		return cty.CapsuleVal(measuredType, &m), nil
	},
})

// percent holds a quantile to 1 to 100. Below 1 it is more likely a share by mistake than what hardly any turn undercuts.
func percent(q float64) error {
	const allowed = "the percent must be at least 1 and at most 100, which is the largest value"
	switch {
	case q > 0 && q < 1:
		return fmt.Errorf(allowed+"; %s looks like a share, for which to write %s", number6(q), number6(100*q))
	case q <= 0 || q > 100:
		return errors.New(allowed)
	}
	return nil
}

func number6(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

var meanFunc = function.New(&function.Spec{
	Params: []function.Parameter{closureParameter("metric")},
	Type:   function.StaticReturnType(measuredType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		m, err := measuredOf("mean", args[0])
		if err != nil {
			return cty.NilVal, err
		}
		return cty.CapsuleVal(measuredType, &m), nil
	},
})

// measuredOf reads metric.NAME, or evaluates server("series").
func measuredOf(fn string, arg cty.Value) (Measured, error) {
	closure := customdecode.ExpressionClosureFromVal(arg)
	m := Measured{Fn: fn}
	wanted := function.NewArgErrorf(0, `it must be a metric, such as metric.ttft, or server("series")`)
	if t, diags := hcl.AbsTraversalForExpr(closure.Expression); !diags.HasErrors() && t.RootName() == "metric" {
		if len(t) != 2 {
			return m, wanted
		}
		name, _ := stepName(t[1])
		if _, ok := metric.Lookup(name); !ok {
			return m, function.NewArgErrorf(0, "no metric is named %q.%s", name, didYouMean(name, metricNames()))
		}
		m.Metric = name
		return m, nil
	}
	if slices.ContainsFunc(closure.Expression.Variables(), func(t hcl.Traversal) bool { return t.RootName() == "metric" }) {
		return m, function.NewArgErrorf(0, "it must be metric.NAME alone, such as metric.ttft; share(condition) takes what is calculated from metrics")
	}
	v, diags := closure.Value()
	if diags.HasErrors() {
		return m, function.NewArgError(0, errors.New(diags[0].Detail))
	}
	v, _ = v.Unmark()
	if v.Type() != seriesType || v.IsNull() || !v.IsKnown() {
		return m, wanted
	}
	m.Series = *v.EncapsulatedValue().(*string)
	return m, nil
}

func metricNames() []string {
	var names []string
	for _, m := range metric.Table {
		names = append(names, m.Name)
	}
	return names
}

// maxSeries bounds the name of a server's series.
const maxSeries = 200

var serverFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "series", Type: cty.String}},
	Type:   function.StaticReturnType(seriesType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		name := args[0].AsString()
		if !seriesName(name) {
			return cty.NilVal, function.NewArgErrorf(0, "it must be the name of a series at the endpoint's metrics_url, such as vllm:num_requests_running")
		}
		return cty.CapsuleVal(seriesType, &name), nil
	},
})

// seriesName reports whether Prometheus would take name for that of a series.
func seriesName(name string) bool {
	for i, c := range name {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != "" && len(name) <= maxSeries
}

// conditionArgument is how the condition of a share is read.
var conditionArgument = &Argument{Name: "condition", Kind: KindLazy, Type: TypeBool}

// conditionFunc keeps its condition for each turn that is measured.
func conditionFunc(fn string, env functionEnv) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{closureParameter("condition")},
		Type:   function.StaticReturnType(measuredType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			closure := customdecode.ExpressionClosureFromVal(args[0])
			m := Measured{Fn: fn, Condition: Expr{&expression{
				arg: conditionArgument, hcl: closure.Expression, base: closure.EvalContext, secrets: env.secrets,
				path: hashText(fmt.Sprint(fn, closure.Expression.Range())),
			}}}
			return cty.CapsuleVal(measuredType, &m), nil
		},
	})
}

package scenario

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func tryFunctions() map[string]builtin {
	return map[string]builtin{"try": {Function: tryFunc}, "can": {Function: canFunc}}
}

// tryFunc is the first of its arguments that can be evaluated. It is not HCL's own, which evaluates each argument twice,
// and so those of a try within a try within a try eight times.
var tryFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "expressions", Type: customdecode.ExpressionClosureType},
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if len(args) == 0 {
			return cty.NilVal, errors.New("at least one expression is needed")
		}
		var failed hcl.Diagnostics
		for _, arg := range args {
			v, diags := customdecode.ExpressionClosureFromVal(arg).Value()
			switch {
			case diags.HasErrors():
				failed = append(failed, diags...)
			case !v.IsWhollyKnown(): // when it is known, it may fail after all
				return cty.DynamicVal, nil
			default:
				return v, nil
			}
		}
		return cty.NilVal, noneOf(failed)
	},
})

// noneOf says why none of the expressions could be evaluated.
func noneOf(failed hcl.Diagnostics) error {
	const most = 4
	var why []string
	for i, d := range failed {
		if i == most {
			why = append(why, fmt.Sprintf("and %d more", len(failed)-most))
			break
		}
		why = append(why, strings.TrimSuffix(d.Detail, "."))
	}
	return fmt.Errorf("none of its expressions can be evaluated: %s", strings.Join(why, "; "))
}

var canFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "expression", Type: customdecode.ExpressionClosureType}},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, diags := customdecode.ExpressionClosureFromVal(args[0]).Value()
		switch {
		case diags.HasErrors():
			return cty.False, nil
		case !v.IsWhollyKnown():
			return cty.UnknownVal(cty.Bool), nil
		}
		return cty.True, nil
	},
})

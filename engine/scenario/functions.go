package scenario

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functionEnv is what functions may use of the world.
type functionEnv struct {
	open     func(string) ([]byte, error)
	getenv   func(string) (string, bool)
	allowEnv []string
	secrets  *Secrets
}

// envPrefixes are those of the variables that every scenario may read.
var envPrefixes = []string{"AIM_", "AIMBENCH_", "REACHY_", "ROBOT_", "E2E_", "EDGE_"}

func baseFunctions(env functionEnv) map[string]function.Function {
	all := map[string]function.Function{
		"try": tryfunc.TryFunc, "can": tryfunc.CanFunc, "length": lengthFunction, "regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc,
		"jsondecode": stdlib.JSONDecodeFunc, "jsonencode": stdlib.JSONEncodeFunc, "upper": stdlib.UpperFunc, "lower": stdlib.LowerFunc,
		"title": stdlib.TitleFunc, "trimspace": stdlib.TrimSpaceFunc, "contains": stdlib.ContainsFunc, "keys": stdlib.KeysFunc,
		"values": stdlib.ValuesFunc, "lookup": stdlib.LookupFunc, "merge": stdlib.MergeFunc, "split": stdlib.SplitFunc, "join": stdlib.JoinFunc,
		"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "floor": stdlib.FloorFunc, "min": stdlib.MinFunc, "max": stdlib.MaxFunc,
		"strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc, "concat": stdlib.ConcatFunc, "format": stdlib.FormatFunc, "range": stdlib.RangeFunc, "replace": stdlib.ReplaceFunc, "synthetic": syntheticFunction,
		"coalesce": stdlib.CoalesceFunc, "distinct": stdlib.DistinctFunc,
		"duration": durationFunction, "deg": degFunction, "text": textFunction,
		"file": fileFunction(env), "env": envFunction(env), "satisfies": satisfiesFunction,
	}
	for name, f := range measuredFunctions() {
		all[name] = f
	}
	for name, f := range distributionFunctions() {
		all[name] = f
	}
	return all
}

var lengthFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "of", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowUnknown: true}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		switch {
		case !args[0].IsKnown():
			return cty.UnknownVal(cty.Number), nil
		case args[0].Type() == cty.String:
			return stdlib.Strlen(args[0])
		}
		return stdlib.Length(args[0])
	},
})

var durationFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "text", Type: cty.String}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		d, err := time.ParseDuration(args[0].AsString())
		if err != nil {
			return cty.NilVal, errors.New("not a duration such as \"500ms\" or \"2m\"")
		}
		return cty.NumberFloatVal(d.Seconds()), nil
	},
})

var degFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "degrees", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		x, _ := args[0].AsBigFloat().Float64()
		return cty.NumberFloatVal(x * math.Pi / 180), nil
	},
})

var textFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "text", Type: cty.String}},
	Type:   function.StaticReturnType(partType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return partValue(Part{Kind: PartText, Text: args[0].AsString()}), nil
	},
})

// syntheticFunction is a part of so many tokens: synthetic({ tokens = 512, shared_by = "key" }).
var syntheticFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "of", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(partType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].Type().IsObjectType() || !args[0].Type().HasAttribute("tokens") {
			return cty.NilVal, errors.New("it takes an object with tokens, and shared_by where prompts begin alike")
		}
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(partType), nil
		}
		tokens, err := numberOrDuration(args[0].GetAttr("tokens"))
		if err != nil || tokens < 1 {
			return cty.NilVal, errors.New("tokens must be a number of at least 1")
		}
		p := Part{Kind: PartSynthetic, Tokens: int(tokens)}
		if args[0].Type().HasAttribute("shared_by") {
			keys, err := jsonText(args[0].GetAttr("shared_by"))
			if err != nil {
				return cty.NilVal, errors.New("shared_by must be a key or a list of keys")
			}
			p.SharedBy = []string{keys}
		}
		return partValue(p), nil
	},
})

func fileFunction(env functionEnv) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "name", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			b, err := env.open(args[0].AsString())
			if err != nil {
				return cty.NilVal, fmt.Errorf("the file cannot be read: %w", plainPathError(err))
			}
			return cty.StringVal(string(b)), nil
		},
	})
}

func envFunction(env functionEnv) function.Function {
	return function.New(&function.Spec{
		Params:   []function.Parameter{{Name: "name", Type: cty.String}},
		VarParam: &function.Parameter{Name: "default", Type: cty.DynamicPseudoType, AllowNull: true, AllowDynamicType: true},
		Type:     function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name := args[0].AsString()
			usual := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
			if !slices.ContainsFunc(envPrefixes, usual) && !slices.Contains(env.allowEnv, name) {
				return cty.NilVal, fmt.Errorf("the environment is read under %s only; allow another name with --allow-env NAME", strings.Join(envPrefixes, ", "))
			}
			if text, ok := env.getenv(name); ok {
				v := cty.StringVal(text)
				if name == keyVariable {
					env.secrets.Add(text)
					v = v.Mark(sensitive)
				}
				return v, nil
			}
			switch {
			case len(args) < 2:
				return cty.NilVal, errors.New("the variable is not set, and there is no default")
			case args[1].IsNull():
				return cty.NullVal(cty.String), nil
			}
			return toText(args[1])
		},
	})
}

func toText(v cty.Value) (cty.Value, error) {
	if v.Type() == cty.String {
		return v, nil
	}
	text, err := jsonText(v)
	return cty.StringVal(text), err
}

func distributionFunctions() map[string]function.Function {
	one := func(kind distKind, names ...string) function.Function {
		var params []function.Parameter
		for _, n := range names {
			params = append(params, function.Parameter{Name: n, Type: cty.DynamicPseudoType})
		}
		return function.New(&function.Spec{
			Params: params, Type: function.StaticReturnType(distType),
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				d := Dist{kind: kind}
				for i, to := range []*float64{&d.a, &d.b}[:len(args)] {
					x, err := numberOrDuration(args[i])
					if err != nil {
						return cty.NilVal, err
					}
					*to = x
				}
				return distValue(d), nil
			},
		})
	}
	return map[string]function.Function{
		"uniform": one(uniform, "low", "high"), "normal": one(normal, "mean", "deviation"), "lognormal": one(lognormal, "mean", "deviation"),
		"exponential": one(exponential, "mean"), "gamma": one(gamma, "mean", "deviation"),
	}
}

// numberOrDuration reads a number, or a duration in seconds.
func numberOrDuration(v cty.Value) (float64, error) {
	switch v.Type() {
	case cty.Number:
		x, _ := v.AsBigFloat().Float64()
		return x, nil
	case cty.String:
		if d, err := time.ParseDuration(v.AsString()); err == nil {
			return d.Seconds(), nil
		}
	}
	return 0, errors.New("a number or a duration such as \"500ms\" is wanted")
}

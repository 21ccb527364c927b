package scenario

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func drawFunctions() map[string]builtin {
	return map[string]builtin{
		"uniform":     {Function: distFunc("low", "high", uniformOf)},
		"normal":      {Function: distFunc("mean", "stddev", meanAndDeviation(normal))},
		"lognormal":   {Function: distFunc("mean", "stddev", meanAndDeviation(lognormal))},
		"gamma":       {Function: distFunc("mean", "shape", gammaOf)},
		"exponential": {Function: distFunc("mean", "", exponentialOf)},
	}
}

// distFunc makes a distribution of one or two numbers; either may be a duration, which counts in seconds.
func distFunc(a, b string, make func(a, b parameter) (Dist, error)) function.Function {
	params := []function.Parameter{{Name: a, Type: cty.DynamicPseudoType}}
	if b != "" {
		params = append(params, function.Parameter{Name: b, Type: cty.DynamicPseudoType})
	}
	return function.New(&function.Spec{
		Params: params,
		Type:   function.StaticReturnType(distType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			var given [2]parameter
			for i, v := range args {
				var err error
				if given[i], err = parameterOf(v); err != nil {
					return cty.NilVal, function.NewArgError(i, err)
				}
			}
			d, err := make(given[0], given[1])
			if err != nil {
				return cty.NilVal, err
			}
			return distValue(d), nil
		},
	})
}

// parameter is a number, or a duration in seconds.
type parameter struct {
	x     float64
	timed bool
}

func parameterOf(v cty.Value) (parameter, error) {
	switch v.Type() {
	case cty.Number:
		x, _ := v.AsBigFloat().Float64()
		return parameter{x: x}, nil
	case cty.String:
		x, err := durationSeconds(v.AsString())
		return parameter{x: x, timed: true}, err
	}
	return parameter{}, errors.New(`it must be a number, or a duration such as "500ms"`)
}

func uniformOf(low, high parameter) (Dist, error) {
	switch {
	case low.timed != high.timed && low.x != 0 && high.x != 0:
		return Dist{}, errors.New("low and high must both be numbers, or both durations")
	case low.x > high.x:
		return Dist{}, function.NewArgErrorf(1, "high must not be below low")
	}
	return Dist{kind: uniform, a: low.x, b: high.x}, nil
}

func meanAndDeviation(kind distKind) func(mean, deviation parameter) (Dist, error) {
	return func(mean, deviation parameter) (Dist, error) {
		switch {
		case mean.timed != deviation.timed && mean.x != 0 && deviation.x != 0:
			return Dist{}, errors.New("mean and standard deviation must both be numbers, or both durations")
		case deviation.x < 0:
			return Dist{}, function.NewArgErrorf(1, "a standard deviation must not be negative")
		case kind == lognormal && mean.x <= 0:
			return Dist{}, function.NewArgErrorf(0, "the mean of a lognormal distribution must be above 0")
		}
		return Dist{kind: kind, a: mean.x, b: deviation.x}, nil
	}
}

func exponentialOf(mean, _ parameter) (Dist, error) {
	if mean.x <= 0 {
		return Dist{}, function.NewArgErrorf(0, "the mean must be above 0")
	}
	return Dist{kind: exponential, a: mean.x}, nil
}

func gammaOf(mean, shape parameter) (Dist, error) {
	switch {
	case mean.x <= 0:
		return Dist{}, function.NewArgErrorf(0, "the mean must be above 0")
	case shape.timed || shape.x < 0.01 || shape.x > 1e6:
		return Dist{}, function.NewArgErrorf(1, "the shape must be a number from 0.01 to 1e6: below 1 in bursts, above 1 more even")
	}
	return Dist{kind: gamma, a: mean.x, b: shape.x}, nil
}

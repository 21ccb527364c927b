package scenario

import (
	"errors"
	"math/big"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func collectionFunctions() map[string]builtin {
	return map[string]builtin{
		"length": {Function: lengthFunc}, "concat": {Function: stdlib.ConcatFunc}, "contains": {Function: stdlib.ContainsFunc},
		"coalesce": {Function: stdlib.CoalesceFunc, fits: fewUnlike}, "coalescelist": {Function: stdlib.CoalesceListFunc, fits: fewUnlike}, "compact": {Function: stdlib.CompactFunc},
		"distinct": {distinctFunc, fewElements, comparing}, "element": {Function: stdlib.ElementFunc}, "flatten": {Function: stdlib.FlattenFunc},
		"keys": {Function: stdlib.KeysFunc}, "values": {Function: stdlib.ValuesFunc}, "lookup": {Function: stdlib.LookupFunc, fits: fewUnlike},
		"merge": {Function: stdlib.MergeFunc}, "range": {Function: stdlib.RangeFunc}, "reverse": {Function: stdlib.ReverseListFunc},
		"slice": {Function: stdlib.SliceFunc}, "sort": {Function: stdlib.SortFunc}, "zipmap": {Function: stdlib.ZipmapFunc},
		"chunklist": {Function: stdlib.ChunklistFunc}, "setunion": {stdlib.SetUnionFunc, fewElements, comparing},
		"setintersection": {stdlib.SetIntersectionFunc, fewElements, comparing}, "setsubtract": {stdlib.SetSubtractFunc, fewElements, comparing},
		"alltrue": {Function: truthFunc(true)}, "anytrue": {Function: truthFunc(false)}, "sum": {Function: sumFunc},
		"tolist": {Function: toFunc(cty.List(cty.DynamicPseudoType))}, "toset": {toFunc(cty.Set(cty.DynamicPseudoType)), fewElements, comparing},
		"tomap": {Function: toFunc(cty.Map(cty.DynamicPseudoType))}, "tostring": {Function: stdlib.MakeToFunc(cty.String)},
		"tobool": {Function: stdlib.MakeToFunc(cty.Bool)},
	}
}

// maxCompared bounds the elements of what compares each with each.
const maxCompared = 2000

func fewElements(args []cty.Value) error {
	for i, v := range args {
		if v.CanIterateElements() && v.LengthInt() > maxCompared {
			return function.NewArgErrorf(i, "it has more than %d elements, which take too long to compare with each other", maxCompared)
		}
	}
	return nil
}

// comparing is the work of telling elements apart, each of which is hashed.
func comparing(args []cty.Value) int {
	var s valueSize
	for _, v := range args {
		_ = s.add(v, 0) // what is too large was refused
	}
	return 64 * s.elements
}

// distinctFunc keeps what was not there before. It hashes, where the standard one compares each element with each.
var distinctFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.List(cty.DynamicPseudoType)}},
	Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, want cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(want), nil
		}
		seen := cty.NewValueSet(want.ElementType())
		var kept []cty.Value
		for it := args[0].ElementIterator(); it.Next(); {
			if _, v := it.Element(); !seen.Has(v) {
				seen.Add(v)
				kept = append(kept, v)
			}
		}
		if len(kept) == 0 {
			return cty.ListValEmpty(want.ElementType()), nil
		}
		return cty.ListVal(kept), nil
	},
})

// fewUnlike refuses arguments for which one type would have to be found, and which are too long for it.
func fewUnlike(args []cty.Value) error {
	for i, v := range args {
		if err := checkUnlike(v); err != nil {
			return function.NewArgError(i, err)
		}
	}
	return nil
}

// toFunc converts to a collection.
func toFunc(want cty.Type) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true}},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := convertTo(args[0], want)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return v, nil
		},
	})
}

// truthFunc asks whether all elements are true, or any.
func truthFunc(all bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			known := true
			for it := args[0].ElementIterator(); it.Next(); {
				switch _, v := it.Element(); {
				case !v.IsKnown():
					known = false
				case !v.IsNull() && v.True() != all, v.IsNull() && all:
					return cty.BoolVal(!all), nil
				}
			}
			if !known {
				return cty.UnknownVal(cty.Bool), nil
			}
			return cty.BoolVal(all), nil
		},
	})
}

var sumFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].CanIterateElements() {
			return cty.NilVal, function.NewArgErrorf(0, "it must be a list or a set of numbers")
		}
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(cty.Number), nil
		}
		total := new(big.Float).SetPrec(512)
		for it := args[0].ElementIterator(); it.Next(); {
			_, v := it.Element()
			if tooLongNumber(v) {
				return cty.NilVal, function.NewArgErrorf(0, "it must be a list or a set of numbers")
			}
			n, err := convertTo(v, cty.Number)
			if err != nil || n.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "it must be a list or a set of numbers")
			}
			total.Add(total, n.AsBigFloat())
		}
		return cty.NumberVal(total), nil
	},
})

func numberFunctions() map[string]builtin {
	return map[string]builtin{
		"abs": {Function: stdlib.AbsoluteFunc}, "ceil": {Function: stdlib.CeilFunc}, "floor": {Function: stdlib.FloorFunc},
		"round": {Function: roundFunc}, "log": {Function: stdlib.LogFunc}, "max": {Function: stdlib.MaxFunc}, "min": {Function: stdlib.MinFunc},
		"pow": {Function: stdlib.PowFunc}, "signum": {Function: stdlib.SignumFunc}, "parseint": {Function: stdlib.ParseIntFunc, fits: shortNumber},
		"tonumber": {Function: stdlib.MakeToFunc(cty.Number), fits: shortNumber}, "deg": {Function: degFunc},
	}
}

func shortNumber(args []cty.Value) error {
	if tooLongNumber(args[0]) {
		return function.NewArgErrorf(0, "a number has at most %d characters", maxNumber)
	}
	return nil
}

// roundFunc rounds to the nearest whole number, halves away from zero.
var roundFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "number", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		x := new(big.Float).Copy(args[0].AsBigFloat())
		if x.IsInf() {
			return cty.NilVal, errors.New("it must be finite")
		}
		half := big.NewFloat(0.5)
		if x.Sign() < 0 {
			half.Neg(half)
		}
		whole, _ := x.Add(x, half).Int(nil)
		return cty.NumberVal(new(big.Float).SetInt(whole)), nil
	},
})

package scenario

import (
	"errors"
	"math"
	"math/big"
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func timeFunctions() map[string]builtin {
	return map[string]builtin{
		"duration": {Function: durationFunc}, "formatdate": {Function: stdlib.FormatDateFunc, fits: dateFits}, "timeadd": {Function: timeAddFunc},
	}
}

var errDuration = errors.New(`it must be a duration with a unit, such as "500ms", "30s" or "1h30m"`)

// durationSeconds reads a duration; the error does not quote it, as time's own would.
func durationSeconds(text string) (float64, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d > maxDuration || d < -maxDuration {
		return 0, errDuration
	}
	return d.Seconds(), nil
}

var durationFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "text", Type: cty.String}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		seconds, err := durationSeconds(args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		return cty.NumberFloatVal(seconds), nil
	},
})

// timeAddFunc adds a duration to a time in RFC 3339's form.
var timeAddFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "timestamp", Type: cty.String}, {Name: "duration", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		t, err := time.Parse(time.RFC3339, args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, `it must be a time such as "2026-01-02T15:04:05Z"`)
		}
		d, err := durationSeconds(args[1].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		return cty.StringVal(t.Add(seconds(d)).Format(time.RFC3339)), nil
	},
})

// maxDateFormat bounds a date's format, of which each letter may become a month's name.
const maxDateFormat = 1000

func dateFits(args []cty.Value) error {
	if len(textAt(args, 0)) > maxDateFormat {
		return function.NewArgErrorf(0, "a date's format has at most %d characters", maxDateFormat)
	}
	return nil
}

// degFunc makes radians of degrees.
var degFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "degrees", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		x := new(big.Float).SetPrec(512).Mul(args[0].AsBigFloat(), big.NewFloat(math.Pi/180))
		return cty.NumberVal(x), nil
	},
})

package scenario

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// convert makes of an unmarked value what the argument wants: a duration becomes a number of seconds, an unknown value
// an unknown one of the right type. The error completes a sentence that begins with the argument's name, and never
// quotes the value, which may be secret.
func (a *Argument) convert(v cty.Value) (cty.Value, error) {
	if v.IsNull() {
		return v, nil
	}
	if _, drawn := distFromValue(v); drawn {
		if !a.Drawn {
			return v, errors.New("cannot be a distribution")
		}
		return v, nil
	}
	switch a.Type {
	case TypeString:
		return to(v, cty.String, "must be text")
	case TypeBool:
		if !v.IsKnown() && v.Type() != cty.Bool && v.Type() != cty.DynamicPseudoType {
			return v, errors.New("must be true or false")
		}
		return to(v, cty.Bool, "must be true or false")
	case TypeStrings:
		return to(v, cty.List(cty.String), "must be a list of texts")
	case TypeTextMap:
		return to(v, cty.Map(cty.String), "must be a map of texts")
	case TypeNumber, TypeInteger:
		return a.number(v)
	case TypeDuration, TypeLimit:
		return a.duration(v)
	case TypeRegexp, TypeURL:
		return a.text(v)
	case TypePair:
		return pair(v)
	case TypeJSON, TypeJSONMap:
		return a.json(v)
	case TypeParts:
		if !v.IsWhollyKnown() {
			return v, nil
		}
		if _, err := partsFromValue(v); err != nil {
			return v, fmt.Errorf("is not what a user can say: %w", err)
		}
	}
	return v, nil
}

func to(v cty.Value, want cty.Type, problem string) (cty.Value, error) {
	out, err := convert.Convert(v, want)
	if err != nil {
		return v, errors.New(problem)
	}
	if out.IsWhollyKnown() && want.IsCollectionType() {
		for it := out.ElementIterator(); it.Next(); {
			if _, e := it.Element(); e.IsNull() {
				return v, errors.New(problem + ", none of them null")
			}
		}
	}
	return out, nil
}

func pair(v cty.Value) (cty.Value, error) {
	const problem = "must be a list of two numbers: [right, left]"
	out, err := to(v, cty.List(cty.Number), problem)
	if err != nil || !out.IsWhollyKnown() {
		return out, err
	}
	if out.LengthInt() != 2 {
		return out, errors.New(problem)
	}
	return out, nil
}

func (a *Argument) number(v cty.Value) (cty.Value, error) {
	problem := "must be a number"
	if a.Type == TypeInteger {
		problem = "must be a whole number"
	}
	if v.Type() == cty.String && v.IsKnown() || v.Type() == cty.Bool {
		return v, errors.New(problem)
	}
	out, err := to(v, cty.Number, problem)
	if err != nil || !out.IsKnown() {
		return out, err
	}
	x, _ := out.AsBigFloat().Float64()
	if a.Type == TypeInteger && (!out.AsBigFloat().IsInt() || math.Abs(x) > 1<<53) {
		return out, errors.New(problem)
	}
	return out, a.within(x)
}

// within says how x misses the bounds.
func (a *Argument) within(x float64) error {
	if a.Bounds.holds(x) {
		return nil
	}
	unit := ""
	if a.Type == TypeDuration {
		unit = " seconds"
	}
	if s := a.Bounds.String(); s != "" {
		return fmt.Errorf("must be %s%s", s, unit)
	}
	return errors.New("must be finite")
}

// maxDuration bounds every duration: longer ones are a slip of the pen, and would overflow a sum.
const maxDuration = 10 * 365 * 24 * time.Hour

func (a *Argument) duration(v cty.Value) (cty.Value, error) {
	problem := "must be a duration with a unit, such as \"500ms\", \"30s\" or \"1h30m\""
	if a.Type == TypeLimit {
		problem = "must be a number, or a duration such as \"500ms\""
	}
	switch {
	case v.Type() == cty.Bool:
		return v, errors.New(problem)
	case v.Type() == cty.String && v.IsKnown():
		d, err := time.ParseDuration(v.AsString())
		if err != nil {
			return v, errors.New(problem)
		}
		v = cty.NumberFloatVal(d.Seconds())
	}
	if v.Type() == cty.String { // a text that is not known yet
		return cty.UnknownVal(cty.Number), nil
	}
	out, err := to(v, cty.Number, problem)
	if err != nil || !out.IsKnown() {
		return out, err
	}
	x, _ := out.AsBigFloat().Float64()
	if a.Type == TypeDuration && math.Abs(x) > maxDuration.Seconds() {
		return out, errors.New("must be less than ten years")
	}
	return out, a.within(x)
}

func (a *Argument) text(v cty.Value) (cty.Value, error) {
	out, err := to(v, cty.String, "must be text")
	if err != nil || !out.IsKnown() {
		return out, err
	}
	if a.Type == TypeRegexp {
		if _, err := regexp.Compile(out.AsString()); err != nil {
			return out, errors.New("must be a regular expression of RE2's syntax")
		}
		return out, nil
	}
	u, err := url.Parse(out.AsString())
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return out, errors.New("must be an address such as http://127.0.0.1:8000")
	}
	if u.User != nil {
		return out, errors.New("must not carry a user or a password: use api_key or headers")
	}
	return out, nil
}

func (a *Argument) json(v cty.Value) (cty.Value, error) {
	ty := v.Type()
	if a.Type == TypeJSONMap && ty != cty.DynamicPseudoType && !ty.IsObjectType() && !ty.IsMapType() {
		return v, errors.New("must be an object: { name = value, … }")
	}
	if !v.IsWhollyKnown() {
		return v, nil
	}
	if _, err := ctyjson.Marshal(v, ty); err != nil {
		return v, errors.New("must be something that JSON can say")
	}
	return v, nil
}

// seconds is a duration from a number of seconds, rounded to the nanosecond and held within what a duration can say.
func seconds(x float64) time.Duration {
	x = max(-maxDuration.Seconds(), min(maxDuration.Seconds(), x))
	return time.Duration(math.Round(x * float64(time.Second)))
}

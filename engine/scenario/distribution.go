package scenario

import (
	"fmt"
	"math"
	"reflect"
	"strconv"

	"github.com/zclconf/go-cty/cty"
)

// Dist is a distribution of numbers, or of durations in seconds. The zero Dist is unset. It is immutable and safe for
// use by several goroutines at once.
type Dist struct {
	kind distKind
	// a and b are the parameters as the language gives them: low and high, mean and standard deviation, or the mean.
	a, b float64
}

type distKind string

const (
	constant    distKind = "constant"
	uniform     distKind = "uniform"
	normal      distKind = "normal"
	lognormal   distKind = "lognormal"
	exponential distKind = "exponential"
	gamma       distKind = "gamma"
)

// Constant always draws x.
func Constant(x float64) Dist { return Dist{kind: constant, a: x} }

// Exponential draws from the exponential distribution of a mean above 0.
func Exponential(mean float64) Dist { return Dist{kind: exponential, a: mean} }

// Gamma draws from the gamma distribution of a mean and a shape above 0.
func Gamma(mean, shape float64) Dist { return Dist{kind: gamma, a: mean, b: shape} }

// IsSet reports whether the distribution was given.
func (d Dist) IsSet() bool { return d.kind != "" }

// Mean is the expected value of a draw, in the unit of the parameters; 0 where the distribution is unset.
func (d Dist) Mean() float64 {
	if d.kind == uniform {
		return (d.a + d.b) / 2
	}
	return d.a
}

// Draw makes a draw from the hash u: the same u gives the same value, on every machine but for rounding. The value is
// finite; that of an unset distribution is 0.
func (d Dist) Draw(u uint64) float64 {
	r := draws{state: u}
	switch d.kind {
	case uniform:
		x := r.unit()
		return d.a*(1-x) + d.b*x
	case normal:
		return finite(d.a + d.b*r.normal())
	case lognormal:
		return finite(d.lognormal(r.normal()))
	case exponential:
		return finite(-d.a * math.Log1p(-r.unit()))
	case gamma:
		return finite(r.gamma(d.b) / d.b * d.a)
	}
	return d.a
}

// lognormal makes of a standard normal draw one whose own mean and standard deviation are the parameters.
func (d Dist) lognormal(z float64) float64 {
	variance := 2 * math.Log(math.Hypot(1, d.b/d.a)) // log1p of the squared ratio, which may itself be too large
	if math.IsInf(d.b/d.a, 1) {
		variance = 2 * (math.Log(d.b) - math.Log(d.a))
	}
	return math.Exp(math.Log(d.a) - variance/2 + math.Sqrt(variance)*z)
}

// finite keeps a draw within what a float64 can say.
func finite(x float64) float64 { return max(-math.MaxFloat64, min(math.MaxFloat64, x)) }

// draws are random numbers that follow from a hash.
type draws struct{ state uint64 }

// unit draws evenly from [0, 1).
func (r *draws) unit() float64 {
	r.state = mix(r.state, 1)
	return float64(r.state>>11) / (1 << 53)
}

// normal draws from the standard normal distribution, by its inverse.
func (r *draws) normal() float64 {
	return math.Sqrt2 * math.Erfinv(2*r.unit()-1+1.0/(1<<53)) // between the ends, which are infinite
}

// gamma draws from a gamma distribution of a given shape and scale 1, by Marsaglia and Tsang's method.
func (r *draws) gamma(shape float64) float64 {
	if shape < 1 {
		return r.gamma(shape+1) * math.Pow(1-r.unit(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.normal()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log1p(-r.unit()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// String writes the distribution as the language would, with durations as seconds.
func (d Dist) String() string {
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }
	switch d.kind {
	case "":
		return "unset"
	case constant:
		return number(d.a)
	case exponential:
		return fmt.Sprintf("exponential(%s)", number(d.a))
	}
	return fmt.Sprintf("%s(%s, %s)", d.kind, number(d.a), number(d.b))
}

// distType is the type of a distribution in the language.
var distType = cty.Capsule("distribution", reflect.TypeFor[Dist]())

func distValue(d Dist) cty.Value { return cty.CapsuleVal(distType, &d) }

// distFromValue takes a distribution out of a value; false where it is none.
func distFromValue(v cty.Value) (Dist, bool) {
	v, _ = v.Unmark()
	if v == cty.NilVal || v.Type() != distType || !v.IsKnown() || v.IsNull() {
		return Dist{}, false
	}
	return *v.EncapsulatedValue().(*Dist), true
}

package scenario

import (
	"fmt"
	"math"
	"math/rand/v2"
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

// IsSet reports whether the distribution was given.
func (d Dist) IsSet() bool { return d.kind != "" }

// Mean is the expected value of a draw, in the unit of the parameters; 0 where the distribution is unset.
func (d Dist) Mean() float64 {
	if d.kind == uniform {
		return (d.a + d.b) / 2
	}
	return d.a
}

// Draw makes a draw from the hash u: the same u gives the same value on every machine. The value is finite; that of an
// unset distribution is 0.
func (d Dist) Draw(u uint64) float64 {
	switch d.kind {
	case uniform:
		return d.a + (d.b-d.a)*unit(u)
	case "", constant:
		return d.a
	}
	r := rand.New(rand.NewPCG(u, mix(u, 1)))
	switch d.kind {
	case normal:
		return d.a + d.b*r.NormFloat64()
	case lognormal:
		if d.a == 0 {
			return 0
		}
		variance := math.Log1p(d.b / d.a * (d.b / d.a))
		return finite(math.Exp(math.Log(d.a) - variance/2 + math.Sqrt(variance)*r.NormFloat64()))
	case exponential:
		return finite(d.a * r.ExpFloat64())
	case gamma:
		return finite(drawGamma(r, d.b) * d.a / d.b)
	}
	return d.a
}

// unit makes of a hash a number within [0, 1).
func unit(u uint64) float64 { return float64(mix(u, 0)>>11) / (1 << 53) }

func finite(x float64) float64 { return min(x, math.MaxFloat64) }

// drawGamma draws from a gamma distribution of a given shape and scale 1, by Marsaglia and Tsang's method.
func drawGamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return drawGamma(r, shape+1) * math.Pow(1-r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
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

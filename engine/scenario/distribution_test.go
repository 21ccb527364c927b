package scenario

import (
	"math"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

// The draws of a distribution have its mean and its standard deviation, drawn from the hashes of sites that follow on
// each other as those of a run do.
func TestDrawsHaveTheirDistribution(t *testing.T) {
	for text, want := range map[string]struct{ mean, deviation, least, most float64 }{
		`uniform(64, 128)`:           {96, 64 / math.Sqrt(12), 64, 128},
		`uniform("1s", "1s")`:        {1, 0, 1, 1},
		`normal(10, 2)`:              {10, 2, -5, 25},
		`lognormal("200ms", "80ms")`: {0.2, 0.08, 0.02, 2},
		`exponential("2s")`:          {2, 2, 0, 40},
		`gamma("2s", 4)`:             {2, 1, 0, 20},
		`gamma(2, 0.5)`:              {2, 2 * math.Sqrt2, 0, 60},
		`gamma(10, 1)`:               {10, 10, 0, 200},
		`gamma(10, 1000000)`:         {10, 0.01, 9.9, 10.1},
		`lognormal("10ms", "0s")`:    {0.01, 0, 0.01, 0.01},
		`normal("100ms", "0s")`:      {0.1, 0, 0.1, 0.1},
	} {
		v, diags := evaluate(t, text, testFunctions(nil), nil)
		d, ok := distFromValue(v)
		if !ok {
			t.Fatalf("%s: %s", text, diags)
		}
		const n = 200_000
		sum, squares := 0.0, 0.0
		for i := range uint64(n) {
			x := d.Draw(mix(42, i))
			if x < want.least-1e-9 || x > want.most+1e-9 {
				t.Fatalf("%s: drew %v", text, x)
			}
			sum += x
			squares += x * x
		}
		mean := sum / n
		deviation := math.Sqrt(max(0, squares/n-mean*mean))
		if math.Abs(mean-want.mean) > 0.01*want.mean+1e-9 || math.Abs(deviation-want.deviation) > 0.03*want.deviation+1e-6 {
			t.Errorf("%s: mean %v, deviation %v; want %v, %v", text, mean, deviation, want.mean, want.deviation)
		}
		if math.Abs(d.Mean()-want.mean) > 1e-9 {
			t.Errorf("%s: says its mean is %v", text, d.Mean())
		}
	}
}

// A draw is a function of its hash alone, the same on every machine; these values must not change between versions.
func TestDrawsRepeat(t *testing.T) {
	for _, c := range []struct {
		d    Dist
		want float64
	}{
		{Dist{}, 0},
		{Constant(7), 7},
		{Dist{kind: uniform, a: 0, b: 1}, 0.25298142770942544},
		{Dist{kind: normal, a: 0, b: 1}, -0.66513702456101642},
		{Dist{kind: exponential, a: 1}, 0.29166523165427083},
		{Dist{kind: gamma, a: 1, b: 0.5}, 0.18265639216025506},
	} {
		got := c.d.Draw(12345)
		if got != c.d.Draw(12345) || c.d.IsSet() && c.d.kind != constant && got == c.d.Draw(12346) {
			t.Errorf("%s: not a function of its hash", c.d)
		}
		if math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: drew %.17g, want %.17g", c.d, got, c.want)
		}
	}
}

func TestDrawsAreFinite(t *testing.T) {
	for _, d := range []Dist{
		{kind: lognormal, a: 1e300, b: 1e308}, {kind: lognormal, a: 1e-300, b: 1e300}, {kind: exponential, a: 1e308}, {kind: gamma, a: 1e308, b: 0.01},
		{kind: gamma, a: 1e-308, b: 1e6}, {kind: normal, a: 1e308, b: 1e308}, {kind: uniform, a: -1e308, b: 1e308},
	} {
		for u := range uint64(10_000) {
			if x := d.Draw(u); math.IsNaN(x) || math.IsInf(x, 0) {
				t.Fatalf("%s drew %v", d, x)
			}
		}
	}
}

func TestDistString(t *testing.T) {
	for want, d := range map[string]Dist{
		"unset": {}, "0.5": Constant(0.5), "exponential(2)": {kind: exponential, a: 2}, "uniform(64, 128)": {kind: uniform, a: 64, b: 128},
	} {
		if d.String() != want {
			t.Errorf("got %s, want %s", d, want)
		}
	}
	if _, ok := distFromValue(cty.NumberIntVal(1)); ok {
		t.Error("a number is taken for a distribution")
	}
}

package measure

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"aimbench/engine/event"
	"aimbench/engine/metric"
)

func TestRank(t *testing.T) {
	for _, c := range []struct {
		q    float64
		n    int64
		want int64
	}{
		{50, 1, 1}, {100, 1, 1}, {1, 1, 1}, {50, 4, 2}, {51, 4, 3}, {95, 20, 19}, {95, 100, 95}, {99.9, 1000, 999},
		{29, 100, 29}, {58, 100, 58}, {100, 7, 7}, {0.001, 7, 1},
	} {
		if got := rank(c.q, c.n); got != c.want {
			t.Errorf("p%v of %d: rank %d, want %d", c.q, c.n, got, c.want)
		}
	}
}

// Quantiles are those of the sorted values: exactly for few, within a thousandth for many.
func TestQuantilesAreThoseOfTheSortedValues(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 100, keptExactly, keptExactly + 1, 20000} {
		d := NewDistribution(metric.Seconds)
		values := make([]float64, n)
		for i := range values {
			values[i] = math.Exp(random.NormFloat64() - 2)
			d.Add(Value{V: values[i]})
		}
		slices.Sort(values)
		tolerance := 1e-12
		if n > keptExactly {
			tolerance = 1e-3
		}
		for _, q := range []float64{1, 50, 90, 95, 99, 99.9, 100} {
			want := values[rank(q, int64(n))-1]
			if got := d.Quantile(q); math.Abs(got-want) > want*tolerance+1e-6*truth(n > keptExactly) {
				t.Errorf("p%v of %d: %v, want %v", q, n, got, want)
			}
		}
		if d.Count() != int64(n) {
			t.Errorf("%d values are counted as %d", n, d.Count())
		}
	}
}

// Parts that are merged give what the whole gives, however it was cut up.
func TestMergedPartsAreTheWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 50, 1000, 3000} {
		for _, parts := range []int{1, 2, 7} {
			whole := NewDistribution(metric.Seconds)
			cut := make([]*Distribution, parts)
			for i := range cut {
				cut[i] = NewDistribution(metric.Seconds)
			}
			for range n {
				v := Value{V: random.Float64() * 10}
				switch random.IntN(20) {
				case 0:
					v.Sort = Lost
				case 1:
					v.Sort = Cut
				}
				whole.Add(v)
				cut[random.IntN(parts)].Add(v)
			}
			merged := NewDistribution(metric.Seconds)
			for _, d := range cut {
				merged.Merge(d)
			}
			a, b := whole.Stats("seconds"), merged.Stats("seconds")
			for _, x := range []struct {
				name string
				a, b *float64
			}{{"p50", a.P50, b.P50}, {"p95", a.P95, b.P95}, {"p99", a.P99, b.P99}, {"max", a.Max, b.Max}, {"above", a.Above, b.Above}} {
				if !agree(x.a, x.b) {
					t.Errorf("%d values in %d parts: %s is %v, merged %v", n, parts, x.name, show(x.a), show(x.b))
				}
			}
			if a.Count != b.Count || a.Lost != b.Lost || a.Cut != b.Cut {
				t.Errorf("%d values in %d parts: %+v, merged %+v", n, parts, a, b)
			}
		}
	}
}

func agree(a, b *float64) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// Looking at a distribution does not change it.
func TestStatsDoNotChangeTheDistribution(t *testing.T) {
	d := NewDistribution(metric.Seconds)
	for i := range 1500 {
		d.Add(Value{V: float64(i), Sort: Sort(i % 3)})
	}
	first := d.Stats("seconds")
	if second := d.Stats("seconds"); !agree(first.P50, second.P50) || !agree(first.Mean, second.Mean) || first.Count != second.Count {
		t.Errorf("%+v, then %+v", first, second)
	}
}

func TestValuesBeyondTheBounds(t *testing.T) {
	d := NewDistribution(metric.Seconds)
	d.Add(Value{V: -1})
	for range keptExactly {
		d.Add(Value{V: 1e-9})
	}
	d.Add(Value{V: 2 * 3600})
	if got := d.Quantile(100); got != 2*3600 {
		t.Errorf("the maximum is %v", got)
	}
	if got := d.Quantile(1); got != 0 {
		t.Errorf("the minimum is %v", got)
	}
}

func TestLostValues(t *testing.T) {
	d := NewDistribution(metric.Seconds)
	if q := d.Quantile(50); !math.IsNaN(q) || !math.IsNaN(d.Mean()) {
		t.Errorf("without a value p50 is %v", q)
	}
	d.Add(Value{V: 1})
	d.Add(Value{V: 31, Sort: Lost})
	d.Add(Value{V: 30, Sort: Lost})
	if q := d.Quantile(33); q != 1 {
		t.Errorf("p33 is %v", q)
	}
	if q := d.Quantile(34); !math.IsInf(q, 1) || d.Above() != 30 || !math.IsInf(d.Mean(), 1) {
		t.Errorf("p34 is %v, above %v", q, d.Above())
	}
	s := d.Stats("seconds")
	if s.P50 != nil || s.Mean != nil || *s.Above != 30 || s.Lost != 2 || s.Count != 3 {
		t.Errorf("%+v", s)
	}
}

// The verdict comes from the exact count at the limit, and the value that is shown does not contradict it.
func TestTheLimitIsExactWhereTheHistogramRounds(t *testing.T) {
	limit := 0.5
	for _, c := range []struct {
		x    float64
		want Verdict
	}{{0.499999, Pass}, {0.5, Pass}, {0.500001, Fail}} {
		o := Objective{Fn: "p", Metric: "ttft", Q: 50, Max: &limit, Unit: "seconds"}
		tally := newTally(&o)
		for i := range 4000 {
			v := Value{V: c.x}
			if i%10 == 0 {
				v.V = 0.9
			}
			tally.Values.Add(v)
			tally.Limit.count(tally.Limit.side(v))
		}
		r := tally.judge(event.Window{}, false)
		if r.Verdict != c.want || (*r.Value <= limit) != (c.want == Pass) {
			t.Errorf("%v: %s at %v", c.x, r.Verdict, *r.Value)
		}
	}
}

func TestDistributionsAreBounded(t *testing.T) {
	d := NewDistribution(metric.Seconds)
	for i := range 5 * keptExactly {
		d.Add(Value{V: float64(i)})
	}
	if d.exact != nil || d.hist == nil || d.hist.ByteSize() > 256<<10 {
		t.Errorf("%d kept, histogram of %d bytes", len(d.exact), d.hist.ByteSize())
	}
	if n := testing.AllocsPerRun(100, func() { d.Add(Value{V: 1}) }); n > 0 {
		t.Errorf("%v allocations a value", n)
	}
}

package measure

import "math"

// sketchGrowth is the ratio of the bounds of a sketch's buckets: the middle of a bucket is within 2 % of what is in it.
const sketchGrowth = 1.04

// leastSketched is the smallest duration that a sketch tells apart, in seconds.
const leastSketched = 1e-6

// sketch is the spread of durations within 2 %, small enough to have one for each interval of a run.
type sketch struct {
	base   int // the number of the first bucket
	counts []uint32
	n      int64
	lost   int64
	max    float64
}

func (s *sketch) add(v Value) {
	if v.Sort == Lost {
		s.lost++
		return
	}
	x := max(0, v.V)
	s.n++
	s.max = max(s.max, x)
	*s.bucket(int(math.Log(max(x, leastSketched)/leastSketched) / math.Log(sketchGrowth)))++
}

func (s *sketch) bucket(i int) *uint32 {
	switch {
	case len(s.counts) == 0:
		s.base, s.counts = i, make([]uint32, 1, 8)
	case i < s.base:
		s.counts = append(make([]uint32, s.base-i, s.base-i+len(s.counts)), s.counts...)
		s.base = i
	}
	for len(s.counts) <= i-s.base {
		s.counts = append(s.counts, 0)
	}
	return &s.counts[i-s.base]
}

func (s *sketch) merge(o *sketch) {
	for i, n := range o.counts {
		if n > 0 {
			*s.bucket(o.base + i) += n
		}
	}
	s.n += o.n
	s.lost += o.lost
	s.max = max(s.max, o.max)
}

// quantile is the q-th percentile in seconds; nil where it falls among the lost.
func (s *sketch) quantile(q float64) *float64 {
	r := rank(q, s.n+s.lost)
	switch {
	case r > s.n:
		return nil
	case r == s.n:
		return finite(s.max)
	}
	seen := int64(0)
	for i, n := range s.counts {
		if seen += int64(n); seen >= r {
			return finite(min(s.max, leastSketched*math.Pow(sketchGrowth, float64(s.base+i)+0.5)))
		}
	}
	return finite(s.max)
}

// band of the durations.
func (s *sketch) band() Band {
	b := Band{Count: s.n + s.lost, Lost: s.lost}
	if b.Count > 0 {
		b.P50, b.P95, b.P99, b.Max = s.quantile(50), s.quantile(95), s.quantile(99), s.quantile(100)
	}
	return b
}

package measure

import "math"

// sketchGrowth is the ratio of the bounds of a sketch's buckets: the middle of a bucket is within 2 % of what is in it.
const sketchGrowth = 1.04

// leastSketched is the smallest duration that a sketch tells apart, in seconds.
const leastSketched = 1e-6

// sketch is the spread of durations within 2 %, small enough to have one for each interval of a run.
type sketch struct {
	Base   int // the number of the first bucket
	Counts []uint32
	N      int64
	Lost   int64
	Max    float64
}

func (s *sketch) add(v Value) {
	if v.Sort == Lost {
		s.Lost++
		return
	}
	x := max(0, v.V)
	s.N++
	s.Max = max(s.Max, x)
	*s.bucket(int(math.Log(max(x, leastSketched)/leastSketched) / math.Log(sketchGrowth)))++
}

func (s *sketch) bucket(i int) *uint32 {
	switch {
	case len(s.Counts) == 0:
		s.Base, s.Counts = i, make([]uint32, 1, 8)
	case i < s.Base:
		s.Counts = append(make([]uint32, s.Base-i, s.Base-i+len(s.Counts)), s.Counts...)
		s.Base = i
	}
	for len(s.Counts) <= i-s.Base {
		s.Counts = append(s.Counts, 0)
	}
	return &s.Counts[i-s.Base]
}

func (s *sketch) merge(o *sketch) {
	for i, n := range o.Counts {
		if n > 0 {
			*s.bucket(o.Base + i) += n
		}
	}
	s.N += o.N
	s.Lost += o.Lost
	s.Max = max(s.Max, o.Max)
}

// quantile is the q-th percentile in seconds; nil where it falls among the lost.
func (s *sketch) quantile(q float64) *float64 {
	r := rank(q, s.N+s.Lost)
	switch {
	case r > s.N:
		return nil
	case r == s.N:
		return finite(s.Max)
	}
	seen := int64(0)
	for i, n := range s.Counts {
		if seen += int64(n); seen >= r {
			return finite(min(s.Max, leastSketched*math.Pow(sketchGrowth, float64(s.Base+i)+0.5)))
		}
	}
	return finite(s.Max)
}

// band of the durations.
func (s *sketch) band() Band {
	b := Band{Count: s.N + s.Lost, Lost: s.Lost}
	if b.Count > 0 {
		b.P50, b.P95, b.P99, b.Max = s.quantile(50), s.quantile(95), s.quantile(99), s.quantile(100)
	}
	return b
}

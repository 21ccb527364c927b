package measure

// side of a limit that a value lies on.
type side uint8

const (
	within side = iota // keeps the limit
	beyond             // breaks it
	open               // cut off before it showed
)

// limit counts, exactly, on which side of an objective's limit the values fall.
type limit struct {
	max, min *float64
	// within and beyond count the values that keep the limit and those that break it; open those that were cut off
	// before it showed.
	Within, Beyond, Open int64
}

// side of the limit that a value lies on.
func (l *limit) side(v Value) side {
	switch {
	case l.max != nil && (v.Sort == Lost || v.V > *l.max):
		return beyond
	case l.max != nil && v.Sort == Cut:
		return open
	case l.max != nil:
		return within
	case l.min != nil && (v.Sort == Lost || v.V >= *l.min):
		return within
	case l.min != nil && v.Sort == Cut:
		return open
	}
	return beyond
}

func (l *limit) count(s side) {
	switch s {
	case within:
		l.Within++
	case beyond:
		l.Beyond++
	case open:
		l.Open++
	}
}

func (l *limit) merge(o *limit) {
	l.Within += o.Within
	l.Beyond += o.Beyond
	l.Open += o.Open
}

// n is the number of values.
func (l *limit) n() int64 { return l.Within + l.Beyond + l.Open }

// quantile judges whether the q-th percentile keeps the limit: the same must follow whichever way the open values
// would have gone.
func (l *limit) quantile(q float64) Verdict {
	n := l.n()
	if n == 0 {
		return NoData
	}
	r := rank(q, n)
	broken := func(beyond int64) bool {
		if l.max != nil {
			return n-beyond < r // the value at the rank lies beyond
		}
		return beyond >= r
	}
	return both(!broken(l.Beyond), !broken(l.Beyond+l.Open))
}

// both is the verdict where one way of counting says a and another says b.
func both(a, b bool) Verdict {
	switch {
	case a && b:
		return Pass
	case !a && !b:
		return Fail
	}
	return Inconclusive
}

// keeps reports whether x keeps the limit.
func (l *limit) keeps(x float64) bool {
	if l.max != nil {
		return x <= *l.max
	}
	return l.min == nil || x >= *l.min
}

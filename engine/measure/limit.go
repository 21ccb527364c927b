package measure

// limit counts, exactly, on which side of an objective's limit the values fall.
type limit struct {
	max, min *float64
	// within and beyond count the values that keep the limit and those that break it; open those that were cut off
	// before it showed.
	within, beyond, open int64
}

func (l *limit) add(v Value) {
	switch {
	case l.max != nil && v.Sort == Lost:
		l.beyond++
	case l.max != nil && v.V > *l.max:
		l.beyond++
	case l.max != nil && v.Sort == Cut:
		l.open++
	case l.max != nil:
		l.within++
	case l.min != nil && (v.Sort == Lost || v.V >= *l.min):
		l.within++
	case l.min != nil && v.Sort == Cut:
		l.open++
	default:
		l.beyond++
	}
}

// quantile judges whether the q-th percentile keeps the limit: the same must follow whichever way the open values
// would have gone.
func (l *limit) quantile(q float64) Verdict {
	n := l.within + l.beyond + l.open
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
	return both(!broken(l.beyond), !broken(l.beyond+l.open))
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

package measure

import (
	"math"

	"aimbench/engine/event"
)

// Facts are what a condition over one turn may refer to: a value for each metric that is defined, in its unit. What
// never came is +Inf. "error" and "dropped" are 1 or 0. Of a metric with several values in a turn, it is the largest.
type Facts map[string]float64

// FactsOf returns the turn's facts twice: as if what was cut off had come at once, and as if it never came. The two
// are the same for a turn that was not cut off.
func FactsOf(t *event.Turn, o event.Origin) (low, high Facts) {
	low, high = Facts{}, Facts{}
	Values(t, o, func(name string, v Value) {
		l, h := v.V, v.V
		switch v.Sort {
		case Lost:
			l, h = math.Inf(1), math.Inf(1)
		case Cut:
			h = math.Inf(1)
		}
		low.raise(name, l)
		high.raise(name, h)
	})
	for _, f := range []Facts{low, high} {
		f["error"] = truth(t.Class.Failed())
		f["dropped"] = truth(t.Class == event.Dropped)
	}
	if t.Class == event.Censored {
		high["error"] = 1
	}
	return low, high
}

func (f Facts) raise(name string, v float64) {
	if old, ok := f[name]; !ok || v > old {
		f[name] = v
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

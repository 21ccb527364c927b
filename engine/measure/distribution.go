package measure

import (
	"math"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"

	"aimbench/engine/metric"
)

// The bounds of a histogram: 3 significant digits from 1 µs to 1 h, or from 1 token to as many.
const (
	highest      = 3_600_000_000
	digits       = 3
	microseconds = 1e6
	// keptExactly is how many values a distribution holds as they are before it folds them into a histogram, so that
	// the few values of a small run are not rounded.
	keptExactly = 1024
)

// Distribution is the spread of a metric's values. Its size is bounded whatever the number of values. It is not safe
// for concurrent use; several are merged instead.
type Distribution struct {
	scale float64 // histogram units in one unit of the metric
	exact []float64
	hist  *hdrhistogram.Histogram // nil until there are more values than are kept exactly

	n        int64
	sum      float64
	min, max float64

	lost   int64
	waited float64 // the shortest time for which a lost value was waited

	cut *Distribution // what was waited for values that were cut off; nil where none was
	// blank counts the values that were cut off before anything was seen of them: they could be anything.
	blank int64
}

// NewDistribution returns an empty distribution for a metric of the unit.
func NewDistribution(u metric.Unit) *Distribution {
	d := &Distribution{scale: 1}
	if u == metric.Seconds {
		d.scale = microseconds
	}
	return d
}

// Add records a value. Negative values count as 0.
func (d *Distribution) Add(v Value) {
	x := max(0, v.V)
	switch v.Sort {
	case Lost:
		if d.lost == 0 || x < d.waited {
			d.waited = x
		}
		d.lost++
	case Cut:
		if x == 0 {
			d.blank++
			return
		}
		if d.cut == nil {
			d.cut = &Distribution{scale: d.scale}
		}
		d.cut.add(x)
	default:
		d.add(x)
	}
}

func (d *Distribution) add(x float64) {
	if d.n == 0 || x < d.min {
		d.min = x
	}
	if d.n == 0 || x > d.max {
		d.max = x
	}
	d.n++
	d.sum += x
	if d.hist == nil && len(d.exact) < keptExactly {
		d.exact = append(d.exact, x)
		return
	}
	d.fold()
	d.record(x)
}

// fold moves the values that were kept exactly into the histogram.
func (d *Distribution) fold() {
	if d.hist != nil {
		return
	}
	d.hist = hdrhistogram.New(1, highest, digits)
	for _, x := range d.exact {
		d.record(x)
	}
	d.exact = nil
}

func (d *Distribution) record(x float64) {
	// The value lies within the histogram's bounds, so that recording it cannot fail.
	_ = d.hist.RecordValue(int64(min(math.Round(x*d.scale), highest)))
}

// Merge adds the values of another distribution of the same metric, exactly: the result is that of recording all
// values in one.
func (d *Distribution) Merge(o *Distribution) {
	if o.n > 0 {
		if d.n == 0 || o.min < d.min {
			d.min = o.min
		}
		if d.n == 0 || o.max > d.max {
			d.max = o.max
		}
		d.n += o.n
		d.sum += o.sum
		d.mergeValues(o)
	}
	if o.lost > 0 {
		if d.lost == 0 || o.waited < d.waited {
			d.waited = o.waited
		}
		d.lost += o.lost
	}
	d.blank += o.blank
	if o.cut != nil {
		if d.cut == nil {
			d.cut = &Distribution{scale: d.scale}
		}
		d.cut.Merge(o.cut)
	}
}

func (d *Distribution) mergeValues(o *Distribution) {
	if d.hist == nil && o.hist == nil && len(d.exact)+len(o.exact) <= keptExactly {
		d.exact = append(d.exact, o.exact...)
		return
	}
	d.fold()
	if o.hist != nil {
		d.hist.Merge(o.hist)
		return
	}
	for _, x := range o.exact {
		d.record(x)
	}
}

// early is the distribution with each value that was cut off at what was waited for it, and without those of which nothing
// is known.
func (d *Distribution) early() *Distribution {
	if d.cut == nil {
		return d
	}
	whole := &Distribution{scale: d.scale, lost: d.lost, waited: d.waited}
	whole.Merge(&Distribution{scale: d.scale, n: d.n, sum: d.sum, min: d.min, max: d.max, exact: d.exact, hist: d.hist})
	whole.Merge(d.cut)
	return whole
}

// late is the distribution with each value that was cut off as if it never came.
func (d *Distribution) late() *Distribution {
	whole := *d
	whole.lost += d.open()
	whole.cut, whole.blank = nil, 0
	return &whole
}

// open counts the values that were cut off.
func (d *Distribution) open() int64 {
	if d.cut != nil {
		return d.cut.n + d.blank
	}
	return d.blank
}

// Count is the number of values: those that were observed, lost or cut off.
func (d *Distribution) Count() int64 {
	return d.n + d.lost + d.open()
}

// rank of the q-th percentile among n values, from 1: the smallest value that at least q percent do not exceed.
func rank(q float64, n int64) int64 {
	x := q / 100 * float64(n)
	return min(n, max(1, int64(math.Ceil(x-1e-9*x))))
}

// Quantile returns the q-th percentile, q within (0, 100], where values that were cut off count at what was waited for
// them. It is +Inf where it falls among the lost values, and NaN without any value.
func (d *Distribution) Quantile(q float64) float64 {
	return d.early().quantile(q)
}

func (d *Distribution) quantile(q float64) float64 {
	n := d.n + d.lost
	if n == 0 {
		return math.NaN()
	}
	r := rank(q, n)
	switch {
	case r > d.n:
		return math.Inf(1)
	case r == d.n:
		return d.max
	case d.hist == nil:
		slices.Sort(d.exact)
		return d.exact[r-1]
	}
	v := d.hist.ValueAtPercentile(100 * float64(r) / float64(d.n))
	return min(max(float64(v)/d.scale, d.min), d.max)
}

// Mean returns the mean with values that were cut off counted at what was waited for them: +Inf where a value was
// lost, NaN without any value.
func (d *Distribution) Mean() float64 {
	e := d.early()
	switch {
	case e.lost > 0:
		return math.Inf(1)
	case e.n == 0:
		return math.NaN()
	}
	return e.sum / float64(e.n)
}

// Above is what a value that is +Inf exceeds at least: everything that was observed, and the shortest wait for what
// was lost.
func (d *Distribution) Above() float64 { return max(d.early().max, d.waited) }

// Open reports whether values were cut off.
func (d *Distribution) Open() bool { return d.open() > 0 }

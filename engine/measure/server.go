package measure

import (
	"cmp"
	"slices"

	"aimbench/engine/event"
	"aimbench/engine/metric"
)

// reading is what was read of a server's series in one interval.
type reading struct {
	at     event.Instant // of the last
	sum, n float64
	last   float64
}

func (r *reading) merge(o *reading) {
	r.sum += o.sum
	r.n += o.n
	if o.at >= r.at {
		r.at, r.last = o.at, o.last
	}
}

// readings are a server's series over time.
type readings struct {
	endpoint, series string
	counter          bool
	most             float64
	grid             grid[reading, *reading]
}

func newReadings(s event.Sample) *readings {
	row, _ := metric.LookupServer(s.Series)
	return &readings{
		endpoint: s.Endpoint, series: s.Series, counter: row.Counter, most: s.Value, grid: grid[reading, *reading]{most: mostPoints},
	}
}

func (r *readings) add(s event.Sample) {
	r.most = max(r.most, s.Value)
	r.grid.at(s.At).merge(&reading{at: s.At, sum: s.Value, n: 1, last: s.Value})
}

func (r *readings) summary() ServerSeries {
	out := ServerSeries{Endpoint: r.endpoint, Series: r.series, Max: r.most, Points: []ServerPoint{}}
	r.grid.each(func(start event.Instant, c *reading) {
		p := ServerPoint{At: start.Seconds(), Value: c.sum / c.n}
		if r.counter {
			p = ServerPoint{At: c.at.Seconds(), Value: c.last}
		} else if c.n == 1 {
			p.At = c.at.Seconds()
		}
		out.Points = append(out.Points, p)
	})
	return out
}

// servers are the series of all servers.
type servers []*readings

func (all *servers) add(s event.Sample) {
	i, ok := slices.BinarySearchFunc(*all, s, func(r *readings, s event.Sample) int {
		return cmp.Or(cmp.Compare(r.endpoint, s.Endpoint), cmp.Compare(r.series, s.Series))
	})
	if !ok {
		*all = slices.Insert(*all, i, newReadings(s))
	}
	(*all)[i].add(s)
}

func (all servers) summary() []ServerSeries {
	var out []ServerSeries
	for _, r := range all {
		out = append(out, r.summary())
	}
	return out
}

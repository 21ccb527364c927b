package measure

import "math"

// curve is the distribution on a percentile axis: the further out, the closer the points, as far as the values can tell.
func (d *Distribution) curve() []CurvePoint {
	e := d.early()
	n := float64(e.n + e.lost)
	if n == 0 {
		return nil
	}
	var points []CurvePoint
	at := func(q float64) {
		points = append(points, CurvePoint{Percentile: math.Round(q*1e6) / 1e6, Value: finite(e.quantile(q))})
	}
	const steps = 10 // a halving of what is left
	for left := 1.0; left*n > 1; left /= 2 {
		for i := range steps {
			if q := 100 * (1 - left*(1-float64(i)/(2*steps))); q > 0 {
				at(q)
			}
		}
	}
	at(100)
	return points
}

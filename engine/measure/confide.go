package measure

import (
	"fmt"
	"math"
	"time"
)

// confide judges by the whole interval of the objective's confidence: it passes where all of it keeps the limit, fails
// where none of it does, and is inconclusive between. low and high are the value with what was cut off counted one way
// and the other.
func (c *tally) confide(f *Finding, low, high float64, ramps bool) {
	if math.IsInf(low, 1) {
		return // what is lost for certain needs no interval to fail, nor to pass a least value
	}
	s := c.Blocks.spread()
	switch {
	case ramps:
		f.Verdict, f.Note = Inconclusive, "no interval: the load changed bit by bit meanwhile; judge by stage, or hold the load"
		return
	case s.blocks < leastBlocks:
		f.Verdict = Inconclusive
		f.Note = fmt.Sprintf("no interval: it takes at least %s of load", time.Duration(leastBlocks*firstCell))
		more := (leastBlocks * firstCell).Seconds() - s.span
		f.Settle = finite(max(1, more))
		return
	}
	f.Effective = math.Round(10*s.effective()) / 10
	z := student(c.rule.Confidence, s.freedom)
	var from, to, spare float64
	switch {
	case c.rule.conditional():
		from, to, spare = c.shareInterval(s, z, low, high)
	case c.rule.Fn == "mean":
		from, to, spare = c.meanInterval(s, z, low, high)
	default:
		f.Verdict, from, to, spare = c.quantileInterval(s, z)
	}
	if c.rule.Fn != "p" {
		f.Verdict = c.whole(from, to)
	}
	f.Low, f.High = finite(from), finite(to)
	if f.Verdict == Inconclusive && !math.IsInf(spare, 1) && spare > 1 && c.Limit.Open == 0 {
		f.Settle = finite(s.span * (spare - 1))
	}
}

// whole is the verdict on an interval.
func (c *tally) whole(from, to float64) Verdict {
	return both(c.Limit.keeps(from), c.Limit.keeps(to))
}

// shareInterval is that of a share. spare is how many times as long a run would settle it, if the share stays.
func (c *tally) shareInterval(s spread, z, low, high float64) (from, to, spare float64) {
	n := s.effective()
	from, _ = wilson(low, n, z)
	_, to = wilson(high, n, z)
	l := c.rule.Limit()
	return from, to, longer(deviation(l, n, z), low-l)
}

// meanInterval is that of a mean.
func (c *tally) meanInterval(s spread, z, low, high float64) (from, to, spare float64) {
	reach := z * math.Sqrt(s.variance/s.effective())
	return low - reach, high + reach, longer(reach, low-c.rule.Limit())
}

// quantileInterval judges the share beyond the limit, which is exact, against the share that the quantile allows. The
// interval of the value is the same in another form: all values at which the share would not be told from the allowed one.
func (c *tally) quantileInterval(s spread, z float64) (v Verdict, from, to, spare float64) {
	q, n := c.rule.Q/100, float64(c.Limit.n())
	allowed := 1 - q
	if c.rule.Max == nil {
		allowed = q
	}
	reach := deviation(q, s.effective(), z)
	least, most := float64(c.Limit.Beyond)/n, float64(c.Limit.Beyond+c.Limit.Open)/n
	switch {
	case most+reach <= allowed:
		v = Pass
	case least-reach > allowed:
		v = Fail
	default:
		v = Inconclusive
	}
	from, to = c.Values.early().quantile(max(1e-9, 100*(q-reach))), math.Inf(1)
	if q+reach < 1 {
		to = c.Values.late().quantile(100 * (q + reach))
	}
	return v, from, to, longer(reach, least-allowed)
}

// longer is how many times as many samples would bring the reach of an interval down to the distance.
func longer(reach, distance float64) float64 { return (reach / distance) * (reach / distance) }

package measure

import (
	"math"

	"aimbench/engine/event"
)

const (
	// mostBlocks bounds the number of time blocks of an objective: adjacent ones are merged to stay below it.
	mostBlocks = 64
	// leastBlocks is the least number that says anything of how the turns of a run hang together.
	leastBlocks = 10
	// coarsest is the least number of blocks down to which adjacent ones are merged in search of what hangs together for
	// longer than a block.
	coarsest = 16
)

// block counts the values of the turns that were wanted in one stretch of time.
type block struct {
	N, Beyond, Open float64
	// Of the values that say how the turns hang together: those that are measured, and ttft where a condition is judged.
	Valued, Sum, Squares float64
}

func (b *block) merge(o *block) {
	b.N += o.N
	b.Beyond += o.Beyond
	b.Open += o.Open
	b.Valued += o.Valued
	b.Sum += o.Sum
	b.Squares += o.Squares
}

// judge counts a value on its side of the limit.
func (b *block) judge(s side) {
	b.N++
	switch s {
	case beyond:
		b.Beyond++
	case open:
		b.Open++
	}
}

func (b *block) value(v float64) {
	b.Valued++
	b.Sum += v
	b.Squares += v * v
}

// blocks are the time blocks of what an objective judges.
type blocks struct {
	Cells grid[block, *block]
}

func newBlocks() *blocks { return &blocks{grid[block, *block]{most: mostBlocks}} }

// halved merges each two adjacent blocks.
func halved(bs []*block) []*block {
	out := make([]*block, 0, (len(bs)+1)/2)
	for i := 0; i < len(bs); i += 2 {
		b := *bs[i]
		if i+1 < len(bs) {
			b.merge(bs[i+1])
		}
		out = append(out, &b)
	}
	return out
}

// spread is what blocks say of the whole that they are blocks of.
type spread struct {
	blocks int     // how many there are
	span   float64 // of all, in seconds
	n      float64
	// effect is the design effect: by how much the variance of a share exceeds that of as many independent samples.
	effect float64
	// freedom is the number of degrees of freedom that effect was estimated with.
	freedom int
	// mean and variance are those of the values.
	mean, variance float64
}

// effective is the number of independent samples that would tell as much.
func (s spread) effective() float64 { return s.n / s.effect }

// spread estimates the design effect of the blocks. A share of a run's turns varies from block to block by more than
// chance, since turns that are served at the same time share their fate. How much more is estimated both from the share
// beyond the limit and from the mean of the values, at several lengths of blocks, and the largest is taken: the share
// alone would be estimated too certain just where a lucky run has few turns beyond the limit, and that is where a false
// pass comes from. docs/measurement.md has what a simulation makes of it.
func (s *blocks) spread() spread {
	var bs []*block
	out := spread{effect: 1}
	all := block{}
	for n := s.Cells.First; n <= s.Cells.Last; n++ {
		b := s.Cells.Cells[n]
		if b == nil {
			b = &block{}
		}
		all.merge(b)
		bs = append(bs, b)
	}
	out.span = (event.Instant(len(bs)) * s.Cells.Length).Seconds()
	out.blocks, out.n, out.freedom = len(bs), all.N, len(bs)-1
	if all.Valued > 0 {
		out.mean = all.Sum / all.Valued
		out.variance = max(0, all.Squares/all.Valued-out.mean*out.mean)
	}
	for level := bs; len(level) >= leastBlocks; level = halved(level) {
		if e := max(shareEffect(level, &all), meanEffect(level, &all)); e > out.effect {
			out.effect, out.freedom = e, len(level)-1
		}
		if len(level)/2 < coarsest {
			break
		}
	}
	return out
}

// shareEffect is the design effect of the share beyond the limit: the variance of a ratio estimator over blocks (W. G.
// Cochran, Sampling Techniques, 3rd edition, section 6.3), over that of independent samples.
func shareEffect(bs []*block, all *block) float64 {
	p := all.Beyond / all.N
	return ratioEffect(bs, all.N, p*(1-p), func(b *block) float64 { return b.Beyond - p*b.N })
}

// meanEffect is the design effect of the mean of the values.
func meanEffect(bs []*block, all *block) float64 {
	if all.Valued == 0 {
		return 1
	}
	mean := all.Sum / all.Valued
	return ratioEffect(bs, all.Valued, all.Squares/all.Valued-mean*mean, func(b *block) float64 { return b.Sum - mean*b.Valued })
}

func ratioEffect(bs []*block, n, variance float64, deviation func(*block) float64) float64 {
	if variance <= 0 || len(bs) < 2 {
		return 1
	}
	sum := 0.0
	for _, b := range bs {
		d := deviation(b)
		sum += d * d
	}
	k := float64(len(bs))
	if e := k / (k - 1) * sum / n / variance; !math.IsNaN(e) {
		return e
	}
	return 1
}

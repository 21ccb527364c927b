package measure

import (
	"maps"
	"slices"

	"aimbench/engine/event"
)

// firstCell is the length of a grid's cells in a run that just began.
const firstCell = event.Instant(1e9)

// grid cuts a run's time into cells of equal length, a power of two of firstCell, counted from the run's beginning. As the
// run grows, the length doubles so that the cells stay few. Grids of one run merge exactly, in whatever order, since all
// cells lie on the same lines.
type grid[C any, P interface {
	*C
	merge(*C)
}] struct {
	most int // cells, from the first to the last

	Length event.Instant
	// Cells are those in which something happened, by their numbers since the run began, of which First and Last are the
	// least and the largest.
	Cells       map[int64]*C
	First, Last int64
}

// at returns the cell of an instant.
func (g *grid[C, P]) at(i event.Instant) *C {
	if g.Cells == nil {
		g.Cells = map[int64]*C{}
	}
	if g.Length == 0 {
		g.Length = firstCell
	}
	for {
		n := int64(max(0, i) / g.Length)
		first, last := n, n
		if len(g.Cells) > 0 {
			first, last = min(g.First, n), max(g.Last, n)
		}
		if last-first >= int64(g.most) {
			g.fold()
			continue
		}
		g.First, g.Last = first, last
		c := g.Cells[n]
		if c == nil {
			c = new(C)
			g.Cells[n] = c
		}
		return c
	}
}

// fold doubles the length of the cells.
func (g *grid[C, P]) fold() {
	folded := make(map[int64]*C, len(g.Cells)/2+1)
	for n, c := range g.Cells {
		if there := folded[n/2]; there != nil {
			P(there).merge(c)
		} else {
			folded[n/2] = c
		}
	}
	g.Length, g.First, g.Last, g.Cells = 2*g.Length, g.First/2, g.Last/2, folded
}

// merge adds another grid of the same run.
func (g *grid[C, P]) merge(o *grid[C, P]) {
	for g.Length < o.Length {
		if g.Length == 0 {
			g.Length = o.Length
		} else {
			g.fold()
		}
	}
	for n, c := range o.Cells {
		P(g.at(event.Instant(n) * o.Length)).merge(c)
	}
}

// each calls yield with the cells in which something happened, and their beginnings, in order.
func (g *grid[C, P]) each(yield func(start event.Instant, c *C)) {
	for _, n := range slices.Sorted(maps.Keys(g.Cells)) {
		yield(event.Instant(n)*g.Length, g.Cells[n])
	}
}

package measure

import "aimbench/engine/event"

// firstCell is the length of a grid's cells in a run that just began.
const firstCell = event.Instant(1e9)

// grid cuts a run's time into cells of equal length, a power of two of firstCell, counted from the run's beginning. As the
// run grows, the length doubles so that the cells stay few. Grids of one run merge exactly, in whatever order, since all
// cells lie on the same lines.
type grid[C any, P interface {
	*C
	merge(*C)
}] struct {
	most   int // cells
	length event.Instant
	first  int64 // the number of the first cell since the run began
	cells  []*C  // nil where nothing happened
}

// at returns the cell of an instant.
func (g *grid[C, P]) at(i event.Instant) *C {
	if g.length == 0 {
		g.length = firstCell
	}
	for {
		n := int64(max(0, i) / g.length)
		first, last := n, n
		if len(g.cells) > 0 {
			first, last = min(g.first, n), max(g.first+int64(len(g.cells))-1, n)
		}
		if last-first < int64(g.most) {
			g.cover(first, last)
			c := &g.cells[n-first]
			if *c == nil {
				*c = new(C)
			}
			return *c
		}
		g.fold()
	}
}

// cover extends the cells to those from first to last.
func (g *grid[C, P]) cover(first, last int64) {
	if len(g.cells) == 0 {
		g.first = first
	}
	if before := g.first - first; before > 0 {
		g.cells = append(make([]*C, before), g.cells...)
		g.first = first
	}
	for g.first+int64(len(g.cells))-1 < last {
		g.cells = append(g.cells, nil)
	}
}

// fold doubles the length of the cells.
func (g *grid[C, P]) fold() {
	first := g.first / 2
	var folded []*C
	for i, c := range g.cells {
		at := (g.first+int64(i))/2 - first
		switch {
		case at == int64(len(folded)):
			folded = append(folded, c)
		case folded[at] == nil:
			folded[at] = c
		case c != nil:
			P(folded[at]).merge(c)
		}
	}
	g.length, g.first, g.cells = 2*g.length, first, folded
}

// merge adds another grid of the same run.
func (g *grid[C, P]) merge(o *grid[C, P]) {
	for g.length < o.length {
		if g.length == 0 {
			g.length = o.length
		} else {
			g.fold()
		}
	}
	for i, c := range o.cells {
		if c != nil {
			P(g.at(event.Instant(o.first+int64(i)) * o.length)).merge(c)
		}
	}
}

// each calls yield with the cells in which something happened, and their beginnings, in order.
func (g *grid[C, P]) each(yield func(start event.Instant, c *C)) {
	for i, c := range g.cells {
		if c != nil {
			yield(event.Instant(g.first+int64(i))*g.length, c)
		}
	}
}

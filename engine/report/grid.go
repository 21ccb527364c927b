package report

import "strings"

// grid is a table of text. The first column, which has no title, and the tails stand to the left; all else is numbers,
// which line up.
type grid struct {
	titles []string
	rows   []gridRow
}

type gridRow struct {
	name  string
	cells []string
	// tail is what stands after the cells, or on lines of its own where it does not fit.
	tail []string
}

// The columns that a grid keeps free.
const (
	gridIndent = 2
	gridGap    = 2
	tailGap    = 4
)

// grid writes a table. Columns at its right end that do not fit are left out.
func (s Style) grid(b *strings.Builder, g *grid) {
	widest := make([]string, len(g.titles)+1)
	for i, title := range g.titles {
		widest[i+1] = title
	}
	for _, r := range g.rows {
		widest[0] = longer(widest[0], r.name)
		for i, cell := range r.cells {
			widest[i+1] = longer(widest[i+1], cell)
		}
	}
	columns, shown := gridIndent+widths.StringWidth(widest[0]), 0
	for _, cell := range widest[1:] {
		if columns+gridGap+widths.StringWidth(cell) > s.width() {
			break
		}
		columns += gridGap + widths.StringWidth(cell)
		shown++
	}
	line := func(name string, cells []string) {
		b.WriteString(strings.Repeat(" ", gridIndent) + left(name, widest[0]))
		for i, cell := range cells[:shown] {
			b.WriteString(strings.Repeat(" ", gridGap) + right(cell, widest[i+1]))
		}
	}
	line("", g.titles)
	b.WriteByte('\n')
	for _, r := range g.rows {
		line(r.name, r.cells)
		tail := strings.Join(r.tail, "; ")
		if tail != "" && columns+tailGap+widths.StringWidth(tail) <= s.width() {
			b.WriteString(strings.Repeat(" ", tailGap) + tail + "\n")
			continue
		}
		b.WriteByte('\n')
		s.items(b, gridIndent+gridGap, "; ", r.tail)
	}
}

// items writes short facts on as few lines as they need, with the text between them.
func (s Style) items(b *strings.Builder, indent int, between string, items []string) {
	if len(items) == 0 {
		return
	}
	column := indent
	b.WriteString(strings.Repeat(" ", indent))
	for i, item := range items {
		n := widths.StringWidth(item)
		switch {
		case i == 0:
		case column+widths.StringWidth(between)+n > s.width():
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteString(between)
			column += widths.StringWidth(between)
		}
		b.WriteString(item)
		column += n
	}
	b.WriteByte('\n')
}

package report

import (
	"fmt"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/metric"
)

// numbersOf is the table of the metrics that have values, but for those that are another by another name.
func numbersOf(sum *measure.Summary) table {
	t := table{Label: "numbers", Columns: []string{"p50", "p90", "p95", "p99", "max", "mean", "values"}}
	for _, m := range metric.Table {
		s, ok := sum.Metrics[m.Name]
		if !ok || s.Count == 0 || m.Unit == metric.Boolean || renamed(sum.Metrics, m.Name) {
			continue
		}
		t.Rows = append(t.Rows, tableRow{Name: m.Name, About: longName(&m), Cells: statsCells(&s)})
		t.Rows = append(t.Rows, besideRow(sum.Beside, m.Name)...)
		t.Rows[len(t.Rows)-1].Note = statsNote(&s)
	}
	return t
}

// longName is what a metric's short name stands for, where its definition says so.
func longName(m *metric.Metric) string {
	name, _, found := strings.Cut(m.Definition, ":")
	if !found || m.Unit != metric.Seconds {
		return ""
	}
	return name
}

func statsCells(s *measure.Stats) []string {
	cells := make([]string, 0, 7)
	for _, v := range []*float64{s.P50, s.P90, s.P95, s.P99, s.Max, s.Mean} {
		cells = append(cells, onPage.statsCell(s, v))
	}
	return append(cells, measure.Thousands(int(s.Count)))
}

// statsCell writes one number, or what it exceeds at least where it is slower than everything observed.
func (s Style) statsCell(of *measure.Stats, v *float64) string {
	switch {
	case v != nil:
		return s.quantity(*v, of.Unit)
	case of.Above != nil:
		return "> " + s.quantity(*of.Above, of.Unit)
	}
	return s.glyphs().none
}

func statsNote(s *measure.Stats) string {
	var parts []string
	if s.Lost > 0 {
		parts = append(parts, measure.Thousands(int(s.Lost))+" never came and count as slower than all")
	}
	if s.Cut > 0 {
		parts = append(parts, measure.Thousands(int(s.Cut))+" were not waited for to the end")
	}
	return strings.Join(parts, ", ")
}

// ratesOf says how much came in a second.
func ratesOf(sum *measure.Summary) []fact {
	var facts []fact
	for _, r := range []struct{ name, title, what string }{
		{"output_rate", "output", " tokens/s"}, {"input_rate", "input", " tokens/s"}, {"request_rate", "turns", "/s"},
	} {
		if v, ok := sum.Rates[r.name]; ok {
			facts = append(facts, fact{r.title, significant(v) + r.what})
		}
	}
	if in, cached := sum.Metrics["input_tokens"], sum.Metrics["cached_tokens"]; in.Mean != nil && cached.Mean != nil && *in.Mean > 0 {
		facts = append(facts, fact{"cached", percent(*cached.Mean / *in.Mean) + " of the input"})
	}
	return facts
}

// failuresOf counts the failures by class.
func failuresOf(sum *measure.Summary) []fact {
	var facts []fact
	for _, class := range event.Failures {
		if n := sum.Errors[class]; n > 0 {
			facts = append(facts, fact{string(class), fmt.Sprintf("%s, %s of the turns offered", measure.Thousands(n),
				percent(float64(n)/float64(max(1, sum.Requests.Offered))))})
		}
	}
	return facts
}

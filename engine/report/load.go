package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/metric"
)

// What a load came to in words, for every format.

// part is a load, or all of a run.
type part struct {
	requests measure.Requests
	rates    map[string]float64
	metrics  map[string]measure.Stats
	// These are known of the whole run alone.
	errors map[event.Class]int
	beside *measure.Beside
	source string
	chunk  *float64
}

func wholeOf(sum *measure.Summary) part {
	return part{sum.Requests, sum.Rates, sum.Metrics, sum.Errors, sum.Beside, sum.TokenSource, sum.TokensPerChunk}
}

func partOf(l *measure.Load) part {
	return part{requests: l.Requests, rates: l.Rates, metrics: l.Metrics}
}

// latencies are the names of the metrics in seconds that the part has values of, the harness's own and those left out
// that are another by another name.
func (p *part) latencies() []string {
	return slices.DeleteFunc(latencyNames(p.metrics), func(name string) bool {
		return name == "schedule_lag" || p.metrics[name].Count == 0 || renamed(p.metrics, name)
	})
}

// renamed reports whether a metric has the same values as the one that it is a kind of.
func renamed(metrics map[string]measure.Stats, name string) bool {
	of, ok := map[string]string{"ttfa": "ttft", "itl": "icl"}[name]
	if !ok {
		return false
	}
	a, b := metrics[name], metrics[of]
	return a.Count == b.Count && a.Lost == b.Lost && slices.EqualFunc(
		[]*float64{a.Mean, a.P50, a.P99, a.Max}, []*float64{b.Mean, b.P50, b.P99, b.Max},
		func(x, y *float64) bool { return x == y || x != nil && y != nil && *x == *y })
}

// quantiles are what a table of latencies has columns of.
var quantiles = []string{"p50", "p90", "p95", "p99", "max"}

func (s Style) quantileCells(of *measure.Stats) []string {
	cells := make([]string, 0, len(quantiles))
	for _, v := range []*float64{of.P50, of.P90, of.P95, of.P99, of.Max} {
		cells = append(cells, s.statsCell(of, v))
	}
	return cells
}

// besideText is what a latency came to from the other origin; empty where there is no other.
func (s Style) besideText(p *part, name string) string {
	if p.beside == nil {
		return ""
	}
	of, ok := p.beside.Metrics[name]
	if !ok || of.Count == 0 {
		return ""
	}
	return fmt.Sprintf("from %s p95 %s", p.beside.Origin, s.statsCell(&of, of.P95))
}

// besides lists what else is to be known of a row of a table of latencies.
func (s Style) besides(sum *measure.Summary, p *part, name string) []string {
	var parts []string
	if beside := s.besideText(p, name); beside != "" {
		parts = append(parts, originOf(sum, name), beside)
	}
	of := p.metrics[name]
	if note := statsNote(&of); note != "" {
		parts = append(parts, note)
	}
	return parts
}

// ended counts the turns by how they ended. What should not happen is told also where it did not.
func (p *part) ended() []string {
	r := p.requests
	failed := measure.Thousands(r.Failed) + " failed"
	if by := classes(p.errors); by != "" {
		failed += " (" + by + ")"
	}
	items := []string{
		measure.Count(r.Offered, "turn") + " offered", measure.Thousands(r.Succeeded) + " succeeded", failed,
		measure.Thousands(r.Dropped) + " dropped",
	}
	for _, c := range []struct {
		n    int
		what string
	}{{r.HungUp, "hung up"}, {r.Censored, "cut off at the end"}, {r.Unsent, "could not be sent"}} {
		if c.n > 0 {
			items = append(items, measure.Thousands(c.n)+" "+c.what)
		}
	}
	return items
}

// classes lists the classes of failure with their counts.
func classes(counts map[event.Class]int) string {
	var parts []string
	for _, class := range event.Failures {
		if n := counts[class]; n > 0 {
			parts = append(parts, string(class)+" "+measure.Thousands(n))
		}
	}
	return strings.Join(parts, ", ")
}

// throughput says how much came in a second.
func (p *part) throughput() []string {
	var items []string
	for _, r := range []struct{ name, text string }{
		{"output_rate", "output %s tokens/s"}, {"input_rate", "input %s tokens/s"}, {"request_rate", "%s turns/s succeeded"},
	} {
		if v, ok := p.rates[r.name]; ok {
			items = append(items, fmt.Sprintf(r.text, significant(v)))
		}
	}
	if in, cached := p.metrics["input_tokens"], p.metrics["cached_tokens"]; in.Mean != nil && cached.Mean != nil && *in.Mean > 0 {
		items = append(items, "cached "+percent(*cached.Mean / *in.Mean))
	}
	if p.chunk != nil {
		items = append(items, significant(*p.chunk)+" tokens a chunk")
	}
	if p.source == event.FromChunks {
		items = append(items, "tokens are chunks: the server counted none")
	}
	return items
}

// apartText says which turns of a load count nowhere; empty where all do.
func apartText(a measure.Apart) string {
	var parts []string
	if a.Warmup > 0 {
		parts = append(parts, measure.Count(a.Warmup, "turn")+" of the warmup")
	}
	if a.After > 0 {
		parts = append(parts, measure.Count(a.After, "turn")+" wanted after its end")
	}
	if len(parts) == 0 {
		return ""
	}
	return "not counted: " + strings.Join(parts, ", ")
}

// serverTexts are what the servers said of themselves, an endpoint each: first what is known of every server.
func (s Style) serverTexts(sum *measure.Summary) []string {
	var names, texts []string
	for i := range sum.Server {
		if e := sum.Server[i].Endpoint; !slices.Contains(names, e) {
			names = append(names, e)
		}
	}
	for _, e := range names {
		var own []*measure.ServerSeries
		for i := range sum.Server {
			if sum.Server[i].Endpoint == e {
				own = append(own, &sum.Server[i])
			}
		}
		slices.SortStableFunc(own, func(a, b *measure.ServerSeries) int { return cmp.Compare(serverRank(a.Series), serverRank(b.Series)) })
		var said []string
		for _, one := range own {
			said = append(said, s.serverText(sum, one))
		}
		name := "server"
		if len(names) > 1 {
			name += " " + e
		}
		if said = trimmed(said...); len(said) > 0 {
			texts = append(texts, name+": "+strings.Join(said, ", "))
		}
	}
	return texts
}

// serverRank is the place of a series in the table of the servers' series, past its end for one that is not in it.
func serverRank(series string) int {
	for i, row := range metric.ServerTable {
		if row.Name == series {
			return i
		}
	}
	return len(metric.ServerTable)
}

func (s Style) serverText(sum *measure.Summary, one *measure.ServerSeries) string {
	row, known := metric.LookupServer(one.Series)
	grown := 0.0
	for i := range one.Points {
		if more, ok := grew(one.Points, i); ok {
			grown += more
		}
	}
	switch {
	case one.Series == "kv_cache":
		return "KV cache up to " + percent(one.Max)
	case one.Series == "prefix_cache_hits":
		return prefixText(sum, one.Endpoint, grown)
	case one.Series == "prefix_cache_queries":
		return "" // told with the hits
	case known && row.Counter:
		return amount(grown) + " " + one.Series
	}
	return one.Series + " up to " + amount(one.Max)
}

// prefixText is the share of the looked-up tokens that the prefix cache had.
func prefixText(sum *measure.Summary, endpoint string, hits float64) string {
	for i := range sum.Server {
		q := &sum.Server[i]
		if q.Endpoint != endpoint || q.Series != "prefix_cache_queries" {
			continue
		}
		asked := 0.0
		for j := range q.Points {
			if more, ok := grew(q.Points, j); ok {
				asked += more
			}
		}
		if asked > 0 {
			return "prefix cache hits " + percent(hits/asked)
		}
	}
	return ""
}

// harness says how far the harness itself can be trusted.
func (s Style) harness(sum *measure.Summary) string {
	var parts []string
	a := sum.Audit
	late := func(r measure.AuditRow) bool { return !r.OK && strings.HasPrefix(r.Name, "schedule lag") }
	if lag, ok := sum.Metrics["schedule_lag"]; ok && lag.Count > 0 && (a == nil || !slices.ContainsFunc(a.Rows, late)) {
		parts = append(parts, "schedule lag p99 "+s.statsCell(&lag, lag.P99))
	}
	if a == nil {
		return strings.Join(parts, ", ")
	}
	for _, name := range []string{"ttft", "tpot"} {
		if b := a.Bias[name]; b.P99 != nil {
			parts = append(parts, "bias of "+name+" p99 at most "+s.statsCell(&b, b.P99))
		}
	}
	for i := range a.Rows {
		if r := &a.Rows[i]; !r.OK {
			parts = append(parts, r.Name+" "+s.auditValue(r))
		}
	}
	word := "valid"
	if !a.Valid {
		word = "invalid"
	}
	return strings.TrimPrefix(strings.Join(parts, ", ")+": "+word, ": ")
}

// distrustOf says why the harness's own numbers are not to be trusted, as far as the verdict does not say it, what caused
// it and what to do.
func distrustOf(sum *measure.Summary) []fact {
	a := sum.Audit
	if a == nil || a.Valid {
		return nil
	}
	var facts []fact
	for _, f := range []fact{{"invalid", a.Why}, {"cause", a.Cause}, {"do", a.Do}} {
		if f.Value != "" && (f.Name != "invalid" || sum.Verdict != measure.Invalid) {
			facts = append(facts, f)
		}
	}
	return facts
}

// auditValue is what was watched, with what it should not exceed.
func (s Style) auditValue(r *measure.AuditRow) string {
	text := s.quantity(r.Value, r.Unit)
	if r.Limit != nil {
		text += " (at most " + s.limit(*r.Limit, r.Unit) + ")"
	}
	return text
}

// stageGrid is a row for each stage. What matters most stands first, since a narrow terminal shows no more.
func (s Style) stageGrid(sum *measure.Summary) grid {
	g := grid{titles: []string{"offered", "failed", "ttft p95", "tpot p95", "e2e p95", "tokens/s", "ttft p50", "ttft p99", "dropped"}}
	for i := range sum.Stages {
		st := &sum.Stages[i]
		ttft, tpot, e2e := st.Metrics["ttft"], st.Metrics["tpot"], st.Metrics["e2e"]
		rate := s.glyphs().none
		if v, ok := st.Rates["output_rate"]; ok {
			rate = significant(v)
		}
		g.rows = append(g.rows, gridRow{name: s.stageTitle(sum, st), cells: []string{
			measure.Thousands(st.Requests.Offered), measure.Thousands(st.Requests.Failed), s.statsCell(&ttft, ttft.P95),
			s.statsCell(&tpot, tpot.P95), s.statsCell(&e2e, e2e.P95), rate, s.statsCell(&ttft, ttft.P50),
			s.statsCell(&ttft, ttft.P99), measure.Thousands(st.Requests.Dropped),
		}})
	}
	return g
}

// mostOfStage is how many columns the name of a stage may take of a table.
const mostOfStage = 28

func (s Style) stageTitle(sum *measure.Summary, st *measure.Stage) string {
	return widths.Truncate(escape(stageName(sum, st.Load, st.Stage, st.Target), s.Unicode), mostOfStage, s.glyphs().ellipsis)
}

// checkText says what became of an assertion under load.
func checkText(c *measure.Check) string {
	text := c.String()
	if text == "" {
		text = "never checked"
	}
	if c.Tolerate > 0 {
		text += ", " + percent(c.Tolerate) + " tolerated"
	}
	return text
}

// exampleText says which turn of a load an assertion did not pass in.
func exampleText(e *measure.Example) string {
	return fmt.Sprintf("%s.%s, conversation %s, at %s", e.Conversation, e.Turn, measure.Thousands(int(e.Session)), clockTime(e.At.Seconds()))
}

// mostDetails is how many examples of one assertion that did not pass are shown in full.
const mostDetails = 3

// detailsText shows the first turns in which an assertion did not pass.
func detailsText(c *measure.Check) string {
	var parts []string
	for i := range c.Examples[:min(len(c.Examples), mostDetails)] {
		e := &c.Examples[i]
		parts = append(parts, exampleText(e)+"\n"+strings.TrimRight(e.Detail, "\n"))
	}
	return strings.Join(parts, "\n\n")
}

// checkMark is the mark and the word for an assertion under load.
func (s Style) checkMark(c *measure.Check) string {
	switch {
	case c.Holds:
		return s.glyphs().pass + " pass"
	case c.Undecided():
		return s.glyphs().open + " inconclusive"
	}
	return s.glyphs().fail + " fail"
}

// firstOfClass are the first examples of each class of failure.
func firstOfClass(sum *measure.Summary) []*event.Turn {
	var out []*event.Turn
	seen := map[event.Class]bool{}
	for i := range sum.Examples {
		if t := &sum.Examples[i]; !seen[t.Class] {
			seen[t.Class] = true
			out = append(out, t)
		}
	}
	return out
}

// firstText says where a class of failure was first seen, and what was seen.
func firstText(t *event.Turn) string {
	text := fmt.Sprintf("%s: first in %s.%s at %s", t.Class, t.Conversation, t.Turn, clockTime(began(t).Seconds()))
	if t.Message != "" {
		text += ": " + t.Message
	}
	return text
}

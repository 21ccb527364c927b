package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/metric"
)

// overTime plots how the run went, all over one time axis.
func (c *charts) overTime(sum *measure.Summary) {
	if len(sum.Series) == 0 || len(sum.Series[0].Points) == 0 {
		return
	}
	whole := &sum.Series[0]
	c.axis(sum, whole)
	c.About = "All plots share the time since the run began, with the stages shaded. A point stands for " +
		onPage.limit(whole.Step, string(metric.Seconds)) + ". Latencies stand where the schedule wanted the turn, so that a stall shows where it began."
	grid := newTimeline(whole, float64(c.Data.End))
	for _, name := range []string{"ttft", "tpot", "e2e"} {
		c.latency(sum, grid, name)
	}
	c.byLoad(sum, grid)
	c.throughput(grid)
	c.failures(sum, grid)
	c.servers(sum)
}

// axis sets the end of the time axis and the stages on it.
func (c *charts) axis(sum *measure.Summary, whole *measure.Series) {
	end := max(sum.Duration, whole.Points[len(whole.Points)-1].At)
	c.Data.Stages = []span{}
	for i := range sum.Stages {
		s := &sum.Stages[i]
		end = max(end, s.End.Seconds())
		c.Data.Stages = append(c.Data.Stages, span{Label: stageName(sum, s.Load, s.Stage, s.Target), From: num(s.Start.Seconds()), To: num(s.End.Seconds())})
	}
	c.Data.Stages = apart(c.Data.Stages)
	if first := c.Data.Stages; len(first) > 0 && warmed(sum) && first[0].From > 0 {
		c.Data.Stages = append([]span{{Label: "warmup", To: first[0].From}}, first...)
	}
	c.Data.End = num(max(end, 1e-3))
}

// apart leaves out spans that overlap an earlier one, such as those of a load beside another.
func apart(spans []span) []span {
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.From, b.From) })
	kept := spans[:0]
	for _, s := range spans {
		if len(kept) == 0 || s.From >= kept[len(kept)-1].To-1e-3 {
			kept = append(kept, s)
		}
	}
	return kept
}

func warmed(sum *measure.Summary) bool {
	return slices.ContainsFunc(sum.Loads, func(l measure.Load) bool { return l.Apart.Warmup > 0 })
}

// stageName names a stage, with its load where there are several.
func stageName(sum *measure.Summary, load, stage, target string) string {
	name := stage
	switch {
	case name == "":
		name = load
	case len(sum.Loads) > 1:
		name = load + " · " + stage
	}
	if target != "" {
		name += " (" + target + ")"
	}
	return Escape(name)
}

// timeline is a series with a point of nothing on either side of each stretch in which nothing happened.
type timeline struct {
	x      []num
	points []*measure.Point
	widths []float64 // of the points, in seconds
}

func newTimeline(s *measure.Series, end float64) *timeline {
	t := &timeline{}
	add := func(at float64, p *measure.Point) {
		width := s.Step
		if rest := end - at; rest > 0 && rest < width {
			width = rest // the run ended within the interval
		}
		t.x, t.points, t.widths = append(t.x, num(at)), append(t.points, p), append(t.widths, width)
	}
	next := 0.0
	for i := range s.Points {
		p := &s.Points[i]
		if p.At > next+s.Step/2 {
			add(next, &measure.Point{})
			if last := p.At - s.Step; last > next+s.Step/2 {
				add(last, &measure.Point{})
			}
		}
		add(p.At, p)
		next = p.At + s.Step
	}
	return t
}

// each maps the points to numbers.
func (t *timeline) each(of func(*measure.Point) num) []num {
	ys := make([]num, len(t.points))
	for i, p := range t.points {
		ys[i] = of(p)
	}
	return ys
}

// rate maps counts to numbers a second.
func (t *timeline) rate(of func(*measure.Point) int) []num {
	ys := make([]num, len(t.points))
	for i, p := range t.points {
		ys[i] = num(float64(of(p)) / max(t.widths[i], 1e-3))
	}
	return ys
}

// latency plots the quantiles of a metric.
func (c *charts) latency(sum *measure.Summary, t *timeline, name string) {
	quantiles := []struct {
		label string
		of    func(*measure.Band) *float64
	}{
		{"p50", func(b *measure.Band) *float64 { return b.P50 }}, {"p95", func(b *measure.Band) *float64 { return b.P95 }},
		{"p99", func(b *measure.Band) *float64 { return b.P99 }}, {"max", func(b *measure.Band) *float64 { return b.Max }},
	}
	p := plot{ID: name, Unit: "seconds", Band: true, Limits: limitsOf(sum, name)}
	for _, q := range quantiles {
		p.Series = append(p.Series, line{q.label, t.each(func(at *measure.Point) num {
			b := at.Latency[name]
			return known(q.of(&b))
		})})
	}
	lost := int64(0)
	for _, at := range t.points {
		lost += at.Latency[name].Lost
	}
	about, ok := rangeText(t.x, p.Series[1].Y)
	if !ok {
		return
	}
	about = "p95 " + about
	if o := originOf(sum, name); o != "" {
		about += ", " + o
	}
	if lost > 0 {
		about += fmt.Sprintf("; %s never came: a line has a gap where such a value would stand", measure.Thousands(int(lost)))
	}
	c.addTime(figure{Title: titleOf(name), About: about + "."}, p, t.x)
}

// rangeText says how low and how high durations went, and when they were highest.
func rangeText(x, y []num) (string, bool) {
	low, high, at := math.Inf(1), math.Inf(-1), 0.0
	for i, v := range y {
		if f := float64(v); !math.IsNaN(f) {
			low = min(low, f)
			if f > high {
				high, at = f, float64(x[i])
			}
		}
	}
	if math.IsInf(low, 1) {
		return "", false
	}
	return fmt.Sprintf("from %s to %s, highest at %s", onPage.Duration(low), onPage.Duration(high), clockTime(at)), true
}

// clockTime is an instant as the time axis shows it.
func clockTime(seconds float64) string {
	whole := int(seconds)
	if whole >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", whole/3600, whole/60%60, whole%60)
	}
	return fmt.Sprintf("%d:%02d", whole/60, whole%60)
}

// byLoad plots the loads beside each other where there are several.
func (c *charts) byLoad(sum *measure.Summary, t *timeline) {
	p := plot{ID: "by-load", Unit: "seconds"}
	loads := sum.Series[1:]
	for i := range min(len(loads), mostLines) {
		at := map[num]*float64{}
		for j := range loads[i].Points {
			point := &loads[i].Points[j]
			at[num(point.At)] = point.Latency["ttft"].P95
		}
		ys := make([]num, len(t.x))
		for j, x := range t.x {
			ys[j] = known(at[x])
		}
		p.Series = append(p.Series, line{Escape(loads[i].Load), ys})
	}
	if len(p.Series) > 1 {
		c.addTime(figure{Title: "Time to first token by load", About: "p95 of each load."}, p, t.x)
	}
}

// mostLines is how many lines a plot can show so that they can be told apart.
const mostLines = 14

// throughput plots what was asked and what was done of it.
func (c *charts) throughput(t *timeline) {
	turns := plot{ID: "turns", Unit: "per second", Series: []line{
		{"offered", t.rate(func(p *measure.Point) int { return p.Offered })},
		{"succeeded", t.rate(func(p *measure.Point) int { return p.Succeeded })},
	}}
	for _, more := range []line{
		{"dropped", t.rate(func(p *measure.Point) int { return p.Dropped })},
		{"hung up", t.rate(func(p *measure.Point) int { return p.HungUp })},
	} {
		if slices.ContainsFunc(more.Y, func(y num) bool { return y > 0 }) {
			turns.Series = append(turns.Series, more)
		}
	}
	c.addTime(figure{Title: "Turns a second", About: "Offered where the schedule wanted them, the others where they ended.", Low: true}, turns, t.x)
	c.addTime(figure{Title: "In flight", About: "Turns on their way at once, on average.", Low: true}, plot{
		ID: "in-flight", Unit: "count", Series: []line{{"in flight", t.each(func(p *measure.Point) num { return num(p.InFlight) })}},
	}, t.x)
	tokens := plot{ID: "tokens", Unit: "per second", Series: []line{
		{"output", t.rate(func(p *measure.Point) int { return p.OutputTokens })},
		{"input", t.rate(func(p *measure.Point) int { return p.InputTokens })},
	}}
	c.addTime(figure{Title: "Tokens a second", About: "Output as it arrived, input as its turns ended.", Low: true}, tokens, t.x)
}

// failures plots the failures by class.
func (c *charts) failures(sum *measure.Summary, t *timeline) {
	p := plot{ID: "failures", Unit: "count", Stack: true}
	for _, class := range event.Failures {
		if sum.Errors[class] > 0 {
			p.Series = append(p.Series, line{string(class), t.each(func(at *measure.Point) num { return num(at.Errors[class]) })})
		}
	}
	if len(p.Series) > 0 {
		c.addTime(figure{Title: "Failures", About: "Turns that failed in each interval, by class.", Low: true}, p, t.x)
	}
}

// latencyNames are the metrics in seconds among the keys, in the order of the table of metrics.
func latencyNames[V any](of map[string]V) []string {
	var names []string
	for _, m := range metric.Table {
		if _, ok := of[m.Name]; ok && m.Unit == metric.Seconds {
			names = append(names, m.Name)
		}
	}
	return names
}

// titleOf is what a metric is called above its plot.
func titleOf(name string) string {
	titles := map[string]string{
		"ttft": "Time to first token", "ttfa": "Time to first answer token", "e2e": "End to end", "tpot": "Time per output token",
		"icl": "Gap between chunks", "itl": "Gap between tokens", "connect": "Connecting", "schedule_lag": "Schedule lag",
	}
	if title, ok := titles[name]; ok {
		return title
	}
	return name
}

// originOf says where a metric counts from, where that is a choice.
func originOf(sum *measure.Summary, name string) string {
	if slices.Contains([]string{"ttft", "ttfa", "e2e"}, name) && sum.Origin != "" {
		return "from " + string(sum.Origin)
	}
	return ""
}

// limitsOf are the limits that objectives set to quantiles of a metric.
func limitsOf(sum *measure.Summary, name string) []bound {
	var bounds []bound
	seen := map[bound]bool{}
	for i := range sum.Objectives {
		o := &sum.Objectives[i].Objective
		if o.Fn != "p" || o.Metric != name || o.Max == nil {
			continue
		}
		b := bound{X: num(o.Q), Y: num(*o.Max), Label: what(&measure.Objective{Fn: "p", Q: o.Q}) + " " + onPage.limitText(o)}
		if !seen[b] {
			seen[b] = true
			bounds = append(bounds, b)
		}
	}
	return bounds
}

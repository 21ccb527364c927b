package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"aimbench/engine/measure"
	"aimbench/engine/metric"
)

// What the servers' own series may take of the page.
const (
	mostServerPlots  = 16
	mostServerPoints = 1024
)

// servers plots the servers' own series: first those that every server's dashboard has, then the others as they are.
func (c *charts) servers(sum *measure.Summary) {
	var endpoints []string
	for i := range sum.Server {
		if e := sum.Server[i].Endpoint; !slices.Contains(endpoints, e) {
			endpoints = append(endpoints, e)
		}
	}
	before := len(c.Time)
	for i, endpoint := range endpoints {
		s := server{known: map[string]*measure.ServerSeries{}, prefix: fmt.Sprintf("server-%d-", i), name: "Server"}
		if len(endpoints) > 1 {
			s.name = "Server " + Escape(endpoint)
		}
		for j := range sum.Server {
			one := &sum.Server[j]
			if one.Endpoint != endpoint || len(one.Points) == 0 {
				continue
			}
			if _, ok := metric.LookupServer(one.Series); ok {
				s.known[one.Series] = one
			} else {
				s.others = append(s.others, one)
			}
		}
		s.plot(c, before+mostServerPlots)
	}
}

// server is what one endpoint said about itself.
type server struct {
	name, prefix string
	known        map[string]*measure.ServerSeries
	others       []*measure.ServerSeries
}

func (s *server) plot(c *charts, most int) {
	add := func(id, title, about string, p plot, x []num) {
		if p.tells() && len(c.Time) < most {
			p.ID = s.prefix + id
			c.addTime(figure{Title: s.name + ": " + title, About: about, Low: true}, p, x)
		}
	}
	p, x := s.gauges(metric.Count, "waiting", "running")
	add("queue", "requests", "Waiting in its queue, and in service.", p, x)
	p, x = s.gauges(metric.Share, "kv_cache")
	add("cache", "KV cache", sentence(definition("kv_cache")), p, x)
	p, x = s.hits()
	add("prefix", "prefix cache", "Tokens of prompts found, of those looked up.", p, x)
	p, x = s.growth("preemptions")
	add("preemptions", "preemptions", sentence(definition("preemptions")), p, x)
	for i, o := range s.others {
		add(fmt.Sprint(i), Escape(o.Series), "As the server gives it.", plot{Unit: "number", Series: []line{{Escape(o.Series), values(o)}}}, times(o))
	}
}

// tells reports whether a plot has any value.
func (p *plot) tells() bool {
	for _, s := range p.Series {
		if slices.ContainsFunc(s.Y, func(y num) bool { return !math.IsNaN(float64(y)) }) {
			return true
		}
	}
	return false
}

// sentence makes a definition one.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] + "." }

func definition(name string) string {
	row, _ := metric.LookupServer(name)
	return row.Definition
}

// gauges plots series that were read at the same instants.
func (s *server) gauges(unit metric.Unit, names ...string) (p plot, x []num) {
	p.Unit = string(unit)
	for _, name := range names {
		one := s.known[name]
		if one == nil {
			continue
		}
		if at := times(one); x == nil || slices.Equal(at, x) {
			x = at
			p.Series = append(p.Series, line{name, values(one)})
		}
	}
	return p, x
}

// growth plots by how much a counter grew a second.
func (s *server) growth(name string) (plot, []num) {
	one := s.known[name]
	if one == nil {
		return plot{}, nil
	}
	at := points(one)
	ys := make([]num, len(at))
	for i := range at {
		ys[i] = none
		if grown, ok := grew(at, i); ok && at[i].At > at[i-1].At {
			ys[i] = num(grown / (at[i].At - at[i-1].At))
		}
	}
	return plot{Unit: string(metric.PerSecond), Series: []line{{name, ys}}}, times(one)
}

// hits plots the share of looked-up tokens that the prefix cache had.
func (s *server) hits() (plot, []num) {
	hits, queries := s.known["prefix_cache_hits"], s.known["prefix_cache_queries"]
	if hits == nil || queries == nil || !slices.Equal(times(hits), times(queries)) {
		return plot{}, nil
	}
	had, asked := points(hits), points(queries)
	ys := make([]num, len(had))
	for i := range had {
		ys[i] = none
		more, ok := grew(had, i)
		of, asks := grew(asked, i)
		if ok && asks && of > 0 {
			ys[i] = num(more / of)
		}
	}
	return plot{Unit: string(metric.Share), Series: []line{{"found", ys}}}, times(hits)
}

// grew is by how much a counter grew since the point before; false where that is unknown, as where the server began
// anew.
func grew(at []measure.ServerPoint, i int) (float64, bool) {
	if i == 0 || at[i].Value < at[i-1].Value {
		return 0, false
	}
	return at[i].Value - at[i-1].Value, true
}

func points(s *measure.ServerSeries) []measure.ServerPoint {
	return s.Points[:min(len(s.Points), mostServerPoints)]
}

func times(s *measure.ServerSeries) []num {
	x := make([]num, 0, len(s.Points))
	for _, p := range points(s) {
		x = append(x, num(p.At))
	}
	return x
}

func values(s *measure.ServerSeries) []num {
	y := make([]num, 0, len(s.Points))
	for _, p := range points(s) {
		y = append(y, num(p.Value))
	}
	return y
}

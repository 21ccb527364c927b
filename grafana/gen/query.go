package main

import (
	"fmt"
	"strings"

	"aimbench/engine/metric"
)

const (
	// turns selects the series of turns, and whole those of a run, which no endpoint has alone.
	turns = `scenario=~"$scenario", endpoint=~"$endpoint"`
	whole = `scenario=~"$scenario"`
)

// row is that of a metric in the table. A metric that is not there, or is not exported, is an error of whoever renamed it.
func row(name string) metric.Metric {
	row, ok := metric.Lookup(name)
	if !ok || row.Prometheus == "" {
		panic(fmt.Sprintf("the table of metrics has no %q with a name for Prometheus", name))
	}
	return row
}

// series is the Prometheus name of a metric of the table.
func series(name string) string { return row(name).Prometheus }

// query is one query of a panel, and how its lines are called.
type query struct{ expr, legend string }

// rate is how much a counter grows a second, added up by labels.
func rate(counter, selector, by string) string {
	return fmt.Sprintf("sum by (%s) (rate(%s{%s}[$__rate_interval]))", by, counter, selector)
}

// quantiles are those of a histogram over time.
func quantiles(name, selector, by string, of ...float64) []query {
	var out []query
	for _, q := range of {
		legend := fmt.Sprintf("p%v", 100*q)
		for label := range strings.SplitSeq(by, ", ") {
			legend += " {{" + label + "}}"
		}
		out = append(out, query{fmt.Sprintf("histogram_quantile(%v, %s)", q, rate(name+"_bucket", selector, "le, "+by)), legend})
	}
	return out
}

// within is the share of one rate in another.
func within(part, all string) string { return fmt.Sprintf("(%s) / (%s)", part, all) }

// server is a figure of a server's own, whichever of the known ones it is.
func server(row metric.Server) query {
	fold := "sum"
	if row.Fold == metric.Largest {
		fold = "max"
	}
	var names []string
	for _, alternative := range row.Series {
		var parts []string
		for _, name := range alternative {
			expr := name
			if row.Counter {
				expr = fmt.Sprintf("rate(%s[$__rate_interval])", name)
			}
			parts = append(parts, fmt.Sprintf("%s by (instance) (%s)", fold, expr))
		}
		names = append(names, strings.Join(parts, " + "))
	}
	return query{strings.Join(names, "\nor\n"), "{{instance}}"}
}

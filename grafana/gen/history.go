package main

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/units"

	"aimbench/engine/metric"
)

// history is the dashboard of many runs. It reads only what a run says at its end, so that it makes no difference whether
// Prometheus scraped the run or a Pushgateway that the run told.
func history() *dash {
	b := board("history", "aimbench · history", "Runs over days and weeks: verdicts, objectives and quantiles as their reports have them. Prometheus keeps them, as long as it keeps anything, or what it writes to by remote write: of runs that it scrapes, and of those that tell a Pushgateway (aimbench run --push-gateway).", "now-7d", metric.RunEnd)
	last := func(series, more, by string) string {
		return fmt.Sprintf("max by (%s) (last_over_time(%s{%s%s}[$__interval]))", by, series, whole, more)
	}
	add(b, "Verdicts",
		states(about{"Verdicts", "The verdict of each run.", units.NoUnit, full},
			query{last(metric.RunVerdict, "", "scenario, verdict") + " == 1", "{{scenario}} {{verdict}}"}),
		number(about{"Since the last run", "Time since the last run ended.", units.Seconds, third},
			query{fmt.Sprintf("time() - max by (scenario) (max_over_time(%s{%s}[$__range]) > 0)", metric.RunEnd, whole), "{{scenario}}"}),
		number(about{"Runs", "How many runs ended in the time shown; the very first that was pushed is not counted.", units.Short, third},
			query{fmt.Sprintf("sum by (scenario) (changes(%[1]s{%[2]s}[$__range]) - resets(%[1]s{%[2]s}[$__range]))", metric.RunEnd, whole), "{{scenario}}"}),
		lines(about{"Length of runs", "From the beginning of a run to its end.", units.Seconds, third},
			query{fmt.Sprintf("max by (scenario) ((%s{%s} > 0) - %s)", metric.RunEnd, whole, metric.RunStart), "{{scenario}}"}))
	add(b, "Objectives",
		lines(about{"Objectives", "What each run measured, and the limits, each in its objective's unit: seconds, tokens, or a share.", units.NoUnit, full},
			query{last(metric.ObjectiveValue, "", "scenario, objective"), "{{scenario}} {{objective}}"},
			query{last(metric.ObjectiveLimit, "", "scenario, objective, limit"), "{{scenario}} {{objective}} {{limit}}"}))
	add(b, "Quantiles")
	for _, name := range []string{"ttft", "tpot", "e2e"} {
		b.WithPanel(lines(about{name, row(name).Definition + ". Of each run as a whole.", units.Seconds, third},
			query{last(row(name).OfRun(), `, quantile=~"0.5|0.95|0.99"`, "scenario, quantile"), "{{scenario}} {{quantile}}"}))
	}
	b.WithPanel(lines(about{"Turns by class", "Turns of each run, by how they ended (docs/measurement.md).", units.Short, full},
		query{last(metric.RunTurns, "", "scenario, class") + " > 0", "{{scenario}} {{class}}"}))
	return b
}

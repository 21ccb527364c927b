package main

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/units"

	"aimbench/engine/metric"
)

// history is the dashboard of many runs.
func history() *dash {
	b := board("history", "aimbench · history", "Runs over days and weeks: verdicts, objectives and quantiles. What Prometheus scraped is what there is, for as long as it keeps it; a remote write keeps it longer.", "now-7d")
	end := fmt.Sprintf("max by (scenario) (max_over_time(%s{%s}[$__range]) > 0)", metric.RunEnd, whole)
	add(b, "Verdicts",
		states(about{"Verdicts", "The verdict of each run, where it was scraped after its end.", units.NoUnit, full},
			query{fmt.Sprintf("max by (scenario, verdict) (last_over_time(%s{%s}[$__interval])) == 1", metric.RunVerdict, whole), "{{scenario}} {{verdict}}"}),
		number(about{"Since the last run", "Time since the last run ended.", units.Seconds, third}, query{"time() - (" + end + ")", "{{scenario}}"}),
		number(about{"Runs", "How many runs began in the time shown, as far as each was scraped before it began.", units.Short, third},
			query{fmt.Sprintf("sum by (scenario) (resets(%[1]s{%[2]s}[$__range]) + (max_over_time(%[1]s{%[2]s}[$__range]) > bool 0))", metric.RunStart, whole), "{{scenario}}"}),
		lines(about{"Length of runs", "From the beginning of a run to its end.", units.Seconds, third},
			query{fmt.Sprintf("max by (scenario) ((%s{%s} > 0) - %s)", metric.RunEnd, whole, metric.RunStart), "{{scenario}}"}))
	add(b, "Objectives",
		lines(about{"Objectives", "What each run measured, and the limits, each in its objective's unit: seconds, tokens, or a share.", units.NoUnit, full},
			query{fmt.Sprintf("max by (scenario, objective) (last_over_time(%s{%s}[$__interval]))", metric.ObjectiveValue, whole), "{{scenario}} {{objective}}"},
			query{fmt.Sprintf("max by (scenario, objective, limit) (last_over_time(%s{%s}[$__interval]))", metric.ObjectiveLimit, whole), "{{scenario}} {{objective}} {{limit}}"}))
	add(b, "Quantiles",
		lines(about{"ttft", "Time to first token, of all turns in an interval of the plot.", units.Seconds, third}, quantiles(series("ttft"), turns, "scenario", 0.5, 0.95, 0.99)...),
		lines(about{"tpot", "Time per output token, of all turns in an interval of the plot.", units.Seconds, third}, quantiles(series("tpot"), turns, "scenario", 0.5, 0.95, 0.99)...),
		lines(about{"e2e", "Time end to end, of all turns in an interval of the plot.", units.Seconds, third}, quantiles(series("e2e"), turns, "scenario", 0.5, 0.95, 0.99)...),
		lines(about{"Turns by class", "Turns that ended in an interval of the plot, by how.", units.Short, full},
			query{fmt.Sprintf("sum by (scenario, class) (increase(%s{%s}[$__rate_interval])) > 0", series("request_rate"), turns), "{{scenario}} {{class}}"}))
	return b
}

package main

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/units"

	"aimbench/engine/metric"
)

// budget is the share of turns that may miss the limit of an edge, here and in the alerting rules.
const budget = 0.05

// ofEdges selects the series of edges, which are told by the label that their scrape gives them, and ofTheirTurns those of
// their turns. What has no such label is no edge, but a run.
const (
	ofEdges      = whole + `, robot=~"$robot"`
	ofTheirTurns = turns + `, robot=~"$robot"`
)

// fleet is the dashboard of the edges: people who talk with robots.
func fleet() *dash {
	b := board("fleet", "aimbench · fleet", "The edges: whether they keep their limit of time, how fast their robots react, and which of them are there. A robot is what the label robot of its edge's scrape says.", "now-6h", metric.EdgeInfo).
		WithVariable(endpoints()).
		WithVariable(choice("robot", "Robot", metric.EdgeInfo, whole).AllValue(".+"))
	missed := fmt.Sprintf("sum by (scenario, robot) (increase(%[1]s{%[2]s, outcome=\"missed\"}[$__range])) / (sum by (scenario, robot) (increase(%[1]s{%[2]s}[$__range])) > 0)", metric.EdgeSLO, ofEdges)
	add(b, "Promise of time",
		number(about{"Edges", "Edges that were scraped last, by version.", units.Short, third},
			query{fmt.Sprintf("count by (version) (%s{%s})", metric.EdgeInfo, ofEdges), "{{version}}"}),
		number(about{"Turns in time", "Turns within the limit, as a share of those in the time shown.", units.PercentUnit, third},
			query{"1 - (" + missed + ")", "{{scenario}} {{robot}}"}),
		number(about{"Budget left", fmt.Sprintf("How much of the %v %% of turns that may miss the limit is left, over the time shown; below 0 it is overdrawn.", 100*budget), units.PercentUnit, third},
			query{fmt.Sprintf("1 - (%s) / %v", missed, budget), "{{scenario}} {{robot}}"}),
		lines(about{"Turns by outcome", "Turns a second within the limit of time, and those that missed it or failed.", units.RequestsPerSecond, half},
			query{rate(metric.EdgeSLO, ofEdges, "scenario, robot, outcome"), "{{scenario}} {{robot}} {{outcome}}"}),
		lines(about{"Limit", "The limit of time of a turn end to end.", units.Seconds, half},
			query{fmt.Sprintf("max by (scenario, robot) (%s{%s})", metric.EdgeSLOLimit, ofEdges), "{{scenario}} {{robot}}"}))
	add(b, "Reactions",
		lines(about{"End to end", "From Enter to the last token.", units.Seconds, half}, quantiles(series("e2e"), ofTheirTurns, "scenario, robot", 0.5, 0.95)...),
		lines(about{"First token", "From Enter to the first token.", units.Seconds, half}, quantiles(series("ttft"), ofTheirTurns, "scenario, robot", 0.5, 0.95)...),
		lines(about{"Reaction", "From Enter to the robot's first movement.", units.Seconds, half}, quantiles(series("reaction"), ofTheirTurns, "scenario, robot", 0.5, 0.95)...),
		lines(about{"Whole turn", "From Enter to the end of reply, speech and gestures.", units.Seconds, half}, quantiles(metric.EdgeTurn, ofEdges, "scenario, robot", 0.5, 0.95)...))
	add(b, "Robots",
		lines(about{"Robots up", "1 while a robot answers its edge.", units.Short, third},
			query{fmt.Sprintf("min by (scenario, robot) (%s{%s})", metric.EdgeRobot, ofEdges), "{{scenario}} {{robot}}"}),
		lines(about{"Gestures", "Gestures that came to their end, a second, by how: done is success.", units.OpsPerSecond, third},
			query{rate(metric.Gestures, ofEdges, "scenario, robot, status"), "{{scenario}} {{robot}} {{status}}"}),
		lines(about{"Speech", "How long a reply was spoken.", units.Seconds, third}, quantiles(metric.EdgeSpeech, ofEdges, "scenario, robot", 0.5, 0.95)...))
	add(b, "Endpoint",
		lines(about{"Turns by class", "Turns a second, by how they ended (docs/measurement.md).", units.RequestsPerSecond, third},
			query{rate(series("request_rate"), ofTheirTurns, "scenario, robot, class") + " > 0", "{{scenario}} {{robot}} {{class}}"}),
		lines(about{"Retries", "Attempts a second that were made again before a first token came.", units.RequestsPerSecond, third},
			query{rate(metric.EdgeRetries, ofEdges, "scenario, robot"), "{{scenario}} {{robot}}"}),
		lines(about{"Interruptions", "Replies a second that the person cut in on.", units.RequestsPerSecond, third},
			query{rate(metric.EdgeInterruptions, ofEdges, "scenario, robot"), "{{scenario}} {{robot}}"}))
	return b
}

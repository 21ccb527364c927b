package main

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/units"

	"aimbench/engine/metric"
)

// runs is the dashboard of a run while it goes on, and after.
func runs() *dash {
	b := board("run", "aimbench · run", "A run of aimbench: its verdict, whether the machine that ran it kept up, and what it measured.", "now-30m", metric.RunInfo).
		WithVariable(endpoints())
	add(b, "Verdict", verdicts()...)
	add(b, "Generator", generator()...)
	var latencies, heats []cog.Builder[dashboard.Panel]
	for _, row := range metric.Table {
		if row.Unit != metric.Seconds || row.OfRobot() || row.Name == "schedule_lag" || row.Prometheus == "" {
			continue
		}
		latencies = append(latencies, lines(about{row.Name + " quantiles", row.Definition, units.Seconds, third},
			quantiles(row.Prometheus, turns, "scenario", 0.5, 0.95, 0.99)...))
		if row.Per == metric.PerTurn {
			heats = append(heats, heat(about{row.Name + " distribution", row.Definition + ". How many turns were so fast, over time", units.Seconds, third}, row.Prometheus))
		}
	}
	add(b, "Latency", append(latencies, heats...)...)
	add(b, "Errors", failures()...)
	add(b, "Tokens and goodput", tokens()...)
	add(b, "Server", servers()...)
	addFolded(b, "Robot", robots()...)
	addFolded(b, "AMD GPU", gpus()...)
	return b
}

func verdicts() []cog.Builder[dashboard.Panel] {
	margin := fmt.Sprintf("(max by (scenario, objective) (%[1]s{%[3]s, limit=\"max\"}) - max by (scenario, objective) (%[2]s{%[3]s}))"+
		" / max by (scenario, objective) (%[1]s{%[3]s, limit=\"max\"} > 0)\nor\n"+
		"(max by (scenario, objective) (%[2]s{%[3]s}) - max by (scenario, objective) (%[1]s{%[3]s, limit=\"min\"}))"+
		" / max by (scenario, objective) (%[1]s{%[3]s, limit=\"min\"} > 0)", metric.ObjectiveLimit, metric.ObjectiveValue, whole)
	valid := fmt.Sprintf("max by (scenario) (last_over_time(%[1]s{%[2]s, verdict=~\"pass|fail|inconclusive\"}[$__range])) == 1\nor\n"+
		"0 * (max by (scenario) (last_over_time(%[1]s{%[2]s, verdict=\"invalid\"}[$__range])) == 1)", metric.RunVerdict, whole)
	return []cog.Builder[dashboard.Panel]{
		verdict(about{"Verdict", "The verdict of the last run in the time shown, once there is one. The gate is the exit code; this is for watching.", units.NoUnit, third},
			query{fmt.Sprintf("max by (scenario, verdict) (last_over_time(%s{%s}[$__range])) == 1", metric.RunVerdict, whole), "{{scenario}}: {{verdict}}"}),
		validity(about{"Validity", "Whether the generator kept up well enough for the numbers of the last run to be the endpoint's. It is known when a run comes to its own end; until then, look at the generator below.", units.NoUnit, third},
			query{valid, "{{scenario}}"}),
		lines(about{"Margin to the limit", "How far each objective is from its limit so far, as a share of the limit: below 0 it is missed.", units.PercentUnit, third},
			query{margin, "{{scenario}} {{objective}}"}),
		states(about{"Objectives over time", "The verdict so far of each objective, as if the run ended then.", units.NoUnit, half},
			query{fmt.Sprintf("max by (scenario, objective, verdict) (%s{%s}) == 1", metric.ObjectiveVerdict, whole), "{{scenario}} {{objective}} {{verdict}}"}),
		lines(about{"Objectives and limits", "What was measured so far, and the limits, each in its objective's unit: seconds, tokens, or a share.", units.NoUnit, half},
			query{fmt.Sprintf("max by (scenario, objective) (%s{%s})", metric.ObjectiveValue, whole), "{{scenario}} {{objective}}"},
			query{fmt.Sprintf("max by (scenario, objective, limit) (%s{%s})", metric.ObjectiveLimit, whole), "{{scenario}} {{objective}} {{limit}}"}),
		rows(about{"What ran", "Version of aimbench, digest of the scenario, where latencies count from, and whether endpoints and robots were embedded ones.", units.NoUnit, full},
			query{fmt.Sprintf("max by (scenario, version, digest, origin, simulated) (last_over_time(%s{%s}[$__range]))", metric.RunInfo, whole), "A"}),
	}
}

func generator() []cog.Builder[dashboard.Panel] {
	requests := series("request_rate")
	return []cog.Builder[dashboard.Panel]{
		lines(about{"Offered and achieved", "Turns that ended a second, however they ended, beside those that succeeded.", units.RequestsPerSecond, third},
			query{rate(requests, turns, "scenario"), "{{scenario}} offered"},
			query{rate(requests, turns+`, class="ok"`, "scenario"), "{{scenario}} succeeded"}),
		lines(about{"In flight", "Conversations under way.", units.Short, third},
			query{fmt.Sprintf("sum by (scenario, load) (%s{%s})", metric.InFlight, whole), "{{scenario}} {{load}}"}),
		lines(about{"Dropped", "Turns a second that found max_in_flight full and were not sent: the endpoint, or the limit, is too small for this load.", units.RequestsPerSecond, third},
			query{rate(series("dropped"), turns, "scenario"), "{{scenario}}"}),
		lines(about{"Schedule lag", "dispatched − intended: how late the generator itself was. Where it grows, numbers are doubtful, and the run may be invalid.", units.Seconds, third},
			quantiles(series("schedule_lag"), turns, "scenario", 0.5, 0.99)...),
		lines(about{"Generator's CPU", "Cores that aimbench itself uses, of all shards that are scraped as one instance. Near its limit, it delays what it measures.", units.Short, third},
			query{fmt.Sprintf("sum by (scenario) (rate(process_cpu_seconds_total[$__rate_interval]) * on (job, instance) group_left (scenario) %s{%s})", metric.RunInfo, whole), "{{scenario}}"}),
		lines(about{"Generator's memory", "Resident memory of aimbench itself.", units.BytesIEC, third},
			query{fmt.Sprintf("sum by (scenario) (process_resident_memory_bytes * on (job, instance) group_left (scenario) %s{%s})", metric.RunInfo, whole), "{{scenario}}"}),
		lines(about{"Shards", "Processes that share the run: how many there are to be, how many are there or done, and how many it goes on without. Where they are fewer than expected, the run waits for them.", units.Short, full},
			query{fmt.Sprintf("max by (scenario) (%s{%s})", metric.ShardExpected, whole), "{{scenario}} expected"},
			query{fmt.Sprintf("max by (scenario) (%s{%s})", metric.ShardPresent, whole), "{{scenario}} present"},
			query{fmt.Sprintf("max by (scenario) (%s{%s})", metric.ShardLost, whole), "{{scenario}} lost"}),
	}
}

func failures() []cog.Builder[dashboard.Panel] {
	requests, failed := series("request_rate"), series("error")
	return []cog.Builder[dashboard.Panel]{
		lines(about{"Turns by class", "Turns that did not succeed, a second, by how they ended (docs/measurement.md).", units.RequestsPerSecond, half},
			query{rate(requests, turns+`, class!="ok"`, "scenario, class") + " > 0", "{{scenario}} {{class}}"}),
		lines(about{"Share of errors", "Turns that failed, as a share of those that ended.", units.PercentUnit, half},
			query{within(rate(failed, turns, "scenario"), rate(requests, turns, "scenario")), "{{scenario}}"}),
		lines(about{"Truncated streams", "Replies a second whose stream ended before it was complete.", units.RequestsPerSecond, half},
			query{rate(requests, turns+`, class="stream_truncated"`, "scenario"), "{{scenario}}"}),
		lines(about{"429s", "Turns a second that the endpoint turned away for being too many.", units.RequestsPerSecond, half},
			query{rate(requests, turns+`, class="http_429"`, "scenario"), "{{scenario}}"}),
	}
}

func tokens() []cog.Builder[dashboard.Panel] {
	requests := series("request_rate")
	out := []cog.Builder[dashboard.Panel]{
		lines(about{"Tokens", "Tokens generated and tokens of prompts, a second.", "tokens/s", third},
			query{rate(series("output_rate"), turns, "scenario"), "{{scenario}} output"},
			query{rate(series("input_rate"), turns, "scenario"), "{{scenario}} input"}),
		lines(about{"Goodput", "Turns that succeeded, a second.", units.RequestsPerSecond, third},
			query{rate(requests, turns+`, class="ok"`, "scenario, conversation"), "{{scenario}} {{conversation}}"}),
		lines(about{"Share that succeeded", "Turns that succeeded, as a share of those that ended.", units.PercentUnit, third},
			query{within(rate(requests, turns+`, class="ok"`, "scenario"), rate(requests, turns, "scenario")), "{{scenario}}"}),
	}
	for _, row := range metric.Table {
		if row.Unit == metric.Tokens && row.Prometheus != "" {
			out = append(out, lines(about{row.Name + " a turn", row.Definition, "tokens", third}, quantiles(row.Prometheus, turns, "scenario", 0.5, 0.95)...))
		}
	}
	return out
}

func servers() []cog.Builder[dashboard.Panel] {
	var out []cog.Builder[dashboard.Panel]
	for _, row := range metric.ServerTable {
		unit, description := units.Short, "The server's own, as it tells Prometheus: "+row.Definition+"."
		switch {
		case row.Unit == metric.Share:
			unit = units.PercentUnit
		case row.Counter:
			unit, description = string(row.Unit)+"/s", description+" A second."
		}
		out = append(out, lines(about{"Server: " + row.Name, description, unit, third}, server(row)))
	}
	return out
}

func robots() []cog.Builder[dashboard.Panel] {
	var out []cog.Builder[dashboard.Panel]
	for _, row := range metric.Table {
		if row.OfRobot() && row.Prometheus != "" {
			out = append(out, lines(about{row.Name + " quantiles", row.Definition, units.Seconds, half}, quantiles(row.Prometheus, turns, "scenario", 0.5, 0.95)...))
		}
	}
	return append(out, lines(about{"Gestures", "Gestures that came to their end, a second, by how: done is success.", units.OpsPerSecond, full},
		query{rate(metric.Gestures, turns, "scenario, status"), "{{scenario}} {{status}}"}))
}

// gpus are the series of AMD's device-metrics-exporter, which some set up with a prefix.
func gpus() []cog.Builder[dashboard.Panel] {
	by := func(series string) query {
		return query{`max by (hostname, gpu_id) ({__name__=~"(amd_)?` + series + `"})`, "{{hostname}} {{gpu_id}}"}
	}
	return []cog.Builder[dashboard.Panel]{
		lines(about{"GPU activity", "How busy the graphics engine is, by AMD's device-metrics-exporter.", units.Percent, half}, by("gpu_gfx_activity")),
		lines(about{"GPU memory", "Memory of the GPU in use, by AMD's device-metrics-exporter.", units.Mebibytes, half}, by("gpu_used_vram")),
		lines(about{"GPU power", "Power of the package, by AMD's device-metrics-exporter.", units.Watt, half}, by("gpu_package_power")),
		lines(about{"GPU temperature", "Temperature of the junction, by AMD's device-metrics-exporter.", units.Celsius, half}, by("gpu_junction_temperature")),
	}
}

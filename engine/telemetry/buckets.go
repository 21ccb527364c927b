package telemetry

import (
	"slices"

	"aimbench/engine/metric"
	"aimbench/engine/plan"
)

// secondsBuckets is the layout of every histogram of times, the same in all runs, so that runs add up: 1, 2, 5 in each
// decade from 1 ms, and past the default time-out.
var secondsBuckets = []float64{
	0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500,
}

// tokensBuckets is the layout of every histogram of tokens: that of OpenTelemetry's GenAI conventions.
var tokensBuckets = []float64{1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576}

// buckets are the upper edges of a metric's histogram: the layout of its unit, continued past the longest time-out, and
// the limits of the objectives about a quantile of the metric, so that how many kept one is exact.
func buckets(row metric.Metric, p *plan.Plan) []float64 {
	edges := slices.Clone(tokensBuckets)
	if row.Unit == metric.Seconds {
		edges = pastTimeouts(slices.Clone(secondsBuckets), p)
	}
	for _, o := range p.Objectives {
		if o.Value.Fn != "p" || o.Value.Metric != row.Name {
			continue
		}
		for _, limit := range []*float64{o.Max, o.Min} {
			if limit != nil && *limit > 0 {
				edges = append(edges, *limit)
			}
		}
	}
	slices.Sort(edges)
	return slices.Compact(edges)
}

func pastTimeouts(edges []float64, p *plan.Plan) []float64 {
	longest := 0.0
	for _, e := range p.Endpoints {
		longest = max(longest, e.Timeout.Seconds())
	}
	for edges[len(edges)-1] <= longest {
		edges = append(edges, 2*edges[len(edges)-1])
	}
	return edges
}

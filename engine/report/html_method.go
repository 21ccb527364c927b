package report

import (
	"fmt"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/metric"
	"aimbench/engine/results"
)

// method says how the run was measured, for whoever wants to do it again or doubts it.
type method struct {
	Audit       table
	Facts       []fact
	Definitions []fact
	Sources     []results.Source
}

func methodOf(run *results.Run, room *room) method {
	m := method{Audit: auditOf(run.Summary.Audit), Facts: methodFacts(run)}
	for _, d := range metric.Table {
		if s, ok := run.Summary.Metrics[d.Name]; ok && s.Count > 0 {
			m.Definitions = append(m.Definitions, fact{d.Name, d.Definition})
		}
	}
	for _, s := range run.Sources {
		m.Sources = append(m.Sources, results.Source{Path: Escape(s.Path), Text: room.source(s.Text)})
	}
	return m
}

func methodFacts(run *results.Run) []fact {
	facts := []fact{
		{"aimbench", run.Aimbench},
		{"scenario", run.Scenario + ", SHA-256 " + run.Digest},
		{"seed", fmt.Sprint(run.Seed)},
		{"clock", clockText(run.Clock)},
		{"latencies", originText(run.Summary.Origin)},
		{"tokens", tokensText(run.Summary.TokenSource)},
		{"machine", fmt.Sprintf("%s/%s, %s, %s", run.Machine.OS, run.Machine.Arch, measure.Count(run.Machine.CPUs, "processor"), run.Machine.Go)},
	}
	if n := run.Summary.TokensPerChunk; n != nil {
		facts = append(facts, fact{"tokens a chunk", significant(*n)})
	}
	for i := range facts {
		facts[i].Value = Escape(facts[i].Value)
	}
	return facts
}

func clockText(clock string) string {
	if clock == "kernel" {
		return "kernel: arrivals bear the kernel's receive stamps"
	}
	return clock + ": arrivals bear the moment at which they were read"
}

func originText(o event.Origin) string {
	if o == event.FromIntended {
		return "from intended: when the schedule wanted a turn, so that waiting for a stalled server shows"
	}
	return "from sent: when the request was written"
}

func tokensText(source string) string {
	switch source {
	case event.FromServer:
		return "counted by the server"
	case event.FromChunks:
		return "chunks that carried content stand in for them, since the server counted none"
	case event.FromNone:
		return "none were counted"
	}
	return "counted by the server where it did, else by the chunks that carried content"
}

package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/mitchellh/go-wordwrap"

	"aimbench/engine/metric"
)

const (
	// pageWidth is that of a terminal.
	pageWidth = 80
	// nameWidth is the room for names in front of what is said of them.
	nameWidth = 22
)

// writeMetrics is the page of help about what is measured.
func writeMetrics(w io.Writer) error {
	var b strings.Builder
	b.WriteString("What is measured. Latencies count from the origin: when the request was sent, or\n" +
		"in an open loop when the schedule wanted it (docs/measurement.md).\n\n")
	for _, m := range metric.Table {
		lines := []string{fmt.Sprintf("one a %s, %s", m.Per, m.Unit), m.Definition}
		if m.Undefined != "" {
			lines[1] += "; undefined when " + m.Undefined
		}
		if m.Prometheus != "" {
			lines = append(lines, "Prometheus: "+m.Prometheus)
		}
		entry(&b, m.Name, lines)
	}
	b.WriteString("\nA server's own figures, read at its metrics_url during a run. server(\"NAME\")\n" +
		"in an objective takes one of these names, or that of any other series there.\n\n")
	for _, s := range metric.ServerTable {
		lines := []string{string(s.Unit), s.Definition}
		if s.Counter {
			lines[0] += ", since the server began"
		}
		var names []string
		for _, alternative := range s.Series {
			names = append(names, strings.Join(alternative, " + "))
		}
		entry(&b, s.Name, append(lines, strings.Join(names, " or ")))
	}
	b.WriteString("\nWhat the processes that share a run say of themselves to Prometheus.\n\n")
	for _, s := range metric.ShardTable {
		who := map[metric.Role]string{metric.Leader: "of the leader", metric.Follower: "of each follower", metric.Each: "of each"}[s.Of]
		b.WriteString(s.Prometheus + "\n")
		entry(&b, "", []string{who + ", " + string(s.Unit), s.Definition})
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// entry writes a name with lines beside it.
func entry(b *strings.Builder, name string, lines []string) {
	for _, line := range lines {
		for _, part := range strings.Split(wordwrap.WrapString(line, pageWidth-nameWidth), "\n") {
			fmt.Fprintf(b, "%-*s%s\n", nameWidth, name, part)
			name = ""
		}
	}
}

package telemetry_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"aimbench/engine/metric"
)

var update = flag.Bool("update", false, "write the generated parts of docs/operations.md anew")

const docs = "../../docs/operations.md"

func seriesTable(t *testing.T) string {
	_, families := get(t, full(t), false)
	var b strings.Builder
	b.WriteString("| series | type | labels besides | metric |\n|---|---|---|---|\n")
	for _, m := range metric.Table {
		if m.Prometheus == "" {
			continue // made of others
		}
		f := families[m.Prometheus]
		if f == nil {
			t.Fatalf("%s is not exposed", m.Prometheus)
		}
		labels := ""
		for _, l := range f.Metric[0].Label {
			switch l.GetName() {
			case "scenario", "load", "conversation", "turn", "endpoint":
			default:
				labels += "`" + l.GetName() + "`"
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", m.Prometheus, strings.ToLower(f.GetType().String()), labels, m.Name)
	}
	return b.String()
}

func shardTable() string {
	var b strings.Builder
	b.WriteString("| series | of | unit | what |\n|---|---|---|---|\n")
	for _, s := range metric.ShardTable {
		unit := string(s.Unit)
		if s.Counter {
			unit += ", counter"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.Prometheus, s.Of, unit, s.Definition)
	}
	return b.String()
}

func serverTable() string {
	var b strings.Builder
	b.WriteString("| name | unit | what | vLLM's and llama.cpp's name |\n|---|---|---|---|\n")
	for _, s := range metric.ServerTable {
		var names []string
		for _, alternative := range s.Series {
			names = append(names, "`"+strings.Join(alternative, "` + `")+"`")
		}
		kind := string(s.Unit)
		if s.Counter {
			kind += ", counter"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.Name, kind, s.Definition, strings.Join(names, ", "))
	}
	return b.String()
}

// The tables of the documentation are those of the program, and it names every series.
func TestTheDocumentationHoldsTheTables(t *testing.T) {
	raw, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for mark, table := range map[string]string{
		"<!-- series: generated from the table of metrics -->\n":             seriesTable(t),
		"<!-- shards: generated from the table of the shards' series -->\n":  shardTable(),
		"<!-- server: generated from the table of the servers' series -->\n": serverTable(),
	} {
		before, rest, ok := strings.Cut(text, mark)
		old, after, closed := strings.Cut(rest, "<!-- end -->")
		if !ok || !closed {
			t.Fatalf("%s has no %s", docs, mark)
		}
		if strings.TrimSpace(old) != strings.TrimSpace(table) && !*update {
			t.Errorf("%s: the table after %s is not the program's; go test -update writes it anew", docs, mark)
		}
		text = before + mark + "\n" + table + "\n<!-- end -->" + after
	}
	_, families := get(t, full(t), false)
	for name := range families {
		if strings.HasPrefix(name, "aimbench_") && !strings.Contains(text, "`"+name+"`") {
			t.Errorf("%s does not name %s", docs, name)
		}
	}
	if *update {
		if err := os.WriteFile(docs, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

package measure

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"aimbench/engine/event"
	"aimbench/engine/metric"
)

var update = flag.Bool("update", false, "write the generated parts of docs/measurement.md anew")

const docs = "../../docs/measurement.md"

func metricsTable() string {
	var b strings.Builder
	b.WriteString("| name | one a | unit | definition | undefined when |\n|---|---|---|---|---|\n")
	for _, m := range metric.Table {
		undefined := m.Undefined
		if undefined == "" {
			undefined = "–"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", m.Name, m.Per, m.Unit, m.Definition, undefined)
	}
	return b.String()
}

func codesTable() string {
	var b strings.Builder
	b.WriteString("| code | verdict | means |\n|--:|---|---|\n")
	for _, row := range ExitCodes {
		fmt.Fprintf(&b, "| %d | %s | %s |\n", row.Code, row.Verdict.Word(), row.Meaning)
	}
	return b.String()
}

// The tables of the documentation are those of the program.
func TestTheDocumentationHoldsTheTables(t *testing.T) {
	raw, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for mark, table := range map[string]string{
		"<!-- metrics: generated from the table of metrics -->\n":       metricsTable(),
		"<!-- exit codes: generated from the table of exit codes -->\n": codesTable(),
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
	if *update {
		if err := os.WriteFile(docs, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, class := range append(append([]event.Class(nil), event.Failures...), event.HungUp, event.Censored, event.Dropped,
		event.Unsent) {
		if !strings.Contains(text, fmt.Sprintf("| `%s` |", class)) {
			t.Errorf("%s does not say what %s means", docs, class)
		}
	}
}

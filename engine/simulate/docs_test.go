package simulate

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const manual = "../../docs/simulator.md"

// faultTable is the table of kinds as the manual has it.
func faultTable() string {
	var b strings.Builder
	b.WriteString("| kind | the endpoint | class of a streamed reply | whole replies |\n|---|---|---|---|\n")
	for _, k := range Kinds() {
		class, whole := "success", "as usual"
		if k.Class != "" {
			class = "`" + k.Class + "`"
		}
		if k.Whole {
			whole = "too"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", k.Kind, k.Doc, class, whole)
	}
	return b.String()
}

func TestManualListsTheKinds(t *testing.T) {
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(text), "| kind |")
	_, after, found := strings.Cut(rest, "\n\n")
	if !found {
		t.Fatal("the manual has no table of kinds")
	}
	want := before + faultTable() + "\n" + after
	if *update {
		if err := os.WriteFile(manual, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != want {
		t.Errorf("the manual's table is not that of Kinds; go test -update writes it:\n%s", faultTable())
	}
}

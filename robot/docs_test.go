package robot

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated part of docs/gestures.md anew")

const docs = "../docs/gestures.md"

func gestureTable() string {
	var b strings.Builder
	b.WriteString("| gesture | what it looks like | takes |\n|---|---|---|\n")
	for _, g := range Builtins {
		takes := "–"
		switch g.Kind {
		case Keyframes:
			takes = fmt.Sprintf("%.2f s", g.Duration().Seconds())
		case Wake:
			takes = "about 2 s"
		case Sleep:
			takes = "about 5 s"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", g.Name, g.About, takes)
	}
	return b.String()
}

// The gestures of the documentation are those of the program, and it shows what a broken limit really says.
func TestTheDocumentationHoldsTheGestures(t *testing.T) {
	raw, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	const mark = "<!-- gestures: generated from the table of gestures -->\n"
	before, rest, ok := strings.Cut(string(raw), mark)
	old, after, closed := strings.Cut(rest, "<!-- end -->")
	if !ok || !closed {
		t.Fatalf("%s has no %s", docs, mark)
	}
	if strings.TrimSpace(old) != strings.TrimSpace(gestureTable()) {
		if !*update {
			t.Fatalf("%s: the table is not the program's; go test ./robot -update writes it anew", docs)
		}
		if err := os.WriteFile(docs, []byte(before+mark+"\n"+gestureTable()+"\n<!-- end -->"+after), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lunge := Gesture{Name: "lunge", Moves: []Keyframe{to(400, 0, 0, -20, 0, 0, 0), to(100, 0, 0, 20, 0, 0, 0)}}
	if said := Check(lunge, DefaultLimits()).Error(); !strings.Contains(after, "\n"+said+"\n") {
		t.Errorf("%s does not show what is said of a lunge:\n%s", docs, said)
	}
}

package daemon

import (
	"os"
	"regexp"
	"testing"
)

// TestDocumentedClasses holds the table in docs/daemon.md to the classes.
func TestDocumentedClasses(t *testing.T) {
	page, err := os.ReadFile("../../docs/daemon.md")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllSubmatch(page, -1) {
		got = append(got, string(m[1]))
	}
	classes := []Class{BadURL, Unreachable, NotReady, NoDaemon, Timeout, Cancelled, Refused, Crashed, Protocol}
	var want []string
	for _, c := range classes {
		want = append(want, string(c))
	}
	same(t, "docs/daemon.md", got, want...)
}

package acceptance

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var placed = regexp.MustCompile(`^[^\n]*anybodys\.feature:\d+: `)

// Whatever the bytes of a feature are, they are read soon, or refused with the file and a line; what is left of a feature
// whose scenarios are picked can be read again.
func FuzzFeature(f *testing.F) {
	for _, path := range []string{"chat", "slo", "structured", "faults", "load"} {
		text, err := os.ReadFile(filepath.Join("../../features", path+".feature"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{
		"", "Feature:", "Feature: x\n Scenario: y\n  Given z", "# language: de\nFunktionalität: x\n Szenario: y\n  Angenommen z", "# language: xx\nFeature:",
		"Feature: x\n Scenario Outline: y\n  Given <a>\n  Examples:\n   | a |\n   | b | c |", "Feature: x\n Rule: r\n  Scenario: y\n   * \"\"\"\n", "\xff\xfe", "@a\n@b",
		"Feature: x\n Scenario: y\n  Then in at least 1 of 2 tries in every turn in the turn \"1\" the reply is JSON",
	} {
		f.Add([]byte(text))
	}
	tab := newTable(Groups())
	f.Fuzz(func(t *testing.T, text []byte) {
		begun := time.Now()
		one, err := parse("anybodys.feature", text)
		if err == nil {
			err = one.check(tab)
			if text := one.kept(); len(one.pickles) > 0 {
				again, err := parse("anybodys.feature", text)
				if err != nil || len(again.pickles) != len(one.pickles) {
					t.Fatalf("what is kept of it cannot be read again: %v", err)
				}
			}
		}
		if err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				if !strings.HasPrefix(line, "    ") && !placed.MatchString(line) {
					t.Fatalf("an error without its place: %s", line)
				}
			}
		}
		if d := time.Since(begun); d > 10*time.Second {
			t.Fatalf("it took %v", d)
		}
	})
}

// A feature that is made to be large, or to act on a terminal, is refused before it is unfolded.
func TestHostileFeatures(t *testing.T) {
	for name, text := range map[string]string{
		"escapes":   "Feature: \x1b]0;owned\x07\n Scenario: y\n  Given an embedded endpoint\n",
		"bytes":     "Feature: \xff\n",
		"long":      "Feature: x\n" + strings.Repeat("# y\n", mostBytes),
		"scenarios": "Feature: x\n" + strings.Repeat(" Scenario: y\n  Given z\n", mostScenarios+1),
		"outline":   "Feature: x\n Scenario Outline: y\n" + strings.Repeat("  * z\n", 20_000) + "  Examples:\n   | a |\n" + strings.Repeat("   |b|\n", 4_000),
	} {
		begun := time.Now()
		if _, err := parse("anybodys.feature", []byte(text)); err == nil || !placed.MatchString(err.Error()) {
			t.Errorf("%s: %v", name, err)
		}
		if d := time.Since(begun); d > 30*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
}

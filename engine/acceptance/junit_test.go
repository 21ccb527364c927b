package acceptance

import (
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const several = `Feature: Several
  Scenario: It passes
    Given an embedded endpoint
    When I say "Hello!"
    Then the turn succeeds

  Scenario: It fails
    Given an embedded endpoint
    And the endpoint answers "]]> <Paris>"
    When I say "Hello!"
    Then the reply contains "Rome"
    And the turn succeeds

  Scenario Outline: It takes <time>
    Given an embedded endpoint whose first word takes <time>
    When I say "Hello!"
    Then the first word comes within 1 s

    Examples:
      | time   |
      | 500 ms |
      | 2 s    |

  Scenario: It could not be told
    Given an embedded robot
    And the API key "sk-0123456789"
    When I type "/help"
    Then the robot breathes

  Scenario: It was interrupted
    When there is silence for 1 minute
    Then the turn succeeds
`

// A viewer sees a case for each scenario, each with one outcome, where it stands.
func TestJUnit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "several.feature")
	if err := os.WriteFile(path, []byte(several), 0o600); err != nil {
		t.Fatal(err)
	}
	suite, err := Load([]string{path}, Selection{Getenv: noEnv})
	if err != nil {
		t.Fatal(err)
	}
	var out lockedBuffer
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		suite.Run(ctx, RunOptions{Options: Options{Memory: true, Getenv: noEnv}, Formats: []Format{{Name: "junit"}}, Out: &out})
	})
	if strings.Contains(out.String(), "sk-0123456789") {
		t.Error("the key is in it")
	}
	type defect struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	var file struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
		Cases    []struct {
			Name    string  `xml:"name,attr"`
			Class   string  `xml:"classname,attr"`
			File    string  `xml:"file,attr"`
			Line    int     `xml:"line,attr"`
			Failure *defect `xml:"failure"`
			Error   *defect `xml:"error"`
			Skipped *defect `xml:"skipped"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal([]byte(out.String()), &file); err != nil {
		t.Fatalf("%v in\n%s", err, out.String())
	}
	got := []string{fmt.Sprint(file.Tests, file.Failures, file.Errors, file.Skipped)}
	for _, c := range file.Cases {
		if c.Class != "Several" || c.File != path {
			t.Errorf("%s is of %s, %s", c.Name, c.Class, c.File)
		}
		line := fmt.Sprintf("%d %s:", c.Line, c.Name)
		for kind, d := range map[string]*defect{"failure": c.Failure, "error": c.Error, "skipped": c.Skipped} {
			if d == nil {
				continue
			}
			line += " " + kind + " " + d.Message
			if !strings.Contains(d.Text, d.Message+"\n"+path) {
				t.Errorf("%s: its text does not read alone: %q", c.Name, d.Text)
			}
		}
		got = append(got, line)
	}
	if d := cmp.Diff([]string{
		"6 2 1 1",
		"2 It passes:",
		`7 It fails: failure wanted: the reply contains "Rome"; got: the reply "]]> <Paris>"`,
		"21 It takes 500 ms:",
		"22 It takes 2 s: failure wanted: the first word comes within 1 s; got: the first word came after 2.00 s",
		"24 It could not be told: error it was not seen for long enough: let there be silence for 4 s",
		"30 It was interrupted: skipped the scenario did not run to its end",
	}, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

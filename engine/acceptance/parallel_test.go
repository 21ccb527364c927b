package acceptance_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"aimbench/engine/acceptance"
	"aimbench/engine/measure"
)

// many are scenarios that would be seen to meet: each says something else, to an endpoint and a robot of its own, and saves
// its talk under the same name.
func many(n int) string {
	var b strings.Builder
	b.WriteString("Feature: many\n")
	for i := range n {
		robot := ""
		if i%20 == 0 { // they take time
			robot = "    And an embedded robot\n"
		}
		fmt.Fprintf(&b, `
  Scenario: number %[1]d
    Given an embedded endpoint whose first word takes %[2]d ms
    And the endpoint answers "My number is %[1]d."
%[4]s    And the API key "key-of-number-%[1]d"
    And the environment has "E2E_SLO_MS" as "%[3]d"
    When I say "I am %[1]d."
    And I type "/save talk.hcl"
    And I type "/history"
    Then the reply is "My number is %[1]d."
    And the screen shows "3 messages"
    And the first word comes within %[2]d ms
    And the metrics page has "aimbench_edge_slo_total" at 1
    And the saved file "talk.hcl" replays
    And no artefact contains "key-of-number"
`, i, 20+i, 1000+i, robot)
	}
	return b.String()
}

// 200 scenarios side by side have nothing in common: not a port, a file, a variable or a secret. That nothing leaks is for
// goleak at the end of the tests.
func TestScenariosSideBySide(t *testing.T) {
	path := filepath.Join(t.TempDir(), "many.feature")
	if err := os.WriteFile(path, []byte(many(200)), 0o600); err != nil {
		t.Fatal(err)
	}
	suite := load(t, "", path)
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		code := suite.Run(t.Context(), acceptance.RunOptions{
			Options: acceptance.Options{Memory: true, Getenv: nothing, Version: "test"},
			Formats: []acceptance.Format{{Name: "progress"}}, Out: &out, Concurrency: 200,
		})
		if code != measure.ExitPass || !strings.Contains(out.String(), "200 scenarios (200 passed)") {
			t.Errorf("exit code %d\n%s", code, out.Bytes()[max(0, out.Len()-4000):])
		}
	})
}

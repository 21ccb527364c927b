package acceptance_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/cucumber/godog"

	"aimbench/engine/acceptance"
	"aimbench/engine/measure"
)

// In a test of one's own, with steps of one's own beside ours, a step that is not known is suggested, and what fails says
// where it stands, also where the features are not files.
func TestAsALibrary(t *testing.T) {
	features := fstest.MapFS{"features/mine.feature": {Data: []byte(`Feature: mine
  Scenario: unknown
    Given my own step
    When I sya "Hello!"

  Scenario: wrong
    Given an embedded endpoint
    And my own step
    When I say "Hello!"
    Then the reply is "Goodbye!"
`)}}
	failures, own := map[string]string{}, 0
	synctest.Test(t, func(t *testing.T) {
		options := acceptance.Options{Memory: true, Getenv: nothing, FS: features, Ended: func(s *godog.Scenario, err error) {
			if err != nil {
				failures[s.Name] = err.Error()
			}
		}}
		suite := godog.TestSuite{
			ScenarioInitializer: func(sc *godog.ScenarioContext) {
				acceptance.Register(sc, options)
				sc.Given("^my own step$", func() { own++ })
			},
			Options: &godog.Options{Format: "progress", Strict: true, Paths: []string{"features"}, FS: features, Output: &strings.Builder{}},
		}
		if suite.Run() == 0 {
			t.Error("it passed")
		}
	})
	for name, want := range map[string][]string{
		"unknown": {`did you mean: I say "Hello! Who are you?"`},
		"wrong":   {`wanted: the reply is "Goodbye!"`, "features/mine.feature:10", "> Hello!"},
	} {
		for _, part := range want {
			if !strings.Contains(failures[name], part) {
				t.Errorf("%s: %q does not say %q", name, failures[name], part)
			}
		}
	}
	if own != 2 {
		t.Errorf("the own step was done %d times", own)
	}
}

// An interrupt ends what goes on, and says so by the exit code.
func TestInterrupted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.feature")
	text := "Feature: long\n  Scenario: it takes\n    Given an embedded endpoint\n    When I say \"Hello!\"\n    And there is silence for 10 h\n    Then the turn succeeds\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	suite := load(t, "", path)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		begun := time.Now()
		code := suite.Run(ctx, acceptance.RunOptions{
			Options: acceptance.Options{Memory: true, Getenv: nothing}, Formats: []acceptance.Format{{Name: "progress"}}, Out: &strings.Builder{},
		})
		if took := time.Since(begun); code != measure.ExitInterrupted || took > 6*time.Second {
			t.Errorf("exit code %d after %v", code, took)
		}
	})
}

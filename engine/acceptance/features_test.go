package acceptance_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"aimbench/engine/acceptance"
	"aimbench/engine/measure"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func nothing(string) (string, bool) { return "", false }

func load(t *testing.T, tags string, paths ...string) *acceptance.Suite {
	t.Helper()
	suite, err := acceptance.Load(paths, acceptance.Selection{Tags: tags, Getenv: nothing})
	if err != nil {
		t.Fatal(err)
	}
	return suite
}

// TestFeatures runs the product's own features, each scenario in a bubble where time is simulated.
func TestFeatures(t *testing.T) {
	suite := load(t, "not @real and not @realtime", "../../features")
	for _, c := range suite.Cases() {
		t.Run(fmt.Sprintf("%s:%d %s", filepath.Base(c.Path), c.Line, c.Name), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				code := suite.Only(c).Run(t.Context(), acceptance.RunOptions{
					Options: acceptance.Options{Memory: true, Getenv: nothing, Version: "test"},
					Formats: []acceptance.Format{{Name: "pretty"}}, Out: &out,
				})
				if code != measure.ExitPass {
					t.Errorf("exit code %d\n%s", code, out.Bytes())
				}
			})
		})
	}
}

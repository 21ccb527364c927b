package acceptance_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
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
	if n := suite.Len(); n < 40 {
		t.Errorf("%d scenarios", n)
	}
	for _, c := range suite.Cases() {
		t.Run(fmt.Sprintf("%s:%d %s", filepath.Base(c.Path), c.Line, c.Name), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { pass(t, suite.Only(c), acceptance.Options{Memory: true, Getenv: nothing}) })
		})
	}
}

// TestFeaturesInRealTime runs those that need a network or a program.
func TestFeaturesInRealTime(t *testing.T) {
	tags := "@realtime"
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		tags += " and not @voice"
		t.Log("without what is spoken, for want of espeak-ng")
	}
	pass(t, load(t, tags, "../../features"), acceptance.Options{Getenv: nothing})
}

// TestReal runs those about a real model and a real robot, where AIM_BASE_URL and REACHY_DAEMON_URL say that there are any.
func TestReal(t *testing.T) {
	suite, err := acceptance.Load([]string{"../../features"}, acceptance.Selection{Tags: "@real"})
	if err != nil {
		t.Fatal(err)
	}
	if suite.Len() == 0 {
		t.Skip(strings.Join(suite.Left, "; "))
	}
	for _, left := range suite.Left {
		t.Log(left)
	}
	pass(t, suite, acceptance.Options{})
}

// pass runs a suite that passes.
func pass(t *testing.T, suite *acceptance.Suite, o acceptance.Options) {
	t.Helper()
	var out bytes.Buffer
	o.Version = "test"
	code := suite.Run(t.Context(), acceptance.RunOptions{Options: o, Formats: []acceptance.Format{{Name: "pretty"}}, Out: &out})
	if code != measure.ExitPass {
		t.Errorf("exit code %d\n%s", code, out.Bytes())
	}
}

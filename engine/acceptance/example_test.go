package acceptance_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The module that shows how the steps are used in a test of one's own builds, and its test passes.
func TestExampleModule(t *testing.T) {
	const module = "../../docs/example/acceptance"
	mod := filepath.Join(t.TempDir(), "go.mod") // so that nothing of it is changed where our own module needs something new
	for from, to := range map[string]string{"go.mod": mod, "go.sum": filepath.Join(filepath.Dir(mod), "go.sum")} {
		text, err := os.ReadFile(filepath.Join(module, from))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	test := exec.Command("go", "test", "-count=1", "-mod=mod", "-modfile="+mod, "./...")
	test.Dir = module
	if out, err := test.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

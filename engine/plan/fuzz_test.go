package plan_test

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"aimbench/engine/plan"
	"aimbench/engine/scenario"
)

// Whatever the bytes, they end in diagnostics or in a plan, in bounded time and memory.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"../scenario/testdata/valid/*.hcl*", "../scenario/testdata/invalid/*.hcl*"} {
		files, _ := filepath.Glob(pattern)
		for _, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text, strings.HasSuffix(path, ".json"))
		}
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte, asJSON bool) {
		name := "it.hcl"
		if asJSON {
			name += ".json"
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		toPlan(t, path)
		runtime.ReadMemStats(&after)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("took %s", took)
		}
		if made := after.TotalAlloc - before.TotalAlloc; made > 500<<20 {
			t.Errorf("allocated %d MiB", made>>20)
		}
	})
}

func toPlan(t *testing.T, path string) {
	s, diags := scenario.Read([]string{path}, scenario.Options{Getenv: none})
	if err := scenario.WriteDiagnostics(io.Discard, diags, s.Sources, scenario.Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if diags.HasErrors() {
		for _, d := range diags {
			if d.Summary == "" || d.Detail == "" {
				t.Errorf("an error without words: %v", d)
			}
		}
		return
	}
	p, diags := plan.Compile(s, plan.Options{})
	if diags.HasErrors() {
		return
	}
	if err := p.WriteText(io.Discard, scenario.Style{}); err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(p); err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Conversations {
		sc := s.NewScope(scenario.Site{})
		for _, turn := range c.Turns {
			sc.EnterTurn(turn.Name)
			sc.SetResponse(scenario.Response{Text: "Hello."})
			for _, a := range turn.Asserts {
				a.Check(sc)
			}
		}
	}
}

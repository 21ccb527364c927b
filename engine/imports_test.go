package engine_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed is the table of docs/architecture.md: which packages of ours each may import, directly.
var allowed = map[string][]string{
	"engine/audit":      {},
	"engine/bench":      {},
	"engine/listen":     {},
	"engine/event":      {},
	"engine/metric":     {},
	"engine/scenario":   {"engine/metric"},
	"engine/plan":       {"engine/scenario", "robot"},
	"engine/chat":       {"engine/event", "engine/chat/stamp"},
	"engine/chat/stamp": {},
	"engine/simulate":   {},
	"engine/rubric":     {"engine/chat", "engine/event", "engine/scenario"},
	"engine/run":        {"engine/plan", "engine/scenario", "engine/chat", "engine/event", "engine/rubric", "robot/speech"},
	"engine/synthetic":  {"engine/chat", "engine/event", "engine/scenario"},
	"engine/measure":    {"engine/audit", "engine/event", "engine/plan", "engine/scenario", "engine/metric"},
	"engine/scrape":     {"engine/event", "engine/metric"},
	"engine/results":    {"engine/event", "engine/measure"},
	"engine/report":     {"engine/results", "engine/measure", "engine/event", "engine/metric"},
	"engine/shard":      {"engine/audit", "engine/event", "engine/measure", "engine/results", "engine/run"},
	"engine/telemetry":  {"engine/event", "engine/plan", "engine/metric", "engine/measure", "engine/shard"},
	"engine/progress":   {"engine/event", "engine/measure", "engine/run", "engine/report"},
	"engine": {
		"engine/listen", "engine/event", "engine/metric", "engine/scenario", "engine/plan", "engine/chat", "engine/simulate", "engine/run", "engine/rubric", "engine/synthetic",
		"engine/measure", "engine/results", "engine/report", "engine/progress", "engine/scrape", "engine/shard", "engine/audit",
		"robot", "robot/daemon", "robot/motion", "robot/simulator", "robot/speech",
	},
	"engine/edge": {
		"engine/listen", "engine", "engine/chat", "engine/event", "engine/measure", "engine/plan", "engine/report", "engine/run", "engine/scenario",
		"engine/telemetry", "robot", "robot/daemon", "robot/motion", "robot/speech",
	},
	"engine/acceptance": {
		"engine", "engine/edge", "engine/event", "engine/measure", "engine/metric", "engine/plan", "engine/report", "engine/results", "engine/rubric",
		"engine/scenario", "engine/simulate", "engine/telemetry", "robot", "robot/motion", "robot/speech",
	},
	"robot":           {},
	"robot/api":       {},
	"robot/motion":    {"robot"},
	"robot/simulator": {"robot", "robot/api"},
	"robot/daemon":    {"robot", "robot/api", "robot/motion"},
	"robot/speech":    {},
}

// heavy are modules that must stay out of the packages that walk conversations.
var heavy = []string{"github.com/prometheus/", "github.com/vbauerster/", "github.com/cucumber/"}

func list(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, out)
	}
	return strings.Fields(string(out))
}

func TestImports(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range list(t, "aimbench/engine/...", "aimbench/robot/...") {
		name := strings.TrimPrefix(p, "aimbench/")
		may, ok := allowed[name]
		if !ok {
			t.Errorf("%s is not in the table of imports", name)
			continue
		}
		seen[name] = true
		for _, dep := range list(t, "-f", `{{join .Imports " "}}`, p) {
			if ours, ok := strings.CutPrefix(dep, "aimbench/"); ok && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s, which the table does not allow", name, ours)
			}
		}
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("%s is in the table, and is no package", name)
		}
	}
}

func TestRunStaysLight(t *testing.T) {
	for _, dep := range list(t, "-deps", "aimbench/engine/run") {
		for _, module := range heavy {
			if strings.HasPrefix(dep, module) {
				t.Errorf("engine/run reaches %s", dep)
			}
		}
	}
}

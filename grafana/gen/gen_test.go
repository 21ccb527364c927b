package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// shown is what the tests look at of a dashboard as it is committed.
type shown struct {
	UID, Title, Description string
	Panels                  []shownPanel
	Templating              struct{ List []struct{ Name string } }
	Annotations             struct{ List []struct{ Name, Expr string } }
}

type shownPanel struct {
	Type, Title, Description string
	Datasource               struct{ UID string }
	FieldConfig              struct{ Defaults struct{ Unit string } }
	Targets                  []struct{ Expr string }
	Panels                   []shownPanel
	GridPos                  struct{ X, Y, W, H int }
}

// read gives the committed dashboards, by their file's name without .json.
func read(t *testing.T) map[string]shown {
	t.Helper()
	paths, err := filepath.Glob("../dashboards/*.json")
	if err != nil || len(paths) != 3 {
		t.Fatalf("%v %v", paths, err)
	}
	out := map[string]shown{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var d shown
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out[strings.TrimSuffix(filepath.Base(path), ".json")] = d
	}
	return out
}

// each calls yield with the panels of a dashboard that are no rows.
func (d shown) each(yield func(shownPanel)) {
	for _, p := range d.Panels {
		if p.Type != "row" {
			yield(p)
		}
		for _, inner := range p.Panels {
			yield(inner)
		}
	}
}

func TestWhatIsCommittedIsWhatIsGenerated(t *testing.T) {
	all, err := files()
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range places {
		for path, want := range all {
			got, err := os.ReadFile(filepath.Join("../..", place, path))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s/%s is not what gen writes (%v): go run ./grafana/gen", place, path, err)
			}
		}
	}
}

// Grafana's own description of a dashboard knows each field of what is committed; it does not look into queries.
func TestTheDashboardsAreGrafanas(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	for name := range read(t) {
		text, err := os.ReadFile("../dashboards/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		//lint:ignore SA1019 every Grafana in use imports the classic form; dashboardv2 is for those from 12 on
		var d dashboard.Dashboard
		if err := d.UnmarshalJSONStrict(text); err != nil && strings.TrimSpace(err.Error()) != "" { // a list of errors, which may be empty
			t.Errorf("%s: %v", name, err)
		}
		if err := d.Validate(); err != nil && strings.TrimSpace(err.Error()) != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryPanelSaysWhatItShows(t *testing.T) {
	padded := regexp.MustCompile(`\bor\s+(on\s*\(\)\s*)?vector\s*\(`)
	for name, d := range read(t) {
		if d.UID == "" || d.Title == "" || d.Description == "" {
			t.Errorf("%s has no uid, title or description", name)
		}
		for _, variable := range []string{"datasource", "scenario", "endpoint"} {
			if used := name != "history" || variable != "endpoint"; used && !slices.ContainsFunc(d.Templating.List, func(v struct{ Name string }) bool { return v.Name == variable }) {
				t.Errorf("%s has no $%s", name, variable)
			}
		}
		if len(d.Annotations.List) != 2 {
			t.Errorf("%s has %d annotations, want the beginning and the end of runs", name, len(d.Annotations.List))
		}
		titles, places := map[string]bool{}, map[[2]int]string{}
		d.each(func(p shownPanel) {
			if p.Title == "" || p.Description == "" || p.FieldConfig.Defaults.Unit == "" || p.Datasource.UID != "${datasource}" || len(p.Targets) == 0 {
				t.Errorf("%s: panel %q lacks a title, a description, a unit, the datasource or a query: %+v", name, p.Title, p)
			}
			if at := [2]int{p.GridPos.X, p.GridPos.Y}; titles[p.Title] || places[at] != "" || p.GridPos.X+p.GridPos.W > 24 {
				t.Errorf("%s: panel %q is there twice, lies over %q or beside the grid", name, p.Title, places[at])
			} else {
				titles[p.Title], places[at] = true, p.Title
			}
			for _, q := range p.Targets {
				if padded.MatchString(q.Expr) {
					t.Errorf("%s: panel %q hides that there are no data: %s", name, p.Title, q.Expr)
				}
				if name == "fleet" && !strings.Contains(q.Expr, `robot=~"$robot"`) {
					t.Errorf("fleet: panel %q is not about edges: %s", p.Title, q.Expr)
				}
				if strings.Contains(q.Expr, "rate(") && !strings.Contains(q.Expr, "[$__rate_interval]") {
					t.Errorf("%s: panel %q does not go by $__rate_interval: %s", name, p.Title, q.Expr)
				}
			}
		})
	}
}

// The programs that people install do not carry Grafana's SDK.
func TestTheProgramsGoWithoutTheSDK(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "aimbench/cmd/...").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if strings.Contains(string(out), "grafana") {
		t.Error("a program imports Grafana's SDK")
	}
}

// Every alert leads to a section of docs/operations.md.
func TestRunbooks(t *testing.T) {
	rules, err := os.ReadFile("../rules/aimbench.yaml")
	if err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	alerts := regexp.MustCompile(`- alert: (\w+)`).FindAllStringSubmatch(string(rules), -1)
	urls := regexp.MustCompile(`runbook_url: docs/operations\.md#(\w+)`).FindAllStringSubmatch(string(rules), -1)
	if len(alerts) != len(urls) || len(alerts) < 8 {
		t.Fatalf("%d alerts, %d runbooks", len(alerts), len(urls))
	}
	for i, alert := range alerts {
		if urls[i][1] != strings.ToLower(alert[1]) || !strings.Contains(string(docs), "\n### "+alert[1]+"\n") {
			t.Errorf("%s: docs/operations.md has no section for it, or its runbook is %s", alert[1], urls[i][1])
		}
	}
}

// tool finds a program of one of Debian's packages.
func tool(t *testing.T, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("there is no %s here (Debian: %s)", name, debian)
	}
	return path
}

func TestRules(t *testing.T) {
	promtool := tool(t, "promtool", "prometheus")
	for _, args := range [][]string{{"check", "rules", "../rules/aimbench.yaml"}, {"test", "rules", "testdata/rules_test.yaml"}} {
		if out, err := exec.Command(promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}

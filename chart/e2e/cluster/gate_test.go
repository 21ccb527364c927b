package cluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The API server takes all that the chart can make, and warns of nothing, so that its pods are of the restricted kind.
func TestDryRun(t *testing.T) {
	s := newSpace(t)
	paths, err := filepath.Glob("../chart/testdata/*.values.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, values := range paths {
		text, err := s.run(helm, "template", "gate", chart, "--no-hooks", "--kube-version", "1.34.0", "--values", values)
		if err != nil {
			t.Fatal(err)
		}
		if out := s.apply(text, "--server-side", "--dry-run=server"); strings.Contains(out, "Warning") || !strings.Contains(out, "cronjob.batch/") {
			t.Errorf("%s:\n%s", values, out)
		}
	}
}

// The clock makes a Job, whose verdict is its condition.
func TestCronJobFires(t *testing.T) {
	s := newSpace(t)
	s.helm("install", "--set", "schedule.suspend=false,schedule.cron=* * * * *")
	if out, err := s.run(helm, "test", "gate", "--logs"); err != nil || !strings.Contains(out, "PASS (0)  1 turn") {
		t.Errorf("helm test: %v\n%s", err, out)
	}
	var job string
	s.until("the clock makes a Job", func() bool {
		job = strings.TrimPrefix(s.get("jobs", "{.items[0].metadata.name}"), "job.batch/")
		return job != ""
	})
	s.kubectl("patch", "cronjob/gate-aimbench", "--patch", `{"spec":{"suspend":true}}`)
	condition, log := s.ended(job)
	if !strings.Contains(condition, "Complete SuccessPolicy") || !strings.Contains(log, "PASS (0)") {
		t.Errorf("%s\n%s", condition, log)
	}
	if qos := s.get("pods", `{.items[?(@.metadata.labels.app\.kubernetes\.io/component=="run")].status.qosClass}`); qos != "Guaranteed" {
		t.Errorf("the quality of service is %q", qos)
	}
}

// Why a Job failed is told by the exit code that its condition names.
func TestVerdicts(t *testing.T) {
	s := newSpace(t)
	s.helm("install")
	wrong := filepath.Join(t.TempDir(), "wrong.hcl")
	if err := os.WriteFile(wrong, []byte("load {"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		job, code, says string
		args            []string
	}{
		{"objective", "99", "FAIL (99)", []string{"--set", "scenario.vars.longest=1"}},
		{"usage", "104", "Error:", []string{"--set-file", `scenario.files.talk\.hcl=` + wrong}},
		{"nothing", "104", "No such file", []string{"--set", "scenario.existingConfigMap=none"}},
		{"refused", "107", "401", []string{"--set", "aim.secretKey=token"}},
	} {
		s.helm("upgrade", test.args...)
		s.start(test.job)
		condition, log := s.ended(test.job)
		if !strings.Contains(condition, "Failed PodFailurePolicy") || !strings.Contains(condition, "exit code "+test.code+" ") || !strings.Contains(log, test.says) {
			t.Errorf("%s:\n%s\n%s", test.job, condition, log)
		}
	}
}

// An upgrade and a rollback leave a run whole that goes on meanwhile, and the next run has what was upgraded to.
func TestUpgradeDuringARun(t *testing.T) {
	s := newSpace(t)
	s.helm("install", "--set", "scenario.vars.duration=25s")
	before := s.get("cronjob/gate-aimbench", "{.spec.jobTemplate.spec.template.spec.volumes[0].configMap.name}")
	text, err := os.ReadFile("testdata/talk.hcl")
	if err != nil {
		t.Fatal(err)
	}
	rotated := filepath.Join(t.TempDir(), "talk.hcl")
	if err := os.WriteFile(rotated, []byte(strings.ReplaceAll(string(text), `"brief"`, `"rotated"`)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.start("whole")
	s.running("whole")
	s.helm("upgrade", "--set-file", `scenario.files.talk\.hcl=`+rotated)
	s.helm("rollback")
	s.helm("upgrade", "--set-file", `scenario.files.talk\.hcl=`+rotated)
	if after := s.get("cronjob/gate-aimbench", "{.spec.jobTemplate.spec.template.spec.volumes[0].configMap.name}"); after == before || after == "" {
		t.Errorf("the scenario is still in %q", after)
	}
	if s.get("configmap/"+before, "{.metadata.name}") != "" {
		t.Errorf("the ConfigMap %s is still there", before)
	}
	if phases := s.phases("whole"); phases != "Running" {
		t.Fatalf("the upgrades took longer than the run: %s", phases)
	}
	condition, log := s.ended("whole")
	if !strings.Contains(condition, "Complete ") || !strings.Contains(log, "PASS (0)") || !strings.Contains(log, "brief/length") {
		t.Errorf("%s\n%s", condition, log)
	}
	s.start("next")
	if condition, log := s.ended("next"); !strings.Contains(condition, "Complete ") || !strings.Contains(log, "rotated/length") {
		t.Errorf("%s\n%s", condition, log)
	}
}

// command is one that runs beside a test, with its output for when the test fails.
func command(t *testing.T, name string, args ...string) {
	t.Helper()
	c := exec.Command(name, args...)
	log, err := os.Create(filepath.Join(t.TempDir(), filepath.Base(name)+".log"))
	if err != nil {
		t.Fatal(err)
	}
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait()
		if text, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("%s said:\n%s", name, text)
		}
	})
}

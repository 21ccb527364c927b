package chart

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

// each runs a test for each of the values in testdata.
func each(t *testing.T, test func(t *testing.T, values string)) {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.values.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no values in testdata: ", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".values.yaml"), func(t *testing.T) { test(t, path) })
	}
}

func TestWhatIsMadeOfValues(t *testing.T) {
	files := bundled(t)
	each(t, func(t *testing.T, values string) {
		objects, _ := render(t, "--values", values)
		var got bytes.Buffer
		for _, o := range objects {
			abridge(o, files)
			text, err := yaml.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			got.WriteString("---\n")
			got.Write(text)
		}
		path := strings.Replace(values, ".values.", ".golden.", 1)
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(read(t, path), got.String()); diff != "" {
			t.Errorf("%s differs; go test ./chart -update writes it anew (-want +got):\n%s", path, diff)
		}
	})
}

// bundled are the files that the chart brings, by what is in them.
func bundled(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"dashboards/*", "scenarios/*", "files/*"} {
		paths, err := filepath.Glob(filepath.Join(directory, pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, path := range paths {
			name, err := filepath.Rel(directory, path)
			if err != nil {
				t.Fatal(err)
			}
			out[read(t, path)] = name
		}
	}
	return out
}

// abridge puts the name of one of the chart's files in the place of what is in it, which must be the same to the byte.
func abridge(o object, files map[string]string) {
	if o["kind"] == "PrometheusRule" {
		o["spec"] = "(rules)" // TestRules
	}
	data, _ := o["data"].(object)
	for key, text := range data {
		if name, ok := files[text.(string)]; ok {
			data[key] = "(the file " + name + ")\n"
		}
	}
}

func TestRules(t *testing.T) {
	objects, _ := render(t, "--values", "testdata/everything.values.yaml", "--set", "monitoring.rules.runbook=docs/operations.md")
	var want any
	if err := yaml.Unmarshal([]byte(read(t, root, "grafana/rules/aimbench.yaml")), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, at(find(objects, "PrometheusRule")[0], "spec")); diff != "" {
		t.Error(diff)
	}
	_, texts := render(t, "--values", "testdata/everything.values.yaml", "--set", "monitoring.rules.runbook=https://wiki/aimbench")
	if all := strings.Join(texts, ""); !strings.Contains(all, "runbook_url: https://wiki/aimbench#runfailed") || strings.Contains(all, "runbook_url: docs/") {
		t.Error("the runbooks are not where the values say")
	}
}

func TestTwoRendersAreTheSameBytes(t *testing.T) {
	each(t, func(t *testing.T, values string) {
		one, err := template("--values", values)
		if err != nil {
			t.Fatal(err)
		}
		other, err := template("--values", values)
		if err != nil || !bytes.Equal(one, other) {
			t.Error("a second render differs", err)
		}
	})
}

func TestLint(t *testing.T) {
	each(t, func(t *testing.T, values string) {
		if out, err := exec.Command(helm, "lint", "--strict", "--kube-version", "1.34.0", directory, "--values", values).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

// No field is misspelt: an API server would drop it with a warning.
func TestKubernetesKnowsEachField(t *testing.T) {
	each(t, func(t *testing.T, values string) {
		objects, texts := render(t, "--values", values)
		for i, o := range objects {
			into := map[any]any{
				"CronJob": &batch.CronJob{}, "ConfigMap": &core.ConfigMap{}, "Secret": &core.Secret{}, "Service": &core.Service{},
				"ServiceAccount": &core.ServiceAccount{}, "Pod": &core.Pod{}, "NetworkPolicy": &networking.NetworkPolicy{},
			}[o["kind"]]
			if into == nil {
				if group, _ := o["apiVersion"].(string); !strings.HasPrefix(group, "monitoring.coreos.com/") {
					t.Errorf("the test does not know %v", o["kind"])
				}
				continue
			}
			if err := yaml.UnmarshalStrict([]byte(texts[i]), into); err != nil {
				t.Errorf("%v: %v", o["kind"], err)
			}
		}
	})
}

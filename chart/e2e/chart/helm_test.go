// Package chart tests what the chart makes of its values, without a cluster.
package chart

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const (
	root      = "../../.."
	directory = root + "/chart"
)

var (
	update = flag.Bool("update", false, "write the golden files and the chart's README anew")
	helm   string // the program
)

func TestMain(m *testing.M) {
	flag.Parse()
	path, err := exec.Command("go", "tool", "-n", "helm").CombinedOutput()
	if err != nil {
		fmt.Fprintf(os.Stderr, "building helm: %v\n%s", err, path)
		os.Exit(1)
	}
	helm = strings.TrimSpace(string(path))
	os.Exit(m.Run())
}

// object is one of Kubernetes'.
type object = map[string]any

// template is what `helm template` writes for the release gate, in the namespace tests.
func template(args ...string) ([]byte, error) {
	c := exec.Command(helm, append([]string{"template", "gate", directory, "--namespace", "tests", "--kube-version", "1.34.0"}, args...)...)
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, said.Bytes())
	}
	return out.Bytes(), nil
}

// render gives the objects of a render, and the text of each.
func render(t *testing.T, args ...string) (objects []object, texts []string) {
	t.Helper()
	all, err := template(args...)
	if err != nil {
		t.Fatal(err)
	}
	for text := range strings.SplitSeq("\n"+string(all), "\n---\n") {
		text += "\n"
		var o object
		if err := yaml.UnmarshalStrict([]byte(text), &o); err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		if o != nil {
			objects, texts = append(objects, o), append(texts, text)
		}
	}
	return objects, texts
}

// find gives the objects of a kind.
func find(objects []object, kind string) (found []object) {
	for _, o := range objects {
		if o["kind"] == kind {
			found = append(found, o)
		}
	}
	return found
}

// at is what an object has below these names, nil where it has nothing.
func at(o any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := o.(object)
			o = m[p]
		case int:
			l, _ := o.([]any)
			if p >= len(l) {
				return nil
			}
			o = l[p]
		}
	}
	return o
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

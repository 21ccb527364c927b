package chart

import (
	"encoding/json"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const url = "aim.baseUrl=http://llm:8000"

func TestRefused(t *testing.T) {
	for _, test := range []struct {
		set, says string
	}{
		{"aim.model=m", "aim.baseUrl is the address of the endpoint"},
		{"aim.baseUrl=llm:8000", "/aim/baseUrl"},
		{"aim.baseUrl=http://user:secret@llm:8000", "/aim/baseUrl"},
		{url + ",shards.count=2", "shards.existingSecret"},
		{url + ",shards.count=2,shards.min=3,shards.token=t", "shards.min is more than shards.count"},
		{url + ",shards.count=0", "/shards/count"},
		{url + ",pod.env.AIM_API_KEY=secret", "'AIM_API_KEY'"},
		{url + ",results.reports={pdf}", "/results/reports/0"},
		{url + ",resources.cpu=many", "/resources/cpu"},
		{url + ",scenario.path=../etc/passwd", "/scenario/path"},
		{url + ",networkPolicy.endpoint.cidrs={llm.example}", "/networkPolicy/endpoint/cidrs/0"},
		{url + ",edges.targets[0].robot=lobby", "'address'"},
		{url + ",edges.as=Service", "/edges/as"},
		{url + ",fullnameOverride=" + strings.Repeat("a", 53), "may have 52: set fullnameOverride"},
		{url + ",shards.token=t,shards.count=101,fullnameOverride=" + strings.Repeat("a", 51), "may have 50: set fullnameOverride"},
	} {
		if _, err := template("--set", test.set); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want %s", test.set, err, test.says)
		}
	}
	for _, set := range []string{
		url + ",fullnameOverride=" + strings.Repeat("a", 52),
		url + ",shards.token=t,shards.count=101,fullnameOverride=" + strings.Repeat("a", 50),
		url + ",global.of=another chart",
	} {
		if _, err := template("--set", set); err != nil {
			t.Errorf("%s: %v", set, err)
		}
	}
}

// At each level of the values, a key that is not there is refused.
func TestUnknownKeysAreRefused(t *testing.T) {
	var values object
	if err := yaml.Unmarshal([]byte(read(t, directory, "values.yaml")), &values); err != nil {
		t.Fatal(err)
	}
	levels := 0
	var walk func(at string, node object, schema object)
	walk = func(path string, node object, schema object) {
		properties, closed := at(schema, "properties").(object)
		if !closed {
			return // names of the user's own: labels, files, variables
		}
		levels++
		if _, err := template("--set", url+","+path+"no-such-key=1"); err == nil || !strings.Contains(err.Error(), "'no-such-key' not allowed") {
			t.Errorf("%sno-such-key: %v", path, err)
		}
		for name, below := range properties {
			if _, there := node[name]; !there && name != "global" && path != "pod.affinity." {
				t.Errorf("values.yaml lacks %s%s", path, name)
			}
			if inner, ok := node[name].(object); ok {
				walk(path+name+".", inner, below.(object))
			}
		}
	}
	walk("", values, schema(t))
	if levels < 12 {
		t.Errorf("looked at %d levels", levels)
	}
	for _, inner := range []string{"edges.targets[0]", "networkPolicy.endpoint.pods[0]", "networkPolicy.prometheus[0]", "pod.tolerations[0]"} {
		if _, err := template("--set", url+","+inner+".no-such-key=1"); err == nil || !strings.Contains(err.Error(), "'no-such-key' not allowed") {
			t.Errorf("%s.no-such-key: %v", inner, err)
		}
	}
}

func schema(t *testing.T) object {
	t.Helper()
	var out object
	if err := json.Unmarshal([]byte(read(t, directory, "values.schema.json")), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

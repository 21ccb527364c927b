package chart

import (
	"encoding/base64"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// aimbench runs the program as it is in this tree.
func aimbench(t *testing.T, env []string, args ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "aimbench")
	build := exec.Command("go", "build", "-o", program, "./cmd/aimbench")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c := exec.Command(program, args...)
	c.Env = append(c.Environ(), env...)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("aimbench %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// The Job knows each exit code but that of a pass.
func TestExitCodes(t *testing.T) {
	var want []int
	for _, found := range regexp.MustCompile(`(?m)^ +(\d+) `).FindAllStringSubmatch(aimbench(t, nil, "help", "exit-codes"), -1) {
		if code, err := strconv.Atoi(found[1]); err == nil && code != 0 {
			want = append(want, code)
		}
	}
	slices.Sort(want)
	objects, _ := render(t, "--set", url)
	var got []int
	rule := at(find(objects, "CronJob")[0], "spec", "jobTemplate", "spec", "podFailurePolicy", "rules", 1, "onExitCodes", "values")
	for _, code := range rule.([]any) {
		got = append(got, int(code.(float64)))
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
		t.Error("the chart's exit codes are not those of aimbench help exit-codes:", diff)
	}
}

// What the chart brings to run, runs; with and without what is empty by default.
func TestScenariosOfTheChart(t *testing.T) {
	env := []string{"AIM_BASE_URL=http://llm:8000"}
	aimbench(t, env, "run", "--simulate", directory+"/files/request.hcl")
	if plan := aimbench(t, env, "plan", directory+"/scenarios/gate.hcl"); !strings.Contains(plan, "http://llm:8000") {
		t.Error(plan)
	}
	if read(t, directory, "scenarios/questions.jsonl") != read(t, root, "scenarios/questions.jsonl") {
		t.Error("chart/scenarios/questions.jsonl is not scenarios/questions.jsonl")
	}
}

// A secret that the values have is in the chart's Secret, and nowhere else.
func TestSecretsStayInTheirSecrets(t *testing.T) {
	secrets := []string{"a-key-of-the-endpoint", "a-token-of-the-shards"}
	objects, texts := render(t, "--values", "testdata/everything.values.yaml", "--set", "aim.apiKey="+secrets[0]+",shards.token="+secrets[1]+",aim.existingSecret=,shards.existingSecret=")
	held := 0
	for i, text := range texts {
		for _, secret := range secrets {
			encoded := base64.StdEncoding.EncodeToString([]byte(secret))
			if objects[i]["kind"] == "Secret" {
				held += strings.Count(text, encoded)
			} else if strings.Contains(text, encoded) || strings.Contains(text, secret) {
				t.Errorf("a secret shows in\n%s", text)
			}
		}
	}
	if held != len(secrets) {
		t.Errorf("the Secrets hold %d secrets, of %d", held, len(secrets))
	}
	for _, kind := range []string{"CronJob", "Pod"} {
		for _, text := range texts {
			if strings.Contains(text, "kind: "+kind+"\n") && strings.Contains(text, "secretKeyRef") {
				t.Errorf("a %s has a Secret in its environment", kind)
			}
		}
	}
	if objects, _ := render(t, "--set", url+",aim.apiKey=k,aim.existingSecret=mine,shards.count=2,shards.token=t,shards.existingSecret=ours"); find(objects, "Secret") != nil {
		t.Error("there is a Secret beside those that exist")
	}
}

// Nothing of a render hangs on when, where or how often it is made.
func TestTemplatesAreFunctionsOfTheValues(t *testing.T) {
	paths, err := filepath.Glob(directory + "/templates/*")
	if err != nil || len(paths) < 5 {
		t.Fatal(paths, err)
	}
	quoted := regexp.MustCompile(`"[^"]*"`)
	wild := regexp.MustCompile(`\{\{[^}]*[\s(|](lookup|rand\w+|now|date\w*|uuidv4|gen\w+|bcrypt|htpasswd|getHostByName|env|expandenv)\b`)
	for _, path := range paths {
		if filepath.Ext(path) == "" {
			continue
		}
		if found := wild.FindString(quoted.ReplaceAllString(read(t, path), `""`)); found != "" {
			t.Errorf("%s: %s", path, found)
		}
	}
}

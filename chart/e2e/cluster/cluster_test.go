// Package cluster tests the chart on a real Kubernetes, whose nodes have the image that E2E_IMAGE names. The node is this
// machine: the tests read the results that pods write to a directory of it, and their Prometheus scrapes pods from here.
package cluster

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	root     = "../../.."
	chart    = root + "/chart"
	patience = 2 * time.Minute
	// key is the endpoint's, which shows nowhere but in its Secret.
	key = "k3y-that-nobody-sees"
)

var helm string // the program

func TestMain(m *testing.M) {
	if os.Getenv("E2E_IMAGE") == "" {
		fmt.Println("skipped: E2E_IMAGE names no image that a cluster has")
		return
	}
	path, err := exec.Command("go", "tool", "-n", "helm").CombinedOutput()
	if err != nil {
		fmt.Fprintf(os.Stderr, "building helm: %v\n%s", err, path)
		os.Exit(1)
	}
	helm = strings.TrimSpace(string(path))
	if err := operatorTypes(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// operatorTypes teaches the cluster what Prometheus' operator calls its objects.
func operatorTypes() error {
	out, err := exec.Command("go", "mod", "download", "-json", "github.com/prometheus-operator/prometheus-operator@v0.85.0").Output()
	if err != nil {
		return fmt.Errorf("the types of Prometheus' operator: %w", err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return err
	}
	args := []string{"apply", "--server-side"}
	for _, kind := range []string{"podmonitors", "prometheusrules", "scrapeconfigs"} {
		args = append(args, "--filename", filepath.Join(module.Dir, "example/prometheus-operator-crd/monitoring.coreos.com_"+kind+".yaml"))
	}
	if out, err := exec.Command("kubectl", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("the types of Prometheus' operator: %w: %s", err, out)
	}
	return nil
}

// space is a namespace that only takes pods of the restricted kind, with an endpoint in it, which may have faults.
type space struct {
	*testing.T
	name    string
	results string // the directory of this machine that the claim "results" is
}

const objects = `
apiVersion: v1
kind: Namespace
metadata:
  name: NAME
  labels: {pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/warn: restricted}
---
apiVersion: v1
kind: Service
metadata: {name: llm, namespace: NAME}
spec: {clusterIP: None, publishNotReadyAddresses: true, selector: {app: llm}, ports: [{name: http, port: 8000}]}
---
apiVersion: v1
kind: Secret
metadata: {name: llm-key, namespace: NAME}
stringData: {api-key: KEY, token: a-token-that-nobody-sees-either-00}
---
apiVersion: v1
kind: Pod
metadata: {name: llm, namespace: NAME, labels: {app: llm}}
spec:
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 1
  securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: llm
      image: IMAGE
      imagePullPolicy: Never
      args: [serve, --addr, "0.0.0.0:8000", --ttft, 200ms, --itl, 2ms, --cache, --api-key, KEYFAULTS]
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: NAME}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: ""
  claimRef: {namespace: NAME, name: results}
  hostPath: {path: RESULTS}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: results, namespace: NAME}
spec: {accessModes: [ReadWriteOnce], storageClassName: "", volumeName: NAME, resources: {requests: {storage: 1Gi}}}
`

func newSpace(t *testing.T, faults ...string) *space {
	t.Helper()
	s := &space{t, fmt.Sprintf("e2e-%d", time.Now().UnixNano()%1e9), t.TempDir()}
	for dir := s.results; dir != os.TempDir(); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		_ = exec.Command("kubectl", "delete", "namespace", s.name, "--wait=false").Run()
		_ = exec.Command("kubectl", "delete", "pv", s.name, "--wait=false").Run()
	})
	s.apply(strings.NewReplacer("NAME", s.name, "FAULTS", strings.Join(append([]string{""}, faults...), ", "), "KEY", key, "IMAGE", os.Getenv("E2E_IMAGE"), "RESULTS", s.results).Replace(objects))
	s.until("the endpoint runs", func() bool { return s.get("pod/llm", "{.status.phase}") == "Running" })
	return s
}

func (s *space) apply(text string, args ...string) string {
	s.Helper()
	c := exec.Command("kubectl", append([]string{"apply", "--filename", "-"}, args...)...)
	c.Stdin = strings.NewReader(text)
	out, err := c.CombinedOutput()
	if err != nil {
		s.Fatalf("kubectl apply: %v\n%s", err, out)
	}
	return string(out)
}

func (s *space) run(program string, args ...string) (stdout string, err error) {
	c := exec.Command(program, append([]string{"--namespace", s.name}, args...)...)
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	if err = c.Run(); err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", filepath.Base(program), strings.Join(args, " "), err, said.Bytes())
	}
	return out.String(), err
}

func (s *space) kubectl(args ...string) string {
	s.Helper()
	out, err := s.run("kubectl", args...)
	if err != nil {
		s.Fatal(err)
	}
	return out
}

// get is a part of an object, empty where there is none.
func (s *space) get(object, path string) string {
	out, err := s.run("kubectl", "get", object, "--ignore-not-found", "--output", "jsonpath="+path)
	if err != nil {
		s.Log(err)
	}
	return out
}

func (s *space) until(what string, ok func() bool) {
	s.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(300 * time.Millisecond) {
		if time.Now().After(end) {
			state, _ := s.run("kubectl", "get", "pods,jobs", "--output", "wide")
			events, _ := s.run("kubectl", "get", "events", "--output", "custom-columns=:message")
			s.Fatalf("it did not come that %s\n%s\n%s", what, state, events)
		}
	}
}

// helm installs, upgrades or rolls back the release gate, whose CronJob is gate-aimbench.
func (s *space) helm(command string, args ...string) string {
	s.Helper()
	if command == "install" || command == "upgrade" {
		repository, tag, _ := strings.Cut(os.Getenv("E2E_IMAGE"), ":")
		args = append([]string{
			chart, "--set-file", `scenario.files.talk\.hcl=testdata/talk.hcl`, "--set", "scenario.path=talk.hcl",
			"--set", "image.repository=" + repository + ",image.tag=" + tag + ",image.pullPolicy=Never",
			"--set", "aim.baseUrl=http://llm:8000,aim.metricsUrl=http://llm:8000/metrics,aim.existingSecret=llm-key",
			"--set", "schedule.suspend=true,resources.cpu=300m,resources.memory=128Mi,results.existingClaim=results",
		}, args...)
	}
	out, err := s.run(helm, append([]string{command, "gate"}, args...)...)
	if err != nil {
		s.Fatal(err)
	}
	return out
}

// start makes a Job of the CronJob.
func (s *space) start(job string) {
	s.Helper()
	s.kubectl("create", "job", job, "--from", "cronjob/gate-aimbench")
}

// running waits until the leader of a Job runs.
func (s *space) running(job string) {
	s.Helper()
	s.until(job+" runs", func() bool { return strings.Contains(s.phases(job), "Running") })
}

func (s *space) phases(job string) string {
	out, _ := s.run("kubectl", "get", "pods", "--selector", "batch.kubernetes.io/job-name="+job, "--output", "jsonpath={.items[*].status.phase}")
	return out
}

// ended waits for a Job's end, and gives how that came (the condition's type, reason and message), and the leader's log.
func (s *space) ended(job string) (condition, log string) {
	s.Helper()
	s.until(job+" ends", func() bool {
		condition = s.get("job/"+job, `{range .status.conditions[?(@.status=="True")]}{.type} {.reason} {.message}{"\n"}{end}`)
		return strings.Contains(condition, "Complete ") || strings.Contains(condition, "Failed ")
	})
	return condition, s.log(job, 0)
}

func (s *space) log(job string, index int) string {
	out, err := s.run("kubectl", "logs", "--tail=-1", "--selector", fmt.Sprintf("batch.kubernetes.io/job-name=%s,batch.kubernetes.io/job-completion-index=%d", job, index))
	if err != nil {
		s.Log(err)
	}
	return out
}

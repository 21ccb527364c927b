package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"aimbench/engine/metric"
)

// patience is how long the test waits for what must happen.
const patience = 2 * time.Minute

// program is one that runs beside the test, and ends with it.
type program struct {
	t     *testing.T
	name  string
	lines chan string // of what it says
	stdin io.WriteCloser
	cmd   *exec.Cmd
}

func start(t *testing.T, env []string, path string, args ...string) *program {
	t.Helper()
	p := &program{t: t, name: filepath.Base(path), lines: make(chan string, 10000), cmd: exec.Command(path, args...)}
	p.cmd.Env = append(os.Environ(), env...)
	r, w := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr = w, w
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for scan := bufio.NewScanner(r); scan.Scan(); {
			p.lines <- scan.Text()
		}
		close(p.lines)
	}()
	ended := make(chan struct{})
	go func() {
		_ = p.cmd.Wait()
		_ = w.Close()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(patience):
			_ = p.cmd.Process.Kill()
		}
	})
	return p
}

// says waits for a line, and gives its first group.
func (p *program) says(pattern string) string {
	p.t.Helper()
	re, late, said := regexp.MustCompile(pattern), time.After(patience), ""
	for {
		select {
		case line, open := <-p.lines:
			if found := re.FindStringSubmatch(line); found != nil {
				return found[len(found)-1]
			}
			said += line + "\n"
			if open {
				continue
			}
		case <-late:
		}
		p.t.Fatalf("%s does not say %s:\n%s", p.name, pattern, said)
	}
}

// programs builds those of the repository, and gives their directory.
func programs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", dir+"/", "aimbench/cmd/aimbench", "aimbench/cmd/edge").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// database is a Prometheus.
type database struct {
	t   *testing.T
	url string
}

// sample is a value of a query with its labels.
type sample struct {
	Metric map[string]string
	Value  []any
	Values [][]any
}

func (d database) get(path string, q url.Values) []sample {
	d.t.Helper()
	res, err := http.Get(d.url + path + "?" + q.Encode())
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		Status, Error string
		Data          struct{ Result []sample }
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		d.t.Fatal(err)
	}
	if answer.Status != "success" {
		d.t.Errorf("%s: %s", q.Get("query"), answer.Error)
	}
	return answer.Data.Result
}

// value is that of a query with one answer; NaN is not one.
func (d database) value(expr string) (float64, bool) {
	d.t.Helper()
	result := d.get("/api/v1/query", url.Values{"query": {expr}})
	if len(result) != 1 {
		return 0, false
	}
	v, err := strconv.ParseFloat(result[0].Value[1].(string), 64)
	return v, err == nil && v == v
}

// await waits until a query has an answer.
func (d database) await(expr string) {
	d.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if len(d.get("/api/v1/query", url.Values{"query": {expr}})) > 0 {
			return
		}
	}
	d.t.Fatalf("Prometheus has no %s", expr)
}

// answers reports whether a query of a panel has a number, as Grafana would ask it.
func (d database) answers(expr string, from time.Time) bool {
	d.t.Helper()
	expr = strings.NewReplacer("$scenario", ".*", "$endpoint", ".*", "$robot", ".+", "$__rate_interval", "4s", "$__range", "10m", "$__interval", "5s").Replace(expr)
	for _, series := range d.get("/api/v1/query_range", url.Values{
		"query": {expr}, "step": {"1"}, "start": {fmt.Sprint(from.Unix())}, "end": {fmt.Sprint(time.Now().Unix() + 1)},
	}) {
		for _, v := range series.Values {
			if v[1] != "NaN" {
				return true
			}
		}
	}
	return false
}

const prometheusConfig = `
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: aimbench
    static_configs: [{targets: [%q]}]
  - job_name: edge
    static_configs: [{targets: [%q], labels: {robot: lobby}}]
  - job_name: server
    static_configs: [{targets: [%q]}]
  - job_name: gpu
    metrics_path: /gpu.prom
    static_configs: [{targets: [%q]}]
rule_files: [%q]
`

// A real Prometheus scrapes a real run, an edge that somebody talks with, the server they ask, and what AMD's exporter
// says: each query of each panel has an answer, and the answers are the report's.
func TestEveryQueryIsAnswered(t *testing.T) {
	t.Parallel()
	prometheus, promtool := tool(t, "prometheus", "prometheus"), tool(t, "promtool", "prometheus")
	tool(t, "espeak-ng", "espeak-ng") // the robots' voice
	dir := programs(t)
	gpu := httptest.NewServer(http.FileServer(http.Dir("testdata")))
	defer gpu.Close()
	from := time.Now()
	server := start(t, nil, dir+"/aimbench", "serve", "--addr", "127.0.0.1:0", "--cache", "--fault", "http_429=0.1", "--fault", "stream_truncated=0.1").
		says(`Serving (http://\S+)`)
	at := free(t)
	env := []string{"AIM_BASE_URL=" + server, "AIM_MODEL=aimbench-simulator", "HOME=" + dir}
	edge := start(t, env, dir+"/edge", "--metrics-addr", at, "--viewer", "127.0.0.1:0")
	run := start(t, env, dir+"/aimbench", "run", "testdata/live.hcl", "--report", "json="+dir+"/report.json",
		"--metrics-addr", "127.0.0.1:0", "--metrics-wait-scrape", patience.String(), "--metrics-linger", patience.String())
	metrics := run.says(`metrics at (http://\S+);`)
	address := free(t)
	serve(t, prometheus, address, fmt.Sprintf(prometheusConfig, host(t, metrics), at, host(t, server), host(t, gpu.URL), rulesPath(t)))
	db := database{t, "http://" + address}

	db.await(`aimbench_edge_slo_total{robot="lobby"}`) // at 0
	for _, said := range []string{"Hello!", "Who are you?", "What can you see?"} {
		fmt.Fprintln(edge.stdin, said)
	}
	run.says("metrics stay at")
	db.await("aimbench_run_verdict == 1")
	db.await(`sum(aimbench_edge_slo_total) > 2`)

	asked := 0
	for name, d := range read(t) {
		d.each(func(p shownPanel) {
			for _, q := range p.Targets {
				asked++
				if !db.answers(q.Expr, from) {
					t.Errorf("%s: panel %q has no data for\n%s", name, p.Title, q.Expr)
				}
			}
		})
		for _, a := range d.Annotations.List {
			if !db.answers(a.Expr, from) {
				t.Errorf("%s: annotation %q has no data", name, a.Name)
			}
		}
	}
	t.Logf("%d queries asked", asked)
	compare(t, db, dir+"/report.json", true)
	checkMetrics(t, promtool, metrics, "http://"+at+"/metrics")
}

// serve starts a Prometheus with the rules and a configuration beside.
func serve(t *testing.T, prometheus, address, config string, args ...string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/prometheus.yml", []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, nil, prometheus, append(args, "--config.file", dir+"/prometheus.yml", "--storage.tsdb.path", dir+"/data", "--web.listen-address", address)...).
		says("Server is ready")
}

func rulesPath(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../rules/aimbench.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// host is what of an address Prometheus calls a target.
func host(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// compare holds the headline values to the report's; counters are there only of a run that was scraped.
func compare(t *testing.T, db database, path string, scraped bool) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Verdict    string
		Requests   struct{ Offered, Succeeded, Failed, Dropped float64 }
		Errors     map[string]float64
		Metrics    map[string]struct{ P50, P95, P99 *float64 }
		Objectives []struct {
			SLO, Name, Verdict string
			Value, Limit       float64
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	if report.Requests.Offered == 0 || len(report.Errors) == 0 || report.Metrics["ttft"].P95 == nil || len(report.Objectives) == 0 {
		t.Fatalf("the report has nothing to compare: %s", text)
	}
	want := map[string]float64{
		`aimbench_run_verdict{scenario="live", verdict="` + report.Verdict + `"}`: 1,
		`aimbench_run_turns{scenario="live", class="ok"}`:                         report.Requests.Succeeded,
		`sum(aimbench_run_turns{scenario="live"})`:                                report.Requests.Offered,
	}
	if scraped {
		want[`sum(aimbench_requests_total{scenario="live"})`] = report.Requests.Offered
		want[`sum(aimbench_requests_total{scenario="live", class="ok"})`] = report.Requests.Succeeded
		want[`sum(aimbench_errors_total{scenario="live"})`] = report.Requests.Failed
		want[`sum(aimbench_dropped_total{scenario="live"})`] = report.Requests.Dropped
	}
	for class, n := range report.Errors {
		want[`aimbench_run_turns{scenario="live", class="`+class+`"}`] = n
		if scraped {
			want[`sum(aimbench_requests_total{scenario="live", class="`+class+`"})`] = n
		}
	}
	for name, m := range report.Metrics {
		row, _ := metric.Lookup(name)
		for quantile, v := range map[string]*float64{"0.5": m.P50, "0.95": m.P95, "0.99": m.P99} {
			if v != nil && row.OfRun() != "" {
				want[row.OfRun()+`{scenario="live", quantile="`+quantile+`"}`] = *v
			}
		}
	}
	for _, o := range report.Objectives {
		id := `{objective="` + o.SLO + "/" + o.Name + `"`
		want["aimbench_objective_value"+id+"}"] = o.Value
		want["aimbench_objective_limit"+id+"}"] = o.Limit
		want["aimbench_objective_verdict"+id+`, verdict="`+o.Verdict+`"}`] = 1
	}
	for expr, want := range want {
		if got, ok := db.value(expr); !ok || got-want > 1e-9 || want-got > 1e-9 {
			t.Errorf("%s is %v in Prometheus, and %v in the report", expr, got, want)
		}
	}
}

func checkMetrics(t *testing.T, promtool string, of ...string) {
	t.Helper()
	for _, address := range of {
		res, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command(promtool, "check", "metrics")
		c.Stdin = bytes.NewReader(text)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("promtool check metrics, of %s: %v\n%s", address, err, out)
		}
	}
}

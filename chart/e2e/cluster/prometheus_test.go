package cluster

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// A Prometheus that was given the PodMonitor of the cluster sees a run whole, and what it has is what the report says. The key
// shows in none of it.
func TestPrometheusHasWhatTheReportSays(t *testing.T) {
	s := newSpace(t, "--fault=http_429=0.1", "--fault=stream_truncated=0.1")
	s.helm("install", "--set", "monitoring.enabled=true,monitoring.podMonitor.intervalSeconds=1,monitoring.waitScrapeSeconds=90,monitoring.lingerSeconds=40")
	db := s.prometheus("gate-aimbench")
	s.start("seen")
	s.until("the run has ended, and Prometheus saw it", func() bool { v, ok := db.value("sum(aimbench_run_verdict)"); return ok && v == 1 })
	s.compare(db, "seen", 1)
	s.answers(db)
	metrics := s.metrics("seen", 0)
	condition, log := s.ended("seen")
	if !strings.Contains(condition, "Complete ") {
		t.Errorf("%s\n%s", condition, log)
	}
	promtool := exec.Command("promtool", "check", "metrics")
	promtool.Stdin = strings.NewReader(metrics)
	if out, err := promtool.CombinedOutput(); err != nil {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
	s.hides(log, metrics)
}

// hides asserts that no secret shows in what is given, in the pods and Jobs, or in the results.
func (s *space) hides(shown ...string) {
	s.Helper()
	shown = append(shown, s.kubectl("get", "pods,jobs,cronjobs,configmaps", "--selector", "app.kubernetes.io/instance=gate", "--output", "yaml"))
	files, err := filepath.Glob(s.results + "/*")
	if err != nil || len(files) < 2 {
		s.Fatalf("the results are %v %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			s.Fatal(err)
		}
		shown = append(shown, string(text))
	}
	for _, text := range shown {
		for _, secret := range []string{key, "a-token-that-nobody-sees"} {
			if strings.Contains(text, secret) {
				s.Errorf("%s shows in:\n%.2000s", secret, text)
			}
		}
		if text == "" {
			s.Error("there is nothing in which a secret could show")
		}
	}
}

// metrics are what a shard of a Job exposes.
func (s *space) metrics(job string, index int) string {
	s.Helper()
	ip := s.get("pods", fmt.Sprintf(`{.items[?(@.spec.hostname=="%s-%d")].status.podIP}`, job, index))
	res, err := http.Get("http://" + ip + ":9100/metrics")
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return string(text)
}

// database is a Prometheus of this machine.
type database struct {
	*testing.T
	url string
}

// prometheus starts one that scrapes what the PodMonitors of these names choose, and the endpoint. It writes of each monitor
// what the operator would.
func (s *space) prometheus(monitors ...string) database {
	s.Helper()
	dir := s.TempDir()
	discovery := []object{{"files": []string{dir + "/pods.json"}, "refresh_interval": "1s"}}
	s.discover(dir + "/pods.json")
	scrapes := []object{{"job_name": "server", "static_configs": []object{{"targets": []string{s.get("pod/llm", "{.status.podIP}") + ":8000"}}}}}
	for _, name := range monitors {
		var monitor struct {
			Spec struct {
				Selector struct {
					MatchLabels      map[string]string
					MatchExpressions []struct {
						Key, Operator string
						Values        []string
					}
				}
				PodMetricsEndpoints []struct {
					Port, Interval                 string
					Relabelings, MetricRelabelings []map[string]any
				}
			}
		}
		if err := yaml.Unmarshal([]byte(s.kubectl("get", "podmonitor", name, "--output", "yaml")), &monitor); err != nil {
			s.Fatal(err)
		}
		label := func(of string) []string {
			return []string{podLabel(of)}
		}
		endpoint := monitor.Spec.PodMetricsEndpoints[0]
		rules := []object{{"action": "keep", "source_labels": []string{"__meta_kubernetes_pod_container_port_name"}, "regex": endpoint.Port}}
		for of, value := range monitor.Spec.Selector.MatchLabels {
			rules = append(rules, object{"action": "keep", "source_labels": label(of), "regex": value})
		}
		for _, e := range monitor.Spec.Selector.MatchExpressions {
			rules = append(rules, object{"action": map[string]string{"In": "keep", "NotIn": "drop"}[e.Operator], "source_labels": label(e.Key), "regex": strings.Join(e.Values, "|")})
		}
		for _, l := range []string{"namespace", "pod_name", "pod_container_name"} {
			rules = append(rules, object{"target_label": strings.TrimSuffix(strings.TrimPrefix(l, "pod_"), "_name"), "source_labels": []string{"__meta_kubernetes_" + l}})
		}
		scrapes = append(scrapes, object{
			"job_name": s.name + "/" + name, "scrape_interval": endpoint.Interval, "file_sd_configs": discovery,
			"relabel_configs": append(rules, snake(endpoint.Relabelings)...), "metric_relabel_configs": snake(endpoint.MetricRelabelings),
		})
	}
	config, err := yaml.Marshal(object{"global": object{"scrape_interval": "1s"}, "scrape_configs": scrapes})
	if err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(dir+"/prometheus.yml", config, 0o600); err != nil {
		s.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	command(s.T, "prometheus", "--config.file", dir+"/prometheus.yml", "--storage.tsdb.path", dir+"/data", "--web.listen-address", address)
	db := database{s.T, "http://" + address}
	s.until("Prometheus is ready", func() bool {
		res, err := http.Get(db.url + "/-/ready")
		if err == nil {
			res.Body.Close()
		}
		return err == nil && res.StatusCode == http.StatusOK
	})
	return db
}

type object = map[string]any

func podLabel(of string) string {
	return "__meta_kubernetes_pod_label_" + strings.NewReplacer(".", "_", "/", "_", "-", "_").Replace(of)
}

// discover keeps a file of the ports of the pods that run, with the labels that Prometheus' own discovery gives them: Debian
// builds it without.
func (s *space) discover(path string) {
	s.Helper()
	write := func() {
		out, err := s.run("kubectl", "get", "pods", "--field-selector", "status.phase=Running", "--output", "json")
		var pods struct {
			Items []struct {
				Metadata struct {
					Name   string
					Labels map[string]string
				}
				Spec struct {
					Containers []struct {
						Name  string
						Ports []struct {
							Name          string
							ContainerPort int
						}
					}
				}
				Status struct{ PodIP string }
			}
		}
		if err != nil || json.Unmarshal([]byte(out), &pods) != nil {
			return // the next time
		}
		targets := []object{}
		for _, pod := range pods.Items {
			labels := map[string]string{"__meta_kubernetes_namespace": s.name, "__meta_kubernetes_pod_name": pod.Metadata.Name}
			for name, value := range pod.Metadata.Labels {
				labels[podLabel(name)] = value
			}
			for _, c := range pod.Spec.Containers {
				for _, port := range c.Ports {
					labels := maps.Clone(labels)
					labels["__meta_kubernetes_pod_container_name"], labels["__meta_kubernetes_pod_container_port_name"] = c.Name, port.Name
					targets = append(targets, object{"targets": []string{fmt.Sprintf("%s:%d", pod.Status.PodIP, port.ContainerPort)}, "labels": labels})
				}
			}
		}
		if text, err := json.Marshal(targets); err == nil && os.WriteFile(path+".new", text, 0o600) == nil {
			_ = os.Rename(path+".new", path)
		}
	}
	write()
	ended, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-ended:
				return
			case <-time.After(time.Second):
				write()
			}
		}
	}()
	s.Cleanup(func() { close(ended); <-stopped })
}

// snake gives the operator's names of a relabelling as Prometheus has them.
func snake(rules []map[string]any) (out []object) {
	for _, rule := range rules {
		one := object{}
		for name, value := range rule {
			switch name {
			case "sourceLabels":
				name = "source_labels"
			case "targetLabel":
				name = "target_label"
			}
			one[name] = value
		}
		out = append(out, one)
	}
	return out
}

func (d database) ask(path string, q url.Values) (result []struct {
	Value  []any
	Values [][]any
}) {
	d.Helper()
	res, err := http.Get(d.url + path + "?" + q.Encode())
	if err != nil {
		d.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		Status, Error string
		Data          struct {
			Result []struct {
				Value  []any
				Values [][]any
			}
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || answer.Status != "success" {
		d.Errorf("%s: %v %s", q.Get("query"), err, answer.Error)
	}
	return answer.Data.Result
}

// value is that of a query with one answer.
func (d database) value(expr string) (float64, bool) {
	d.Helper()
	result := d.ask("/api/v1/query", url.Values{"query": {expr}})
	if len(result) != 1 {
		return 0, false
	}
	v, err := strconv.ParseFloat(result[0].Value[1].(string), 64)
	return v, err == nil
}

// compare holds what Prometheus has of a run to the report, and that it scraped so many pods.
func (s *space) compare(db database, job string, pods float64) {
	s.Helper()
	var report struct {
		Verdict    string
		Requests   struct{ Offered, Succeeded, Failed float64 }
		Objectives []struct {
			SLO, Name string
			Value     float64
		}
	}
	text, err := os.ReadFile(filepath.Join(s.results, job+".json"))
	if err != nil {
		s.Fatal(err)
	}
	if err := json.Unmarshal(text, &report); err != nil || report.Requests.Offered < 20 || len(report.Objectives) != 2 {
		s.Fatalf("the report has nothing to compare: %v %s", err, text)
	}
	want := map[string]float64{
		"sum(aimbench_requests_total)":                           report.Requests.Offered,
		`sum(aimbench_requests_total{class="ok"})`:               report.Requests.Succeeded,
		"sum(aimbench_errors_total)":                             report.Requests.Failed,
		`aimbench_run_verdict{verdict="` + report.Verdict + `"}`: 1,
		`count(count_over_time(up{job!="server"}[10m]))`:         pods,
		"count(count_over_time(aimbench_shard_info[10m]))":       pods,
	}
	for _, o := range report.Objectives {
		want[`aimbench_objective_value{objective="`+o.SLO+"/"+o.Name+`"}`] = o.Value
	}
	for expr, want := range want {
		if got, ok := db.value(expr); !ok || got-want > 1e-9 || want-got > 1e-9 {
			s.Errorf("%s is %v in Prometheus, and %v in the report", expr, got, want)
		}
	}
	if _, there := db.value(`sum(aimbench_requests_total{pod!=""})`); there {
		s.Error("the series of a run have the name of a pod")
	}
}

// answers reports whether a query of a panel has a number, as Grafana would ask it.
func (d database) answers(expr string) bool {
	d.Helper()
	expr = strings.NewReplacer("$scenario", ".*", "$endpoint", ".*", "$__rate_interval", "4s", "$__range", "10m", "$__interval", "5s").Replace(expr)
	to := time.Now()
	for _, series := range d.ask("/api/v1/query_range", url.Values{
		"query": {expr}, "step": {"1"}, "start": {fmt.Sprint(to.Add(-2 * time.Minute).Unix())}, "end": {fmt.Sprint(to.Unix())},
	}) {
		for _, v := range series.Values {
			if v[1] != "NaN" {
				return true
			}
		}
	}
	return false
}

// answers asks what the dashboards of runs ask, as the cluster has them; what this run has nothing of is left to the test of the
// dashboards: robots, judges and graphics processors.
func (s *space) answers(db database) {
	s.Helper()
	type panel struct {
		Type, Title string
		Targets     []struct{ Expr string }
		Panels      []panel
	}
	asked := 0
	for _, name := range []string{"run", "history"} {
		var board struct{ Panels []panel }
		text := s.get("configmap/gate-aimbench-dashboard-"+name, `{.data.aimbench-`+name+`\.json}`)
		if err := json.Unmarshal([]byte(text), &board); err != nil {
			s.Fatal(err)
		}
		for _, p := range board.Panels { // not those in folded rows
			for _, target := range p.Targets {
				found := false
				for end := time.Now().Add(10 * time.Second); !found && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
					found = db.answers(target.Expr)
				}
				if asked++; !found {
					s.Errorf("%s: panel %q has no data for\n%s", name, p.Title, target.Expr)
				}
			}
		}
	}
	s.Logf("%d queries of the dashboards asked", asked)
	if asked < 20 {
		s.Errorf("only %d queries were asked", asked)
	}
}

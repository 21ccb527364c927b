package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// password is what the agents say, and what of it the server knows.
const (
	password       = "robots"
	serverPassword = "basic_auth_users: {edge: $2a$04$J0wRmQsF1YUZBnNSGPFPw.tobV/l3dczlWEIJdqIs79eGPDXUzbd6}\n"
)

// The agent's configuration and unit are those of docs/edges-in-prometheus.md: Prometheus takes the one, systemd the other.
func TestTheAgentsFiles(t *testing.T) {
	t.Run("configuration", func(t *testing.T) {
		if out, err := exec.Command(tool(t, "promtool", "prometheus"), "check", "config", "--agent", "../../docs/edge-agent.yml").CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	for _, unit := range []string{"edge-agent", "edge"} {
		t.Run(unit, func(t *testing.T) {
			out, err := exec.Command(tool(t, "systemd-analyze", "systemd"), "verify", "../../docs/"+unit+".service").CombinedOutput()
			missing := regexp.MustCompile(`(?m)^.*Command \S+ is not executable.*\n`) // not installed here
			if said := missing.ReplaceAll(out, nil); len(said) > 0 {
				t.Errorf("%v\n%s", err, said)
			}
		})
	}
}

// Two edges that nobody can reach send what they have by an agent each. What was said while the server was away comes too,
// the dashboard tells them apart by their label, and that one is gone is an alert.
func TestEdgesBehindNAT(t *testing.T) {
	t.Parallel()
	prometheus := tool(t, "prometheus", "prometheus")
	tool(t, "espeak-ng", "espeak-ng") // the robots' voice
	dir, server, from := programs(t), free(t), time.Now()
	edges := map[string]*program{}
	for _, robot := range []string{"lobby", "desk"} {
		at := free(t)
		edges[robot] = start(t, []string{"AIM_BASE_URL=", "HOME=" + dir}, dir+"/edge", "--metrics-addr", at, "--viewer", "127.0.0.1:0")
		agent := startAgent(t, prometheus, robot, at, server)
		awaitPage(t, "http://"+agent+"/metrics", `(?m)^prometheus_remote_storage_samples_retried_total\S* [1-9]`)
		fmt.Fprintln(edges[robot].stdin, "Hello!")
		awaitPage(t, "http://"+at+"/metrics", `(?m)^aimbench_edge_turn_seconds_count\S* 1$`)
	}
	back := time.Now()
	if err := os.WriteFile(dir+"/web.yml", []byte(serverPassword), 0o600); err != nil {
		t.Fatal(err)
	}
	serve(t, prometheus, server, fmt.Sprintf("global: {evaluation_interval: 1s}\nrule_files: [%q]\n", rulesPath(t)),
		"--web.enable-remote-write-receiver", "--web.config.file", dir+"/web.yml")
	db := database{t, "http://edge:" + password + "@" + server}

	for robot, edge := range edges {
		db.await(fmt.Sprintf(`aimbench_edge_slo_total{robot=%q, instance=%[1]q, job="edge"} > 0`, robot))
		if len(db.get("/api/v1/query", url.Values{"query": {fmt.Sprintf("aimbench_edge_build_info{robot=%q}", robot)}, "time": {fmt.Sprint(back.Unix())}})) == 0 {
			t.Errorf("of %s, nothing is there from when the server was away", robot)
		}
		fmt.Fprintln(edge.stdin, "Who are you?")
		db.await(fmt.Sprintf(`sum(aimbench_edge_slo_total{robot=%q}) == 2 and on () aimbench_edge_turn_seconds_count{robot=%[1]q} == 2`, robot))
	}
	read(t)["fleet"].each(func(p shownPanel) {
		for _, q := range p.Targets {
			for robot := range edges {
				if expr := strings.ReplaceAll(q.Expr, "$robot", robot); !db.answers(expr, from) {
					t.Errorf("panel %q has no data about %s for\n%s", p.Title, robot, expr)
				}
			}
		}
	})
	if stray := db.get("/api/v1/query", url.Values{"query": {`{__name__=~"go_.+"}`}}); len(stray) > 0 {
		t.Errorf("the agents send what nobody looks at: %v", stray)
	}

	_ = edges["desk"].cmd.Process.Signal(syscall.SIGTERM)
	db.await(`ALERTS{alertname="EdgeDown", robot="desk"} unless on () ALERTS{alertname="EdgeDown", robot="lobby"}`)
}

// startAgent starts the agent of docs/ beside an edge, and gives its address.
func startAgent(t *testing.T, prometheus, robot, edge, server string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/edge-agent.yml")
	if err != nil {
		t.Fatal(err)
	}
	config := string(text)
	for was, is := range map[string]string{
		"robot: lobby": "robot: " + robot, "127.0.0.1:9100\"]": edge + "\"]",
		"https://prometheus.example": "http://" + server, "scrape_interval: 15s": "scrape_interval: 1s",
	} {
		if strings.Count(config, was) != 1 {
			t.Fatalf("docs/edge-agent.yml has not one %q", was)
		}
		config = strings.Replace(config, was, is, 1)
	}
	dir, address := t.TempDir(), free(t)
	for name, text := range map[string]string{"edge-agent.yml": config, "edge-agent.password": password} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start(t, nil, prometheus, "--enable-feature=agent", "--config.file", dir+"/edge-agent.yml", "--storage.agent.path", dir+"/data", "--web.listen-address", address, "--storage.remote.flush-deadline", "1s").
		says("Agent WAL storage started|Server is ready")
	return address
}

// awaitPage waits until a page has a line.
func awaitPage(t *testing.T, address, pattern string) {
	t.Helper()
	re, text := regexp.MustCompile(pattern), []byte(nil)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if res, err := http.Get(address); err == nil {
			text, _ = io.ReadAll(res.Body)
			res.Body.Close()
			if re.Match(text) {
				return
			}
		}
	}
	t.Fatalf("%s has no %s:\n%s", address, pattern, text)
}

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const gatewayConfig = `
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    static_configs: [{targets: [%q]}]
`

// A run that nobody scrapes tells a real Pushgateway how it ended: that is all that the dashboard of the history asks for, and
// it is what the report says, of the last run alone.
func TestHistoryFromAPushgateway(t *testing.T) {
	t.Parallel()
	pushgateway, prometheus := tool(t, "prometheus-pushgateway", "prometheus-pushgateway"), tool(t, "prometheus", "prometheus")
	dir, from := programs(t), time.Now()
	server := start(t, nil, dir+"/aimbench", "serve", "--addr", "127.0.0.1:0", "--fault", "http_429=0.2").says(`Serving (http://\S+)`)
	gateway, address := free(t), free(t)
	start(t, nil, pushgateway, "--web.listen-address", gateway, "--persistence.file=") // Debian's keeps one that outlives the test
	awaitPage(t, "http://"+gateway+"/-/ready", "OK")
	serve(t, prometheus, address, fmt.Sprintf(gatewayConfig, gateway))
	db := database{t, "http://" + address}

	run := func(duration string) {
		start(t, []string{"AIM_BASE_URL=" + server, "AIM_MODEL=aimbench-simulator", "HOME=" + dir}, dir+"/aimbench", "run", "testdata/live.hcl",
			"--var", "duration="+duration, "--report", "json="+dir+"/report.json", "--push-gateway", "http://"+gateway).says(`^\w+ \(\d+\) `)
	}
	run("2s")
	db.await(`sum(aimbench_run_verdict{job="aimbench", scenario="live"}) == 1`)
	run("3s")
	db.await(`changes(aimbench_run_end_timestamp_seconds[10m]) == 1`)
	read(t)["history"].each(func(p shownPanel) {
		for _, q := range p.Targets {
			if !db.answers(q.Expr, from) {
				t.Errorf("panel %q has no data for\n%s", p.Title, q.Expr)
			}
			if p.Title != "Runs" {
				continue
			}
			if runs, _ := db.value(strings.NewReplacer("$scenario", ".*", "$__range", "10m").Replace(q.Expr)); runs != 1 {
				t.Errorf("%v runs after the first", runs)
			}
		}
	})
	compare(t, db, dir+"/report.json", false)
}

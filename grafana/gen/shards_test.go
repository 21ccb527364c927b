package main

import (
	"fmt"
	"os"
	"testing"
)

const shardsConfig = `
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: aimbench
    static_configs:
      - {targets: [%q], labels: {shard: "0"}}
      - {targets: [%q], labels: {shard: "1"}}
      - {targets: [%q], labels: {shard: "2"}}
`

// A real Prometheus scrapes all shards of a real run: what it has is what the report says, counted once, and how each shard is.
func TestAllShardsAreScraped(t *testing.T) {
	t.Parallel()
	prometheus, promtool := tool(t, "prometheus", "prometheus"), tool(t, "promtool", "prometheus")
	tool(t, "espeak-ng", "espeak-ng") // the robots' voice
	dir := programs(t)
	if err := os.WriteFile(dir+"/token", []byte("0123456789abcdef0123"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := start(t, nil, dir+"/aimbench", "serve", "--addr", "127.0.0.1:0", "--fault", "http_429=0.1").says(`Serving (http://\S+)`)
	env := []string{"AIM_BASE_URL=" + server, "AIM_MODEL=aimbench-simulator", "HOME=" + dir, "AIMBENCH_SHARD_TOKEN_FILE=" + dir + "/token", "AIMBENCH_LEADER=" + free(t)}
	leader := start(t, env, dir+"/aimbench", "run", "--shard", "0/3", "testdata/live.hcl", "--report", "json="+dir+"/report.json",
		"--metrics-addr", "127.0.0.1:0", "--metrics-wait-scrape", patience.String(), "--metrics-linger", patience.String())
	shards := []any{host(t, leader.says(`metrics at (http://\S+);`))}
	for i := 1; i < 3; i++ {
		follower := start(t, env, dir+"/aimbench", "run", "--shard", fmt.Sprintf("%d/3", i), "--metrics-addr", "127.0.0.1:0")
		at := follower.says(`health of the shard at (http://\S+)`)
		follower.says("follows")
		checkMetrics(t, promtool, at)
		shards = append(shards, host(t, at))
	}
	address := free(t)
	serve(t, prometheus, address, fmt.Sprintf(shardsConfig, shards...))
	db := database{t, "http://" + address}
	db.await(`count(aimbench_shard_connected == 1 and aimbench_shard_began == 1 and aimbench_shard_uploads_total > 0) == 2`)
	if v, _ := db.value(`count(aimbench_shard_info == 1)`); v != 3 {
		t.Errorf("%v shards are there", v)
	}
	if v, _ := db.value(`sum(aimbench_shard_present)`); v != 3 {
		t.Errorf("the leader says that %v shards are there", v)
	}
	leader.says("metrics stay at")
	db.await("aimbench_run_verdict == 1")
	compare(t, db, dir+"/report.json", true)
}

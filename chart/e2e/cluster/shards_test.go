package cluster

import (
	"strings"
	"testing"
)

var fourShards = []string{"--set", "shards.count=4,shards.existingSecret=llm-key,resources.cpu=200m,shards.waitSeconds=60"}

// Four pods share one run, whose leader has the one verdict; the others show only how they are, and no secret shows in any.
func TestFourShardsMerge(t *testing.T) {
	s := newSpace(t)
	s.helm("install", append(fourShards, "--set", "monitoring.enabled=true,monitoring.podMonitor.intervalSeconds=1,monitoring.waitScrapeSeconds=90,monitoring.lingerSeconds=20")...)
	db := s.prometheus("gate-aimbench")
	s.start("four")
	s.until("the run has ended, and Prometheus saw it", func() bool { v, ok := db.value("sum(aimbench_run_verdict)"); return ok && v == 1 })
	s.compare(db, "four", 4)
	if uploading, ok := db.value(`count(max_over_time(aimbench_shard_uploads_total{shard!="0"}[10m]) > 0)`); !ok || uploading != 3 {
		t.Errorf("%v followers were seen to upload", uploading)
	}
	metrics := s.metrics("four", 0)
	condition, log := s.ended("four")
	if !strings.Contains(condition, "Complete SuccessPolicy") || !strings.Contains(log, "PASS (0)") {
		t.Errorf("%s\n%s", condition, log)
	}
	for index := 1; index < 4; index++ {
		followed := s.log("four", index)
		if !strings.Contains(followed, "follows four-0.gate-aimbench-shards:7946") || strings.Contains(followed, "PASS") {
			t.Errorf("shard %d says:\n%s", index, followed)
		}
		log += followed
	}
	s.hides(log, metrics)
}

// A follower that is killed takes its part of the load with it: the run is invalid, and the leader says so.
func TestKilledFollower(t *testing.T) {
	s := newSpace(t)
	s.helm("install", append(fourShards, "--set", "scenario.vars.duration=25s")...)
	s.start("three")
	s.running("three")
	s.until("the load goes on", func() bool { return strings.Contains(s.log("three", 0), "talk: ") })
	pod := s.get("pods", `{.items[?(@.spec.hostname=="three-2")].metadata.name}`)
	s.kubectl("delete", "pod", pod, "--grace-period=0", "--force")
	condition, log := s.ended("three")
	if !strings.Contains(condition, "Failed PodFailurePolicy") || !strings.Contains(condition, "exit code 96 ") || !strings.Contains(log, "INVALID (96)") {
		t.Errorf("%s\n%s", condition, log)
	}
}

package telemetry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"aimbench/engine/metric"
	"aimbench/engine/shard"
	"aimbench/engine/telemetry"
)

// follower is one in the middle of a run.
func follower() *telemetry.Follower {
	return telemetry.NewFollower(3, func() shard.Health {
		return shard.Health{Connected: true, Began: true, Uploads: 7, Bytes: 4200, Waiting: 1500 * time.Millisecond, Ahead: -3 * time.Second, Apart: 2 * time.Millisecond}
	})
}

// Each shard has the series that the table says, and a follower no others: what it measured is its leader's to show.
func TestSeriesOfShards(t *testing.T) {
	leads := telemetry.New(compiled(t, single), telemetry.Options{Shards: func() shard.Standing { return shard.Standing{Expected: 4, Present: 2, Lost: 1} }})
	_, leading := get(t, leads, false)
	text, following := get(t, follower(), false)
	for _, row := range metric.ShardTable {
		if want, is := row.Of != metric.Follower, leading[row.Prometheus] != nil; want != is {
			t.Errorf("%s of the leader: %v", row.Prometheus, is)
		}
		if want, is := row.Of != metric.Leader, following[row.Prometheus] != nil; want != is {
			t.Errorf("%s of a follower: %v", row.Prometheus, is)
		}
	}
	for name := range following {
		if _, known := metric.LookupShard(name); !known && strings.HasPrefix(name, "aimbench_") {
			t.Errorf("a follower shows %s", name)
		}
	}
	for _, line := range []string{
		`aimbench_shard_info{index="3",role="follower"} 1`, "aimbench_shard_began 1", "aimbench_shard_connected 1", "aimbench_shard_silence_seconds 1.5",
		"aimbench_shard_uploads_total 7", "aimbench_shard_upload_bytes_total 4200", "aimbench_shard_clock_offset_seconds -3", "aimbench_shard_clock_error_seconds 0.002",
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("want %s in\n%s", line, text)
		}
	}
	for name, want := range map[string]float64{metric.ShardExpected: 4, metric.ShardPresent: 2, metric.ShardLost: 1, metric.ShardBegan: 0} {
		if got := leading[name].Metric[0].GetGauge().GetValue(); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
}

// A run in one process is one shard.
func TestOneProcessIsOneShard(t *testing.T) {
	_, families := get(t, full(t), false)
	for name, want := range map[string]float64{metric.ShardExpected: 1, metric.ShardPresent: 1, metric.ShardLost: 0, metric.ShardBegan: 1} {
		if got := families[name].Metric[0].GetGauge().GetValue(); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

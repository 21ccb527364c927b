package telemetry

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"aimbench/engine/metric"
	"aimbench/engine/shard"
)

// alone is how it stands with a run in one process.
func alone() shard.Standing { return shard.Standing{Expected: 1, Present: 1, Began: true} }

// leading makes the series of the shard that leads.
func leading(standing func() shard.Standing, registry prometheus.Registerer) {
	registry.MustRegister(shardInfo(0, metric.Leader),
		shardSeries(metric.ShardBegan, func() float64 { return truth(standing().Began) }),
		shardSeries(metric.ShardExpected, func() float64 { return float64(standing().Expected) }),
		shardSeries(metric.ShardPresent, func() float64 { return float64(standing().Present) }),
		shardSeries(metric.ShardLost, func() float64 { return float64(standing().Lost) }),
	)
}

// Follower shows to Prometheus how a shard that follows is. What it measures is its leader's to show: with both, all would count
// twice.
type Follower struct{ registry *prometheus.Registry }

// NewFollower makes all series of a shard that follows. health is asked at each scrape.
func NewFollower(index int, health func() shard.Health) *Follower {
	f := &Follower{prometheus.NewRegistry()}
	f.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		shardInfo(index, metric.Follower),
		shardSeries(metric.ShardBegan, func() float64 { return truth(health().Began) }),
		shardSeries(metric.ShardConnected, func() float64 { return truth(health().Connected) }),
		shardSeries(metric.ShardSilence, func() float64 { return health().Waiting.Seconds() }),
		shardSeries(metric.ShardUploads, func() float64 { return float64(health().Uploads) }),
		shardSeries(metric.ShardUploadBytes, func() float64 { return float64(health().Bytes) }),
		shardSeries(metric.ShardClockOffset, func() float64 { return health().Ahead.Seconds() }),
		shardSeries(metric.ShardClockError, func() float64 { return health().Apart.Seconds() }),
	)
	return f
}

// Handler answers as a run's does.
func (f *Follower) Handler() http.Handler { return handler(f.registry) }

func shardInfo(index int, role metric.Role) prometheus.Collector {
	row, _ := metric.LookupShard(metric.ShardInfo)
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: row.Prometheus, Help: row.Definition + ".", ConstLabels: prometheus.Labels{"index": strconv.Itoa(index), "role": string(role)},
	}, func() float64 { return 1 })
}

// shardSeries is one of the table.
func shardSeries(name string, value func() float64) prometheus.Collector {
	row, _ := metric.LookupShard(name)
	if row.Counter {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: row.Definition + "."}, value)
	}
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: row.Definition + "."}, value)
}

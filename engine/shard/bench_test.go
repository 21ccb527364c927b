package shard_test

import (
	"fmt"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
	"aimbench/engine/shard"
)

// BenchmarkLeader measures what an upload a second of each of 100 followers costs their leader, each of 200 turns, over
// loopback: "cores/100" is the processors' time of receiving, checking and merging 100 of them, in seconds. What the followers
// do to make them ready is not in it.
//
//	go test -run '^$' -bench Leader -cpu 1 ./engine/shard
func BenchmarkLeader(b *testing.B) {
	s, diags := scenario.ReadText("load.hcl", b.TempDir(), []byte(openLoad()), scenario.Options{})
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	p, diags := plan.Compile(s, plan.Options{})
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	measured := measuredPart(b, p)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	leader, err := shard.Lead(listener, shard.LeaderOptions{Of: 101, Token: token, Plan: []byte("{}"), Clock: event.NewClock()})
	if err != nil {
		b.Fatal(err)
	}
	recorder := measure.NewRecorder(p)
	var merged atomic.Int64
	leader.Deliver(func(_ int, p shard.Part) error {
		merged.Add(1)
		return recorder.Merge(p.Measured)
	})
	followers := make([]*shard.Follower, 100)
	for i := range followers {
		followers[i], err = shard.Join(b.Context(), shard.FollowerOptions{Place: shard.Place{Index: i + 1, Of: 101}, Leader: listener.Addr().String(), Token: token})
		if err != nil {
			b.Fatal(err)
		}
		followers[i].Ready([]byte("{}"), func() (shard.Part, bool, error) { return shard.Part{Measured: measured}, false, nil })
		go func() { _, _ = followers[i].Begin(b.Context(), "") }()
	}
	if _, err := leader.Begin(b.Context(), ""); err != nil {
		b.Fatal(err)
	}
	from, before := merged.Load(), processorTime(b)
	for b.Loop() {
		for start := merged.Load(); merged.Load() < start+100; {
			time.Sleep(10 * time.Millisecond)
		}
	}
	cost := (processorTime(b) - before).Seconds() / float64(merged.Load()-from)
	b.ReportMetric(100*cost, "cores/100")
	b.ReportMetric(float64(len(measured)), "bytes/part")
	for _, f := range followers {
		f.Leave("the benchmark is over")
	}
	leader.Close()
}

// processorTime is what this process used: the followers' side of the talk is in it as well, which makes it an upper bound.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measuredPart is what a process measured of 200 turns.
func measuredPart(b *testing.B, p *plan.Plan) []byte {
	b.Helper()
	r := measure.NewRecorder(p)
	const ms = event.Instant(time.Millisecond)
	r.Windows([]event.Window{{Load: "l", Start: 1000 * ms, End: 60_000 * ms}})
	for i := range 200 {
		at := 2000*ms + event.Instant(i)*5*ms
		t := event.Turn{
			Load: "l", Session: int64(i), Conversation: "c", Turn: "t", Endpoint: "aim", Intended: at, Dispatched: at, End: at + 900*ms,
			User: "A question", Text: fmt.Sprint("An answer to ", i), Requests: []event.Request{{Streamed: true, Chunks: 20, Usage: event.Usage{Output: 20, Source: event.FromServer}}},
		}
		q := &t.Requests[0]
		q.Instants = event.Instants{Dispatched: at, Connected: at, Sent: at, Headers: at + 90*ms, FirstToken: at + event.Instant(100+i)*ms, LastToken: at + 900*ms, End: at + 900*ms}
		for k := range 20 {
			q.Arrivals = append(q.Arrivals, q.FirstToken+event.Instant(k)*20*ms)
		}
		r.Record(&t)
	}
	part, err := r.Take()
	if err != nil {
		b.Fatal(err)
	}
	return part
}

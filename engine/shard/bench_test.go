package shard_test

import (
	"bytes"
	"fmt"
	"net"
	"runtime/debug"
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

// many is how many followers the benchmark has.
const many = 100

// BenchmarkLeader measures what an upload a second of each of 100 followers costs their leader, each of 200 turns, over
// loopback. The followers are a process of their own: "cores" is what the leader's process uses of processors, to receive, check,
// merge and acknowledge. The bound is 0.1.
//
//	go test -run '^$' -bench Leader -benchtime 30x ./engine/shard
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
	defer debug.SetGCPercent(debug.SetGCPercent(150)) // as aimbench run has it while the heap is small
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	leader, err := shard.Lead(listener, shard.LeaderOptions{Of: many + 1, Token: token, Plan: []byte("{}"), Clock: event.NewClock()})
	if err != nil {
		b.Fatal(err)
	}
	recorder := measure.NewRecorder(p)
	var merged atomic.Int64
	leader.Deliver(func(_ int, p shard.Part) error {
		merged.Add(1)
		return recorder.Merge(p.Measured)
	})
	followers := itself(b, follow, listener.Addr().String())
	followers.Stdin = bytes.NewReader(measured)
	kill := startUp(b, followers)
	if _, err := leader.Begin(b.Context(), ""); err != nil {
		b.Fatal(err)
	}
	from, before, began := merged.Load(), processorTime(b), time.Now()
	for b.Loop() {
		time.Sleep(time.Second)
	}
	took := time.Since(began).Seconds()
	b.ReportMetric((processorTime(b)-before).Seconds()/took, "cores")
	b.ReportMetric(float64(merged.Load()-from)/took, "uploads/s")
	b.ReportMetric(float64(len(measured)), "bytes/upload")
	kill()
	leader.Close()
}

// processorTime is what this process used.
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

package results_test

import (
	"bytes"
	"testing"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/results"
)

type discard struct{}

func (discard) Record(*event.Turn) {}

// BenchmarkReadTurns measures what reading a turn of 200 chunks costs, as a leader does for each turn of its followers where
// it shows metrics or keeps a record.
func BenchmarkReadTurns(b *testing.B) {
	const ms = event.Instant(time.Millisecond)
	t := event.Turn{
		Load: "l", Session: 1, Conversation: "c", Turn: "t", Endpoint: "aim", Intended: 1000 * ms, Dispatched: 1000 * ms, End: 11_000 * ms, Class: event.OK,
		Requests: []event.Request{{Streamed: true, Chunks: 200, Usage: event.Usage{Output: 200, Source: event.FromServer}}},
	}
	q := &t.Requests[0]
	q.Instants = event.Instants{Dispatched: 1000 * ms, Connected: 1000 * ms, Sent: 1000 * ms, Headers: 1190 * ms, FirstToken: 1200 * ms, LastToken: 11_000 * ms, End: 11_000 * ms}
	for k := range 200 {
		q.Arrivals = append(q.Arrivals, q.FirstToken+event.Instant(k)*50*ms)
	}
	var line bytes.Buffer
	results.NewLines(&line, nil).Record(&t)
	b.ReportAllocs()
	for b.Loop() {
		if err := results.ReadTurns(bytes.NewReader(line.Bytes()), discard{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(line.Len()), "bytes/turn")
}

package simulate

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"aimbench/engine/listen"
)

// sink is a response that costs nothing, so that what is measured is the endpoint's own.
type sink struct {
	header  http.Header
	flushes int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Flush()                      { s.flushes++ }

// A token allocates nothing once its stream is under way, and is flushed once.
func TestTokensCostNoAllocation(t *testing.T) {
	s := New(Config{})
	run := func(tokens int) (allocations float64, flushes int) {
		q, err := parse([]byte(asking(tokens, 1)), true)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		j, err := s.newJob(q, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		out := &sink{header: http.Header{}}
		allocations = testing.AllocsPerRun(10, func() {
			out.flushes = 0
			j.stream(out, r)
		})
		return allocations, out.flushes
	}
	few, flushedFew := run(100)
	many, flushedMany := run(1100)
	if many-few > 10 { // a pool that was emptied in between is filled again
		t.Errorf("1000 more tokens allocate %v times more", many-few)
	}
	if flushedMany-flushedFew != 1000 {
		t.Errorf("1000 more tokens are flushed %d times more", flushedMany-flushedFew)
	}
}

// BenchmarkToken is the cost of one token without a network.
func BenchmarkToken(b *testing.B) {
	s := New(Config{})
	out := &sink{header: http.Header{}}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "/", http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	q, err := parse([]byte(asking(1000, 1)), true)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for n := 0; n < b.N; n += 1000 {
		j, err := s.newJob(q, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		j.stream(out, r)
	}
}

// BenchmarkStreams is the cost of one token over loopback, with its client, at a thousand streams.
func BenchmarkStreams(b *testing.B) {
	const streams = 1000
	l, err := listen.Start(b.Context(), "", New(Config{}))
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: streams}}
	defer func() {
		client.CloseIdleConnections()
		if err := l.Close(); err != nil {
			b.Error(err)
		}
	}()
	body := []byte(asking(max(1, b.N/streams), 1))
	b.ReportAllocs()
	b.ResetTimer()
	var all sync.WaitGroup
	for range streams {
		all.Go(func() {
			response, err := client.Post(l.URL()+"/v1/chat/completions", "application/json", bytes.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			defer response.Body.Close()
			if _, err := io.Copy(io.Discard, bufio.NewReaderSize(response.Body, 4096)); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
}

// BenchmarkRequest is the cost of reading a request with a prompt of a thousand tokens and of deciding what to say.
func BenchmarkRequest(b *testing.B) {
	for name, config := range map[string]Config{"plain": {}, "cache": {Cache: true}} {
		b.Run(name, func(b *testing.B) {
			s := New(config)
			out := &sink{header: http.Header{}}
			body := []byte(asking(1, 1000))
			b.ReportAllocs()
			for b.Loop() {
				r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "/v1/chat/completions", bytes.NewReader(body))
				if err != nil {
					b.Fatal(err)
				}
				s.ServeHTTP(out, r)
			}
		})
	}
}

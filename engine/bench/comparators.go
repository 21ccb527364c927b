package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// seen is what a comparator saw.
type seen struct {
	Events int64 `json:"events"`
	Failed int64 `json:"failed"`
	// P99 is of the time to first token, in seconds, by the client that stamps.
	P99 float64 `json:"ttft_p99,omitempty"`
}

const askBody = `{"model":"m","messages":[{"role":"user","content":"Hello! Who are you?"}],"stream":true,"stream_options":{"include_usage":true}}`

// readBuffer is as large as that of net/http's transport.
const readBuffer = 4 << 10

// atOnce does the same so many times at once, and counts failures.
func atOnce(times int, do func(i int) error) int64 {
	var all sync.WaitGroup
	var failed atomic.Int64
	for i := range times {
		all.Go(func() {
			if do(i) != nil {
				failed.Add(1)
			}
		})
	}
	all.Wait()
	return failed.Load()
}

// ask makes the request that every comparator makes.
func ask(ctx context.Context, transport *http.Transport, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+askPath, strings.NewReader(askBody))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	return transport.RoundTrip(request)
}

// bare reads streams and counts their events: no JSON, no stamps, no allocation an event.
func bare(url string, streams int) (seen, error) {
	var events atomic.Int64
	transport := &http.Transport{DisableCompression: true}
	failed := atOnce(streams, func(int) error {
		response, err := ask(context.Background(), transport, url)
		if err != nil {
			return err
		}
		defer response.Body.Close() //nolint:errcheck // there is nothing left to learn from it
		n, err := countEvents(bufio.NewReaderSize(response.Body, readBuffer))
		events.Add(n)
		return err
	})
	return seen{Events: events.Load(), Failed: failed}, nil
}

func countEvents(in *bufio.Reader) (n int64, err error) {
	for {
		line, err := in.ReadSlice('\n')
		if bytes.HasPrefix(line, []byte("data:")) {
			n++
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// writing is a connection that stamps its latest write.
type writing struct {
	net.Conn
	at atomic.Int64
}

func (w *writing) Write(b []byte) (int, error) {
	w.at.Store(time.Now().UnixNano())
	return w.Conn.Write(b)
}

// stamps reads streams and stamps the write of each request and the first bytes of its reply: the least that a client
// can do to know its time to first token.
func stamps(url string, streams int) (seen, error) {
	ttft := make([]time.Duration, streams)
	transport := &http.Transport{
		DisableCompression: true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			return &writing{Conn: conn}, err
		},
	}
	var events atomic.Int64
	failed := atOnce(streams, func(i int) error {
		var conn *writing
		ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
			GotConn: func(info httptrace.GotConnInfo) { conn = info.Conn.(*writing) },
		})
		response, err := ask(ctx, transport, url)
		if err != nil {
			return err
		}
		defer response.Body.Close() //nolint:errcheck // there is nothing left to learn from it
		in := bufio.NewReaderSize(response.Body, readBuffer)
		if _, err := in.Peek(1); err != nil {
			return err
		}
		ttft[i] = time.Duration(time.Now().UnixNano() - conn.at.Load())
		n, err := countEvents(in)
		events.Add(n)
		return err
	})
	slices.Sort(ttft)
	return seen{Events: events.Load(), Failed: failed, P99: ttft[(streams*99+99)/100-1].Seconds()}, nil
}

package chat

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// vllmChunk is a chunk as vLLM sends it.
const vllmChunk = `data: {"id":"chatcmpl-7f1c0f7e9a5b4e4c8f4b5a1d2c3e4f5a","object":"chat.completion.chunk","created":1763942579,` +
	`"model":"meta-llama/Llama-3.1-8B-Instruct","choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}]}` + "\n\n"

// repeated reads the same bytes again and again, one chunk a read.
type repeated struct {
	chunk []byte
	left  int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left--; r.left < 0 {
		return copy(p, stop+ending), io.EOF
	}
	return copy(p, r.chunk), nil
}

func TestNoAllocationAChunk(t *testing.T) {
	pieces := map[string]string{
		"vLLM":      vllmChunk,
		"escapes":   delta(`"content":"\u00e4\n\"\ud83d\ude00\""`),
		"reasoning": delta(`"reasoning_content":"Hm"`),
		"usage":     `data: {"choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":7,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}` + "\n\n",
		"tool call": delta(`"tool_calls":[{"index":0,"function":{"arguments":"{"}}]`),
		"comment":   ": keep-alive\n\n",
		"CRLF":      strings.ReplaceAll(vllmChunk, "\n", "\r\n"),
	}
	c := newClient(t, nil)
	for name, piece := range pieces {
		t.Run(name, func(t *testing.T) {
			var r Reply
			measure := func(chunks int) float64 {
				return testing.AllocsPerRun(5, func() { _ = readBody(c, &r, &repeated{[]byte(piece), chunks}) })
			}
			measure(3000) // the buffers grow once
			few, many := measure(10), measure(3000)
			if many > few {
				t.Errorf("%v allocations for 10 chunks, %v for 3000", few, many)
			}
		})
	}
}

// BenchmarkReader compares what one chunk costs without a network.
func BenchmarkReader(b *testing.B) {
	b.Run("own", func(b *testing.B) {
		c, r := newClient(b, nil), Reply{}
		b.ReportAllocs()
		for b.Loop() {
			if err := readBody(c, &r, &repeated{[]byte(vllmChunk), 1000}); err != nil || r.Chunks != 1000 {
				b.Fatal(err, r.Chunks)
			}
		}
		perChunk(b, 1000)
	})
	b.Run("bare", func(b *testing.B) {
		reader := bufio.NewReader(nil)
		for b.Loop() {
			reader.Reset(&repeated{[]byte(vllmChunk), 1000})
			if n := countEvents(reader); n != 1002 {
				b.Fatal(n)
			}
		}
		perChunk(b, 1000)
	})
}

func perChunk(b *testing.B, chunks int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*chunks), "ns/chunk")
}

// countEvents is the bare reader: it counts the lines that begin with "data:".
func countEvents(reader *bufio.Reader) (n int) {
	for {
		line, err := reader.ReadSlice('\n')
		if bytes.HasPrefix(line, []byte("data:")) {
			n++
		}
		if err != nil {
			return n
		}
	}
}

// The sizes of BenchmarkCPU.
const (
	benchStreams = 400
	benchChunks  = 64
	benchGap     = 10 * time.Millisecond
)

// BenchmarkCPU compares the processor time that one chunk costs over loopback, with the server in a process of its own.
func BenchmarkCPU(b *testing.B) {
	base := benchServer(b)
	var bare, own float64
	for b.Loop() { // interleaved, so that both meet the same machine
		bare += cpuOf(func() { runStreams(b, bareStream(base)) })
		own += cpuOf(func() { runStreams(b, ownStream(b, base)) })
	}
	chunks := float64(b.N * benchStreams * benchChunks)
	b.ReportMetric(bare/chunks/1e3, "bare-µs/chunk")
	b.ReportMetric(own/chunks/1e3, "own-µs/chunk")
	b.ReportMetric(own/bare, "own/bare")
}

func cpuOf(do func()) float64 {
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	do()
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	return float64(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
}

func runStreams(b *testing.B, stream func() error) {
	var all sync.WaitGroup
	for range benchStreams {
		all.Go(func() {
			if err := stream(); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
}

func bareStream(base string) func() error {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: benchStreams}}
	return func() error {
		response, err := client.Post(base+"/v1/chat/completions", "application/json", strings.NewReader("{}"))
		if err != nil {
			return err
		}
		defer response.Body.Close() //nolint:errcheck // a benchmark
		if n := countEvents(bufio.NewReaderSize(response.Body, 4096)); n != benchChunks+2 {
			return fmt.Errorf("%d events", n)
		}
		return nil
	}
}

func ownStream(b *testing.B, base string) func() error {
	c := newClient(b, func(config *Config) {
		config.BaseURL = base
		config.Timeouts = Timeouts{Connect: time.Minute, FirstToken: time.Minute, Idle: time.Minute, Total: time.Minute}
	})
	return func() error {
		var r Reply
		err := c.Do(context.Background(), ask(), &r)
		if err == nil && r.Chunks != benchChunks {
			err = fmt.Errorf("%d chunks", r.Chunks)
		}
		return err
	}
}

// BenchmarkEncode is what the body of a request costs, with a prompt of 4 KB.
func BenchmarkEncode(b *testing.B) {
	c := newClient(b, nil)
	request := ask()
	request.Messages = append([]openai.ChatCompletionMessage{{Role: "system", Content: strings.Repeat("Be kind. ", 450)}}, request.Messages...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.encode(request); err != nil {
			b.Fatal(err)
		}
	}
}

// The sizes of BenchmarkShortReplies.
const (
	shortUsers    = 16
	shortRequests = 500
)

// BenchmarkShortReplies compares the processor time of a short whole reply with that of a plain http.Client.
func BenchmarkShortReplies(b *testing.B) {
	base := benchServer(b)
	c := newClient(b, func(config *Config) { config.BaseURL, config.Timeouts.Total = base, time.Minute })
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: shortUsers}}
	each := func(do func() error) func() {
		return func() {
			var all sync.WaitGroup
			for range shortUsers {
				all.Go(func() {
					for range shortRequests {
						if err := do(); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
		}
	}
	replies := sync.Pool{New: func() any { return new(Reply) }}
	var bare, own float64
	for b.Loop() {
		bare += cpuOf(each(func() error {
			response, err := client.Post(base+"/short", "application/json", strings.NewReader(`{"stream":false}`))
			if err != nil {
				return err
			}
			defer response.Body.Close() //nolint:errcheck // a benchmark
			_, err = io.Copy(io.Discard, response.Body)
			return err
		}))
		own += cpuOf(each(func() error {
			r := replies.Get().(*Reply)
			defer replies.Put(r)
			return c.Do(context.Background(), &Request{Messages: ask().Messages}, r)
		}))
	}
	requests := float64(b.N * shortUsers * shortRequests)
	b.ReportMetric(bare/requests/1e3, "bare-µs/request")
	b.ReportMetric(own/requests/1e3, "own-µs/request")
}

// serverVariable makes the test binary a server for BenchmarkCPU.
const serverVariable = "CHAT_BENCH_SERVER"

// benchServer starts the server and returns its URL.
func benchServer(b *testing.B) string {
	command := exec.CommandContext(b.Context(), os.Args[0]) //nolint:gosec // this very test
	command.Env = append(os.Environ(), serverVariable+"=1")
	output, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = command.Wait() })
	base, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(base)
}

// runBenchServer streams chunks until it is killed.
func runBenchServer() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + listener.Addr().String())
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if bytes.Contains(body, []byte(`"stream":false`)) {
			_, _ = io.WriteString(w, `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}`)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		ticker := time.NewTicker(benchGap)
		defer ticker.Stop()
		for range benchChunks {
			_, _ = io.WriteString(w, vllmChunk)
			w.(http.Flusher).Flush()
			<-ticker.C
		}
		_, _ = io.WriteString(w, stop+ending)
	})}
	return server.Serve(listener)
}

// BenchmarkGoOpenAI is what go-openai's stream reader costs, for comparison.
func BenchmarkGoOpenAI(b *testing.B) {
	base := serve(b, answer(strings.Repeat(vllmChunk, 1000)+stop+ending))
	config := openai.DefaultConfig("")
	config.BaseURL = base + "/v1"
	client := openai.NewClientWithConfig(config)
	for b.Loop() {
		stream, err := client.CreateChatCompletionStream(b.Context(), openai.ChatCompletionRequest{Model: "m"})
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = stream.Recv()
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
		_ = stream.Close()
	}
	perChunk(b, 1000)
}

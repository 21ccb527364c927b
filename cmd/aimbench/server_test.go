package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"aimbench/engine/simulate"
)

// server is an endpoint outside the program, as a script sees it.
type server struct {
	stall   int // the number of the reply that never comes; 0 is none
	mu      sync.Mutex
	replies int
	arrived map[int]chan struct{}
}

func (s *server) reached(n int) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.arrived[n] == nil {
		s.arrived[n] = make(chan struct{})
	}
	return s.arrived[n]
}

// serve [key=KEY] [stall=N] [ttft=DURATION] [html] [telltale] starts an endpoint and sets E2E_URL to its address.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	s := &server{arrived: map[int]chan struct{}{}}
	config := simulate.Config{Model: "m", TTFT: func(uint64) time.Duration { return time.Millisecond }}
	var handler http.Handler
	for _, arg := range args {
		switch {
		case len(arg) > 4 && arg[:4] == "key=":
			config.APIKey = arg[4:]
		case len(arg) > 6 && arg[:6] == "stall=":
			s.stall, _ = strconv.Atoi(arg[6:])
		case len(arg) > 5 && arg[:5] == "ttft=":
			ttft, err := time.ParseDuration(arg[5:])
			ts.Check(err)
			config.TTFT = func(uint64) time.Duration { return ttft }
		case arg == "html":
			handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write([]byte("<html><title>Sign in</title></html>"))
			})
		case arg == "telltale":
			handler = http.HandlerFunc(telltale)
		default:
			ts.Fatalf("serve: what is %s?", arg)
		}
	}
	if handler == nil {
		handler = s.counting(simulate.New(config))
	}
	listening := httptest.NewServer(handler)
	ts.Defer(func() {
		listening.CloseClientConnections()
		listening.Close()
	})
	ts.Setenv("E2E_URL", listening.URL)
	servers.Store(ts, s)
}

// telltale is an endpoint that tells the key it was sent wherever an endpoint can: in the model's name, in the reply, cut
// between pieces and between the answer and the thoughts, and in an error.
func telltale(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	body, _ := io.ReadAll(r.Body)
	switch {
	case r.Method == http.MethodGet:
		_, _ = fmt.Fprintf(w, `{"data":[{"id":%q}]}`, key)
	case strings.Contains(string(body), "fail"):
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":{"message":"bad key %s"}}`, key)
	default:
		w.Header().Set("Content-Type", "text/event-stream")
		for _, piece := range []string{"The key ", "is " + key[:5], key[5:], "."} {
			_, _ = fmt.Fprintf(w, `data: {"model":%q,"choices":[{"delta":{"reasoning":%[2]q,"content":%[2]q}}]}`+"\n\n", key, piece)
		}
		_, _ = io.WriteString(w, `data: {"choices":[{"delta":{},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
	}
}

// servers are those of the scripts that run.
var servers sync.Map

func (s *server) counting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			s.mu.Lock()
			s.replies++
			n := s.replies
			s.mu.Unlock()
			close(s.reached(n))
			if n == s.stall {
				_, _ = io.Copy(io.Discard, r.Body) // only then is the client's leaving seen
				<-r.Context().Done()
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// await N waits until the script's endpoint was asked for its N-th reply.
func await(ts *testscript.TestScript, _ bool, args []string) {
	s, ok := servers.Load(ts)
	if !ok || len(args) != 1 {
		ts.Fatalf("usage: serve, then await N")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	select {
	case <-s.(*server).reached(n):
	case <-time.After(time.Minute):
		ts.Fatalf("the endpoint was not asked for reply %d", n)
	}
}

// sigterm asks the programs in the background to end, as a cluster does.
func sigterm(ts *testscript.TestScript, _ bool, _ []string) {
	for _, c := range ts.BackgroundCmds() {
		ts.Check(c.Process.Signal(syscall.SIGTERM))
	}
}

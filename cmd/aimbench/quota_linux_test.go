package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aimbench/engine/chat/stamp"
	"aimbench/engine/event"
	"aimbench/engine/measure"
)

func init() { programs["truthful"] = truthful }

// truth is what the server did, in nanoseconds since 1970. It shares its clock with the client.
type truth struct {
	Said string
	// Arrived is the kernel's stamp of the request. The first token was on its way at some moment from Began to Written.
	Arrived, Began, Written int64
}

// truthful is the program that serves streams, and tells what it really did when its standard input ends.
func truthful() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("http://%s\n", listener.Addr())
	s := &truthServer{start: time.Now(), said: regexp.MustCompile(`Number \d+`)}
	s.clock = stamp.NewClock(s.start)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = listener.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(s.truths)
}

type truthServer struct {
	start time.Time
	clock *stamp.Clock
	said  *regexp.Regexp

	mu     sync.Mutex
	truths []truth
}

const (
	trueWait   = 100 * time.Millisecond
	trueGap    = 20 * time.Millisecond
	trueTokens = 80
)

func (s *truthServer) serve(inner net.Conn) {
	defer inner.Close() //nolint:errcheck // there is nothing left to learn from it
	conn := stamp.Wrap(inner, s.clock, nil, stamp.Supported())
	for in := bufio.NewReader(conn); ; {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		if request.Method == http.MethodGet {
			const models = `{"data":[{"id":"m"}]}`
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(models), models)
			continue
		}
		t := truth{Said: string(s.said.Find(body)), Arrived: s.start.Add(conn.Reading().At).UnixNano()}
		if s.stream(conn, &t) != nil {
			return
		}
	}
}

func (s *truthServer) stream(conn net.Conn, t *truth) error {
	chunk := func(delta, finish string) string {
		event := fmt.Sprintf(`data: {"model":"m","choices":[{"index":0,"delta":{%s},"finish_reason":%s}]}`+"\n\n", delta, finish)
		return fmt.Sprintf("%x\r\n%s\r\n", len(event), event)
	}
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(`"role":"assistant"`, "null")
	if _, err := io.WriteString(conn, head); err != nil {
		return err
	}
	token := chunk(`"content":" token"`, "null")
	for i := range trueTokens {
		if i == 0 {
			time.Sleep(trueWait)
			t.Began = time.Now().UnixNano()
		} else {
			time.Sleep(trueGap)
		}
		if _, err := io.WriteString(conn, token); err != nil {
			return err
		}
		if i == 0 {
			t.Written = time.Now().UnixNano()
			s.mu.Lock()
			s.truths = append(s.truths, *t)
			s.mu.Unlock()
		}
	}
	_, err := io.WriteString(conn, chunk("", `"stop"`)+"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
	return err
}

const quotaScenario = `
endpoint "aim" {
  base_url = env("E2E_URL")
  model    = "m"
}
conversation "c" {
  turn "t" {
    user = "Number ${iteration}"
  }
}
load "l" {
  mix {
    conversation = conversation.c
  }
  arrival       = constant
  rate          = 150
  duration      = "4s"
  graceful_stop = "10s"
}
slo "s" {
  objective "fast" {
    value = p(metric.ttft, 95)
    max   = "130ms"
  }
}
`

// A run whose CPU limit is too small for it is invalid, and says why; without the limit it is not. In both, the first
// token of each turn came when its bounds say that it did.
func TestQuota(t *testing.T) {
	if os.Getenv("AIMBENCH_QUOTA") == "" {
		t.Skip("AIMBENCH_QUOTA is not set: it takes half a minute, and a control group")
	}
	program := filepath.Join(t.TempDir(), "aimbench")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Run("limited", func(t *testing.T) {
		group, err := newGroup(t, 10*time.Millisecond)
		if err != nil {
			t.Skipf("no control group with a CPU limit can be made here: %v", err)
		}
		got := truthfully(t, program, group)
		if a := got.summary.Audit; got.code != measure.ExitInvalid || a == nil || a.Valid ||
			!strings.Contains(a.Cause, "throttled") || !strings.Contains(a.Do, "raise the limit") {
			t.Errorf("exit code %d, %+v", got.code, a)
		}
		got.within(t)
	})
	t.Run("free", func(t *testing.T) {
		got := truthfully(t, program, "")
		a := got.summary.Audit
		if a == nil || strings.Contains(a.Cause, "throttled") {
			t.Fatalf("exit code %d, %+v", got.code, a)
		}
		if got.code != measure.ExitPass {
			t.Logf("this machine is too busy to say more: exit code %d, %s; %s", got.code, got.summary.Reason, a.Cause)
		}
		got.within(t)
	})
}

// newGroup makes a control group that may use a processor for so long of each 100 ms, and removes it with the test.
func newGroup(t *testing.T, quota time.Duration) (string, error) {
	name := fmt.Sprintf("aimbench-test-%d", os.Getpid())
	limits := map[string]map[string]string{
		"/sys/fs/cgroup":     {"cpu.max": fmt.Sprintf("%d 100000", quota.Microseconds())},
		"/sys/fs/cgroup/cpu": {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": fmt.Sprint(quota.Microseconds())},
	}
	var errs []error
	for root, files := range limits {
		dir := filepath.Join(root, name)
		if _, err := os.Stat(filepath.Join(root, "cgroup.procs")); err != nil {
			errs = append(errs, err)
			continue
		}
		err := os.Mkdir(dir, 0o755)
		for file, text := range files {
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644)
			}
		}
		if err != nil {
			_ = os.Remove(dir)
			errs = append(errs, err)
			continue
		}
		t.Cleanup(func() {
			for range 100 {
				if os.Remove(dir) == nil {
					return
				}
				time.Sleep(10 * time.Millisecond) // the process is still being buried
			}
			t.Errorf("%s cannot be removed", dir)
		})
		return dir, nil
	}
	return "", errors.Join(errs...)
}

// outcome is what a run said, and what was true.
type outcome struct {
	code    int
	summary measure.Summary
	start   time.Time
	turns   []event.Turn
	truths  map[string]truth
}

// truthfully runs the scenario against a truthful server, in the control group where there is one.
func truthfully(t *testing.T, program, group string) *outcome {
	server := exec.Command("truthful")
	server.Stderr = os.Stderr
	ask, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	told := bufio.NewReader(out)
	url, err := told.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "quota.hcl"), []byte(quotaScenario), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{program, "run", "--timeout", "60s", "--format", "json", "--out", "results.jsonl", "quota.hcl"}
	if group != "" {
		args = append([]string{"sh", "-c", `echo $$ > "$0/cgroup.procs" && exec "$@"`, group}, args...)
	}
	client := exec.Command(args[0], args[1:]...)
	client.Dir, client.Env, client.Stderr = dir, append(os.Environ(), "E2E_URL="+strings.TrimSpace(url)), os.Stderr
	report, err := client.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	got := &outcome{code: client.ProcessState.ExitCode(), truths: map[string]truth{}}
	if err := json.Unmarshal(report, &got.summary); err != nil {
		t.Fatalf("exit code %d: %v", got.code, err)
	}
	_ = ask.Close()
	var truths []truth
	if err := json.NewDecoder(told).Decode(&truths); err != nil {
		t.Fatal(err)
	}
	for _, one := range truths {
		got.truths[one.Said] = one
	}
	if err := server.Wait(); err != nil {
		t.Fatal(err)
	}
	got.read(t, filepath.Join(dir, "results.jsonl"))
	return got
}

func (o *outcome) read(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var l struct {
			Header *struct{ Start time.Time }
			Turn   *event.Turn
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		switch {
		case l.Header != nil:
			o.start = l.Header.Start
		case l.Turn != nil:
			o.turns = append(o.turns, *l.Turn)
		}
	}
}

// sameMoment is how far apart the kernel's stamp of a first token and the server's notes about its write may be: the
// kernel may deliver what is sent on loopback a moment after the write has returned.
const sameMoment = 2 * time.Millisecond

// within holds each first token to its bounds, and logs how wide they are.
func (o *outcome) within(t *testing.T) {
	var bounds, unsaid []time.Duration
	compared := 0
	for i := range o.turns {
		turn := &o.turns[i]
		said, ok := o.truths[turn.User]
		if !ok || len(turn.Requests) == 0 || !turn.Requests[0].FirstToken.Reached() {
			continue
		}
		compared++
		r := &turn.Requests[0]
		at := func(wall int64) event.Instant { return event.Instant(wall - o.start.UnixNano()) }
		latest, earliest := r.FirstToken, r.FirstToken.Add(-r.LateBound)
		if latest < at(said.Began).Add(-sameMoment) || earliest > at(said.Written).Add(sameMoment) {
			t.Errorf("%s: the first token came from %v to %v, and is said to have come from %v to %v", turn.User,
				at(said.Began).Seconds(), at(said.Written).Seconds(), earliest.Seconds(), latest.Seconds())
		}
		// What a person waited, less what the harness may have added, is no more than the server took.
		added := time.Duration(r.Dispatched-turn.Intended) + r.SendBound + r.WriteBound + r.LateBound
		blamed := time.Duration(r.FirstToken-turn.Intended) - added
		if took := time.Duration(said.Written - said.Arrived); blamed > took+sameMoment {
			t.Errorf("%s: the server took %s, and is blamed for %s: %s were its connection's", turn.User, took, blamed,
				time.Duration(r.Connected-r.Dispatched))
		}
		bounds = append(bounds, r.LateBound)
		unsaid = append(unsaid, time.Duration(at(said.Arrived)-r.Sent))
	}
	if compared < 100 {
		t.Fatalf("only %d turns of %d can be compared", compared, len(o.turns))
	}
	slices.Sort(bounds)
	slices.Sort(unsaid)
	p := func(d []time.Duration, q int) time.Duration {
		return d[min(len(d)-1, len(d)*q/100)].Round(time.Microsecond)
	}
	t.Logf("%d turns; exit code %d: %s", compared, o.code, o.summary.Reason)
	t.Logf("late bound p50 %s, p95 %s, p99 %s, max %s; from sent until arrived p50 %s, p99 %s, max %s",
		p(bounds, 50), p(bounds, 95), p(bounds, 99), p(bounds, 100), p(unsaid, 50), p(unsaid, 99), p(unsaid, 100))
	if a := o.summary.Audit; a != nil {
		t.Logf("bias of ttft p99 %v ms; %s; %s", 1e3**a.Bias["ttft"].P99, a.Cause, a.Do)
		for _, row := range a.Rows {
			t.Logf("%-28s %.4g %s ok %v", row.Name, row.Value, row.Unit, row.OK)
		}
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// bench runs what is measured.
type bench struct {
	aimbench string
	rounds   int // 0: each measurement's own
	log      io.Writer

	self, vegeta string
	folder       string
	server       *server
}

// open starts the server and finds the comparators.
func (b *bench) open(ctx context.Context) (err error) {
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if b.folder, err = os.MkdirTemp("", "aimbench-bench-"); err != nil {
		return err
	}
	b.server, err = startServer(ctx)
	return err
}

func (b *bench) close() {
	if b.server != nil {
		b.server.stop()
	}
	_ = os.RemoveAll(b.folder)
}

// findVegeta builds the vegeta that go.mod pins.
func (b *bench) findVegeta(ctx context.Context) error {
	if b.vegeta != "" {
		return nil
	}
	out, err := exec.CommandContext(ctx, "go", "tool", "-n", "vegeta").Output()
	if err != nil {
		return fmt.Errorf("go tool vegeta: %w", err)
	}
	b.vegeta = strings.TrimSpace(string(out))
	return nil
}

// comparator runs one of this program's own.
func (b *bench) comparator(ctx context.Context, name, path string, streams int) (s seen, u usage, err error) {
	u, err = run(ctx, &s, nil, b.self, name, "-url", b.server.url+path, "-streams", fmt.Sprint(streams))
	if err == nil && s.Failed > 0 {
		err = fmt.Errorf("%s: %d of %d streams failed", name, s.Failed, streams)
	}
	return s, u, err
}

type stats struct {
	P99 float64 `json:"p99"`
}

// summary is what is taken from aimbench's own report.
type summary struct {
	Start    time.Time `json:"start"`
	Requests struct {
		Offered   int64 `json:"offered"`
		Succeeded int64 `json:"succeeded"`
	} `json:"requests"`
	Metrics map[string]stats `json:"metrics"`
	Audit   struct {
		Bias map[string]stats `json:"bias"`
	} `json:"audit"`
	Rates map[string]float64 `json:"rates"`
	Turns []struct {
		Requests []struct {
			Sent float64 `json:"sent"`
		} `json:"requests"`
	} `json:"turns"`
}

// invalidRun is the exit code of a run in which the machine was the bottleneck. It is no failure of a benchmark that
// makes it so on purpose.
const invalidRun = 96

// load runs aimbench against the server with a load.
func (b *bench) load(ctx context.Context, path string, stream bool, load string) (s summary, u usage, err error) {
	text := fmt.Sprintf(`endpoint "server" {
  base_url = %q
  model    = "m"
}

conversation "greeting" {
  endpoint = endpoint.server
  turn "greet" {
    user   = "Hello! Who are you?"
    stream = %v
  }
}

load "load" {
  %s
  mix { conversation = conversation.greeting }
}
`, b.server.url+path, stream, load)
	file := filepath.Join(b.folder, "load.hcl")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return s, u, err
	}
	u, err = run(ctx, &s, []int{invalidRun}, b.aimbench, "run", "--format", "json", file)
	if err == nil && (s.Requests.Succeeded != s.Requests.Offered || s.Requests.Offered == 0) {
		err = fmt.Errorf("aimbench: %d of %d requests succeeded", s.Requests.Succeeded, s.Requests.Offered)
	}
	return s, u, err
}

// users is a load of so many users, each of one conversation.
func users(n int) string { return fmt.Sprintf("users = %d\n  iterations = %d", n, n) }

// attack runs vegeta, as fast as so many workers can, and returns the requests a second that succeeded.
func (b *bench) attack(ctx context.Context, path string, workers int, duration time.Duration) (float64, error) {
	if err := b.findVegeta(ctx); err != nil {
		return 0, err
	}
	body, targets, results := filepath.Join(b.folder, "body"), filepath.Join(b.folder, "targets"), filepath.Join(b.folder, "results")
	target := fmt.Sprintf("POST %s\nContent-Type: application/json\n@%s\n", b.server.url+path+askPath, body)
	for name, text := range map[string]string{body: strings.Replace(askBody, `"stream":true`, `"stream":false`, 1), targets: target} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return 0, err
		}
	}
	n := fmt.Sprint(workers)
	if _, err := run(ctx, nil, nil, b.vegeta, "attack", "-rate", "0", "-workers", n, "-max-workers", n, "-duration", duration.String(),
		"-targets", targets, "-output", results); err != nil {
		return 0, err
	}
	var report struct {
		Throughput float64 `json:"throughput"`
		Success    float64 `json:"success"`
	}
	if _, err := run(ctx, &report, nil, b.vegeta, "report", "-type", "json", results); err != nil {
		return 0, err
	}
	if report.Success != 1 {
		return 0, fmt.Errorf("vegeta: %.4f of its requests succeeded", report.Success)
	}
	return report.Throughput, nil
}

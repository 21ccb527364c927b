package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// usage is what a process cost.
type usage struct {
	cpu  time.Duration
	wall time.Duration
	// resident is the most memory that it had at once, in bytes.
	resident int64
}

// run runs a process to its end, and decodes what it prints as JSON into out. codes are the exit codes that are no
// failure.
func run(ctx context.Context, out any, codes []int, name string, args ...string) (usage, error) {
	var stdout, stderr bytes.Buffer
	c := exec.CommandContext(ctx, name, args...)
	c.Stdout, c.Stderr = &stdout, &stderr
	start := time.Now()
	err := c.Run()
	wall := time.Since(start)
	var exit *exec.ExitError
	if errors.As(err, &exit) && slices.Contains(codes, exit.ExitCode()) {
		err = nil
	}
	if err != nil {
		return usage{}, fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, stderr.Bytes(), stdout.Bytes())
	}
	if out != nil {
		if err := json.Unmarshal(stdout.Bytes(), out); err != nil {
			return usage{}, fmt.Errorf("what %s printed: %w", name, err)
		}
	}
	u := usage{cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime(), wall: wall}
	if r, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.resident = r.Maxrss * maxrssUnit
	}
	return u, nil
}

// server is a server in a process of its own.
type server struct {
	url     string
	process *exec.Cmd
}

// startServer starts one.
func startServer(ctx context.Context) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, self, "serve")
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	return &server{process: c, url: strings.TrimSpace(line)}, err
}

// stop ends the server.
func (s *server) stop() {
	_ = s.process.Process.Signal(syscall.SIGTERM)
	_ = s.process.Wait()
}

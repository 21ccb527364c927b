package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"

	"aimbench/engine/shard"
)

// local are the shards that run as processes of their own on this machine.
type local struct {
	all     []*exec.Cmd
	talking sync.WaitGroup
}

// fork starts all shards but the first. What they say is said with their number.
func fork(of int, leader string, token []byte, in *inputs, say func(string)) (*local, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("starting shards: %w", err)
	}
	l := &local{}
	for i := 1; i < of; i++ {
		// The token goes through a pipe: a command line and an environment are for all to see.
		args := []string{"run", "--shard", shard.Place{Index: i, Of: of}.String(), "--leader", leader, "--shard-token-file", "/dev/fd/3"}
		if in.apiKeyFile != "" {
			args = append(args, "--api-key-file", in.apiKeyFile)
		}
		if err := l.start(i, exec.Command(program, args...), token, say); err != nil {
			return l, fmt.Errorf("starting shard %d: %w", i, err)
		}
	}
	return l, nil
}

func (l *local) start(index int, c *exec.Cmd, token []byte, say func(string)) error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	c.ExtraFiles = []*os.File{read}
	c.Env = childEnv(os.Environ())
	c.SysProcAttr = ownGroup()
	stderr, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return errors.Join(err, write.Close())
	}
	l.all = append(l.all, c)
	_, err = write.Write(token) // it fits into the pipe
	l.talking.Go(func() { relay(stderr, fmt.Sprintf("shard %d: ", index), say) })
	return errors.Join(err, write.Close())
}

// relay says each line.
func relay(from io.Reader, prefix string, say func(string)) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		if text := strings.TrimPrefix(strings.TrimSpace(lines.Text()), "Note: "); text != "" {
			say(prefix + text)
		}
	}
	_, _ = io.Copy(io.Discard, from) // a line too long ends the scan, and must not block the process
}

// childEnv is the environment without what says which shard a process is.
func childEnv(all []string) []string {
	var out []string
	for _, one := range all {
		name, _, _ := strings.Cut(one, "=")
		switch name {
		case "JOB_COMPLETION_INDEX", "AIMBENCH_SHARDS", "AIMBENCH_LEADER", "AIMBENCH_SHARD_TOKEN_FILE":
		default:
			out = append(out, one)
		}
	}
	return out
}

// wait waits until all have ended, which they do by themselves once they are done, or their leader is gone.
func (l *local) wait() {
	if l == nil {
		return
	}
	l.talking.Wait()
	for _, c := range l.all {
		_ = c.Wait() // how it ended is known from what it uploaded
	}
}

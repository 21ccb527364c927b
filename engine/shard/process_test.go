package shard_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"aimbench/engine/event"
	"aimbench/engine/shard"
)

// TestMain is a process that a test started, or the tests.
func TestMain(m *testing.M) {
	if at := os.Getenv("SHARD_TEST_LEADER"); at != "" {
		if err := leadAt(at); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// leadAt leads a run of two shards that does not end by itself. It says where.
func leadAt(at string) error {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	leader, err := shard.Lead(l, shard.LeaderOptions{Of: 2, Token: token, Plan: []byte(`{}`), Clock: event.NewClock()})
	if err != nil {
		return err
	}
	leader.Deliver(func(int, shard.Part) error { return nil })
	fmt.Println(l.Addr())
	if _, err := leader.Begin(context.Background(), ""); err != nil {
		return err
	}
	<-leader.Stopped()
	return nil
}

// process is another that runs this test's binary.
type process struct {
	at   string // what it said
	kill func()
}

// startLeader starts one that leads at the address, until the test has ended.
func startLeader(t *testing.T, at string) process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), "SHARD_TEST_LEADER="+at)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() {
		_ = c.Process.Kill()
		_ = c.Wait() // it was killed
	}
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the leader at %s does not say where it is: %v", at, err)
	}
	return process{strings.TrimSpace(line), kill}
}

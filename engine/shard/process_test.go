package shard_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/shard"
)

// TestMain is a process that a test started, or the tests.
func TestMain(m *testing.M) {
	for role, does := range map[string]func(at string) error{leads: leadAt, follow: followAt} {
		if at := os.Getenv(role); at != "" {
			if err := does(at); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

// The variables that say what a process is, and where its leader.
const (
	leads  = "SHARD_TEST_LEADER"
	follow = "SHARD_TEST_FOLLOWERS"
)

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

// followAt are all the followers that the benchmark's leader has. Each hands over what standard input says, until the leader goes.
func followAt(at string) error {
	measured, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	for i := 1; i <= many; i++ {
		f, err := shard.Join(context.Background(), shard.FollowerOptions{Place: shard.Place{Index: i, Of: many + 1}, Leader: at, Token: token, Grace: time.Second})
		if err != nil {
			return err
		}
		f.Ready([]byte("{}"), func() (shard.Part, bool, error) { return shard.Part{Measured: measured}, false, nil })
		all.Go(func() {
			if _, err := f.Begin(context.Background(), ""); err == nil {
				<-f.Cut()
			}
		})
	}
	all.Wait()
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
	c := itself(t, leads, at)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	kill := startUp(t, c)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the leader at %s does not say where it is: %v", at, err)
	}
	return process{strings.TrimSpace(line), kill}
}

// itself is this test's binary in another role.
func itself(t testing.TB, role, at string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), role+"="+at)
	c.Stderr = os.Stderr
	return c
}

// startUp starts it. It ends with the test, or when it is killed.
func startUp(t testing.TB, c *exec.Cmd) (kill func()) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = c.Process.Kill()
		_ = c.Wait() // it was killed
	}
	t.Cleanup(kill)
	return kill
}

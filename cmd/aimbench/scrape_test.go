package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// shownAt finds where a program says that its metrics are.
var shownAt = regexp.MustCompile(`http://\S+/metrics`)

// scrape CODE PREFIX COMMAND... runs a command as Prometheus sees it: each time that it says where its metrics are, they
// are fetched into PREFIX1, PREFIX2 and so on, and after the second time it is asked to end. Its outputs go into
// PREFIX.stdout and PREFIX.stderr, and it must end with the exit code.
func scrape(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: scrape CODE PREFIX COMMAND...")
	}
	path, err := exec.LookPath(args[2])
	ts.Check(err)
	var stdout, said bytes.Buffer
	c := exec.Command(path, args[3:]...)
	c.Dir, c.Env, c.Stdout = ts.Getenv("WORK"), []string{"LANG=C.UTF-8"}, &stdout
	stderr, err := c.StderrPipe()
	ts.Check(err)
	ts.Check(c.Start())
	stuck := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	defer stuck.Stop()
	seen := 0
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
		url := shownAt.FindString(lines.Text())
		if url == "" {
			continue
		}
		seen++
		body, err := fetch(url)
		if err != nil {
			_ = c.Process.Kill()
			ts.Fatalf("%v", err)
		}
		keep(ts, fmt.Sprintf("%s%d", args[1], seen), body)
		if seen == 2 {
			ts.Check(c.Process.Signal(syscall.SIGTERM))
		}
	}
	code, ok := exitCode(c.Wait())
	if !ok {
		code = "0"
	}
	keep(ts, args[1]+".stdout", stdout.Bytes())
	keep(ts, args[1]+".stderr", said.Bytes())
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s\n%s%s", code, args[0], &stdout, &said)
	}
}

func fetch(url string) ([]byte, error) {
	res, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %s", url, res.Status)
	}
	return io.ReadAll(res.Body)
}

func keep(ts *testscript.TestScript, name string, text []byte) {
	ts.Check(os.WriteFile(ts.MkAbs(name), text, 0o600))
}

// vacate NAME sets NAME to an address whose port nobody has.
func vacate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: vacate NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}

// occupy NAME takes a port for the time of the script, and sets NAME to its address.
func occupy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: occupy NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	ts.Setenv(args[0], l.Addr().String())
}

package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"aimbench/robot/simulator"
)

// A robot is served until it is asked to end, with the faults that the flags name.
func TestRobot(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	read, write := io.Pipe()
	c := newRobot()
	c.SetArgs([]string{"--addr", "127.0.0.1:0", "--name", "Ada", "--fault", "http_500,count=1"})
	c.SetOut(write)
	ended := make(chan error, 1)
	go func() { ended <- c.ExecuteContext(ctx) }()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url := regexp.MustCompile(`http://\S+`).FindString(line)
	for _, want := range []string{"Internal Server Error", `"robot_name":"Ada"`} {
		response, err := http.Get(url + "/api/daemon/status")
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if !strings.Contains(string(text), want) {
			t.Errorf("%s: %s, want %s", url, text, want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestRobotFault(t *testing.T) {
	for text, want := range map[string]simulator.Fault{
		"refused":                 {Kind: simulator.Refused, Share: 1},
		"late=0.05,delay=2s":      {Kind: simulator.Late, Share: 0.05, Delay: 2 * time.Second},
		"lost,from=10s,for=5s":    {Kind: simulator.Lost, Share: 1, From: 10 * time.Second, For: 5 * time.Second},
		"dropped,count=3,delay=0": {Kind: simulator.Dropped, Share: 1, Count: 3},
	} {
		if got, err := robotFault(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"": "no such kind", "explode": "late, http_500, dropped", "late=0": "above 0", "late=1.5": "at most 1", "late=nan": "above 0",
		"late,delay=-1s": "such as 500ms", "late,delay": "such as 500ms", "late,count=0": "from 1 up", "late,often=1": `no "often"`,
		"lost": "how long",
	} {
		if _, err := robotFault(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

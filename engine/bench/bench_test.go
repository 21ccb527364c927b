package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestComparators runs both against the server.
func TestComparators(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	printed, w := io.Pipe()
	served := make(chan error)
	go func() { served <- serve(ctx, w) }()
	line := make([]byte, 64)
	n, err := printed.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	url := strings.TrimSpace(string(line[:n]))
	for name, run := range map[string]func(string, int) (seen, error){"bare": bare, "stamps": stamps} {
		s, err := run(url+streamPath(20*time.Millisecond, time.Millisecond, 5), 3)
		if err != nil || s.Failed != 0 || s.Events != 3*(5+eventsBesides) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
		if name == "stamps" && s.P99 < 0.02 {
			t.Errorf("a time to first token of %v s is too short", s.P99)
		}
		if s, err := run(url+"/nothing", 2); err != nil || s.Events != 0 {
			t.Errorf("%s of a path that is not there: %+v, %v", name, s, err)
		}
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestParseReply(t *testing.T) {
	for path, want := range map[string]reply{
		"/whole/v1/chat/completions":                           {},
		"/stream/200ms/10ms/64/v1/chat/completions":            {200 * time.Millisecond, 10 * time.Millisecond, 64},
		streamPath(time.Second, time.Millisecond, 3) + askPath: {time.Second, time.Millisecond, 3},
	} {
		if got, err := parseReply(path); err != nil || got != want {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
	}
	for _, path := range []string{"", "/", "/v1/models", "/stream" + askPath, "/stream/1s/x/3" + askPath, "/whole/v1/models"} {
		if _, err := parseReply(path); err == nil {
			t.Errorf("%s was taken", path)
		}
	}
}

func TestRatio(t *testing.T) {
	plain := func(float64) string { return "" }
	for _, tc := range []struct {
		o, t   []float64
		limit  float64
		figure string
		missed bool
	}{
		{[]float64{3, 1, 2}, []float64{2, 1, 2}, 1, "1.00", false},
		{[]float64{3, 1, 9}, []float64{2, 1, 3}, 1.4, "1.50", true},
		{[]float64{3, 1}, []float64{2, 1}, 1.25, "1.25", false},
	} {
		r := ratio("", tc.o, tc.t, plain, "", atMost(tc.limit))
		if r.figure != tc.figure || r.missed != tc.missed {
			t.Errorf("%v of %v: %+v", tc.o, tc.t, r)
		}
	}
}

func TestWithin(t *testing.T) {
	for _, tc := range []struct {
		o, t   []float64
		missed bool
	}{
		{[]float64{0.204}, []float64{0.2}, false},
		{[]float64{0.219}, []float64{0.2}, false}, // 10 %
		{[]float64{0.221}, []float64{0.2}, true},
		{[]float64{0.179}, []float64{0.2}, true}, // too good is no better
		{[]float64{0.014}, []float64{0.01}, false},
		{[]float64{0.016}, []float64{0.01}, true},
		{[]float64{0.2, 0.2, 0.9}, []float64{0.2, 0.2, 0.2}, false},
	} {
		if r := within("", tc.o, tc.t); r.missed != tc.missed {
			t.Errorf("%v of %v: %+v", tc.o, tc.t, r)
		}
	}
}

func TestDocument(t *testing.T) {
	file := filepath.Join(t.TempDir(), "performance.md")
	rows := []row{{"a", "1", "2", "0.5", "≤ 1", false}, {"b", "3", "2", "1.5", "≤ 1", true}}
	if err := os.WriteFile(file, []byte("before\n"+figuresBegin+"old\n"+figuresEnd+"after\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := document(file, rows, "a machine"); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := "before\n" + figuresBegin + "\n| measured | aimbench | comparator | figure | bound | |\n|---|--:|--:|--:|---|---|\n" +
		"| a | 1 | 2 | 0.5 | ≤ 1 | holds |\n| b | 3 | 2 | 1.5 | ≤ 1 | **missed** |\n\nOn a machine.\n\n" + figuresEnd + "after\n"
	if string(text) != want {
		t.Errorf("got\n%s", text)
	}
	if err := missed(rows); err == nil || err.Error() != "missed: b is 1.5, and must be ≤ 1" {
		t.Errorf("missed: %v", err)
	}
	if err := document(filepath.Join(t.TempDir(), "none.md"), rows, ""); err == nil {
		t.Error("a document that is not there was written")
	}
}

func TestCountEvents(t *testing.T) {
	var b bytes.Buffer
	if err := client([]string{"bare", "-nonsense"}, bare); err == nil {
		t.Error("a flag that there is not was taken")
	}
	b.WriteString("data: a\n\n: busy\n\ndata: b\n\ndata: [DONE]\n\n")
	if n, err := countEvents(bufio.NewReader(&b)); n != 3 || err != nil {
		t.Errorf("%d events, %v", n, err)
	}
}

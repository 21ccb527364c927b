package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

const ms = event.Instant(time.Millisecond)

func turn(name string) *event.Turn {
	r := event.Request{
		Instants: event.Instants{
			Dispatched: 1, Connected: 2 * ms, Sent: 3 * ms, Headers: 4 * ms, FirstEvent: 5 * ms, FirstToken: 6*ms + 1,
			FirstAnswer: 6*ms + 1, LastToken: 26*ms + 3, End: 27 * ms,
		},
		Status: 200, FinishReason: "stop", Chunks: 3, Streamed: true,
		Usage:    event.Usage{Input: 9, Output: 3, Source: event.FromServer},
		Arrivals: []event.Instant{6*ms + 1, 16 * ms, 26*ms + 3},
	}
	return &event.Turn{
		Conversation: "ask", Turn: name, Intended: 1, Dispatched: 1, End: 27 * ms, User: "Hello!", Text: "Hi.\nYou?",
		FinishReason: "stop", Requests: []event.Request{r},
	}
}

func rules() measure.Rules {
	most := 0.5
	return measure.Rules{Single: true, Origin: event.FromSent, Objectives: []measure.Objective{
		{SLO: "s", Name: "gap", Fn: "p", Metric: "icl", Q: 100, Unit: "seconds", Max: &most, Origin: event.FromSent},
	}}
}

func header() Header {
	return Header{
		Aimbench: "0.1.0", Scenario: "smoke", Digest: "d1", Sources: []Source{{"smoke.hcl", "conversation \"ask\" {}\n"}},
		Plan: json.RawMessage(`{"seed":9007199254740993}`), Rules: rules(), Seed: 9007199254740993,
		Endpoints: []Endpoint{{Name: "aim", Simulated: true}}, Conversations: []string{"ask"}, Machine: ThisMachine(),
		Clock: "user", Start: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC),
	}
}

// record writes a record of two turns, and returns it with its summary.
func record(t testing.TB, redact func(string) string) (string, *measure.Summary) {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, header(), redact)
	if err != nil {
		t.Fatal(err)
	}
	rec := measure.New(rules(), redact)
	for _, name := range []string{"greet", "room"} {
		one := turn(name)
		rec.Record(one)
		w.Record(one)
	}
	ending := measure.Ending{Duration: time.Second}
	s := rec.Judge(ending)
	if err := w.Close(s, ending); err != nil {
		t.Fatal(err)
	}
	return b.String(), s
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	text, summary := record(t, nil)
	if n := strings.Count(text, "\n"); n != 4 {
		t.Errorf("%d lines", n)
	}
	run, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := header()
	want.Format = Format
	if !reflect.DeepEqual(run.Header, want) {
		t.Errorf("header\n%+v\nwant\n%+v", run.Header, want)
	}
	if !reflect.DeepEqual(run.Turns, []event.Turn{*turn("greet"), *turn("room")}) {
		t.Errorf("turns %+v", run.Turns)
	}
	if !reflect.DeepEqual(run.Summary, summary) || run.Cut {
		t.Errorf("summary %+v\nwant %+v", run.Summary, summary)
	}
}

// However much of a record a killed run left: what had ended is read, and judged as far as it goes.
func TestACutRecordIsRead(t *testing.T) {
	text, whole := record(t, nil)
	headerEnd := strings.Index(text, "\n")
	for n := headerEnd; n < len(text); n++ {
		run, err := Read(strings.NewReader(text[:n]))
		if err != nil {
			t.Fatalf("cut at byte %d: %v", n, err)
		}
		ended := 0
		for line := range strings.Lines(text[:n]) {
			if strings.HasPrefix(line, `{"turn"`) && json.Valid([]byte(line)) {
				ended++ // though the end of its line may be missing
			}
		}
		if len(run.Turns) != ended {
			t.Fatalf("cut at byte %d: %d turns, want %d", n, len(run.Turns), ended)
		}
		if s := run.Summary; run.Cut && (s.ExitCode != measure.ExitInterrupted || s.Requests.Offered != len(run.Turns)) {
			t.Fatalf("cut at byte %d: %+v", n, s)
		}
		if run.Cut && len(run.Turns) == 2 && !reflect.DeepEqual(run.Summary.Objectives, whole.Objectives) {
			t.Fatalf("the objectives differ from the footer's: %+v", run.Summary.Objectives)
		}
	}
}

func TestWhatIsNoRecord(t *testing.T) {
	text, _ := record(t, nil)
	lines := strings.SplitAfter(text, "\n")
	for _, c := range []struct{ what, text, want string }{
		{"nothing", "", "nothing in it"},
		{"blank lines", "\n \n", "nothing in it"},
		{"words", "once upon a time\n", "its first line is not one of a results file"},
		{"binary", "\x7fELF\x00\x01", "its first line is not one of a results file"},
		{"other JSON", `{"model": "llm"}` + "\n", "does not begin with a header"},
		{"a JSON report", "{\n  \"schema_version\": 1\n}\n", "its first line is not one of a results file"},
		{"an array", "[]\n", "its first line is not one of a results file"},
		{"no header", strings.Join(lines[1:], ""), "does not begin with a header"},
		{"a header without a format", `{"header": {}}` + "\n", "format 0"},
		{"a header that is a number", `{"header": 7}` + "\n", "no format version"},
		{"a newer format", `{"header": {"format": 99, "rules": 1}}` + "\n", "format 99, and this aimbench reads formats 1 to 1"},
		{"a broken header", `{"header": {"format": 1, "rules": 1}}` + "\n", "header of the results is broken"},
		{"two records", text + text, "line 5 of the results is a second header"},
		{"a broken line in the middle", lines[0] + lines[1][:20] + "\n" + lines[2], "line 2 of the results is broken"},
		{"a turn after the footer", text + lines[1], "line 5 of the results stands after the footer"},
	} {
		_, err := Read(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
	}
	if _, err := Read(strings.NewReader("x")); !errors.Is(err, ErrNoRecord) {
		t.Errorf("%v", err)
	}
}

// What a later version adds is skipped, blank lines too.
func TestUnknownKeysAndLines(t *testing.T) {
	text, _ := record(t, nil)
	text = strings.Replace(text, `{"turn":{`, "\n"+`{"snapshot":{"at":1}}`+"\n"+`{"turn":{"mood":"sunny",`, 1)
	run, err := Read(strings.NewReader(text))
	if err != nil || len(run.Turns) != 2 || run.Cut {
		t.Errorf("%+v, %v", run, err)
	}
}

func TestAReaderThatFails(t *testing.T) {
	text, _ := record(t, nil)
	bad := errors.New("the disk is gone")
	_, err := Read(io.MultiReader(strings.NewReader(text[:len(text)/2]), failing{bad}))
	if !errors.Is(err, bad) {
		t.Errorf("%v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

// No secret reaches the file: not from the scenario's text, the plan, a reply, or the verdict's reason.
func TestSecretsAreRedacted(t *testing.T) {
	const secret = `to"p<secret>`
	redact := func(s string) string { return strings.ReplaceAll(s, secret, "***") }
	h := header()
	h.Sources[0].Text = "key = " + secret
	quoted, err := json.Marshal(map[string]any{secret: []string{secret}})
	if err != nil {
		t.Fatal(err)
	}
	h.Plan = quoted
	h.Endpoints[0].URL = "http://user:" + secret + "@host"
	clean, err := h.Redacted(redact)
	if err != nil || clean.Endpoints[0].URL != "http://user:***@host" || clean.Seed != h.Seed || !clean.Start.Equal(h.Start) {
		t.Errorf("%+v, %v", clean, err)
	}
	var b bytes.Buffer
	w, err := NewWriter(&b, h, redact)
	if err != nil {
		t.Fatal(err)
	}
	one := turn("greet")
	one.Text, one.Requests[0].Notes = "it is "+secret, []string{secret}
	w.Record(one)
	if err := w.Close(&measure.Summary{Reason: secret}, measure.Ending{Cause: secret}); err != nil {
		t.Fatal(err)
	}
	run, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	all, err := json.Marshal([]any{run.Header, run.Turns, run.Summary, run.Ending})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"secret", "to\\\"p"} {
		if strings.Contains(string(all), part) {
			t.Errorf("%q is in %s", part, all)
		}
	}
	if run.Turns[0].Text != "it is ***" || run.Sources[0].Text != "key = ***" || string(run.Plan) != `{"***":["***"]}` {
		t.Errorf("%s", all)
	}
	if one.Text != "it is "+secret {
		t.Error("the turn itself was changed")
	}
}

// full takes some bytes and then no more, as a disk does.
type full struct {
	room int
	text bytes.Buffer
}

var errFull = errors.New("no space left on device")

func (f *full) Write(b []byte) (int, error) {
	n := min(len(b), f.room)
	f.room -= n
	f.text.Write(b[:n])
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

func TestAFullDisk(t *testing.T) {
	text, _ := record(t, nil)
	lines := strings.SplitAfter(text, "\n")
	disk := &full{room: len(lines[0]) + len(lines[1]) + 10}
	w, err := NewWriter(disk, header(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"greet", "room", "leave"} {
		w.Record(turn(name))
	}
	if !errors.Is(w.Err(), errFull) {
		t.Errorf("Err: %v", w.Err())
	}
	disk.room = 1 << 20
	if err := w.Close(&measure.Summary{}, measure.Ending{}); !errors.Is(err, errFull) || !strings.HasPrefix(err.Error(), "writing the results: ") {
		t.Errorf("Close: %v", err)
	}
	// What had been written is still a record: nothing was put behind the cut line.
	if run, err := Read(&disk.text); err != nil || len(run.Turns) != 1 || !run.Cut {
		t.Errorf("%+v, %v", run, err)
	}
	if _, err := NewWriter(failing{errFull}, header(), nil); !errors.Is(err, errFull) {
		t.Errorf("NewWriter: %v", err)
	}
}

// Each turn goes out in one piece as it ends.
func TestTurnsAreWrittenAsTheyEnd(t *testing.T) {
	var pieces pieces
	w, err := NewWriter(&pieces, header(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"greet", "room"} {
		w.Record(turn(name))
		if len(pieces) != i+2 || !strings.HasSuffix(pieces[i+1], "}\n") {
			t.Fatalf("after turn %d: %d pieces", i, len(pieces))
		}
	}
}

type pieces []string

func (p *pieces) Write(b []byte) (int, error) {
	*p = append(*p, string(b))
	return len(b), nil
}

// Whatever is read ends in a run or in an error, and what is read can be written and read again.
func FuzzRead(f *testing.F) {
	text, _ := record(f, nil)
	f.Add([]byte(text))
	f.Add([]byte(text[:len(text)/2]))
	f.Add([]byte(`{"header":{"format":1}}` + "\n" + `{"turn":{"arrivals":[[1],[2]],"requests":[{"end":1e300}]}}`))
	f.Add([]byte(`{"header":{"format":1,"rules":{"objectives":[{"fn":"p","q":-1}]}}}` + "\n" + `{"turn":{"error_class":"dropped"}}`))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		run, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		if run.Summary == nil {
			t.Fatal("a run without a summary")
		}
		var b bytes.Buffer
		w, err := NewWriter(&b, run.Header, nil)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		for i := range run.Turns {
			w.Record(&run.Turns[i])
		}
		if err := w.Close(run.Summary, run.Ending); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := Read(&b)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if len(again.Turns) != len(run.Turns) || again.Cut {
			t.Fatalf("%d turns became %d", len(run.Turns), len(again.Turns))
		}
	})
}

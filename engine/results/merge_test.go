package results

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

// loadHeader is that of a load whose ttft is limited.
func loadHeader(limit float64) Header {
	h := header()
	h.Conversations, h.Plan = nil, nil
	h.Rules = measure.Rules{Origin: event.FromIntended, Loads: []measure.LoadRule{{Name: "l"}}, Objectives: []measure.Objective{
		{SLO: "s", Name: "ttft", Fn: "p", Metric: "ttft", Q: 95, Unit: "seconds", Max: &limit, Origin: event.FromIntended},
	}}
	return h
}

// arrival is the turn of a load that was wanted at an instant.
func arrival(i int, at event.Instant) *event.Turn {
	t := turn("ask")
	t.Load, t.Session = "l", int64(i)
	shifted{to: &again{recorder: measure.New(measure.Rules{}, nil)}, d: time.Duration(at)}.Record(t)
	t.Requests[0].FirstToken += event.Instant(i) * ms / 10
	return t
}

// kept writes a record of turns, whose run began later than the first by d.
func kept(t *testing.T, h Header, d time.Duration, turns []*event.Turn, footer bool) Record {
	t.Helper()
	var b bytes.Buffer
	h.Start = h.Start.Add(d)
	w, err := NewWriter(&b, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	back := event.Instant(d)
	w.Windows([]event.Window{{Load: "l", Start: 1000*ms - back}})
	rec := measure.New(h.Rules, nil)
	for _, one := range turns {
		own := measure.CopyTurn(one, func(s string) string { return s })
		s := shifted{to: newAgain(h.Rules, w), d: -d}
		s.Record(&own)
		rec.Record(one)
	}
	w.Sample([]event.Sample{{At: 1500*ms - back, Endpoint: "aim", Series: "waiting", Value: 3}})
	w.Windows([]event.Window{{Load: "l", Start: 1000*ms - back, End: 9000*ms - back}})
	if footer {
		e := measure.Ending{Duration: 9*time.Second - d}
		if err := w.Close(rec.Judge(e), e); err != nil {
			t.Fatal(err)
		}
	}
	text := b.String()
	return Record{Name: "run.jsonl", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

func summaryOf(t *testing.T, r *Run) string {
	t.Helper()
	s := *r.Summary
	s.Server = nil // each record has its own reading of it
	raw, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Records of parts of a run become what one record of the whole would be, whenever each of them began.
func TestPartsMergeIntoTheWhole(t *testing.T) {
	var all []*event.Turn
	var parts [3][]*event.Turn
	for i := range 300 {
		one := arrival(i, 1000*ms+event.Instant(i)*20*ms)
		all = append(all, one)
		parts[i%3] = append(parts[i%3], one)
	}
	h := loadHeader(0.02)
	whole, err := Merge(nil, nil, kept(t, h, 0, all, true))
	if err != nil {
		t.Fatal(err)
	}
	merged, err := Merge(nil, nil, kept(t, h, 700*time.Millisecond, parts[0], true), kept(t, h, 0, parts[1], true), kept(t, h, 900*time.Millisecond, parts[2], true))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := summaryOf(t, whole), summaryOf(t, merged); a != b {
		t.Errorf("the whole\n%s\nmerged\n%s", a, b)
	}
	if merged.Summary.Requests.Offered != 300 || merged.Summary.Objectives[0].Verdict != measure.Fail || merged.Summary.Rates["request_rate"] != 300/8.0 {
		t.Errorf("%+v %+v", merged.Summary.Requests, merged.Summary.Rates)
	}
	if !merged.Start.Equal(h.Start) || merged.Cut {
		t.Errorf("began %v, cut %v", merged.Start, merged.Cut)
	}
}

func TestOtherObjectivesAndCutRecords(t *testing.T) {
	h := loadHeader(0.001)
	turns := []*event.Turn{arrival(1, 1000*ms), arrival(2, 2000*ms)}
	loose := 10.0
	other := loadHeader(loose).Rules.Objectives
	run, err := Merge(other, nil, kept(t, h, 0, turns, true))
	if err != nil || run.Summary.ExitCode != measure.ExitPass || *run.Summary.Objectives[0].Max != loose {
		t.Errorf("%+v, %v", run.Summary, err)
	}
	run, err = Merge(nil, nil, kept(t, h, 0, turns, false))
	if err != nil || !run.Cut || run.Summary.ExitCode != measure.ExitInterrupted {
		t.Errorf("%+v, %v", run.Summary, err)
	}
	changed := h
	changed.Digest = "d2"
	if _, err = Merge(nil, nil, kept(t, h, 0, turns, true), kept(t, changed, 0, turns, true)); err == nil || !strings.Contains(err.Error(), "another scenario") {
		t.Errorf("%v", err)
	}
}

// What is read of a load is measured again by windows and samples, too.
func TestALoadIsReadWhole(t *testing.T) {
	r := kept(t, loadHeader(1), 0, []*event.Turn{arrival(1, 1000*ms)}, false)
	in, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	run, err := Read(in)
	if err != nil || len(run.Turns) != 0 || len(run.Summary.Server) != 1 || run.Summary.Rates["request_rate"] != 1/8.0 {
		t.Errorf("%+v, %v", run.Summary, err)
	}
}

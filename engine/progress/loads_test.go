package progress

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vbauerster/mpb/v8/decor"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/report"
	"aimbench/engine/run"
)

func number(x float64) *float64 { return &x }

// middle are loads in the middle of a run: one on its way, one that waits for it.
func middle() Options {
	limit := measure.Objective{SLO: "fast", Name: "tpot", Fn: "p", Metric: "tpot", Q: 99, Unit: "seconds", Max: number(0.04)}
	share := measure.Objective{SLO: "fast", Name: "goodput", Fn: "goodput", Unit: measure.Share, Min: number(0.95)}
	return Options{
		Name: "ramp",
		Loads: func() []run.State {
			return []run.State{
				{Load: "ramp", Began: 1, Elapsed: 72 * time.Second, Length: 2 * time.Minute, Stage: "at_0.5", Offered: 1436, InFlight: 31, Dropped: 2},
				{Load: "after", Length: time.Minute},
			}
		},
		Glance: func() measure.Glance {
			return measure.Glance{
				Loads: []measure.LoadGlance{{Load: "ramp", TTFT: measure.Band{Count: 90, P95: number(0.412)}}, {Load: "after"}},
				Objectives: []measure.Result{
					{Objective: limit, Finding: measure.Finding{Verdict: measure.Pass, Value: number(0.031)}},
					{Objective: share, Finding: measure.Finding{Verdict: measure.Fail, Value: number(0.91)}},
				},
				Lag: number(0.0003),
			}
		},
	}
}

func TestLinesOfLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		o := middle()
		o.Out, o.Style = &out, report.Style{Unicode: true}
		p := Start(o)
		p.Record(&event.Turn{Load: "ramp"})
		p.Record(&event.Turn{Load: "ramp", Class: event.Dial})
		time.Sleep(11 * time.Second)
		p.Say("Note: the server says nothing of itself")
		p.Stop()
		want := "ramp: 1m12s of 2m0s, at_0.5, 1,436 offered, 31 in flight, 2 turns done, 1 failed, 2 dropped, TTFT p95 412 ms; " +
			"tpot p99 31.0 ms ≤ 40 ms ✓, goodput 91 % ≥ 95 % ✗, harness +300 µs\nNote: the server says nothing of itself\n"
		if got := out.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

func TestLinesBetweenLoads(t *testing.T) {
	p := Start(Options{Name: "ramp", Loads: func() []run.State { return []run.State{{Load: "late"}} }})
	defer p.Stop()
	if got := p.loadLines(); got != "ramp: waiting" {
		t.Errorf("%q", got)
	}
}

func TestFactsOfALoad(t *testing.T) {
	var p Progress
	p.loads = map[string]*counts{"l": {}}
	for _, c := range []struct {
		state run.State
		ttft  measure.Band
		want  string
	}{
		{run.State{}, measure.Band{}, "waiting"},
		{run.State{Began: 1, Elapsed: 1500 * time.Millisecond, Warmup: true}, measure.Band{Count: 1},
			"1s warmup 0 offered 0 in flight 0 turns done 0 failed TTFT p95 not in time"},
		{run.State{Began: 1, Elapsed: 61 * time.Second, Length: time.Minute, InFlight: 1}, measure.Band{},
			"1m1s of 1m0s last turns 0 offered 1 in flight 0 turns done 0 failed"},
		{run.State{Began: 1, Ended: 2, Elapsed: time.Second, Iterations: 5, Offered: 5}, measure.Band{},
			"1s ended 5 of 5 offered 0 in flight 0 turns done 0 failed"},
	} {
		c.state.Load = "l"
		g := measure.Glance{Loads: []measure.LoadGlance{{Load: "l", TTFT: c.ttft}}}
		if got := strings.Join(p.facts(&c.state, &g), " "); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		state run.State
		want  float64
	}{
		{run.State{}, 0},
		{run.State{Began: 1, Elapsed: time.Minute}, 0},
		{run.State{Elapsed: time.Minute, Length: 2 * time.Minute}, 0.5},
		{run.State{Elapsed: 3 * time.Minute, Length: 2 * time.Minute}, 1},
		{run.State{Iterations: 10, Offered: 6, InFlight: 1}, 0.5},
		{run.State{Ended: 1}, 1},
	} {
		if got := share(&c.state); got != c.want {
			t.Errorf("%+v: %v, want %v", c.state, got, c.want)
		}
	}
}

func TestWrapped(t *testing.T) {
	for _, c := range []struct {
		items       string
		width, most int
		want        string
	}{
		{"", 20, 4, ""},
		{"one,two", 20, 4, "  one   two"},
		{"one,two,three", 12, 4, "  one   two|  three"},
		{"one,two,three", 6, 2, "  one|  two"},
		{"a_long_name", 8, 4, "  a_lon"},
		{"one", 0, 4, ""},
	} {
		if got := strings.Join(wrapped(strings.FieldsFunc(c.items, func(r rune) bool { return r == ',' }), c.width, c.most), "|"); got != c.want {
			t.Errorf("%q in %d columns: %q, want %q", c.items, c.width, got, c.want)
		}
	}
}

// The bars show what the lines do, and are gone when the run is.
func TestBarsOfLoads(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	o := middle()
	o.Out, o.Style = null, report.Style{Terminal: true}
	p := Start(o)
	defer p.Stop()
	b, ok := p.display.(*loadBars)
	if !ok {
		t.Fatalf("%T", p.display)
	}
	p.Stop() // the test shows it by itself
	b.glanced = time.Time{}
	b.show()
	if got, want := *b.texts[0].Load(), "  1m12s of 2m0s   at_0.5   1,436 offered   31 in flight   0 turns done   0 failed   2 dropped   TTFT p95 412 ms"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := *b.texts[1].Load(); got != "  waiting" {
		t.Errorf("%q", got)
	}
	var below bytes.Buffer
	if err := b.objectives(&below, decor.Statistics{AvailableWidth: 80}); err != nil || below.String() != "  tpot p99 31.0 ms <= 40 ms +   goodput 91 % >= 95 % x   harness +300 us\n" {
		t.Errorf("%v %q", err, below.String())
	}
}

package measure

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"aimbench/engine/event"
)

// partRules have an objective of each kind.
func partRules() Rules {
	half, share := 0.5, 0.9
	o := func(name string, of Objective) Objective {
		of.SLO, of.Name, of.Origin = "s", name, event.FromIntended
		return of
	}
	return Rules{Origin: event.FromIntended, Loads: twoStages, Objectives: []Objective{
		o("p", Objective{Fn: "p", Metric: "ttft", Q: 95, Max: &half, Confidence: 0.9}),
		o("mean", Objective{Fn: "mean", Metric: "e2e", Max: &half}),
		o("good", Objective{Fn: "goodput", Min: &share, condition: func(f Facts) bool { return f["ttft"] < 0.5 }}),
		o("rate", Objective{Fn: "value", Metric: "good_request_rate", Min: &half}),
		o("stages", Objective{Fn: "p", Metric: "tpot", Q: 99, Max: &half, ByStage: true}),
	}}
}

// randomTurn is one of all sorts.
func randomTurn(r *rand.Rand, session int) *event.Turn {
	t := asked(2*second+event.Instant(r.IntN(20000))*ms, event.Instant(1+r.ExpFloat64()*float64(300*ms)))
	t.Session, t.Stage = int64(session), "low"
	if t.Intended >= 12*second {
		t.Stage = "high"
	}
	switch r.IntN(40) {
	case 0:
		t.Class = event.StreamError
	case 1:
		d := t.Intended
		t = silent(event.TimeoutFirstToken)
		t.Load, t.Stage, t.Session, t.Intended, t.Dispatched, t.End = "l", "low", int64(session), d, d+ms, d+30*second
	case 2:
		t.Class = event.Censored
		t.Requests[0].LastToken = 0
	case 3:
		t.Assertions = []event.Assertion{{Outcome: event.Failed, File: "a.hcl", Line: 3, Detail: "no"}}
	case 4, 5:
		score := float64(r.IntN(11)) / 10
		t.Judgements = []event.Judgement{{Rubric: "polite", Endpoint: "judge", Outcome: event.Passed, Threshold: 0.7, Score: &score, Votes: []event.Vote{
			{Score: &score, Dispatched: t.End, End: t.End.Add(time.Duration(1+r.IntN(3000)) * time.Millisecond), Usage: event.Usage{Input: 100, Output: 9, Source: event.FromServer}},
		}}}
		t.Assertions = []event.Assertion{{Outcome: event.Inconclusive, File: "a.hcl", Line: 3, Detail: "no"}}
	}
	t.Requests[0].LateBound = time.Duration(r.IntN(1000)) * time.Microsecond
	return t
}

// What several processes measured, in as many parts as they like, is what one would have measured.
func TestPartsOfSeveralProcessesAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	whole, leader := New(partRules(), nil), New(partRules(), nil)
	followers := []*Recorder{New(partRules(), nil), New(partRules(), nil), New(partRules(), nil)}
	for _, rec := range append(followers, whole, leader) {
		rec.Windows(twoWindow)
	}
	hand := func(f *Recorder) {
		part, err := f.Take()
		if err == nil {
			err = leader.Merge(part)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 6000 {
		turn := randomTurn(r, i)
		whole.Record(turn)
		to := r.IntN(4)
		if to == 3 {
			leader.Record(turn)
			continue
		}
		followers[to].Record(turn)
		if r.IntN(500) == 0 {
			hand(followers[to])
		}
	}
	for _, f := range followers {
		hand(f)
		hand(f) // with nothing left
	}
	a, b := whole.Judge(Ending{}), leader.Judge(Ending{})
	if x, y := asJSON(t, a), asJSON(t, b); x != y {
		t.Errorf("one process\n%s\nseveral\n%s", x, y)
	}
	if a.Requests.Offered != 6000 || a.Requests.Censored == 0 || len(a.Checks) != 1 || a.Checks[0].Inconclusive == 0 || len(a.Rubrics) != 1 || a.Rubrics[0].Score.Count == 0 || a.Metrics["ttft"].Lost == 0 {
		t.Errorf("%+v", a)
	}
}

func TestAPartThatDoesNotFit(t *testing.T) {
	rec := New(partRules(), nil)
	part, err := rec.Take()
	if err != nil {
		t.Fatal(err)
	}
	other := New(Rules{}, nil)
	for what, raw := range map[string][]byte{"cut": part[:len(part)/2], "nothing": nil, "noise": []byte(strings.Repeat("x", 100)), "others": part} {
		if err := other.Merge(raw); err == nil {
			t.Errorf("%s: merged", what)
		}
	}
	if n := other.Judge(Ending{}).Requests.Offered; n != 0 {
		t.Errorf("%d turns of nothing", n)
	}
}

// Whatever comes over the network as a part ends in an error or in numbers.
func FuzzMerge(f *testing.F) {
	rec := New(partRules(), nil)
	r := rand.New(rand.NewPCG(4, 4))
	for i := range 50 {
		rec.Record(randomTurn(r, i))
	}
	part, err := rec.Take()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(part)
	f.Fuzz(func(t *testing.T, raw []byte) {
		rec := New(partRules(), nil)
		if rec.Merge(raw) == nil {
			rec.Judge(Ending{})
		}
	})
}

// BenchmarkPart measures what a process that has taken part for a second costs the one that merges.
func BenchmarkPart(b *testing.B) {
	r := rand.New(rand.NewPCG(4, 4))
	rec, leader := New(partRules(), nil), New(partRules(), nil)
	for i := range 200 {
		rec.Record(randomTurn(r, i))
	}
	part, err := rec.Take()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(part)), "bytes")
	for b.Loop() {
		if err := leader.Merge(part); err != nil {
			b.Fatal(err)
		}
	}
}

// A part names buckets by number, and is read by the least value of each.
func TestBucketsHaveTheirNumber(t *testing.T) {
	h := hdrhistogram.New(1, highest, digits)
	for _, v := range buckets {
		if err := h.RecordValue(v); err != nil {
			t.Fatal(err)
		}
	}
	counts := h.Export().Counts
	if len(counts) != len(buckets) {
		t.Fatalf("%d buckets, want %d", len(buckets), len(counts))
	}
	for at, n := range counts {
		if n != 1 {
			t.Fatalf("bucket %d has %d values", at, n)
		}
	}
}

// What claims more than there can be is refused.
func TestCountsThatOverflow(t *testing.T) {
	for _, counts := range [][]int64{{1, -1}, {1, math.MaxInt64, 2, 1}, {int64(len(buckets)), 1}, {-1, 1}} {
		w := packer{}
		w.floats(1000, 0, 0, 0, 0)
		w.ints(1, 0, 0, 0, 1, int64(len(counts)))
		w.ints(counts...)
		if err := new(Distribution).UnmarshalBinary(w.bytes); err == nil {
			t.Errorf("%v is taken", counts)
		}
	}
}

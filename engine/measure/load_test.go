package measure

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"aimbench/engine/event"
)

const second = 1000 * ms

// asked is a turn of a load that was wanted at an instant, has its first token after ttft, and five tokens 20 ms apart.
func asked(at event.Instant, ttft event.Instant) *event.Turn {
	t := spoken()
	d := at - t.Intended
	t.Load, t.Intended, t.Dispatched = "l", at, at+1*ms
	r := &t.Requests[0]
	r.Dispatched, r.Connected, r.Sent, r.Headers = at+1*ms, at+2*ms, at+2*ms, r.Headers+d
	r.FirstToken = at + ttft
	r.FirstEvent, r.FirstAnswer, r.LastToken = r.FirstToken, r.FirstToken, r.FirstToken+80*ms
	for i := range r.Arrivals {
		r.Arrivals[i] = r.FirstToken + event.Instant(i)*20*ms
	}
	r.Instants.End = r.LastToken + 10*ms
	t.End = r.Instants.End
	return t
}

// in places the turn in a stage.
func in(stage string, t *event.Turn) *event.Turn {
	t.Stage = stage
	return t
}

// two stages of 10 s, after a second of warmup.
var (
	twoStages = []LoadRule{{Name: "l", About: "open loop", Stages: []StageRule{{Name: "low", Target: "1/s"}, {Name: "high", Target: "2/s"}}}}
	twoWindow = []event.Window{
		{Load: "l", Start: 2 * second, End: 22 * second},
		{Load: "l", Stage: "low", Start: 2 * second, End: 12 * second},
		{Load: "l", Stage: "high", Start: 12 * second, End: 22 * second},
	}
)

func loaded(rules Rules, windows []event.Window, turns ...*event.Turn) *Recorder {
	rules.Origin = event.FromIntended
	for i := range rules.Objectives {
		o := &rules.Objectives[i]
		if o.Origin == "" {
			o.Origin = event.FromIntended
		}
	}
	rec := New(rules, nil)
	rec.Windows(windows)
	for _, t := range turns {
		rec.Record(t)
	}
	return rec
}

func TestTurnsBelongToWindows(t *testing.T) {
	warm := asked(1*second, 100*ms)
	warm.Warmup = true
	after := asked(23*second, 100*ms)
	after.After = true
	dropped := in("high", &event.Turn{Load: "l", Class: event.Dropped, Intended: 15 * second, End: 15 * second})
	s := loaded(Rules{Loads: twoStages}, twoWindow, warm, after, in("low", asked(3*second, 200*ms)),
		in("low", asked(11980*ms, 10*ms)), in("high", asked(13*second, 300*ms)), dropped).Judge(Ending{})
	if s.Requests != (Requests{Offered: 4, Succeeded: 3, Dropped: 1}) || s.Metrics["ttft"].Count != 4 {
		t.Errorf("%+v, %d values", s.Requests, s.Metrics["ttft"].Count)
	}
	l := s.Loads[0]
	if l.Apart != (Apart{Warmup: 1, After: 1}) || l.Requests != s.Requests || l.About != "open loop" {
		t.Errorf("%+v", l)
	}
	// Of the turn at 11.98 s, tokens come at 11.99, 12.01, 12.03, 12.05 and 12.07 s: one of five in the first window.
	low, high := s.Stages[0], s.Stages[1]
	if low.Rates["output_rate"] != (5+1)/10.0 || high.Rates["output_rate"] != (5+4)/10.0 || l.Rates["output_rate"] != 15/20.0 {
		t.Errorf("tokens a second: %v, %v, %v", low.Rates, high.Rates, l.Rates)
	}
	if low.Requests.Offered != 2 || high.Requests.Offered != 2 || low.Rates["request_rate"] != 0.1 || high.Rates["request_rate"] != 0.2 {
		t.Errorf("low %+v %v\nhigh %+v %v", low.Requests, low.Rates, high.Requests, high.Rates)
	}
	if b := s.Beside; b == nil || b.Origin != event.FromSent || *b.Metrics["ttft"].P50 != 0.198 {
		t.Errorf("%+v", b)
	}
}

// A load that ends with its conversations has no end until then.
func TestAnOpenWindow(t *testing.T) {
	rules := Rules{Loads: []LoadRule{{Name: "l"}}}
	rec := loaded(rules, []event.Window{{Load: "l", Start: 2 * second}}, asked(3*second, 100*ms), asked(4*second, 100*ms))
	if r := rec.Judge(Ending{}).Rates["output_rate"]; math.Abs(r-10/2.19) > 1e-6 {
		t.Errorf("so far %v tokens a second", r)
	}
	rec.Windows([]event.Window{{Load: "l", Start: 2 * second, End: 6 * second}})
	if r := rec.Judge(Ending{}).Rates["output_rate"]; r != 10/4.0 {
		t.Errorf("%v tokens a second in the end", r)
	}
}

func TestByStage(t *testing.T) {
	limit := 0.25
	by := func(o Objective) []Objective {
		o.SLO, o.Name, o.Max, o.ByStage = "s", "o", &limit, true
		return []Objective{o}
	}
	p95 := by(Objective{Fn: "p", Metric: "ttft", Q: 95})
	for _, c := range []struct {
		what     string
		rules    []Objective
		low      event.Instant
		high     event.Instant
		verdicts []Verdict
		verdict  Verdict
		heldUpTo string
		value    float64
	}{
		{"both hold, and the one with less to spare decides", p95, 200 * ms, 100 * ms, []Verdict{Pass, Pass}, Pass, "", 0.2},
		{"held up to the first", p95, 200 * ms, 300 * ms, []Verdict{Pass, Fail}, Fail, "low", 0.3},
		{"held nowhere", p95, 300 * ms, 300 * ms, []Verdict{Fail, Fail}, Fail, "", 0.3},
	} {
		t.Run(c.what, func(t *testing.T) {
			s := loaded(Rules{Loads: twoStages, Objectives: c.rules}, twoWindow, in("low", asked(3*second, c.low)), in("high", asked(13*second, c.high))).Judge(Ending{})
			r := s.Objectives[0]
			var got []Verdict
			for _, stage := range r.Stages {
				got = append(got, stage.Verdict)
			}
			held := ""
			if r.HeldUpTo != nil {
				held = r.HeldUpTo.Stage
			}
			if !slices.Equal(got, c.verdicts) || r.Verdict != c.verdict || held != c.heldUpTo || *r.Value != c.value {
				t.Errorf("%v, %s at %v, held up to %q", got, r.Verdict, *r.Value, held)
			}
		})
	}
	s := loaded(Rules{Loads: twoStages, Objectives: p95}, twoWindow, in("low", asked(3*second, 1*ms))).Judge(Ending{})
	if r := s.Objectives[0]; r.Verdict != NoData || s.ExitCode != ExitInconclusive {
		t.Errorf("a stage without turns: %s, %d", r.Verdict, s.ExitCode)
	}
	rate := by(Objective{Fn: "value", Metric: "output_rate"})
	rate[0].Max, rate[0].Min = nil, &limit
	s = loaded(Rules{Loads: twoStages, Objectives: rate}, twoWindow, in("low", asked(11980*ms, 10*ms))).Judge(Ending{})
	if r := s.Objectives[0]; *r.Stages[0].Value != 0.1 || *r.Stages[1].Value != 0.4 || r.Verdict != Fail {
		t.Errorf("%+v", r.Stages)
	}
}

// steady is a load of n turns, ten a second, from 2 s on; of each hundred, some are slow.
func steady(n, slow int) (turns []*event.Turn) {
	r := rand.New(rand.NewPCG(3, 5))
	for i := range n {
		ttft := 100 * ms
		if r.IntN(100) < slow {
			ttft = 900 * ms
		}
		turns = append(turns, asked(2*second+event.Instant(i)*100*ms, ttft))
	}
	return turns
}

func TestConfidence(t *testing.T) {
	half, tenth := 0.5, 0.1
	quick := func(f Facts) bool { return f["ttft"] < 0.5 }
	p95 := Objective{Fn: "p", Metric: "ttft", Q: 95, Max: &half}
	mean := Objective{Fn: "mean", Metric: "ttft", Max: &half}
	slow := Objective{Fn: "share", Max: &tenth, condition: func(f Facts) bool { return f["ttft"] > 0.5 }}
	good := Objective{Fn: "goodput", Min: &half, condition: quick}
	ramping := []LoadRule{{Name: "l", Stages: []StageRule{{Name: "up", Ramps: true}}}}
	for _, c := range []struct {
		what    string
		o       Objective
		loads   []LoadRule
		turns   []*event.Turn
		verdict Verdict
		note    string
	}{
		{"few are slow", p95, nil, steady(600, 1), Pass, ""},
		{"many are slow", p95, nil, steady(600, 12), Fail, ""},
		{"about as many as may be", p95, nil, steady(600, 5), Inconclusive, ""},
		{"a mean below", mean, nil, steady(600, 10), Pass, ""},
		{"a mean above", mean, nil, steady(600, 80), Fail, ""},
		{"a mean at the limit", mean, nil, steady(600, 50), Inconclusive, ""},
		{"a share below", slow, nil, steady(600, 4), Pass, ""},
		{"a share above", slow, nil, steady(600, 25), Fail, ""},
		{"a share at the limit", slow, nil, steady(600, 10), Inconclusive, ""},
		{"goodput above", good, nil, steady(600, 20), Pass, ""},
		{"goodput below", good, nil, steady(600, 80), Fail, ""},
		{"too short", p95, nil, steady(80, 0), Inconclusive, "at least 10s"},
		{"a ramp", p95, ramping, steady(600, 0), Inconclusive, "bit by bit"},
	} {
		t.Run(c.what, func(t *testing.T) {
			c.o.SLO, c.o.Name, c.o.Confidence = "s", "o", 0.95
			s := loaded(Rules{Loads: c.loads, Objectives: []Objective{c.o}}, nil, c.turns...).Judge(Ending{})
			r := s.Objectives[0]
			if r.Verdict != c.verdict || !strings.Contains(r.Note, c.note) {
				t.Fatalf("%s: value %v within %v and %v, %q", r.Verdict, show(r.Value), show(r.Low), show(r.High), r.Note)
			}
			if c.note != "" {
				return
			}
			if r.Low == nil || *r.Low > *r.Value || r.High != nil && *r.High < *r.Value || r.Effective <= 0 || r.Effective > 600 {
				t.Errorf("%v is not within %v and %v, of %v", *r.Value, show(r.Low), show(r.High), r.Effective)
			}
			if (r.Settle != nil) && c.verdict != Inconclusive {
				t.Errorf("%s, and %v s more would settle it", r.Verdict, *r.Settle)
			}
		})
	}
}

// Turns that share their fate tell less than as many independent ones.
func TestBurstsWidenTheInterval(t *testing.T) {
	limit := 0.5
	effective := func(slow func(i int) bool) float64 {
		var turns []*event.Turn
		for i := range 600 {
			ttft := 100 * ms
			if slow(i) {
				ttft = 900 * ms
			}
			turns = append(turns, asked(2*second+event.Instant(i)*100*ms, ttft))
		}
		o := Objective{SLO: "s", Name: "o", Fn: "p", Metric: "ttft", Q: 95, Max: &limit, Confidence: 0.95}
		return loaded(Rules{Objectives: []Objective{o}}, nil, turns...).Judge(Ending{}).Objectives[0].Effective
	}
	scattered := effective(func(i int) bool { return i%20 == 0 })
	bursts := effective(func(i int) bool { return i >= 300 && i < 330 })
	if scattered != 600 || bursts > 60 {
		t.Errorf("%v scattered, %v in a burst", scattered, bursts)
	}
}

func TestMissedObjectivesEndTheRun(t *testing.T) {
	limit := 0.5
	o := Objective{SLO: "s", Name: "o", Fn: "p", Metric: "ttft", Q: 50, Max: &limit, Abort: true, Grace: 5}
	rec := loaded(Rules{Loads: []LoadRule{{Name: "l"}}, Objectives: []Objective{o}}, twoWindow[:1], asked(3*second, 900*ms))
	for at, want := range map[event.Instant]int{6 * second: 0, 7 * second: 1, 9 * second: 1} {
		if missed := rec.Missed(at); len(missed) != want {
			t.Errorf("at %v s: %v", at.Seconds(), missed)
		}
	}
	rec.Record(asked(3*second, 100*ms))
	rec.Record(asked(3*second, 100*ms))
	if missed := rec.Missed(9 * second); missed != nil {
		t.Errorf("%v, though it is kept", missed)
	}
	// What came after it was missed does not turn the verdict around.
	s := rec.Judge(Ending{Aborted: []Abort{{"s/o", 8 * second}}})
	if r := s.Objectives[0]; r.Verdict != Fail || s.ExitCode != ExitObjective || !strings.Contains(r.Note, "after 8s") {
		t.Errorf("%+v, %d", r.Finding, s.ExitCode)
	}
}

func TestAssertionsTolerateUnderLoad(t *testing.T) {
	checked := func(o event.Outcome) *event.Turn {
		one := asked(3*second, 100*ms)
		one.Assertions = []event.Assertion{{Outcome: o, File: "a.hcl", Line: 7, Condition: "true", Detail: "because"}}
		return one
	}
	var turns []*event.Turn
	for i := range 10 {
		o := event.Passed
		if i < 4 {
			o = event.Failed
		}
		turns = append(turns, checked(o))
	}
	for _, c := range []struct {
		tolerate float64
		code     int
		reason   string
	}{{0, ExitAssertion, "10 turns, 4 of 10 assertions failed"}, {0.4, ExitPass, "10 turns, 4 of 10 assertions failed (tolerated)"}, {0.3, ExitAssertion, ""}} {
		s := loaded(Rules{Loads: []LoadRule{{Name: "l"}}, Checks: []CheckRule{{"a.hcl", 7, c.tolerate}}}, nil, turns...).Judge(Ending{})
		check := s.Checks[0]
		if s.ExitCode != c.code || check.Failed != 4 || check.Passed != 6 || len(check.Examples) != mostExamples || check.Examples[0].Detail != "because" {
			t.Errorf("tolerating %v: %d, %+v", c.tolerate, s.ExitCode, check)
		}
		if c.reason != "" && s.Reason != c.reason {
			t.Errorf("%q, want %q", s.Reason, c.reason)
		}
	}
}

func TestSeriesOverTime(t *testing.T) {
	failed := silent(event.HTTP5xx)
	failed.Load, failed.Intended, failed.Dispatched, failed.End = "l", 5*second, 5*second, 5500*ms
	s := loaded(Rules{Loads: []LoadRule{{Name: "l"}}}, nil, asked(2900*ms, 200*ms), asked(5100*ms, 50*ms), failed).Judge(Ending{})
	series := s.Series[0]
	if series.Step != 1 || len(series.Points) != 3 || len(s.Series) != 1 {
		t.Fatalf("%+v", series)
	}
	two, three, five := series.Points[0], series.Points[1], series.Points[2]
	if two.At != 2 || two.Offered != 1 || two.Succeeded != 0 || two.OutputTokens != 0 || math.Abs(two.InFlight-0.099) > 1e-9 {
		t.Errorf("%+v", two)
	}
	if three.At != 3 || three.Offered != 0 || three.Succeeded != 1 || three.OutputTokens != 5 || three.InputTokens != 30 {
		t.Errorf("%+v", three)
	}
	if b := two.Latency["ttft"]; b.Count != 1 || *b.P50 != 0.2 {
		t.Errorf("the latency stands where the turn was wanted: %+v", b)
	}
	if five.Offered != 2 || five.Failed != 1 || five.Errors[event.HTTP5xx] != 1 || five.Latency["ttft"].Count != 1 {
		t.Errorf("%+v", five)
	}
}

// However long the run, the series has few points, and nothing is lost where they fold.
func TestSeriesFold(t *testing.T) {
	rec := loaded(Rules{Loads: []LoadRule{{Name: "l"}}}, nil)
	const hours = 30
	for i := range hours * 60 {
		rec.Record(asked(event.Instant(i+1)*60*second, 100*ms))
	}
	s := rec.Judge(Ending{}).Series[0]
	offered, tokens := 0, 0
	for _, p := range s.Points {
		offered += p.Offered
		tokens += p.OutputTokens
	}
	if len(s.Points) > mostPoints || offered != hours*60 || tokens != 5*hours*60 || s.Step != 128 {
		t.Errorf("%d points of %v s, %d turns, %d tokens", len(s.Points), s.Step, offered, tokens)
	}
}

func TestSketchIsWithinTwoPercent(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var s, other sketch
	var values []float64
	for i := range 5000 {
		x := math.Exp(r.NormFloat64()*2 - 2)
		values = append(values, x)
		to := &s
		if i%3 == 0 {
			to = &other
		}
		to.add(Value{V: x})
	}
	s.merge(&other)
	slices.Sort(values)
	for _, q := range []float64{1, 50, 95, 99, 100} {
		want := values[rank(q, 5000)-1]
		if got := *s.quantile(q); math.Abs(got/want-1) > 0.02 {
			t.Errorf("p%v is %v, want %v", q, got, want)
		}
	}
	s.add(Value{Sort: Lost})
	if s.quantile(100) != nil || s.band().Lost != 1 {
		t.Error("a lost value is the slowest")
	}
}

func TestServerSeries(t *testing.T) {
	limit := 5.0
	rules := Rules{Loads: []LoadRule{{Name: "l"}}, Objectives: []Objective{
		{SLO: "s", Name: "queue", Fn: "p", Series: "waiting", Q: 100, Max: &limit},
		{SLO: "s", Name: "other", Fn: "mean", Series: "unheard_of", Max: &limit, Optional: true},
	}}
	rec := loaded(rules, []event.Window{{Load: "l", Start: 2 * second, End: 5 * second}}, asked(3*second, 100*ms))
	for i, v := range []float64{9, 1, 4, 2, 9} { // at 1, 2, 3, 4 and 5 s: the first and the last are outside
		rec.Sample([]event.Sample{
			{At: event.Instant(i+1) * second, Endpoint: "aim", Series: "waiting", Value: v},
			{At: event.Instant(i+1) * second, Endpoint: "aim", Series: "preemptions", Value: float64(10 * i)},
		})
	}
	s := rec.Judge(Ending{})
	if r := s.Objectives[0]; r.Verdict != Pass || *r.Value != 4 || r.Samples != 3 {
		t.Errorf("%+v", r.Finding)
	}
	if r := s.Objectives[1]; r.Verdict != NoData {
		t.Errorf("%+v", r.Finding)
	}
	if len(s.Server) != 2 || s.Server[0].Series != "preemptions" || s.Server[1].Max != 9 || len(s.Server[1].Points) != 5 ||
		s.Server[0].Points[4] != (ServerPoint{5, 40}) {
		t.Errorf("%+v", s.Server)
	}
}

func TestNotableTurns(t *testing.T) {
	var turns []*event.Turn
	for i := range 30 {
		one := asked(event.Instant(i+2)*second, event.Instant(i+1)*10*ms)
		one.Session = int64(i)
		one.Text = strings.Repeat("x", 5000)
		turns = append(turns, one)
	}
	for i := range 5 {
		bad := silent(event.HTTP5xx)
		bad.Load, bad.Session = "l", int64(100+i)
		turns = append(turns, bad)
	}
	s := loaded(Rules{Loads: []LoadRule{{Name: "l"}}}, nil, turns...).Judge(Ending{})
	if len(s.Slowest) != mostSlowest || s.Slowest[0].Session != 29 || len(s.Slowest[0].Text) > mostText+10 || s.Slowest[0].Requests[0].Arrivals != nil {
		t.Errorf("%d, the first is %+v", len(s.Slowest), s.Slowest[0].Session)
	}
	if len(s.Examples) != mostExamples || s.Examples[0].Class != event.HTTP5xx {
		t.Errorf("%+v", s.Examples)
	}
}

// Whichever set a turn falls in, the whole is the same.
func TestShardsAddUpExactly(t *testing.T) {
	half := 0.5
	rules := Rules{Origin: event.FromIntended, Loads: twoStages, Objectives: []Objective{
		{SLO: "s", Name: "p", Fn: "p", Metric: "ttft", Q: 95, Max: &half, Confidence: 0.9, Origin: event.FromIntended},
		{SLO: "s", Name: "rate", Fn: "value", Metric: "good_request_rate", Min: &half, Origin: event.FromIntended},
		{SLO: "s", Name: "stages", Fn: "p", Metric: "tpot", Q: 99, Max: &half, ByStage: true, Origin: event.FromIntended},
	}}
	r := rand.New(rand.NewPCG(9, 9))
	one, many := New(rules, nil), New(rules, nil)
	one.shards = one.shards[:1]
	many.shards = make([]shard, 5)
	for i := range many.shards {
		many.shards[i].set = newSet(&many.rules, many.redact)
	}
	for _, rec := range []*Recorder{one, many} {
		rec.Windows(twoWindow)
	}
	for i := range 4000 {
		turn := asked(2*second+event.Instant(r.IntN(20000))*ms, event.Instant(1+r.ExpFloat64()*float64(300*ms)))
		turn.Session, turn.Stage = int64(i), "low"
		if turn.Intended >= 12*second {
			turn.Stage = "high"
		}
		if r.IntN(50) == 0 {
			turn.Class = event.StreamError
		}
		one.Record(turn)
		many.Record(turn)
	}
	a, b := one.Judge(Ending{Duration: 20 * time.Second}), many.Judge(Ending{Duration: 20 * time.Second})
	if x, y := asJSON(t, a), asJSON(t, b); x != y {
		t.Errorf("one set\n%s\nseveral\n%s", x, y)
	}
	if a.Requests.Failed == 0 || len(a.Series[0].Points) < 20 || len(a.Slowest) == 0 {
		t.Errorf("%+v", a.Requests)
	}
}

// asJSON is the summary without what sums of floating-point numbers in another order change in the last digits.
func asJSON(t *testing.T, s *Summary) string {
	t.Helper()
	raw, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestNow(t *testing.T) {
	g := loaded(Rules{Loads: []LoadRule{{Name: "l"}, {Name: "idle"}}}, nil, asked(3*second, 100*ms), asked(50*second, 300*ms)).Now()
	if len(g.Loads) != 2 || g.Loads[0].TTFT.Count != 1 || *g.Loads[0].TTFT.P95 != 0.3 || g.Loads[1].TTFT.Count != 0 || g.Lag == nil || *g.Lag != 0.001 {
		t.Errorf("%+v", g)
	}
	if !reflect.DeepEqual(loaded(Rules{}, nil).Now(), Glance{Objectives: []Result{}}) {
		t.Error("something of nothing")
	}
}

package measure

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"aimbench/engine/event"
)

func summed(single bool, e Ending, rules []Objective, turns ...*event.Turn) *Summary {
	rec := New(Rules{Single: single, Objectives: rules}, nil)
	for _, t := range turns {
		rec.Record(t)
	}
	return rec.Judge(e)
}

func expecting(t *event.Turn) *event.Turn {
	t.ExpectFailure = true
	return t
}

func TestVerdictOfASingleRun(t *testing.T) {
	notFound := silent(event.HTTP4xx)
	notFound.Requests[0].Status = 404
	for _, c := range []struct {
		what   string
		turns  []*event.Turn
		end    Ending
		code   int
		reason string
	}{
		{"a turn", []*event.Turn{spoken()}, Ending{}, 0, "1 turn"},
		{"assertions held", []*event.Turn{checked(event.Passed), checked(event.Passed)}, Ending{}, 0,
			"2 turns, 2 assertions"},
		{"an assertion failed", []*event.Turn{checked(event.Passed), checked(event.Failed)}, Ending{}, 98,
			"2 turns, 1 of 2 assertions failed"},
		{"an assertion could not be checked", []*event.Turn{checked(event.Errored)}, Ending{}, 98,
			"1 turn, 1 of 1 assertion could not be checked"},
		{"a failed and an untold assertion", []*event.Turn{checked(event.Errored), checked(event.Failed)}, Ending{}, 98,
			"2 turns, 1 of 2 assertions failed, 1 could not be checked"},
		{"a failed turn", []*event.Turn{spoken(), silent(event.HTTP5xx)}, Ending{}, 98,
			"1 of 2 turns failed (http_5xx 1)"},
		{"one turn that found nobody", []*event.Turn{spoken(), silent(event.Dial)}, Ending{}, 98,
			"1 of 2 turns failed (dial 1)"},
		{"nobody there", []*event.Turn{silent(event.Dial), notFound}, Ending{}, 107,
			"every turn failed: dial 1, http_4xx 1"},
		{"another refusal is an answer", []*event.Turn{silent(event.HTTP4xx)}, Ending{}, 98,
			"1 of 1 turn failed (http_4xx 1)"},
		{"a failure on purpose", []*event.Turn{expecting(silent(event.Dial))}, Ending{}, 0, "1 turn"},
		{"a success though a failure was expected", []*event.Turn{expecting(spoken())}, Ending{}, 98,
			"1 of 1 turn succeeded though a failure was expected"},
		{"a turn that could not be said", []*event.Turn{spoken(), {Class: event.Unsent, ExpectFailure: true}}, Ending{}, 98,
			"1 of 2 turns could not be sent"},
		{"all that can go wrong", []*event.Turn{{Class: event.Unsent}, silent(event.Empty), expecting(spoken())}, Ending{}, 98,
			"1 of 3 turns failed (empty 1), 1 succeeded though a failure was expected, 1 could not be sent"},
		{"hung up", []*event.Turn{silent(event.HungUp)}, Ending{}, 0, "1 turn"},
		{"nothing", nil, Ending{}, 107, "no turn was offered"},
		{"nothing, for a reason", nil, Ending{Cause: "the endpoint does not answer"}, 107,
			"no turn was offered: the endpoint does not answer"},
		{"interrupted", []*event.Turn{spoken()}, Ending{Interrupted: true, Cause: "interrupted"}, 105,
			"interrupted after 1 turn"},
		{"interrupted before the first turn", nil, Ending{Interrupted: true}, 105, "after 0 turns"},
	} {
		t.Run(c.what, func(t *testing.T) {
			s := summed(true, c.end, nil, c.turns...)
			if s.ExitCode != c.code || s.Reason != c.reason {
				t.Errorf("%d %q, want %d %q", s.ExitCode, s.Reason, c.code, c.reason)
			}
		})
	}
}

// Under load a failed turn is no failed run: that is for the objectives to say.
func TestFailedTurnsUnderLoad(t *testing.T) {
	if s := summed(false, Ending{}, nil, spoken(), silent(event.HTTP5xx)); s.ExitCode != 0 || s.Reason != "2 turns" {
		t.Errorf("%d %q", s.ExitCode, s.Reason)
	}
	if s := summed(false, Ending{}, nil, spoken(), &event.Turn{Class: event.Unsent}); s.ExitCode != 98 {
		t.Errorf("%d %q", s.ExitCode, s.Reason)
	}
}

func TestRequestsAddUp(t *testing.T) {
	s := summed(true, Ending{Duration: 3 * time.Second}, nil, spoken(), silent(event.HTTP5xx),
		expecting(silent(event.HTTP5xx)), silent(event.HungUp), silent(event.Censored), &event.Turn{Class: event.Dropped},
		&event.Turn{Class: event.Unsent})
	want := Requests{Offered: 7, Succeeded: 1, Failed: 2, Dropped: 1, HungUp: 1, Censored: 1, Unsent: 1, Unexpected: 2}
	if s.Requests != want {
		t.Errorf("%+v, want %+v", s.Requests, want)
	}
	if s.Errors[event.HTTP5xx] != 2 || len(s.Errors) != 1 || s.Duration != 3 || s.TokenSource != event.FromServer {
		t.Errorf("%+v", s)
	}
}

func limitOf(o Objective, max, min float64) []Objective {
	o.SLO, o.Name, o.Origin = "s", "o", event.FromSent
	if !math.IsNaN(max) {
		o.Max = &max
	}
	if !math.IsNaN(min) {
		o.Min = &min
	}
	return []Objective{o}
}

// answered has its first token after the given time since it was sent.
func answered(after time.Duration) *event.Turn {
	t := spoken()
	t.Requests[0].FirstToken = t.Requests[0].Sent.Add(after)
	return t
}

func TestObjectives(t *testing.T) {
	none := math.NaN()
	ttft := func(q float64) Objective { return Objective{Fn: "p", Metric: "ttft", Q: q, Unit: "seconds"} }
	within := func(fn string) Objective {
		return Objective{Fn: fn, Unit: Share, condition: func(f Facts) bool {
			v, ok := f["ttft"]
			return ok && v < 0.5
		}}
	}
	slow := Objective{Fn: "share", Unit: Share, condition: func(f Facts) bool { return f["ttft"] > 0.5 }}
	failed := Objective{Fn: "share", Metric: "error", Unit: Share, condition: func(f Facts) bool { return f["error"] == 1 }}
	few := ttft(50)
	few.MinSamples = 2
	optional := few
	optional.Optional = true
	four := []*event.Turn{
		answered(100 * time.Millisecond), answered(200 * time.Millisecond), answered(300 * time.Millisecond),
		answered(400 * time.Millisecond),
	}
	with := func(more ...*event.Turn) []*event.Turn { return append(append([]*event.Turn(nil), four...), more...) }
	cut := func(after event.Instant) *event.Turn {
		turn := silent(event.Censored)
		turn.End = turn.Requests[0].Sent + after
		return turn
	}
	for _, c := range []struct {
		what    string
		rules   []Objective
		turns   []*event.Turn
		verdict Verdict
		value   float64 // NaN: none
		margin  float64 // NaN: none
		code    int
	}{
		{"the median", limitOf(ttft(50), 0.25, none), four, Pass, 0.2, 0.2, 0},
		{"at the limit", limitOf(ttft(50), 0.2, none), four, Pass, 0.2, 0, 0},
		{"over the limit", limitOf(ttft(75), 0.2, none), four, Fail, 0.3, -0.5, 99},
		{"the maximum", limitOf(ttft(100), 0.4, none), four, Pass, 0.4, 0, 0},
		{"a least value kept", limitOf(ttft(50), none, 0.16), four, Pass, 0.2, 0.25, 0},
		{"a least value missed", limitOf(ttft(50), none, 0.4), four, Fail, 0.2, -0.5, 99},
		{"a limit of nothing", limitOf(ttft(50), 0, none), four, Fail, 0.2, none, 99},
		{"no turn", limitOf(ttft(50), 1, none), []*event.Turn{checked(event.Passed)}[:0], NoData, none, none, 107},
		{"no value", limitOf(ttft(50), 1, none), []*event.Turn{expecting(silent(event.HTTP5xx))}, NoData, none, none, 97},
		{"too few", limitOf(few, 1, none), four[:1], NoData, none, none, 97},
		{"too few, but optional", limitOf(optional, 1, none), four[:1], NoData, none, none, 0},

		{"fast failures are left out", limitOf(ttft(100), 0.4, none), with(expecting(silent(event.HTTP5xx))), Pass, 0.4, 0, 0},
		{"time-outs are the slowest", limitOf(ttft(80), 0.4, none), with(expecting(silent(event.TimeoutFirstToken))),
			Pass, 0.4, 0, 0},
		{"and break what they reach", limitOf(ttft(81), 0.4, none), with(expecting(silent(event.TimeoutFirstToken))),
			Fail, none, none, 99},
		{"so do dropped turns", limitOf(ttft(81), 99, none), with(&event.Turn{Class: event.Dropped}), Fail, none, none, 99},
		{"cut off, and it does not matter", limitOf(ttft(50), 0.3, none), with(cut(100 * ms)), Pass, 0.2, 0.333333333, 0},
		{"cut off, and it matters", limitOf(ttft(100), 0.4, none), with(cut(100 * ms)), Inconclusive, 0.4, 0, 97},
		{"cut off beyond the limit", limitOf(ttft(100), 0.4, none), with(cut(500 * ms)), Fail, 0.5, -0.25, 99},
		{"hung up before the first token", limitOf(ttft(100), 0.4, none), with(silent(event.HungUp)), Fail, 29.9, -73.75, 99},

		{"a mean", limitOf(Objective{Fn: "mean", Metric: "ttft", Unit: "seconds"}, 0.5, none), four, Pass, 0.25, 0.5, 0},
		{"a mean with a time-out", limitOf(Objective{Fn: "mean", Metric: "ttft", Unit: "seconds"}, 0.5, none),
			with(expecting(silent(event.TimeoutTotal))), Fail, none, none, 99},
		{"a mean with a cut", limitOf(Objective{Fn: "mean", Metric: "ttft", Unit: "seconds"}, 0.5, none),
			with(cut(250 * ms)), Inconclusive, 0.25, 0.5, 97},

		{"goodput", limitOf(within("goodput"), none, 0.5), with(answered(time.Second)), Pass, 0.8, 0.6, 0},
		{"goodput counts dropped turns", limitOf(within("goodput"), none, 0.9), with(&event.Turn{Class: event.Dropped}),
			Fail, 0.8, -0.111111111, 99},
		{"goodput counts failed turns, tokens or not", limitOf(within("goodput"), none, 0.9),
			with(expecting(broken(event.StreamError))), Fail, 0.8, -0.111111111, 99},
		{"goodput of a cut turn", limitOf(within("goodput"), none, 0.9), with(cut(100 * ms)), Inconclusive, 0.8, -0.111111111, 97},
		{"goodput of a turn cut too late", limitOf(within("goodput"), none, 0.9), with(cut(600 * ms)), Fail, 0.8, -0.111111111, 99},
		{"a share", limitOf(within("share"), none, 1), with(expecting(broken(event.StreamError))), Pass, 1, 0, 0},
		{"a share of the slow", limitOf(slow, 0.1, none), with(&event.Turn{Class: event.Dropped}), Fail, 0.2, -1, 99},
		{"errors", limitOf(failed, 0.2, none), with(expecting(silent(event.HTTP5xx))), Pass, 0.2, 0, 0},
		{"no errors", limitOf(failed, 0, none), four, Pass, 0, none, 0},
		{"a share of nothing", limitOf(failed, 0, none), nil, NoData, none, none, 107},

		{"a rate", limitOf(Objective{Fn: "value", Metric: "output_rate", Unit: "per second"}, none, 10), four, Pass, 50, 4, 0},
		{"the rate of nothing", limitOf(Objective{Fn: "value", Metric: "output_rate"}, none, 10), nil, NoData, none, none, 107},
	} {
		t.Run(c.what, func(t *testing.T) {
			s := summed(true, Ending{}, c.rules, c.turns...)
			o := s.Objectives[0]
			if o.Verdict != c.verdict || !same(o.Value, c.value) || !same(o.Margin, c.margin) || s.ExitCode != c.code {
				t.Errorf("%s, value %v, margin %v, code %d; want %s, %v, %v, %d", o.Verdict, show(o.Value),
					show(o.Margin), s.ExitCode, c.verdict, c.value, c.margin, c.code)
			}
		})
	}
}

func same(got *float64, want float64) bool {
	if got == nil || math.IsNaN(want) {
		return got == nil && math.IsNaN(want)
	}
	return math.Abs(*got-want) < 1e-9
}

func show(x *float64) any {
	if x == nil {
		return nil
	}
	return *x
}

// An objective is about the turns that it is narrowed to.
func TestNarrowing(t *testing.T) {
	limit := 1.0
	for _, c := range []struct {
		o    Objective
		want int64
	}{
		{Objective{}, 2},
		{Objective{Conversation: "ask"}, 2},
		{Objective{Conversation: "ask", Turn: "question"}, 1},
		{Objective{Conversation: "other"}, 0},
		{Objective{Load: "ramp"}, 0},
	} {
		c.o.Fn, c.o.Metric, c.o.Q, c.o.Max, c.o.Origin = "p", "ttft", 50, &limit, event.FromSent
		second := spoken()
		second.Turn = "follow_up"
		if got := summed(true, Ending{}, []Objective{c.o}, spoken(), second).Objectives[0].Samples; got != c.want {
			t.Errorf("%+v: %d samples, want %d", c.o, got, c.want)
		}
	}
}

// Record fills in Holds where it is certain, and a recorder without conditions goes by it: the same comes out.
func TestHoldsCarriesTheConditions(t *testing.T) {
	min := 0.9
	rules := Rules{Single: true, Objectives: []Objective{{
		SLO: "s", Name: "good", Fn: "goodput", Unit: Share, Min: &min, Origin: event.FromSent,
		condition: func(f Facts) bool { return f["ttft"] < 0.5 },
	}}}
	first := New(rules, nil)
	for _, turn := range []*event.Turn{spoken(), answered(time.Second), silent(event.Censored)} {
		turn.End = turn.Requests[0].Sent + 100*ms
		first.Record(turn)
	}
	raw, err := json.Marshal(rules)
	if err != nil {
		t.Fatal(err)
	}
	var again Rules
	if err := json.Unmarshal(raw, &again); err != nil {
		t.Fatal(err)
	}
	second := New(again, nil)
	kept := first.Turns()
	for i := range kept {
		second.Record(&kept[i])
	}
	if _, certain := kept[2].Holds["s/good"]; certain || !kept[0].Holds["s/good"] || kept[1].Holds["s/good"] {
		t.Errorf("%v %v %v", kept[0].Holds, kept[1].Holds, kept[2].Holds)
	}
	a, b := first.Judge(Ending{}).Objectives[0], second.Judge(Ending{}).Objectives[0]
	a.condition = nil
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%+v\nwithout the condition %+v", a, b)
	}
}

// What a recorder keeps is its own, and no secret is in it.
func TestKeptTurnsAreRedactedCopies(t *testing.T) {
	const secret = "s3cret!"
	var turn event.Turn
	fill(reflect.ValueOf(&turn).Elem(), "a "+secret+" b")
	names := event.Turn{Load: "l", Stage: "s", Conversation: "c", Turn: "t", Endpoint: "e", Class: event.StreamError}
	turn.Load, turn.Stage, turn.Conversation, turn.Turn = names.Load, names.Stage, names.Conversation, names.Turn
	turn.Endpoint, turn.Class = names.Endpoint, names.Class
	turn.Requests[0].Class, turn.Requests[0].Usage.Source = event.StreamError, event.FromServer
	turn.Assertions[0].Outcome = event.Failed
	turn.Holds = map[string]bool{"s/o": true}
	g := &turn.Gestures[0]
	g.Perform, g.Gesture, g.On, g.Status = "hello", "nod", "prompt", event.GestureFailed
	j := &turn.Judgements[0]
	j.Rubric, j.Endpoint, j.Outcome, j.Votes[0].Class, j.Votes[0].Usage.Source = "polite", "judge", event.Failed, event.OK, event.FromServer
	rec := New(Rules{Single: true}, func(s string) string { return strings.ReplaceAll(s, secret, "***") })
	rec.Record(&turn)
	kept := rec.Turns()[0]
	raw, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), secret) {
		t.Errorf("the secret is kept: %s", raw)
	}
	if got := strings.Count(string(raw), "a *** b"); got == 0 || kept.Text != "a *** b" {
		t.Errorf("the texts are gone: %s", raw)
	}
	before := string(raw)
	fill(reflect.ValueOf(&turn).Elem(), "changed")
	turn.Requests[0].Notes[0], turn.Holds["s/o"] = "changed", false
	if raw, err = json.Marshal(kept); err != nil || string(raw) != before {
		t.Errorf("what was kept changed with the turn: %s, %v", raw, err)
	}
}

// fill sets every text in v, however deep, and makes every list one long. Lists that are there are filled in place.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text)
		}
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		fill(v.Index(0), text)
	}
}

func TestRecordFromManyGoroutines(t *testing.T) {
	rec := New(Rules{Objectives: limitOf(Objective{Fn: "p", Metric: "ttft", Q: 50}, 1, math.NaN())}, nil)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				rec.Record(spoken())
			}
		})
	}
	all.Wait()
	if s := rec.Judge(Ending{}); s.Requests.Offered != 400 || s.Metrics["ttft"].Count != 400 || rec.Turns() != nil {
		t.Errorf("%+v", s)
	}
}

package measure

import (
	"strings"
	"testing"
	"time"

	"aimbench/engine/event"
)

// The order of the table is the precedence of docs/measurement.md, for every pair.
func TestFirstTakesPrecedence(t *testing.T) {
	order := []int{104, 105, 107, 96, 98, 99, 97, 0}
	if len(order) != len(ExitCodes) {
		t.Fatalf("there are %d exit codes, want %d", len(ExitCodes), len(order))
	}
	for i, a := range order {
		for j, b := range order {
			want := order[min(i, j)]
			if got := First(a, b).Code; got != want {
				t.Errorf("of %d and %d: %d, want %d", a, b, got, want)
			}
		}
	}
	if got := First(); got.Code != ExitPass || got.Verdict != Pass {
		t.Errorf("without any code: %v", got)
	}
	if got := First(1); got.Code != ExitPass {
		t.Errorf("of a code that is not in the table: %v", got)
	}
}

func TestEveryVerdictHasAWord(t *testing.T) {
	for _, v := range []Verdict{Pass, Fail, Invalid, Inconclusive, NoData, Interrupted, Unknown, Usage} {
		if w := v.Word(); w == "" || w != strings.ToUpper(w) {
			t.Errorf("%q has the word %q", v, w)
		}
	}
	if got := Verdict("new").Word(); got != "new" {
		t.Errorf("a verdict from elsewhere reads %q", got)
	}
}

func TestWriteExitCodes(t *testing.T) {
	var b strings.Builder
	if err := WriteExitCodes(&b); err != nil {
		t.Fatal(err)
	}
	for _, row := range ExitCodes {
		if !strings.Contains(b.String(), row.Meaning) {
			t.Errorf("%q is not printed", row.Meaning)
		}
	}
	if got := strings.Count(b.String(), "\n"); got != len(ExitCodes)+2 {
		t.Errorf("%d lines", got)
	}
}

// causes makes a run in which an exit code applies.
type cause struct {
	code  int
	turns []*event.Turn
	rules []Objective
	end   Ending
}

func checked(outcome event.Outcome) *event.Turn {
	t := spoken()
	t.Assertions = []event.Assertion{{Outcome: outcome}}
	return t
}

func refused() *event.Turn {
	t := silent(event.HTTP4xx)
	t.Requests[0].Status = 401
	return t
}

// stampedLate has its first token 0.1 to 0.3 s after it was sent.
func stampedLate() *event.Turn {
	t := answered(300 * time.Millisecond)
	t.Turn, t.Requests[0].LateBound = "late", 200*time.Millisecond
	return t
}

func causes() []cause {
	slow, absent, doubtful := 0.1, 1.0, 0.2
	return []cause{
		{code: ExitInterrupted, end: Ending{Interrupted: true, Cause: "stopped"}},
		{code: ExitUnknown, turns: []*event.Turn{silent(event.Dial), silent(event.TLS), refused()}},
		{code: ExitInvalid, turns: []*event.Turn{stampedLate()}, rules: []Objective{{
			SLO: "s", Name: "doubtful", Fn: "p", Metric: "ttft", Q: 50, Max: &doubtful, Turn: "late", Origin: event.FromSent,
		}}},
		{code: ExitAssertion, turns: []*event.Turn{checked(event.Failed)}},
		{code: ExitObjective, rules: []Objective{{
			SLO: "s", Name: "slow", Fn: "p", Metric: "ttft", Q: 50, Max: &slow, Origin: event.FromSent,
		}}},
		{code: ExitInconclusive, rules: []Objective{{
			SLO: "s", Name: "absent", Fn: "p", Metric: "ttft", Q: 50, Max: &absent, Turn: "other", Origin: event.FromSent,
		}}},
	}
}

// Every pair of causes that can come together in one run gives the code that takes precedence.
func TestRunsGiveTheFirstOfTheirCodes(t *testing.T) {
	all := causes()
	for _, a := range all {
		for _, b := range all {
			if a.code == ExitUnknown && len(b.turns) > 0 || b.code == ExitUnknown && len(a.turns) > 0 {
				continue // a run whose turns all failed has none that was checked
			}
			rec := New(Rules{Single: true, Objectives: append(append([]Objective(nil), a.rules...), b.rules...)}, nil)
			turns := append(append([]*event.Turn(nil), a.turns...), b.turns...)
			if len(turns) == 0 {
				turns = append(turns, spoken())
			}
			for _, turn := range turns {
				rec.Record(turn)
			}
			s := rec.Judge(Ending{
				Interrupted: a.end.Interrupted || b.end.Interrupted, Cause: a.end.Cause + b.end.Cause,
			})
			if want := First(a.code, b.code); s.ExitCode != want.Code || s.Verdict != want.Verdict || s.Reason == "" {
				t.Errorf("%d with %d: %s (%d) %q, want %d", a.code, b.code, s.Verdict, s.ExitCode, s.Reason, want.Code)
			}
		}
	}
}

package engine_test

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
)

// kept keeps the turns of a load.
type kept struct {
	mu    sync.Mutex
	turns []event.Turn
}

func (k *kept) Record(t *event.Turn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.turns = append(k.turns, measure.CopyTurn(t, func(s string) string { return s }))
}

// rehearse runs a scenario that ships, with the embedded endpoint, in a bubble.
func rehearse(t *testing.T, name string, vars ...string) (*measure.Summary, []event.Turn) {
	t.Helper()
	set := map[string]string{}
	for _, v := range vars {
		key, value, _ := strings.Cut(v, "=")
		set[key] = value
	}
	s, diags := scenario.Read([]string{"../scenarios/" + name + ".hcl"}, scenario.Options{Vars: set, Getenv: func(string) (string, bool) { return "", false }})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	p, diags := plan.Compile(s, plan.Options{Simulate: true})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var summary *measure.Summary
	sink := &kept{}
	synctest.Test(t, func(t *testing.T) {
		e, err := engine.Open(p, engine.Options{Version: "test", Memory: true})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if summary, err = e.Run(t.Context(), nil, sink); err != nil {
			t.Fatal(err)
		}
	})
	slices.SortFunc(sink.turns, func(a, b event.Turn) int {
		return cmp.Or(cmp.Compare(a.Load, b.Load), cmp.Compare(a.Session, b.Session), cmp.Compare(a.Index, b.Index))
	})
	return summary, sink.turns
}

// Every scenario with loads that ships passes against the embedded endpoint, and does the same again.
func TestScenariosThatShip(t *testing.T) {
	for _, c := range []struct {
		name string
		// turns counts those that ended in each class, warmup included; took is the time until the last one ended.
		turns map[event.Class]int
		took  time.Duration
	}{
		{"ramp", map[event.Class]int{event.OK: 60}, 21171 * time.Millisecond},
		{"steady", map[event.Class]int{event.OK: 25}, 12115 * time.Millisecond},
		{"spike", map[event.Class]int{event.OK: 35}, 12853 * time.Millisecond},
		{"soak", map[event.Class]int{event.OK: 20}, 10766 * time.Millisecond},
		{"replay", map[event.Class]int{event.OK: 30}, 3789 * time.Millisecond},
		{"prefix", map[event.Class]int{event.OK: 16}, 2400 * time.Millisecond},
		{"mix", map[event.Class]int{event.OK: 78}, 10837 * time.Millisecond},
		{"impatient", map[event.Class]int{event.OK: 53, event.HungUp: 21}, 11027 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			summary, turns := rehearse(t, c.name)
			if summary.ExitCode != measure.ExitPass {
				t.Errorf("exit code %d: %s", summary.ExitCode, summary.Reason)
			}
			classes, last := map[event.Class]int{}, event.Instant(0)
			for i := range turns {
				classes[turns[i].Class]++
				last = max(last, turns[i].End)
				if lag, ok := turns[i].ScheduleLag(); ok && lag > 0 {
					t.Errorf("%s %d left %v late", turns[i].Load, turns[i].Session, lag)
				}
			}
			took := time.Duration(last).Round(time.Millisecond)
			if d := gocmp.Diff(c.turns, classes); d != "" || took != c.took {
				t.Errorf("took %v (-want +got):\n%s", took, d)
			}
			_, again := rehearse(t, c.name)
			// Of two who come at the same moment either may get the connection that is free, and fill the cache.
			chance := []gocmp.Option{cmpopts.IgnoreFields(event.Request{}, "Reused"), cmpopts.IgnoreFields(event.Usage{}, "Cached")}
			if d := gocmp.Diff(turns, again, chance...); d != "" {
				t.Errorf("the same seed does something else:\n%s", d)
			}
		})
	}
}

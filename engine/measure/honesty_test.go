package measure

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"aimbench/engine/event"
)

var honestyRuns = flag.Int("runs", 30, "how many runs TestHonesty simulates of each kind; docs/measurement.md has those of 1000")

// queue is a server of four slots, where requests arrive at random and take as long as chance has it (M/M/4): what one
// request waits, its neighbours wait too.
type queue struct {
	r    *rand.Rand
	load float64 // share of its capacity
	now  float64
	free [4]float64
}

// next is when the next request arrives, and how long it takes until it is answered; a service takes a second on average.
func (q *queue) next() (at, took float64) {
	q.now += q.r.ExpFloat64() / (q.load * float64(len(q.free)))
	slot := 0
	for i := range q.free {
		if q.free[i] < q.free[slot] {
			slot = i
		}
	}
	q.free[slot] = max(q.now, q.free[slot]) + q.r.ExpFloat64()
	return q.now, q.free[slot] - q.now
}

func newQueue(seed uint64, load float64) *queue {
	q := &queue{r: rand.New(rand.NewPCG(seed, 1)), load: load}
	for range 500 { // until it is as it stays
		q.next()
	}
	return q
}

// trueP95 is what a very long run shows.
func trueP95(load float64) float64 {
	q, values := newQueue(0, load), make([]float64, 2_000_000)
	for i := range values {
		_, values[i] = q.next()
	}
	slices.Sort(values)
	return values[len(values)*95/100]
}

// verdicts of runs of n turns, of objectives whose limits are these.
func verdicts(seed uint64, load float64, n int, limits []float64) []Verdict {
	var tallies []*tally
	for i := range limits {
		tallies = append(tallies, newTally(&Objective{Fn: "p", Metric: "ttft", Q: 95, Max: &limits[i], Confidence: 0.95, Origin: event.FromIntended}))
	}
	q := newQueue(seed, load)
	start := q.now
	t := event.Turn{Requests: make([]event.Request, 1)}
	for range n {
		at, took := q.next()
		t.Intended = event.Instant(1e9 * (1 + at - start))
		t.Requests[0].FirstToken = t.Intended + event.Instant(1e9*took)
		for _, c := range tallies {
			c.add(&t)
		}
	}
	var out []Verdict
	for _, c := range tallies {
		out = append(out, c.judge(event.Window{}, false).Verdict)
	}
	return out
}

// An objective with a confidence does not pass by luck: not even where the truth is at its limit do more than a few runs in
// a hundred pass, though the turns of a queue share their fate. And where the truth lies 20 % off, most runs say so.
func TestHonesty(t *testing.T) {
	var table strings.Builder
	table.WriteString("| load of the server | turns a run | limit / true p95 | pass | fail | inconclusive |\n|--:|--:|--:|--:|--:|--:|\n")
	for _, c := range []struct {
		load    float64
		turns   int
		decides bool // such a run is long enough to tell 20 %
	}{{0.5, 3000, true}, {0.7, 3000, false}, {0.7, 12000, true}, {0.85, 12000, false}, {0.85, 40000, false}} {
		if testing.Short() || *honestyRuns < 1000 && c.turns > 12000 {
			continue
		}
		truth := trueP95(c.load)
		multiples := []float64{0.8, 1, 1.2}
		counts := simulate(c.load, c.turns, truth, multiples)
		right := 0.0
		for i, m := range multiples {
			of := func(v Verdict) float64 { return float64(counts[i][v]) / float64(*honestyRuns) }
			fmt.Fprintf(&table, "| %.0f %% | %d | %.1f | %.1f %% | %.1f %% | %.1f %% |\n", 100*c.load, c.turns, m, 100*of(Pass), 100*of(Fail), 100*of(Inconclusive))
			if m <= 1 && float64(counts[i][Pass]) > tolerable(0.07) {
				t.Errorf("load %v, %d turns, limit at %v of the truth: %.1f %% false passes", c.load, c.turns, m, 100*of(Pass))
			}
			switch {
			case m < 1:
				right += of(Fail) / 2
			case m > 1:
				right += of(Pass) / 2
			}
		}
		if c.decides && right < 0.8 {
			t.Errorf("load %v, %d turns: %.1f %% decided where the truth lies 20 %% off", c.load, c.turns, 100*right)
		}
	}
	t.Log("\n" + table.String())
	if *update && *honestyRuns >= 1000 {
		replaceInDocs(t, "honesty", table.String())
	}
}

// tolerable is how many of the runs may be so where a share of all may: for few runs, chance has its part.
func tolerable(share float64) float64 {
	n := float64(*honestyRuns)
	if n >= 1000 {
		return share * n
	}
	return share*n + 3*math.Sqrt(share*(1-share)*n)
}

// simulate counts the verdicts for each limit.
func simulate(load float64, turns int, truth float64, multiples []float64) []map[Verdict]int {
	counts := make([]map[Verdict]int, len(multiples))
	for i := range counts {
		counts[i] = map[Verdict]int{}
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	seeds := make(chan uint64)
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for seed := range seeds {
				limits := make([]float64, len(multiples))
				for i, m := range multiples {
					limits[i] = m * truth
				}
				got := verdicts(seed, load, turns, limits)
				mu.Lock()
				for i, v := range got {
					counts[i][v]++
				}
				mu.Unlock()
			}
		})
	}
	for i := range *honestyRuns {
		seeds <- uint64(i + 1)
	}
	close(seeds)
	all.Wait()
	return counts
}

// replaceInDocs writes a generated part of the documentation anew.
func replaceInDocs(t *testing.T, name, text string) {
	t.Helper()
	raw, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), "<!-- "+name+":")
	note, rest, ok2 := strings.Cut(rest, "-->\n")
	_, after, ok3 := strings.Cut(rest, "\n<!-- end -->")
	if !ok || !ok2 || !ok3 {
		t.Fatalf("%s has no part %s", docs, name)
	}
	if err := os.WriteFile(docs, []byte(before+"<!-- "+name+":"+note+"-->\n\n"+text+"\n<!-- end -->"+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

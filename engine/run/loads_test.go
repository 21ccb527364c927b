package run

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// server answers every request after a time of its own, and knows how many it answered at once.
type server struct {
	after func(now time.Duration) time.Duration
	clock event.Clock
	start event.Instant

	mu         sync.Mutex
	here, most int
}

func (s *server) Do(ctx context.Context, _ *chat.Request, reply *chat.Reply) error {
	s.mu.Lock()
	s.here++
	s.most = max(s.most, s.here)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.here--
		s.mu.Unlock()
	}()
	reply.Reset()
	reply.Sent = s.clock.Now()
	if !wait(ctx, s.after(time.Duration(s.clock.Now()-s.start))) {
		reply.Class = event.Censored
		return &chat.Error{Class: event.Censored}
	}
	reply.FirstToken = s.clock.Now()
	reply.LastToken, reply.End = reply.FirstToken, reply.FirstToken
	return nil
}

func takes(d time.Duration) func(time.Duration) time.Duration {
	return func(time.Duration) time.Duration { return d }
}

// log keeps turns.
type log struct {
	mu    sync.Mutex
	turns []event.Turn
}

func (l *log) Record(t *event.Turn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turns = append(l.turns, *t)
}

// start is when the loads of the tests begin.
const start = event.Instant(time.Second)

// outcome is what a run of loads came to.
type outcome struct {
	turns   []event.Turn
	windows []event.Window
	took    time.Duration
	most    int
	notes   []string
	states  []State
}

// drive runs the scenario's loads against a server, in a bubble.
func drive(t *testing.T, text string, after func(time.Duration) time.Duration, stop time.Duration, parts ...Part) outcome {
	t.Helper()
	s := read(t, text)
	var out outcome
	synctest.Test(t, func(t *testing.T) {
		clock := event.NewClock()
		time.Sleep(time.Duration(start)) // the first instant of a clock is 1, not 0
		e, sink := &server{after: after, clock: clock, start: start}, &log{}
		loads := NewLoads(s.Loads)
		loads.Clock, loads.Sink = clock, sink
		loads.Session = func(c *scenario.Conversation) *Session {
			return &Session{Scenario: s, Conversation: c, Endpoint: e, Clock: clock, Sink: sink}
		}
		if len(parts) > 0 {
			loads.Part = parts[0]
		}
		schedule, cancel := context.WithCancel(t.Context())
		defer cancel()
		if stop > 0 {
			time.AfterFunc(stop, cancel)
		}
		var ending sync.Mutex
		loads.Windows = func(w []event.Window) { // those of the end, in whatever order the loads end
			ending.Lock()
			defer ending.Unlock()
			out.windows = append(slices.DeleteFunc(out.windows, func(old event.Window) bool { return old.Load == w[0].Load }), w...)
		}
		loads.Run(t.Context(), schedule)
		out.took, out.most, out.turns = time.Duration(clock.Now()-start), e.most, sink.turns
		out.notes, out.states = loads.Notes(), loads.States()
	})
	slices.SortStableFunc(out.turns, func(a, b event.Turn) int { return int(a.Intended - b.Intended) })
	return out
}

const oneTurn = `
conversation "c" {
  endpoint = endpoint.aim
  turn "t" {
    user = "Hi"
  }
}
`

func loadOf(arguments string) string {
	return oneTurn + "load \"l\" {\n  mix {\n    conversation = conversation.c\n  }\n" + arguments + "\n}\n"
}

func (o outcome) count(keep func(*event.Turn) bool) int {
	n := 0
	for i := range o.turns {
		if keep(&o.turns[i]) {
			n++
		}
	}
	return n
}

func (o outcome) classes() map[event.Class]int {
	by := map[event.Class]int{}
	for i := range o.turns {
		by[o.turns[i].Class]++
	}
	return by
}

// A server that stands still for 2 s makes whoever arrives meanwhile wait: counted from when they wanted to ask, nobody's
// wait is left out, and the arrivals do not wait for the server.
func TestAStallIsSeenInFull(t *testing.T) {
	const from, to = 3 * time.Second, 5 * time.Second
	stall := func(now time.Duration) time.Duration {
		if now >= from && now < to {
			return to - now + 10*time.Millisecond
		}
		return 10 * time.Millisecond
	}
	got := drive(t, loadOf("  arrival = constant\n  rate = 100\n  duration = \"8s\""), stall, 0)
	if len(got.turns) != 800 {
		t.Fatalf("%d turns, want 800", len(got.turns))
	}
	stalled, longest := 0, time.Duration(0)
	for i := range got.turns {
		turn := &got.turns[i]
		ttft, _ := turn.TTFT(event.FromIntended)
		if ttft > 10*time.Millisecond {
			stalled++
		}
		longest = max(longest, ttft)
		if lag, _ := turn.ScheduleLag(); lag != 0 {
			t.Fatalf("arrival %d left %v late", turn.Session, lag)
		}
	}
	if stalled != 200 || longest != 2010*time.Millisecond {
		t.Errorf("%d waited, at most %v; want the 200 who came within the 2s, and 2.01s", stalled, longest)
	}
}

// When as many as may be are in flight, whoever comes is dropped, recorded, and in the tail: nobody is delayed.
func TestFullMeansDropped(t *testing.T) {
	const from, to = 3 * time.Second, 5 * time.Second
	stall := func(now time.Duration) time.Duration {
		if now >= from && now < to {
			return to - now
		}
		return 0
	}
	got := drive(t, loadOf("  arrival = constant\n  rate = 100\n  duration = \"8s\"\n  max_in_flight = 50"), stall, 0)
	want := map[event.Class]int{event.OK: 650, event.Dropped: 150}
	if d := cmp.Diff(want, got.classes()); d != "" || got.most != 50 {
		t.Errorf("%d at once (-want +got):\n%s", got.most, d)
	}
	for i := range got.turns {
		turn := &got.turns[i]
		if due := start.Add(time.Duration(turn.Session) * 10 * time.Millisecond); turn.Intended != due {
			t.Fatalf("arrival %d was intended at %v, want %v", turn.Session, turn.Intended, due)
		}
		if turn.Class == event.Dropped && (turn.Turn != "t" || turn.Conversation != "c" || turn.Load != "l" || turn.Dispatched.Reached()) {
			t.Fatalf("dropped: %+v", turn)
		}
	}
	if s := got.states[0]; s.Offered != 800 || s.Dropped != 150 || s.InFlight != 0 {
		t.Errorf("state %+v", s)
	}
}

func TestClosedLoops(t *testing.T) {
	for _, c := range []struct {
		name, load  string
		turns, most int
		took        time.Duration
	}{
		{"for a time", "  users = 4\n  duration = \"10s\"", 40, 4, 10 * time.Second},
		{"so many", "  users = 4\n  iterations = 10", 10, 4, 3 * time.Second},
		{"fewer than users", "  users = 4\n  iterations = 2", 2, 2, time.Second},
		{"in stages", "  users = 1\n  stage \"up\" {\n    target = 3\n    ramp = \"4s\"\n    hold = \"4s\"\n  }\n  stage \"down\" {\n    target = 1\n    hold = \"2s\"\n  }", 4 + 2 + 6 + 6 + 4 + 2, 3, 10 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := drive(t, loadOf(c.load), takes(time.Second), 0)
			if len(got.turns) != c.turns || got.most != c.most || got.took != c.took {
				t.Errorf("%d turns, %d at once, in %v; want %d, %d, %v", len(got.turns), got.most, got.took, c.turns, c.most, c.took)
			}
		})
	}
}

// What ends within the graceful stop is whole; what does not is censored.
func TestGracefulStop(t *testing.T) {
	got := drive(t, loadOf("  arrival = constant\n  rate = 1\n  duration = \"10s\"\n  graceful_stop = \"2500ms\""), takes(5*time.Second), 0)
	if d := cmp.Diff(map[event.Class]int{event.OK: 8, event.Censored: 2}, got.classes()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if took := got.took; took != 12500*time.Millisecond {
		t.Errorf("took %v", took)
	}
	all := drive(t, loadOf("  users = 1\n  iterations = 1\n  graceful_stop = \"1s\""), takes(time.Hour), 0)
	if d := cmp.Diff(map[event.Class]int{event.Censored: 1}, all.classes()); d != "" {
		t.Errorf("the last of so many (-want +got):\n%s", d)
	}
}

func TestAStoppedScheduleLetsConversationsEnd(t *testing.T) {
	for _, load := range []string{"  users = 2\n  duration = \"1m\"", "  users = 2\n  iterations = 1000", "  arrival = constant\n  rate = 1\n  duration = \"1m\""} {
		got := drive(t, loadOf(load), takes(2*time.Second), 5500*time.Millisecond)
		if n := got.classes()[event.OK]; n != len(got.turns) || n != 6 {
			t.Errorf("%s: %d turns, %d whole, want 6", load, len(got.turns), n)
		}
		if w := got.windows; len(w) != 1 || time.Duration(w[0].End-start) > 8*time.Second {
			t.Errorf("%s: windows %+v", load, w)
		}
	}
}

// Turns belong to the stage in which they were intended; the warmup comes before.
func TestStagesAndWarmup(t *testing.T) {
	got := drive(t, strings.Replace(loadOf(`
  arrival = constant
  warmup  = "2s"
  stage "low" {
    target = 10
    hold   = "3s"
  }
  stage "high" {
    target = 20
    hold   = "3s"
  }`), "turn \"t\" {\n    user = \"Hi\"\n  }", "turn \"t\" {\n    user = \"Hi\"\n  }\n  turn \"u\" {\n    user = \"Again\"\n    think_time = \"1s\"\n  }", 1), takes(0), 0)
	type place struct {
		stage         string
		warmup, after bool
	}
	by := map[place]int{}
	for i := range got.turns {
		by[place{got.turns[i].Stage, got.turns[i].Warmup, got.turns[i].After}]++
	}
	want := map[place]int{
		{"", true, false}: 20 + 10, {"low", false, false}: 10 + 30 + 20, {"high", false, false}: 10 + 60 + 40, {"", false, true}: 20,
	}
	if d := cmp.Diff(want, by, cmp.AllowUnexported(place{})); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	at := func(s int) event.Instant { return start.Add(time.Duration(s) * time.Second) }
	windows := []event.Window{
		{Load: "l", Start: at(2), End: at(8)},
		{Load: "l", Stage: "low", Start: at(2), End: at(5)},
		{Load: "l", Stage: "high", Start: at(5), End: at(8)},
	}
	if d := cmp.Diff(windows, got.windows); d != "" {
		t.Errorf("windows (-want +got):\n%s", d)
	}
}

func TestLoadsSideBySideAndAfter(t *testing.T) {
	load := func(name, arguments string) string {
		return "load \"" + name + "\" {\n  mix {\n    conversation = conversation.c\n  }\n" + arguments + "\n}\n"
	}
	got := drive(t, oneTurn+
		load("third", "  users = 1\n  duration = \"2s\"\n  after = load.second")+
		load("first", "  arrival = constant\n  rate = 1\n  duration = \"2s\"")+
		load("second", "  users = 1\n  iterations = 2\n  after = load.first\n  start = \"5s\"")+
		load("beside", "  arrival = constant\n  rate = 1\n  duration = \"2s\"\n  start = \"500ms\""), takes(1500*time.Millisecond), 0)
	starts := map[string][]float64{}
	for i := range got.turns {
		turn := &got.turns[i]
		starts[turn.Load] = append(starts[turn.Load], time.Duration(turn.Intended-start).Seconds())
	}
	want := map[string][]float64{"first": {0, 1}, "beside": {0.5, 1.5}, "second": {7.5, 9}, "third": {10.5, 12}}
	if d := cmp.Diff(want, starts); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

const mixed = `
conversation "a" {
  endpoint = endpoint.aim
  turn "t" {
    user = "A"
  }
}
conversation "b" {
  endpoint = endpoint.aim
  turn "t" {
    user = "B"
  }
}
load "l" {
  mix {
    conversation = conversation.a
    weight       = 7
  }
  mix {
    conversation = conversation.b
    weight       = 3
  }
  arrival    = poisson
  rate       = 100
  iterations = 2000
  seed       = 4
}
`

// The mix follows from the seed and the arrival, whoever runs it: the parts of a load make the whole's turns.
func TestTheMixFollowsFromTheArrival(t *testing.T) {
	type said struct {
		session      int64
		conversation string
		intended     event.Instant
	}
	list := func(turns []event.Turn) (out []said) {
		for i := range turns {
			out = append(out, said{turns[i].Session, turns[i].Conversation, turns[i].Intended})
		}
		slices.SortFunc(out, func(a, b said) int { return int(a.session - b.session) })
		return out
	}
	whole := drive(t, mixed, takes(time.Second), 0)
	var together []event.Turn
	for i := range 3 {
		together = append(together, drive(t, mixed, takes(time.Second), 0, Part{i, 3}).turns...)
	}
	if d := cmp.Diff(list(whole.turns), list(together), cmp.AllowUnexported(said{})); d != "" {
		t.Errorf("(-whole +parts):\n%s", d)
	}
	if a := whole.count(func(turn *event.Turn) bool { return turn.Conversation == "a" }); a < 1330 || a > 1470 {
		t.Errorf("%d of 2000 are of the conversation with 7 of 10", a)
	}
}

// A dataset that ends ends its loads, and is not asked for ever.
func TestTheDatasetEnds(t *testing.T) {
	rows := `
dataset "d" {
  source = "rows.txt"
  on_end = stop
}
` + strings.Replace(loadOf("%s"), `"Hi"`, "row.d.text", 1)
	for _, load := range []string{"  users = 2\n  duration = \"1h\"", "  arrival = constant\n  rate = 1\n  duration = \"1h\""} {
		got := drive(t, strings.Replace(rows, "%s", load, 1), takes(time.Second), 0)
		if len(got.turns) != 3 || got.took > time.Minute {
			t.Errorf("%s: %d turns in %v, want one a row", load, len(got.turns), got.took)
		}
		if len(got.notes) != 1 || !strings.Contains(got.notes[0], "no more rows") {
			t.Errorf("notes %q", got.notes)
		}
	}
}

// That prompts come again is said: a server may have them in its cache.
func TestTheDatasetComesAgain(t *testing.T) {
	text := `
dataset "d" {
  source = "rows.txt"
}
` + strings.Replace(loadOf("  users = 2\n  iterations = 10"), `"Hi"`, "row.d.text", 1)
	got := drive(t, text, takes(time.Second), 0)
	want := []string{"load l used the 3 rows of dataset d 3.33 times over"}
	if d := cmp.Diff(want, got.notes); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// What cannot be said is recorded, and does not make a user spin.
func TestUnsentTurnsDoNotSpin(t *testing.T) {
	got := drive(t, strings.Replace(loadOf("  users = 2\n  duration = \"10s\""), `"Hi"`, `jsondecode("{${iteration}")`, 1), takes(0), 0)
	if d := cmp.Diff(map[event.Class]int{event.Unsent: 20}, got.classes()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

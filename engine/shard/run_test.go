package shard_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/listen"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
	"aimbench/engine/shard"
	"aimbench/engine/simulate"
)

const load = `
endpoint "aim" {
  simulator {
    ttft = exponential("200ms")
    itl  = "5ms"
    %s
  }
}
conversation "c" {
  turn "t" {
    user       = "Number ${iteration}"
    max_tokens = 8
  }
}
load "l" {
  mix {
    conversation = conversation.c
  }
  %s
}
slo "s" {
  objective "ttft" {
    value = p(metric.ttft, 95)
    max   = %q
    %s
  }
  objective "good" {
    value = goodput(metric.ttft < duration("400ms"))
    min   = 0.5
  }
}
`

// open is a load of 50 turns a second for 20 s.
const open = `
  arrival  = poisson
  rate     = 50
  duration = "20s"
`

func compile(t *testing.T, text string) *plan.Plan {
	t.Helper()
	s, diags := scenario.ReadText("load.hcl", t.TempDir(), []byte(text), scenario.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	p, diags := plan.Compile(s, plan.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

func openLoad() string { return fmt.Sprintf(load, "", open, "2s", "") }

// cluster is a run of several shards in a bubble.
type cluster struct {
	*testing.T
	plan    *plan.Plan
	of      int
	least   int
	wait    time.Duration
	grace   time.Duration
	network func(index int) *network // nil is one for all that always works
	// during happens while the run goes on, in a goroutine of its own that must return.
	during  func(c *cluster)
	options func(*shard.FollowerOptions)
	// dial reaches the endpoint; nil is one embedded in each.
	dial dialer

	leader    *shard.Leader
	net       *network
	mu        sync.Mutex
	notes     []string
	turns     []event.Turn
	followers map[int]context.CancelFunc
	errs      map[int]error
	summary   *measure.Summary
	shards    *measure.Shards
}

func (c *cluster) note(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notes = append(c.notes, text)
}

func (c *cluster) noted(part string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.notes, func(n string) bool { return strings.Contains(n, part) })
}

// Record keeps the turns that the leader's sinks get.
func (c *cluster) Record(t *event.Turn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turns = append(c.turns, measure.CopyTurn(t, func(s string) string { return s }))
}

var token = []byte("0123456789abcdef0123")

// run runs all shards to their end, in a bubble.
func (c *cluster) run() *measure.Summary {
	c.T.Helper()
	synctest.Test(c.T, func(t *testing.T) {
		c.net = newNetwork(t)
		defer c.net.close()
		c.lead(t)
	})
	return c.summary
}

func (c *cluster) lead(t *testing.T) {
	c.followers, c.errs = map[int]context.CancelFunc{}, map[int]error{}
	clock := event.NewClock()
	made, err := json.Marshal(c.plan)
	if err != nil {
		t.Fatal(err)
	}
	if c.wait == 0 {
		c.wait = time.Minute
	}
	c.leader, err = shard.Lead(c.net.up, shard.LeaderOptions{
		Of: c.of, Least: c.least, Token: token, Version: "v1", Plan: made, Turns: shard.WholeTurns, Clock: clock, Wait: c.wait, Grace: c.grace,
		Note: c.note, Setup: []byte("setup"), Open: c.plan.Scenario.Open,
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(c.plan, engine.Options{Memory: true, Dial: c.dial, Clock: clock, Shard: c.leader, Followers: c.leader, Note: c.note})
	if err != nil {
		t.Fatal(err)
	}
	c.leader.Deliver(e.Merge)
	var all sync.WaitGroup
	for i := 1; i < c.of; i++ {
		all.Go(func() {
			err := c.follow(t, i)
			c.mu.Lock()
			c.errs[i] = err
			c.mu.Unlock()
		})
	}
	if c.during != nil {
		all.Go(func() { c.during(c) })
	}
	c.summary, err = e.Run(t.Context(), nil, c)
	if err != nil {
		t.Error(err)
	}
	c.shards = e.Ending().Shards
	c.leader.Close()
	e.Close()
	all.Wait()
}

// follow is a process that follows, from its start to its end.
func (c *cluster) follow(t *testing.T, index int) error {
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	c.mu.Lock()
	c.followers[index] = kill
	c.mu.Unlock()
	o := shard.FollowerOptions{
		Place: shard.Place{Index: index, Of: c.of}, Leader: "leader:1", Token: token, Version: "v1", Wait: 10 * time.Second, Grace: c.grace, Dial: c.net.dial,
	}
	if c.network != nil {
		if n := c.network(index); n != nil {
			o.Dial = n.dial
		}
	}
	if c.options != nil {
		c.options(&o)
	}
	f, err := shard.Join(ctx, o)
	if err != nil {
		return err
	}
	e, err := engine.Open(c.plan, engine.Options{Memory: true, Dial: c.dial, Clock: f.Clock(), Shard: f})
	if err != nil {
		return err
	}
	defer e.Close()
	made, err := json.Marshal(c.plan)
	if err != nil {
		return err
	}
	box := shard.NewOutbox(f.Turns(), nil)
	f.Ready(made, func() (shard.Part, bool, error) {
		measured, err := e.Recorder().Take()
		turns, windows, more := box.Take()
		return shard.Part{Measured: measured, Turns: turns, Windows: windows, States: e.Loads()}, more, err
	})
	running, cut := context.WithCancel(ctx)
	defer cut()
	go func() {
		select {
		case <-f.Cut():
			cut()
		case <-running.Done():
		}
	}()
	if _, err := e.Run(running, nil, box); err != nil {
		return err
	}
	why := ""
	if ctx.Err() != nil {
		why = "it was interrupted"
	}
	last, done := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer done()
	return f.Finish(last, e.Ending().Harness, why)
}

// alone runs the plan in one process.
func alone(t *testing.T, p *plan.Plan) (summary *measure.Summary) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { summary = single(t, p, nil) })
	return summary
}

func single(t *testing.T, p *plan.Plan, dial dialer) *measure.Summary {
	e, err := engine.Open(p, engine.Options{Memory: true, Dial: dial})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	summary, err := e.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

type dialer = func(ctx context.Context, network, addr string) (net.Conn, error)

// endpoint is one for all shards. What it draws hangs on the order in which requests come.
func endpoint(t *testing.T) (dial dialer, stop func()) {
	t.Helper()
	listener, dial := listen.Memory()
	var n atomic.Uint64
	config := simulate.Config{Model: "m", ITL: func(uint64) time.Duration { return 5 * time.Millisecond }, TTFT: func(uint64) time.Duration {
		return time.Duration(n.Add(1)*7919%600) * time.Millisecond
	}}
	server := http.Server{Handler: simulate.New(config)}
	go func() { _ = server.Serve(listener) }()
	return dial, func() { _ = server.Close() }
}

// whole holds that all turns were measured once, and came once to the leader's sinks.
func (c *cluster) whole(want int) {
	c.T.Helper()
	r := c.summary.Requests
	if r.Offered != want || r.Offered != r.Succeeded+r.Failed+r.Dropped+r.Censored || len(c.turns) != want {
		c.T.Errorf("want %d turns: %+v, %d recorded", want, r, len(c.turns))
	}
	seen := map[int64]bool{}
	for i := range c.turns {
		if seen[c.turns[i].Session] {
			c.T.Errorf("turn %d came twice", c.turns[i].Session)
		}
		seen[c.turns[i].Session] = true
	}
}

func (c *cluster) allWell() {
	c.T.Helper()
	for i, err := range c.errs {
		if err != nil {
			c.T.Errorf("shard %d: %v", i, err)
		}
	}
}

func said(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Four processes offer the load of one, at the same instants, and what they measured is what one would have.
func TestShardsAreOneRun(t *testing.T) {
	text := fmt.Sprintf(load, "", open, "2s", "")
	from, to := strings.Index(text, "  simulator"), strings.Index(text, "conversation")
	p := compile(t, text[:from]+"  base_url = \"http://aim\"\n  model = \"m\"\n}\n"+text[to:])
	var one *measure.Summary
	synctest.Test(t, func(t *testing.T) {
		dial, stop := endpoint(t)
		defer stop()
		one = single(t, p, dial)
	})
	c := &cluster{T: t, plan: p, of: 4}
	synctest.Test(t, func(t *testing.T) {
		var stop func()
		c.dial, stop = endpoint(t)
		defer stop()
		c.net = newNetwork(t)
		defer c.net.close()
		c.lead(t)
	})
	four := c.summary
	c.whole(one.Requests.Offered)
	c.allWell()
	if one.Requests.Offered < 900 || four.Verdict != measure.Pass || one.Verdict != measure.Pass {
		t.Errorf("%s, and alone %s", four.Reason, one.Reason)
	}
	for _, name := range []string{"ttft", "ttfa", "e2e", "output_tokens"} {
		if a, b := said(t, one.Metrics[name]), said(t, four.Metrics[name]); a != b {
			t.Errorf("%s: alone %s, four %s", name, a, b)
		}
	}
	for i := range one.Objectives {
		if a, b := said(t, one.Objectives[i].Value), said(t, four.Objectives[i].Value); a != b {
			t.Errorf("%s: alone %s, four %s", one.Objectives[i].Name, a, b)
		}
	}
	if a, b := said(t, one.Rates), said(t, four.Rates); a != b {
		t.Errorf("alone %s, four %s", a, b)
	}
	again := measure.New(measure.RulesOf(p), nil)
	for i := range c.turns {
		again.Record(&c.turns[i])
	}
	if a, b := said(t, again.Judge(measure.Ending{}).Metrics), said(t, four.Metrics); a != b {
		t.Errorf("the records say %s, the parts %s", a, b)
	}
}

// What is dropped, fails and is good adds up, and max_in_flight is that of all together.
func TestDroppedAndFailedAddUp(t *testing.T) {
	c := &cluster{T: t, of: 4, plan: compile(t, fmt.Sprintf(load, "fault {\n kind = http_500\n share = 0.1\n }", open+"\n max_in_flight = 8", "2s", ""))}
	s := c.run()
	c.whole(s.Requests.Offered)
	byClass, good := map[event.Class]int{}, 0
	for i := range c.turns {
		byClass[c.turns[i].Class]++
		if c.turns[i].Holds["s/good"] {
			good++
		}
	}
	if s.Requests.Dropped == 0 || s.Requests.Dropped != byClass[event.Dropped] || s.Requests.Failed == 0 || s.Requests.Failed != byClass[event.HTTP5xx] {
		t.Errorf("%+v, of the records %v", s.Requests, byClass)
	}
	if v := s.Objectives[1].Value; v == nil || math.Abs(*v-float64(good)/float64(s.Requests.Offered)) > 1e-8 {
		t.Errorf("goodput %v, of the records %d of %d", *v, good, s.Requests.Offered)
	}
	most, under := 0, map[event.Instant]int{}
	for i := range c.turns {
		if turn := &c.turns[i]; turn.Class != event.Dropped {
			under[turn.Intended]++
			under[turn.End]--
		}
	}
	instants := []event.Instant{}
	for at := range under {
		instants = append(instants, at)
	}
	slices.Sort(instants)
	now := 0
	for _, at := range instants {
		now += under[at]
		most = max(most, now)
	}
	if most > 8 {
		t.Errorf("%d conversations at once", most)
	}
}

// A load that comes after another begins everywhere at once, when the other has ended everywhere.
func TestALoadAfterAnotherBeginsTogether(t *testing.T) {
	text := strings.Replace(fmt.Sprintf(load, "", "users = 3\n iterations = 30", "60s", ""), `slo "s"`, `load "then" {
  mix {
    conversation = conversation.c
  }
  after    = load.l
  arrival  = constant
  rate     = 40
  duration = "2s"
}
slo "s"`, 1)
	c := &cluster{T: t, of: 3, plan: compile(t, text)}
	s := c.run()
	if s.Requests.Offered != 110 || len(c.turns) != 110 {
		t.Fatalf("%+v", s.Requests)
	}
	last, intended := event.Instant(0), []event.Instant{}
	for i := range c.turns {
		if turn := &c.turns[i]; turn.Load == "l" {
			last = max(last, turn.End)
		} else {
			intended = append(intended, turn.Intended)
		}
	}
	slices.Sort(intended)
	for i, at := range intended {
		if at <= last {
			t.Fatalf("a turn of the second load was wanted at %v, and one of the first ended at %v", at.Seconds(), last.Seconds())
		}
		if d := time.Duration(at-intended[0]) - time.Duration(i)*25*time.Millisecond; d.Abs() > time.Millisecond {
			t.Errorf("turn %d is off by %v", i, d)
		}
	}
	c.allWell()
}

// An objective that ends the run is judged by what all measured, and ends it everywhere.
func TestTheLeaderEndsTheRun(t *testing.T) {
	c := &cluster{T: t, of: 3, plan: compile(t, fmt.Sprintf(load, "", open, "10ms", "abort = true\n grace = \"5s\""))}
	s := c.run()
	if s.ExitCode != measure.ExitObjective || s.Requests.Offered < 200 || s.Requests.Offered > 500 {
		t.Errorf("%s %+v", s.Reason, s.Requests)
	}
	c.whole(s.Requests.Offered)
	c.allWell()
}

// The network may be gone for 5 s: no part is lost, and none counts twice.
func TestTheNetworkIsCutFor5s(t *testing.T) {
	p := compile(t, openLoad())
	c := &cluster{T: t, plan: p, of: 3, during: func(c *cluster) {
		time.Sleep(8*time.Second + 123*time.Millisecond)
		c.net.set(true)
		time.Sleep(5 * time.Second)
		c.net.set(false)
	}}
	if s := c.run(); s.Verdict != measure.Pass {
		t.Errorf("%s", s.Reason)
	}
	c.whole(alone(t, p).Requests.Offered)
	c.allWell()
}

// So it may when the load has ended, as long as it comes back within the grace.
func TestTheNetworkIsCutAtTheEnd(t *testing.T) {
	p := compile(t, openLoad())
	c := &cluster{T: t, plan: p, of: 3, during: func(c *cluster) {
		time.Sleep(18 * time.Second)
		c.net.set(true)
		time.Sleep(20 * time.Second)
		c.net.set(false)
	}}
	if s := c.run(); s.Verdict != measure.Pass {
		t.Errorf("%s", s.Reason)
	}
	c.whole(alone(t, p).Requests.Offered)
	c.allWell()
}

// What does not come back is lost: for its leader, and for itself.
func TestTheNetworkIsCutForGood(t *testing.T) {
	p := compile(t, openLoad())
	var far *network
	c := &cluster{T: t, plan: p, of: 3, network: func(index int) *network {
		if index == 2 {
			return far
		}
		return nil
	}}
	synctest.Test(t, func(t *testing.T) {
		c.net = newNetwork(t)
		far = &network{T: t, up: c.net.up, to: c.net.to, mends: make(chan struct{})}
		c.during = func(*cluster) {
			time.Sleep(5 * time.Second)
			far.set(true)
			time.Sleep(90 * time.Second)
			far.set(false)
		}
		defer c.net.close()
		defer far.close()
		c.lead(t)
	})
	if c.summary.ExitCode != measure.ExitInvalid || !strings.Contains(c.summary.Reason, "1 of 3 shards was lost") {
		t.Errorf("%d %s", c.summary.ExitCode, c.summary.Reason)
	}
	if c.errs[1] != nil || !errors.Is(c.errs[2], shard.ErrLost) {
		t.Errorf("%v", c.errs)
	}
	if !c.noted("shard 2 is lost: it was not heard of for 30s") {
		t.Errorf("%q", c.notes)
	}
}

// A follower that is told to end makes the run invalid, unless enough are left.
func TestAFollowerLeaves(t *testing.T) {
	for least, want := range map[int]int{0: measure.ExitInvalid, 2: measure.ExitPass} {
		c := &cluster{T: t, plan: compile(t, openLoad()), of: 3, least: least, during: func(c *cluster) {
			time.Sleep(6 * time.Second)
			c.mu.Lock()
			kill := c.followers[2]
			c.mu.Unlock()
			kill()
		}}
		s := c.run()
		if s.ExitCode != want || s.Audit.Valid != (want == measure.ExitPass) {
			t.Errorf("at least %d: %d %s", least, s.ExitCode, s.Reason)
		}
		if !c.noted(`shard 2 is lost: it left before the end: "it was interrupted"`) {
			t.Errorf("%q", c.notes)
		}
		if c.errs[1] != nil {
			t.Error(c.errs[1])
		}
		if least == 0 && s.Audit.Cause != `shard 2 left before the end: "it was interrupted"` {
			t.Errorf("%q", s.Audit.Cause)
		}
	}
}

// Who does not come in time is not waited for: the others share the load anew where they are enough.
func TestAFollowerDoesNotCome(t *testing.T) {
	p := compile(t, openLoad())
	want := alone(t, p).Requests.Offered
	for least, code := range map[int]int{0: measure.ExitUnknown, 2: measure.ExitPass} {
		c := &cluster{T: t, plan: p, of: 3, least: least, wait: 20 * time.Second, options: func(o *shard.FollowerOptions) {
			if o.Place.Index == 1 {
				o.Version = "v2"
			}
		}}
		s := c.run()
		if s.ExitCode != code {
			t.Errorf("at least %d: %d %s", least, s.ExitCode, s.Reason)
		}
		if !errors.Is(c.errs[1], shard.ErrRefused) || !strings.Contains(c.errs[1].Error(), `is aimbench "v1", and this is v2`) {
			t.Errorf("%v", c.errs[1])
		}
		if least == 2 {
			c.whole(want)
		}
	}
}

// A machine whose clock is 3 s off counts by that of the leader, however far it is.
func TestAClockIsOffBy3s(t *testing.T) {
	for _, off := range []time.Duration{3 * time.Second, -3 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork(t)
			defer n.close()
			n.delay = 20 * time.Millisecond
			clock, c := event.NewClock(), &cluster{}
			time.Sleep(time.Minute)
			l, err := shard.Lead(n.up, shard.LeaderOptions{Of: 2, Token: token, Clock: clock, Note: c.note})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			now := func() time.Time { return time.Now().Add(off) }
			f, err := shard.Join(t.Context(), shard.FollowerOptions{Place: shard.Place{Index: 1, Of: 2}, Token: token, Dial: n.dial, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			if apart := time.Duration(f.Clock().At(now()) - clock.Now()); apart.Abs() > f.Health().Apart || f.Health().Apart > 10*time.Millisecond {
				t.Errorf("the clocks are %v apart, and at most %v are known", apart, f.Health().Apart)
			}
			if d := f.Health().Ahead - off; d.Abs() > f.Health().Apart {
				t.Errorf("the time of day is %v ahead", f.Health().Ahead)
			}
			if want := fmt.Sprintf("the time of day of shard 1 is off by %s", off); !c.noted(want) {
				t.Errorf("%q", c.notes)
			}
			f.Leave("the test is over")
		})
	}
}

// Where the network is slow, the clocks cannot be compared well enough.
func TestASlowNetworkMakesTheStartUncertain(t *testing.T) {
	for delay, want := range map[time.Duration]int{150 * time.Millisecond: measure.ExitPass, 250 * time.Millisecond: measure.ExitInvalid} {
		c := &cluster{T: t, plan: compile(t, openLoad()), of: 2}
		synctest.Test(t, func(t *testing.T) {
			c.net = newNetwork(t)
			c.net.delay = delay
			defer c.net.close()
			c.lead(t)
		})
		if c.summary.ExitCode != want {
			t.Errorf("%v: %d %s", delay, c.summary.ExitCode, c.summary.Reason)
		}
		if want == measure.ExitInvalid && !strings.Contains(c.summary.Reason, "shard 1 may have begun 125 ms apart") {
			t.Errorf("%s", c.summary.Reason)
		}
	}
}

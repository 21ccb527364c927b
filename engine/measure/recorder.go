// Package measure turns the facts of a run into numbers and a verdict. docs/measurement.md says what each means.
package measure

import (
	"runtime"
	"sync"
	"sync/atomic"

	"aimbench/engine/event"
)

// mostShards bounds the number of sets that turns are spread over, and with it the memory of the histograms.
const mostShards = 8

// Recorder is the event.Sink that measures a run. Except for the turns of single runs, which it keeps, its size does
// not grow with the run.
type Recorder struct {
	rules   Rules
	redact  func(string) string
	windows atomic.Pointer[windows]
	shards  []shard

	mu      sync.Mutex // guards what follows
	turns   []event.Turn
	servers servers
	sampled []*judged // the objectives about servers' series
}

// shard is a set of its own, so that turns that end at the same time do not wait for each other.
type shard struct {
	mu  sync.Mutex
	set *set
}

// New returns a recorder that judges by the rules. Every text of the turns that it keeps goes through redact, which may
// be nil.
func New(rules Rules, redact func(string) string) *Recorder {
	if redact == nil {
		redact = func(s string) string { return s }
	}
	if rules.Origin == "" {
		rules.Origin = event.FromSent
	}
	r := &Recorder{rules: rules, redact: redact, shards: make([]shard, 1)}
	if !rules.Single {
		r.shards = make([]shard, min(runtime.GOMAXPROCS(0), mostShards))
	}
	for i := range r.shards {
		r.shards[i].set = newSet(&r.rules, redact)
	}
	for i := range r.rules.Objectives {
		r.sampled = append(r.sampled, newJudged(&r.rules.Objectives[i]))
	}
	r.windows.Store(&windows{})
	return r
}

// Rules are what the recorder judges by.
func (r *Recorder) Rules() Rules { return r.rules }

// Record measures the turn, and fills in its Holds for the sinks that come after.
func (r *Recorder) Record(t *event.Turn) {
	r.rules.decide(t)
	s := &r.shards[int(uint64(t.Session)%uint64(len(r.shards)))]
	s.mu.Lock()
	s.set.add(t, *r.windows.Load())
	s.mu.Unlock()
	if r.rules.Single {
		r.mu.Lock()
		r.turns = append(r.turns, CopyTurn(t, r.redact))
		r.mu.Unlock()
	}
}

// decide evaluates the conditions of the objectives that are about the turn.
func (r *Rules) decide(t *event.Turn) {
	for i := range r.Objectives {
		o := &r.Objectives[i]
		if o.condition == nil || !o.conditional() || !o.about(t) {
			continue
		}
		if held, certain := o.hold(t); certain {
			if t.Holds == nil {
				t.Holds = map[string]bool{}
			}
			t.Holds[o.ID()] = held
		}
	}
}

// Windows says when a load wants turns: when it begins, as it means to, with an open End where it does not know; and when
// its schedule has ended, as it was. The windows of one load go together, and replace what was known of it.
func (r *Recorder) Windows(of []event.Window) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := r.windows.Load().with(of)
	r.windows.Store(&next)
}

// Sample measures what was read of the servers' own series.
func (r *Recorder) Sample(samples []event.Sample) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := *r.windows.Load()
	for _, s := range samples {
		r.servers.add(s)
		for _, j := range r.sampled {
			j.sample(s, w)
		}
	}
}

// Turns are the redacted turns of a single run so far, in the order in which they ended; nil under load.
func (r *Recorder) Turns() []event.Turn {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]event.Turn(nil), r.turns...)
}

// merged is what all shards add up to.
func (r *Recorder) merged() *set {
	all := newSet(&r.rules, r.redact)
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		all.merge(s.set)
		s.mu.Unlock()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, j := range r.sampled {
		all.Objectives[i].merge(j)
	}
	return all
}

// Judge sums up what was recorded.
func (r *Recorder) Judge(e Ending) *Summary {
	all := r.merged()
	s := all.summary(*r.windows.Load())
	r.mu.Lock()
	s.Server = r.servers.summary()
	r.mu.Unlock()
	s.Duration = e.Duration.Seconds()
	s.audit(&r.rules, all, *r.windows.Load(), &e)
	s.abort(e.Aborted)
	s.judge(&r.rules, all, e)
	s.Reason = r.redact(s.Reason)
	return s
}

// Now is how the run stands.
func (r *Recorder) Now() Glance {
	all := r.merged()
	g := Glance{Objectives: all.results(*r.windows.Load())}
	lag := NewDistribution("seconds")
	for i := range r.rules.Loads {
		name := r.rules.Loads[i].Name
		l := all.load(name)
		g.Loads = append(g.Loads, LoadGlance{Load: name, TTFT: l.Time.recent()})
		if d := l.All.Values["schedule_lag"]; d != nil {
			lag.Merge(d)
		}
	}
	g.Lag = finite(lag.Quantile(99))
	return g
}

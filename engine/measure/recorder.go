// Package measure turns the facts of a run into numbers and a verdict. docs/measurement.md says what each means.
package measure

import (
	"sync"

	"aimbench/engine/event"
	"aimbench/engine/metric"
)

// Recorder is the event.Sink that measures a run. Except for the turns of single runs, which it keeps, its size does
// not grow with the run.
type Recorder struct {
	rules  Rules
	redact func(string) string

	mu    sync.Mutex
	set   *set
	turns []event.Turn
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
	return &Recorder{rules: rules, redact: redact, set: newSet(&rules)}
}

// Rules are what the recorder judges by.
func (r *Recorder) Rules() Rules { return r.rules }

// Record measures the turn, and fills in its Holds for the sinks that come after.
func (r *Recorder) Record(t *event.Turn) {
	r.decide(t)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set.add(t)
	if r.rules.Single {
		r.turns = append(r.turns, CopyTurn(t, r.redact))
	}
}

// decide evaluates the conditions of the objectives that are about the turn.
func (r *Recorder) decide(t *event.Turn) {
	for i := range r.rules.Objectives {
		o := &r.rules.Objectives[i]
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

// Turns are the redacted turns of a single run so far, in the order in which they ended; nil under load.
func (r *Recorder) Turns() []event.Turn {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]event.Turn(nil), r.turns...)
}

// Judge sums up what was recorded.
func (r *Recorder) Judge(e Ending) *Summary {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.set.summary()
	s.Duration = e.Duration.Seconds()
	s.judge(&r.rules, r.set, e)
	s.Reason = r.redact(s.Reason)
	return s
}

// set is what turns add up to. It is not safe for concurrent use; several are merged instead.
type set struct {
	rules      *Rules
	requests   Requests
	errors     map[event.Class]int
	broken     map[event.Class]int // of errors, those that the scenario does not expect
	assertions Assertions
	rate       rate
	values     map[string]*Distribution
	tallies    []*tally
	sources    map[string]int
	// unreachable counts the turns that failed as if there were no endpoint for us.
	unreachable int
}

func newSet(rules *Rules) *set {
	s := &set{
		rules: rules, errors: map[event.Class]int{}, broken: map[event.Class]int{},
		values: map[string]*Distribution{}, sources: map[string]int{},
	}
	for i := range rules.Objectives {
		s.tallies = append(s.tallies, newTally(&rules.Objectives[i]))
	}
	return s
}

func (s *set) add(t *event.Turn) {
	s.count(t)
	s.rate.add(t)
	Values(t, s.rules.Origin, func(name string, v Value) {
		d := s.values[name]
		if d == nil {
			m, _ := metric.Lookup(name)
			d = NewDistribution(m.Unit)
			s.values[name] = d
		}
		d.Add(v)
	})
	for _, c := range s.tallies {
		c.add(t)
	}
	s.assertions.add(t)
}

func (s *set) count(t *event.Turn) {
	r := &s.requests
	r.Offered++
	switch {
	case t.Class == event.OK:
		r.Succeeded++
	case t.Class == event.Dropped:
		r.Dropped++
	case t.Class == event.HungUp:
		r.HungUp++
	case t.Class == event.Censored:
		r.Censored++
	case t.Class == event.Unsent:
		r.Unsent++
	default:
		r.Failed++
		s.errors[t.Class]++
	}
	if Unexpected(t) {
		r.Unexpected++
		if t.Class.Failed() {
			s.broken[t.Class]++
		}
		if unreachable(t) {
			s.unreachable++
		}
	}
	if source := t.Usage().Source; len(t.Requests) > 0 && source != event.FromNone && source != "" {
		s.sources[source]++
	}
}

// Unexpected reports whether the turn breaks a promise: it failed though the scenario does not expect it to, succeeded
// though it expects a failure, or could not be sent.
func Unexpected(t *event.Turn) bool {
	switch {
	case t.Class == event.Unsent:
		return true
	case t.ExpectFailure:
		return t.Class == event.OK
	}
	return t.Class.Failed()
}

// unreachable reports whether the turn failed as if there were no endpoint for us.
func unreachable(t *event.Turn) bool {
	switch t.Class {
	case event.Dial, event.TLS:
		return true
	case event.HTTP4xx:
		if len(t.Requests) == 0 {
			return false
		}
		switch t.Requests[len(t.Requests)-1].Status {
		case 401, 403, 404:
			return true
		}
	}
	return false
}

func (s *set) summary() *Summary {
	sum := &Summary{
		Simulated: s.rules.Simulated, Origin: s.rules.Origin, Requests: s.requests, Assertions: s.assertions,
		Errors: map[event.Class]int{}, Metrics: map[string]Stats{}, Rates: map[string]float64{},
		Objectives: []Result{}, TokenSource: s.tokenSource(),
	}
	for class, n := range s.errors {
		sum.Errors[class] = n
	}
	for _, m := range metric.Table {
		if d := s.values[m.Name]; d != nil {
			sum.Metrics[m.Name] = d.Stats(string(m.Unit))
		}
		if v := finite(s.rate.value(m.Name)); m.Per == metric.PerRun && v != nil {
			sum.Rates[m.Name] = *v
		}
	}
	for _, c := range s.tallies {
		sum.Objectives = append(sum.Objectives, c.judge())
	}
	return sum
}

func (s *set) tokenSource() string {
	switch len(s.sources) {
	case 0:
		return event.FromNone
	case 1:
		for source := range s.sources {
			return source
		}
	}
	return "mixed"
}

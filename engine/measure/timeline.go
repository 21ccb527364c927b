package measure

import (
	"maps"
	"time"

	"aimbench/engine/event"
)

// mostPoints bounds the points of a series.
const mostPoints = 1024

// sketched are the latencies that series hold.
var sketched = [...]string{"ttft", "tpot", "e2e"}

// moment is what happened in one interval of a series.
type moment struct {
	offered, started, succeeded, failed, dropped, hungUp, input, output int

	busy    time.Duration // that turns were under way, added up
	errors  map[event.Class]int
	latency [len(sketched)]sketch
}

func (m *moment) merge(o *moment) {
	m.offered += o.offered
	m.started += o.started
	m.succeeded += o.succeeded
	m.failed += o.failed
	m.dropped += o.dropped
	m.hungUp += o.hungUp
	m.input += o.input
	m.output += o.output
	m.busy += o.busy
	for class, n := range o.errors {
		m.fail(class, n)
	}
	for i := range m.latency {
		m.latency[i].merge(&o.latency[i])
	}
}

func (m *moment) fail(class event.Class, n int) {
	if m.errors == nil {
		m.errors = map[event.Class]int{}
	}
	m.errors[class] += n
}

// timeline is how a load goes over time.
type timeline struct {
	grid[moment, *moment]
}

func newTimeline() *timeline { return &timeline{grid[moment, *moment]{most: mostPoints}} }

func (l *timeline) add(t *event.Turn) {
	l.at(t.Intended).offered++
	if t.Class != event.Dropped && t.Dispatched.Reached() {
		l.at(t.Dispatched).started++
		l.underWay(t)
	}
	l.ended(t)
	for i := range t.Requests {
		l.tokens(&t.Requests[i])
	}
}

// latencies adds the value of a latency to the interval in which the turn was wanted.
func (l *timeline) latencies(t *event.Turn, name string, v Value) {
	for i, one := range sketched {
		if name == one {
			l.at(t.Intended).latency[i].add(v)
		}
	}
}

func (l *timeline) ended(t *event.Turn) {
	m := l.at(t.End)
	switch {
	case t.Class == event.OK:
		m.succeeded++
	case t.Class == event.Dropped:
		m.dropped++
	case t.Class == event.HungUp:
		m.hungUp++
	case t.Class.Failed():
		m.failed++
		m.fail(t.Class, 1)
	}
	if u := t.Usage(); u.Source == event.FromServer {
		m.input += u.Input
	}
}

// underWay adds the time of the turn to the intervals that it spans.
func (l *timeline) underWay(t *event.Turn) {
	l.at(t.End) // so that the length of the cells is settled
	for from := t.Dispatched; from < t.End; {
		to := min(t.End, (from/l.length+1)*l.length)
		if to <= from {
			return // beyond what an instant can say
		}
		l.at(from).busy += time.Duration(to - from)
		from = to
	}
}

// tokens adds the request's output tokens to the intervals that they arrived in.
func (l *timeline) tokens(r *event.Request) {
	if len(r.Arrivals) == 0 {
		if r.Usage.Output > 0 && r.End.Reached() {
			l.at(r.End).output += r.Usage.Output
		}
		return
	}
	for from := 0; from < len(r.Arrivals); {
		m := l.at(r.Arrivals[from])
		until, to := (r.Arrivals[from]/l.length+1)*l.length, from+1
		for to < len(r.Arrivals) && r.Arrivals[to] < until {
			to++
		}
		m.output += tokensUntil(r, to) - tokensUntil(r, from)
		from = to
	}
}

// series are the points of the timeline.
func (l *timeline) series(load string) Series {
	s := Series{Load: load, Step: l.length.Seconds(), Points: []Point{}}
	l.each(func(start event.Instant, m *moment) {
		p := Point{
			At: start.Seconds(), Offered: m.offered, Started: m.started, Succeeded: m.succeeded, Failed: m.failed, Dropped: m.dropped,
			HungUp: m.hungUp, Errors: maps.Clone(m.errors), InFlight: m.busy.Seconds() / l.length.Seconds(), OutputTokens: m.output,
			InputTokens: m.input,
		}
		for i, name := range sketched {
			if b := m.latency[i].band(); b.Count > 0 {
				if p.Latency == nil {
					p.Latency = map[string]Band{}
				}
				p.Latency[name] = b
			}
		}
		s.Points = append(s.Points, p)
	})
	return s
}

// recent is the spread of a load's ttft over the last few intervals.
func (l *timeline) recent() Band {
	var s sketch
	last := event.Instant(0)
	l.each(func(start event.Instant, m *moment) {
		if m.latency[0].n+m.latency[0].lost > 0 {
			last = start
		}
	})
	l.each(func(start event.Instant, m *moment) {
		if start > last-recently {
			s.merge(&m.latency[0])
		}
	})
	return s.band()
}

// recently is how far back a glance looks.
const recently = event.Instant(10e9)

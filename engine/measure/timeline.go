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
	Offered, Started, Succeeded, Failed, Dropped, HungUp, Input, Output int

	Busy    time.Duration // that turns were under way, added up
	Errors  map[event.Class]int
	Latency [len(sketched)]sketch
}

func (m *moment) merge(o *moment) {
	m.Offered += o.Offered
	m.Started += o.Started
	m.Succeeded += o.Succeeded
	m.Failed += o.Failed
	m.Dropped += o.Dropped
	m.HungUp += o.HungUp
	m.Input += o.Input
	m.Output += o.Output
	m.Busy += o.Busy
	for class, n := range o.Errors {
		m.fail(class, n)
	}
	for i := range m.Latency {
		m.Latency[i].merge(&o.Latency[i])
	}
}

func (m *moment) fail(class event.Class, n int) {
	if m.Errors == nil {
		m.Errors = map[event.Class]int{}
	}
	m.Errors[class] += n
}

// timeline is how a load goes over time.
type timeline struct {
	Cells grid[moment, *moment]
}

func newTimeline() *timeline { return &timeline{grid[moment, *moment]{most: mostPoints}} }

func (l *timeline) add(t *event.Turn) {
	l.Cells.at(t.Intended).Offered++
	if t.Class != event.Dropped && t.Dispatched.Reached() {
		l.Cells.at(t.Dispatched).Started++
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
			l.Cells.at(t.Intended).Latency[i].add(v)
		}
	}
}

func (l *timeline) ended(t *event.Turn) {
	m := l.Cells.at(t.End)
	switch {
	case t.Class == event.OK:
		m.Succeeded++
	case t.Class == event.Dropped:
		m.Dropped++
	case t.Class == event.HungUp:
		m.HungUp++
	case t.Class.Failed():
		m.Failed++
		m.fail(t.Class, 1)
	}
	if u := t.Usage(); u.Source == event.FromServer {
		m.Input += u.Input
	}
}

// underWay adds the time of the turn to the intervals that it spans.
func (l *timeline) underWay(t *event.Turn) {
	l.Cells.at(t.End) // so that the length of the cells is settled
	for from := t.Dispatched; from < t.End; {
		to := min(t.End, (from/l.Cells.Length+1)*l.Cells.Length)
		if to <= from {
			return // beyond what an instant can say
		}
		l.Cells.at(from).Busy += time.Duration(to - from)
		from = to
	}
}

// tokens adds the request's output tokens to the intervals that they arrived in.
func (l *timeline) tokens(r *event.Request) {
	if len(r.Arrivals) == 0 {
		if r.Usage.Output > 0 && r.End.Reached() {
			l.Cells.at(r.End).Output += r.Usage.Output
		}
		return
	}
	for from := 0; from < len(r.Arrivals); {
		m := l.Cells.at(r.Arrivals[from])
		until, to := (r.Arrivals[from]/l.Cells.Length+1)*l.Cells.Length, from+1
		for to < len(r.Arrivals) && r.Arrivals[to] < until {
			to++
		}
		m.Output += tokensUntil(r, to) - tokensUntil(r, from)
		from = to
	}
}

// series are the points of the timeline.
func (l *timeline) series(load string) Series {
	s := Series{Load: load, Step: l.Cells.Length.Seconds(), Points: []Point{}}
	l.Cells.each(func(start event.Instant, m *moment) {
		p := Point{
			At: start.Seconds(), Offered: m.Offered, Started: m.Started, Succeeded: m.Succeeded, Failed: m.Failed, Dropped: m.Dropped,
			HungUp: m.HungUp, Errors: maps.Clone(m.Errors), InFlight: m.Busy.Seconds() / l.Cells.Length.Seconds(), OutputTokens: m.Output,
			InputTokens: m.Input,
		}
		for i, name := range sketched {
			if b := m.Latency[i].band(); b.Count > 0 {
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
	l.Cells.each(func(start event.Instant, m *moment) {
		if m.Latency[0].N+m.Latency[0].Lost > 0 {
			last = start
		}
	})
	l.Cells.each(func(start event.Instant, m *moment) {
		if start > last-recently {
			s.merge(&m.Latency[0])
		}
	})
	return s.band()
}

// recently is how far back a glance looks.
const recently = event.Instant(10e9)

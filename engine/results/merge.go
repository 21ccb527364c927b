package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

// Record is a record that can be read more than once.
type Record struct {
	// Name is how errors call it.
	Name string
	// Open begins at its beginning.
	Open func() (io.ReadCloser, error)
}

// Merge measures the records of runs of one scenario again, as if they had been one run: those of several processes that
// shared its load, or of several runs. Instants count from when the first of them began. Nothing is averaged: the same
// comes out as if one process had seen all turns. The objectives are judged instead of the records' own where they are
// given. The sinks receive every turn.
func Merge(objectives []measure.Objective, sinks []event.Sink, records ...Record) (*Run, error) {
	m := &merge{}
	for _, r := range records {
		if err := m.look(r); err != nil {
			return nil, err
		}
	}
	run := m.run()
	if objectives != nil {
		run.Rules.Objectives = objectives
	}
	again := newAgain(run.Rules, sinks...)
	for _, w := range m.windows {
		again.Windows(w)
	}
	for i, r := range records {
		if err := m.scan(r, shifted{again, m.offset(i)}); err != nil {
			return nil, err
		}
	}
	run.Turns, run.Summary = again.turns, again.recorder.Judge(run.Ending)
	return run, nil
}

// merge is what is known of records that become one.
type merge struct {
	runs    []*Run
	windows [][]event.Window // of each load, from the run's first instant
	spans   []*looked
}

// looked takes the windows of a record, and sees when its last turn ended.
type looked struct {
	windows map[string][]event.Window
	last    event.Instant
}

func (l *looked) Record(t *event.Turn)  { l.last = max(l.last, t.End) }
func (l *looked) Sample([]event.Sample) {}
func (l *looked) Windows(w []event.Window) {
	if len(w) > 0 {
		l.windows[w[0].Load] = w
	}
}

func (m *merge) look(r Record) error {
	l := &looked{windows: map[string][]event.Window{}}
	var run *Run
	err := m.read(r, func(in io.Reader) (err error) {
		run, err = Scan(in, func(*Header) Facts { return l })
		return err
	})
	if err != nil {
		return err
	}
	if run.Summary == nil {
		run.Cut, run.Ending = true, cutOff(l.last)
	}
	if len(m.runs) > 0 && !sameRules(&m.runs[0].Header, &run.Header) {
		return fmt.Errorf("%s: it is the record of another scenario, or was judged by other rules, than the first: only runs of one scenario become one", r.Name)
	}
	m.runs, m.spans = append(m.runs, run), append(m.spans, l)
	return nil
}

func sameRules(a, b *Header) bool {
	x, err := json.Marshal(a.Rules)
	y, err2 := json.Marshal(b.Rules)
	return err == nil && err2 == nil && a.Digest == b.Digest && bytes.Equal(x, y)
}

func (m *merge) read(r Record, do func(io.Reader) error) error {
	in, err := r.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	if err := do(in); err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	return nil
}

func (m *merge) scan(r Record, to Facts) error {
	return m.read(r, func(in io.Reader) error {
		_, err := Scan(in, func(*Header) Facts { return to })
		return err
	})
}

// offset is by how much the instants of a record move.
func (m *merge) offset(i int) time.Duration { return m.runs[i].Start.Sub(m.start()) }

func (m *merge) start() time.Time {
	return slices.MinFunc(m.runs, func(a, b *Run) int { return a.Start.Compare(b.Start) }).Start
}

// run is the whole, without its summary. It sets the windows.
func (m *merge) run() *Run {
	whole := &Run{Header: m.runs[0].Header}
	whole.Start = m.start()
	all := map[string][]event.Window{}
	for i, r := range m.runs {
		d := m.offset(i)
		whole.Cut = whole.Cut || r.Cut
		if i == 0 || r.Clock == userClock {
			whole.Clock = r.Clock
		}
		join(&whole.Ending, r.Ending, d)
		for load, w := range m.spans[i].windows {
			moved := make([]event.Window, len(w))
			for j := range w {
				moved[j] = move(w[j], d)
			}
			all[load] = event.Hull(all[load], moved)
		}
	}
	for _, load := range whole.Rules.Loads {
		if w := all[load.Name]; w != nil {
			m.windows = append(m.windows, w)
		}
	}
	return whole
}

// join adds how one run ended to how the whole did.
func join(e *measure.Ending, one measure.Ending, d time.Duration) {
	e.Interrupted = e.Interrupted || one.Interrupted
	if e.Cause == "" {
		e.Cause = one.Cause
	}
	e.Harness.Merge(&one.Harness)
	if e.Shards == nil || one.Shards != nil && one.Shards.Fault() != "" {
		e.Shards = one.Shards
	}
	for _, a := range one.Aborted {
		a.At = a.At.Add(d)
		e.Aborted = append(e.Aborted, a)
	}
	e.Duration = max(e.Duration, d+one.Duration)
}

func move(w event.Window, d time.Duration) event.Window {
	w.Start = w.Start.Add(d)
	if w.End.Reached() {
		w.End = w.End.Add(d)
	}
	return w
}

// shifted hands on facts whose instants are moved. The windows of the whole are known already.
type shifted struct {
	to *again
	d  time.Duration
}

func (s shifted) Windows([]event.Window) {}

func (s shifted) Sample(samples []event.Sample) {
	for i := range samples {
		samples[i].At = samples[i].At.Add(s.d)
	}
	s.to.Sample(samples)
}

func (s shifted) Record(t *event.Turn) {
	if s.d != 0 {
		s.shift(&t.Intended, &t.Dispatched, &t.End)
		for i := range t.Requests {
			r := &t.Requests[i]
			s.shift(&r.Instants.Dispatched, &r.Connected, &r.Sent, &r.Headers, &r.FirstEvent, &r.FirstToken, &r.FirstAnswer, &r.LastToken, &r.Instants.End)
			for j := range r.Arrivals {
				s.shift(&r.Arrivals[j])
			}
		}
	}
	s.to.Record(t)
}

// shift moves the instants that were reached.
func (s shifted) shift(instants ...*event.Instant) {
	for _, i := range instants {
		if i.Reached() {
			*i = i.Add(s.d)
		}
	}
}

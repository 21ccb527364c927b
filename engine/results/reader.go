package results

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

// maxLine is the longest line that is read; a turn holds whole replies.
const maxLine = 256 << 20

// ErrNoRecord says that what was read is not the record of a run.
var ErrNoRecord = errors.New("not the results of a run")

// ReadHeader reads the header of a record, and nothing that comes after it.
func ReadHeader(r io.Reader) (*Header, error) {
	text, _, err := readLine(bufio.NewReader(r))
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("reading the header of the results: %w", err)
	}
	in := &scan{open: func(*Header) Facts { return nil }}
	if err := in.line(text, 1); err != nil {
		return nil, err
	}
	return &in.run.Header, nil
}

// Facts takes what a record holds besides its header and its footer, in the order in which it was written. A turn and its
// lists are the taker's to keep.
type Facts interface {
	event.Sink
	Windows([]event.Window)
	Sample([]event.Sample)
}

// Read reads the record of a run. A last line that was cut is left out. Without a footer, the summary is made again
// from the turns, as of a run that was interrupted, and Cut is set. The sinks receive every turn. Errors say which line is
// wrong; the one for what is no record at all wraps ErrNoRecord.
func Read(r io.Reader, sinks ...event.Sink) (*Run, error) {
	var a *again
	run, err := Scan(r, func(h *Header) Facts {
		a = newAgain(h.Rules, sinks...)
		return a
	})
	if err != nil {
		return nil, err
	}
	run.Turns = a.turns
	if run.Summary == nil {
		run.Cut, run.Ending = true, cutOff(a.last)
		run.Summary = a.recorder.Judge(run.Ending)
	}
	return run, nil
}

// cutOff is how a run ended whose record has no footer.
func cutOff(last event.Instant) measure.Ending {
	return measure.Ending{Interrupted: true, Cause: "the record was cut", Duration: time.Duration(last)}
}

// again measures the turns of a record once more, and keeps those of a single run.
type again struct {
	single   bool
	recorder *measure.Recorder
	sinks    []event.Sink
	turns    []event.Turn
	last     event.Instant
}

func newAgain(rules measure.Rules, sinks ...event.Sink) *again {
	return &again{single: rules.Single, recorder: measure.New(rules, nil), sinks: sinks}
}

func (a *again) Record(t *event.Turn) {
	a.recorder.Record(t)
	a.last = max(a.last, t.End)
	for _, s := range a.sinks {
		s.Record(t)
	}
	if a.single {
		a.turns = append(a.turns, *t)
	}
}

func (a *again) Windows(w []event.Window) { a.recorder.Windows(w) }
func (a *again) Sample(s []event.Sample)  { a.recorder.Sample(s) }

// Scan reads the record of a run and hands on what it holds to what facts returns for its header; nil takes nothing. The
// run that it returns has neither turns nor, where the record was cut, a summary.
func Scan(r io.Reader, facts func(*Header) Facts) (*Run, error) {
	in := &scan{open: facts}
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		text, whole, err := readLine(lines)
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("reading line %d of the results: %w", n, err)
		}
		end := err == io.EOF
		if len(bytes.TrimSpace(text)) > 0 {
			if err := in.line(text, n); err != nil && (whole || in.run == nil) {
				return nil, err
			}
		}
		if end {
			break
		}
	}
	if in.run == nil {
		return nil, fmt.Errorf("%w: there is nothing in it", ErrNoRecord)
	}
	return in.run, nil
}

// ReadTurns reads lines that a writer of NewLines wrote, and hands the turns to the sink, whose they are to keep.
func ReadTurns(r io.Reader, sink event.Sink) error {
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		text, _, err := readLine(lines)
		if err != nil && err != io.EOF {
			return fmt.Errorf("reading turn %d: %w", n, err)
		}
		if len(text) > 0 {
			var l struct{ Turn *turnLine }
			if err := json.Unmarshal(text, &l); err != nil || l.Turn == nil {
				return fmt.Errorf("turn %d of those of another process is broken: %w", n, errors.Join(err, ErrNoRecord))
			}
			unpackArrivals(l.Turn.Arrivals, l.Turn.Requests)
			sink.Record(&l.Turn.Turn)
		}
		if err == io.EOF {
			return nil
		}
	}
}

// readLine returns the next line, and whether a line end closes it.
func readLine(in *bufio.Reader) (text []byte, whole bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case len(text) > maxLine:
			return nil, false, fmt.Errorf("the line is longer than %d MiB", maxLine>>20)
		case err == bufio.ErrBufferFull:
			continue
		case err != nil:
			return text, false, err
		}
		return text, true, nil
	}
}

// scan is a record that is being read.
type scan struct {
	open  func(*Header) Facts
	run   *Run
	facts Facts
}

// line takes in what a line says. It leaves all as it is where the line is wrong.
func (in *scan) line(text []byte, n int) error {
	var l struct {
		Header  json.RawMessage
		Turn    *turnLine
		Windows []event.Window
		Samples []event.Sample
		Footer  *footer
	}
	if err := json.Unmarshal(text, &l); err != nil {
		if in.run == nil {
			return fmt.Errorf("%w: its first line is not one of a results file (%v)", ErrNoRecord, err)
		}
		return fmt.Errorf("line %d of the results is broken: %w", n, err)
	}
	switch {
	case l.Header != nil:
		if in.run != nil {
			return fmt.Errorf("line %d of the results is a second header: several runs in one file", n)
		}
		run, err := readHeader(l.Header)
		if err != nil {
			return err
		}
		in.run, in.facts = run, in.open(&run.Header)
	case in.run == nil:
		return fmt.Errorf("%w: it does not begin with a header", ErrNoRecord)
	case in.run.Summary != nil:
		return fmt.Errorf("line %d of the results stands after the footer", n)
	case l.Footer != nil && l.Footer.Summary != nil:
		in.run.Summary, in.run.Ending = l.Footer.Summary, l.Footer.Ending
	case in.facts == nil:
	case l.Turn != nil:
		unpackArrivals(l.Turn.Arrivals, l.Turn.Requests)
		in.facts.Record(&l.Turn.Turn)
	case l.Windows != nil:
		in.facts.Windows(l.Windows)
	case l.Samples != nil:
		in.facts.Sample(l.Samples)
	}
	return nil
}

func readHeader(raw json.RawMessage) (*Run, error) {
	var version struct{ Format int }
	if err := json.Unmarshal(raw, &version); err != nil {
		return nil, fmt.Errorf("%w: its header has no format version (%v)", ErrNoRecord, err)
	}
	if version.Format < 1 || version.Format > Format {
		return nil, fmt.Errorf("the results have format %d, and this aimbench reads formats 1 to %d: use the aimbench "+
			"that wrote them, or a newer one", version.Format, Format)
	}
	run := &Run{}
	if err := json.Unmarshal(raw, &run.Header); err != nil {
		return nil, fmt.Errorf("the header of the results is broken: %w", err)
	}
	return run, nil
}

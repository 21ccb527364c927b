package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

// line is one line of a record; exactly one of its fields is set.
type line struct {
	Header  *Header        `json:"header,omitempty"`
	Turn    *turnLine      `json:"turn,omitempty"`
	Windows []event.Window `json:"windows,omitempty"`
	Samples []event.Sample `json:"samples,omitempty"`
	Footer  *footer        `json:"footer,omitempty"`
}

type turnLine struct {
	event.Turn
	// Arrivals are, for each request, the instant of its first content chunk and the gaps to each of the next, all in
	// nanoseconds.
	Arrivals [][]int64 `json:"arrivals,omitempty"`
}

type footer struct {
	Summary *measure.Summary `json:"summary"`
	Ending  measure.Ending   `json:"ending"`
}

// Writer is the event.Sink that keeps the record of a run. It writes each turn in one piece as it ends, so that a
// killed process loses none that had ended.
type Writer struct {
	w      io.Writer
	redact func(string) string

	mu  sync.Mutex
	err error
}

// NewWriter writes the header and returns a writer for the rest. Every text goes through redact, which may be nil,
// before it is written. The header's format is set here.
func NewWriter(w io.Writer, h Header, redact func(string) string) (*Writer, error) {
	if redact == nil {
		redact = func(s string) string { return s }
	}
	h.Format = Format
	out := &Writer{w: w, redact: redact}
	return out, out.writeWhole(line{Header: &h})
}

// NewLines returns a writer of turns alone, for ReadTurns: what one process hands to another that keeps the record.
func NewLines(w io.Writer, redact func(string) string) *Writer {
	if redact == nil {
		redact = func(s string) string { return s }
	}
	return &Writer{w: w, redact: redact}
}

// Record writes the turn. Once writing has failed, it does nothing; Close returns the error.
func (w *Writer) Record(t *event.Turn) {
	c := measure.CopyTurn(t, w.redact)
	l := turnLine{Turn: c}
	for i := range c.Requests {
		if len(c.Requests[i].Arrivals) > 0 {
			l.Arrivals = packArrivals(c.Requests)
			break
		}
	}
	b, err := json.Marshal(line{Turn: &l})
	w.write(b, err)
}

// Windows writes when a load wants turns.
func (w *Writer) Windows(of []event.Window) { _ = w.writeWhole(line{Windows: of}) }

// Sample writes what was read of the servers.
func (w *Writer) Sample(samples []event.Sample) { _ = w.writeWhole(line{Samples: samples}) }

// Close writes the footer and returns the first error of all that was written. It does not close the underlying
// writer.
func (w *Writer) Close(s *measure.Summary, e measure.Ending) error {
	return w.writeWhole(line{Footer: &footer{Summary: s, Ending: e}})
}

// Err returns the first error of all that was written so far.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// writeWhole writes a line whose texts were not redacted one by one.
func (w *Writer) writeWhole(l line) error {
	b, err := json.Marshal(l)
	if err == nil {
		b, err = redactJSON(b, w.redact)
	}
	w.write(b, err)
	return w.Err()
}

func (w *Writer) write(b []byte, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return
	}
	if err == nil {
		_, err = w.w.Write(append(b, '\n'))
	}
	if err != nil {
		w.err = fmt.Errorf("writing the results: %w", err)
	}
}

// redactJSON passes every string of a JSON value, and every key, through redact.
func redactJSON(b []byte, redact func(string) string) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber() // as they stand: a float64 would round large ones
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(redactValue(v, redact))
}

func redactValue(v any, redact func(string) string) any {
	switch v := v.(type) {
	case string:
		return redact(v)
	case []any:
		for i := range v {
			v[i] = redactValue(v[i], redact)
		}
	case map[string]any:
		clean := make(map[string]any, len(v))
		for key, x := range v {
			clean[redact(key)] = redactValue(x, redact)
		}
		return clean
	}
	return v
}

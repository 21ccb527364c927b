package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// columns are those of the CSV report. Times are in seconds; an empty cell is undefined.
var columns = []struct {
	name string
	cell func(*event.Turn) string
}{
	{"load", func(t *event.Turn) string { return t.Load }},
	{"stage", func(t *event.Turn) string { return t.Stage }},
	{"session", func(t *event.Turn) string { return strconv.FormatInt(t.Session, 10) }},
	{"conversation", func(t *event.Turn) string { return t.Conversation }},
	{"turn", func(t *event.Turn) string { return t.Turn }},
	{"index", func(t *event.Turn) string { return strconv.Itoa(t.Index) }},
	{"endpoint", func(t *event.Turn) string { return t.Endpoint }},
	{"error_class", func(t *event.Turn) string { return string(t.Class) }},
	{"expect_failure", func(t *event.Turn) string { return strconv.FormatBool(t.ExpectFailure) }},
	{"status", status},
	{"finish_reason", func(t *event.Turn) string { return t.FinishReason }},
	{"intended", func(t *event.Turn) string { return instant(t.Intended) }},
	{"dispatched", func(t *event.Turn) string { return instant(t.Dispatched) }},
	{"end", func(t *event.Turn) string { return instant(t.End) }},
	{"ttft", func(t *event.Turn) string { return since(t.TTFT(event.FromSent)) }},
	{"ttft_intended", func(t *event.Turn) string { return since(t.TTFT(event.FromIntended)) }},
	{"ttfa", func(t *event.Turn) string { return since(t.TTFA(event.FromSent)) }},
	{"e2e", func(t *event.Turn) string { return since(t.E2E(event.FromSent)) }},
	{"tpot", func(t *event.Turn) string {
		if v, ok := turnTPOT(t); ok {
			return seconds(v)
		}
		return ""
	}},
	{"input_tokens", counted(func(u event.Usage) int { return u.Input }, event.FromServer)},
	{"output_tokens", counted(func(u event.Usage) int { return u.Output }, event.FromServer, event.FromChunks)},
	{"cached_tokens", counted(func(u event.Usage) int { return u.Cached }, event.FromServer)},
	{"token_source", func(t *event.Turn) string { return t.Usage().Source }},
	{"requests", func(t *event.Turn) string { return strconv.Itoa(len(t.Requests)) }},
	{"tool_calls", func(t *event.Turn) string { return strconv.Itoa(len(t.ToolCalls)) }},
	{"gestures", gesturesOf},
	{"reaction", func(t *event.Turn) string { return since(t.Reaction()) }},
	{"speech_start", func(t *event.Turn) string { return since(t.SpeechStart()) }},
	{"assertions_passed", func(t *event.Turn) string { return strconv.Itoa(measure.AssertionsOf(t).Passed) }},
	{"assertions_failed", func(t *event.Turn) string { return strconv.Itoa(measure.AssertionsOf(t).Failed) }},
	{"assertions_errored", func(t *event.Turn) string { return strconv.Itoa(measure.AssertionsOf(t).Errored) }},
	{"assertions_inconclusive", func(t *event.Turn) string { return strconv.Itoa(measure.AssertionsOf(t).Inconclusive) }},
	{"rubrics", judgementsOf},
	{"user", func(t *event.Turn) string { return t.User }},
	{"text", func(t *event.Turn) string { return t.Text }},
	{"reasoning", func(t *event.Turn) string { return t.Reasoning }},
	{"refusal", func(t *event.Turn) string { return t.Refusal }},
	{"message", func(t *event.Turn) string { return t.Message }},
}

// gesturesOf says what became of a turn's gestures: hello=done tool.nod=refused.
func gesturesOf(t *event.Turn) string {
	var all []string
	for i := range t.Gestures {
		all = append(all, t.Gestures[i].Perform+"="+string(t.Gestures[i].Status))
	}
	return strings.Join(all, " ")
}

func status(t *event.Turn) string {
	if n := len(t.Requests); n > 0 && t.Requests[n-1].Status > 0 {
		return strconv.Itoa(t.Requests[n-1].Status)
	}
	return ""
}

func instant(i event.Instant) string {
	if !i.Reached() {
		return ""
	}
	return seconds(i.Seconds())
}

func since(d time.Duration, ok bool) string {
	if !ok {
		return ""
	}
	return seconds(d.Seconds())
}

func seconds(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func counted(of func(event.Usage) int, sources ...string) func(*event.Turn) string {
	return func(t *event.Turn) string {
		u := t.Usage()
		for _, s := range sources {
			if u.Source == s {
				return strconv.Itoa(of(u))
			}
		}
		return ""
	}
}

// CSV writes the turns of a run, one a row, under a row of names.
func CSV(w io.Writer, run *results.Run) error {
	rows := NewRows(w, nil)
	for i := range run.Turns {
		rows.Record(&run.Turns[i])
	}
	return rows.Close()
}

// Rows is the event.Sink that writes turns as rows of a CSV file, under a row of names, as they end: those of a load are
// not kept. A text that a spreadsheet would take for a formula has an apostrophe before it. It is safe for concurrent use.
type Rows struct {
	redact func(string) string

	mu  sync.Mutex
	out *csv.Writer
	row []string
}

// NewRows writes the row of names. Every text of a turn goes through redact, which may be nil, before it is written.
func NewRows(w io.Writer, redact func(string) string) *Rows {
	r := &Rows{redact: redact, out: csv.NewWriter(w), row: make([]string, len(columns))}
	for i, c := range columns {
		r.row[i] = c.name
	}
	r.write()
	return r
}

// Record writes a turn. Once writing has failed, it does nothing; Close returns the error.
func (r *Rows) Record(t *event.Turn) {
	if r.redact != nil {
		clean := measure.CopyTurn(t, r.redact)
		t = &clean
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, c := range columns {
		r.row[i] = inert(c.cell(t))
	}
	r.write()
}

// write passes the row on. The writer keeps the first error, which Close returns.
func (r *Rows) write() { _ = r.out.Write(r.row) }

// Close writes what is left, and returns the first error of all that was written. It does not close the underlying
// writer.
func (r *Rows) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.Flush()
	return r.out.Error()
}

// inert makes sure that a spreadsheet takes a cell for text, and leaves out what no cell can hold.
func inert(cell string) string {
	cell = strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(cell, "\ufffd"))
	if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

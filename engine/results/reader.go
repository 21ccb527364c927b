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

// Read reads the record of a run. A last line that was cut is left out. Without a footer, the summary is made again
// from the turns, as of a run that was interrupted, and Cut is set. Errors say which line is wrong; the one for what
// is no record at all wraps ErrNoRecord.
func Read(r io.Reader) (*Run, error) {
	in := bufio.NewReader(r)
	var run *Run
	for n := 1; ; n++ {
		text, whole, err := readLine(in)
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("reading line %d of the results: %w", n, err)
		}
		end := err == io.EOF
		if len(bytes.TrimSpace(text)) > 0 {
			run, err = readInto(run, text, n)
			if err != nil && (whole || run == nil) {
				return nil, err
			}
		}
		if end {
			break
		}
	}
	if run == nil {
		return nil, fmt.Errorf("%w: there is nothing in it", ErrNoRecord)
	}
	if run.Summary == nil {
		run.Cut = true
		run.Summary = recompute(run)
	}
	return run, nil
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

// readInto adds what a line says to the run. It leaves the run as it is where the line is wrong.
func readInto(run *Run, text []byte, n int) (*Run, error) {
	var l struct {
		Header json.RawMessage
		Turn   *turnLine
		Footer *footer
	}
	if err := json.Unmarshal(text, &l); err != nil {
		if run == nil {
			return nil, fmt.Errorf("%w: its first line is not one of a results file (%v)", ErrNoRecord, err)
		}
		return run, fmt.Errorf("line %d of the results is broken: %w", n, err)
	}
	switch {
	case l.Header != nil:
		if run != nil {
			return run, fmt.Errorf("line %d of the results is a second header: several runs in one file", n)
		}
		return readHeader(l.Header)
	case run == nil:
		return nil, fmt.Errorf("%w: it does not begin with a header", ErrNoRecord)
	case run.Summary != nil:
		return run, fmt.Errorf("line %d of the results stands after the footer", n)
	case l.Turn != nil:
		unpackArrivals(l.Turn.Arrivals, l.Turn.Requests)
		run.Turns = append(run.Turns, l.Turn.Turn)
	case l.Footer != nil && l.Footer.Summary != nil:
		run.Summary = l.Footer.Summary
	}
	return run, nil
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

// recompute judges the turns of a record without a footer.
func recompute(run *Run) *measure.Summary {
	rec := measure.New(run.Rules, nil)
	var last event.Instant
	for i := range run.Turns {
		rec.Record(&run.Turns[i])
		last = max(last, run.Turns[i].End)
	}
	return rec.Judge(measure.Ending{
		Interrupted: true, Cause: "the record was cut", Duration: time.Duration(last),
	})
}

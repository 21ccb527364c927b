package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/report"
)

// rows are the CSV files of a run under load. Since its turns are not kept, they are written as they end.
type rows struct {
	files  []*os.File
	sheets []*report.Rows
	// shown: one of them is standard output.
	shown bool
}

// openRows opens the CSV files that were asked for.
func openRows(o *output, stdout io.Writer, redact func(string) string) (*rows, error) {
	r := &rows{}
	for _, asked := range o.reports {
		name, path, _ := strings.Cut(asked, "=")
		if name != "csv" {
			continue
		}
		file, err := os.Create(path)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("--report %s: %w", asked, err), r.close())
		}
		r.files = append(r.files, file)
		r.sheets = append(r.sheets, report.NewRows(file, redact))
	}
	if o.format == "csv" && !o.quiet {
		r.sheets = append(r.sheets, report.NewRows(stdout, redact))
		r.shown = true
	}
	return r, nil
}

// Record makes it an event.Sink.
func (r *rows) Record(t *event.Turn) {
	for _, s := range r.sheets {
		s.Record(t)
	}
}

func (r *rows) close() error {
	var errs []error
	for _, s := range r.sheets {
		errs = append(errs, s.Close())
	}
	for _, f := range r.files {
		errs = append(errs, f.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("writing the turns as CSV: %w", err)
	}
	return nil
}

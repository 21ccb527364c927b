package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aimbench/engine/report"
	"aimbench/engine/results"
)

// output are the flags that say what comes out of a run.
type output struct {
	format  string
	reports []string
	out     string
	quiet   bool
}

func (o *output) flags(c *cobra.Command) {
	o.reportFlags(c)
	c.Flags().StringVar(&o.out, "out", "", "keep the record of the run in a `FILE` (JSON lines), for aimbench report")
}

func (o *output) reportFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.format, "format", "text", "write the result to standard output as "+formatNames())
	f.StringArrayVar(&o.reports, "report", nil, "also write `FORMAT=FILE`: "+formatNames()+" (repeatable)")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "write only the verdict")
	complete(c, "format", formats()...)
	completeKeys(c, "report", formats()...)
	c.PreRunE = func(_ *cobra.Command, args []string) error { return o.check(args) }
}

// keepsTurns reports whether something is written that holds every turn.
func (o *output) keepsTurns() bool {
	return o.out != "" || o.format == "csv" || slices.ContainsFunc(o.reports, func(r string) bool { return strings.HasPrefix(r, "csv=") })
}

// formats are the names of the formats.
func formats() []string {
	names := make([]string, len(report.Formats))
	for i, f := range report.Formats {
		names[i] = f.Name
	}
	return names
}

func formatNames() string { return strings.Join(formats(), ", ") }

// check finds mistakes in the flags before anything runs: also a file that could not be written in the end, or that is
// one of the inputs.
func (o *output) check(inputs []string) error {
	if _, err := report.Lookup(o.format); err != nil {
		return fmt.Errorf("--format: %w", err)
	}
	for _, r := range o.reports {
		name, file, _ := strings.Cut(r, "=")
		if file == "" {
			return fmt.Errorf("--report %s: write FORMAT=FILE", r)
		}
		if _, err := report.Lookup(name); err != nil {
			return fmt.Errorf("--report: %w", err)
		}
		if err := writable(file, inputs); err != nil {
			return fmt.Errorf("--report %s: %w", r, err)
		}
	}
	if o.out != "" {
		if err := writable(o.out, inputs); err != nil {
			return fmt.Errorf("--out %s: %w", o.out, err)
		}
	}
	return nil
}

// writable reports why a file could not be written: its directory is not there, or it is one of the inputs.
func writable(path string, inputs []string) error {
	dir, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	if !dir.IsDir() {
		return fmt.Errorf("%s is no directory", filepath.Dir(path))
	}
	there, err := os.Stat(path)
	if err != nil {
		return nil // it will be made
	}
	for _, input := range inputs {
		if in, err := os.Stat(input); err == nil && os.SameFile(in, there) {
			return errors.New("that is the file that is read: name another")
		}
	}
	return nil
}

// show writes the result to standard output.
func (o *output) show(w io.Writer, run *results.Run, style report.Style) error {
	if o.quiet {
		return report.Quiet(w, run, style)
	}
	format, err := report.Lookup(o.format)
	if err != nil {
		return err
	}
	return format.Write(w, run, style)
}

// write writes the files of --report. Those of rows were written as the turns ended.
func (o *output) write(run *results.Run, rows bool) error {
	var errs []error
	for _, r := range o.reports {
		name, path, _ := strings.Cut(r, "=")
		if rows && name == "csv" {
			continue
		}
		if err := writeReport(name, path, run); err != nil {
			errs = append(errs, fmt.Errorf("--report %s: %w", r, err))
		}
	}
	return errors.Join(errs...)
}

func writeReport(name, path string, run *results.Run) error {
	format, err := report.Lookup(name)
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(format.Write(file, run, report.Style{Unicode: true}), file.Close())
}

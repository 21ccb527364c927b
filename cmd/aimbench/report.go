package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/report"
	"aimbench/engine/results"
)

func newReport() *cobra.Command {
	var o output
	c := &cobra.Command{
		Use:   "report RESULTS...",
		Short: "Show the record of a run that was kept with --out",
		Long: `Show the record of a run that was kept with --out. Records of several runs of one
scenario are measured again as one run. The verdict was given by the run: showing it
again exits with 0, whatever it says.`,
		Example: `  aimbench report results.jsonl
  aimbench report results.jsonl --report junit=report.xml --report html=report.html
  aimbench report monday.jsonl tuesday.jsonl`,
		Args: atLeast(1, "the record of a run that was kept with --out"),
		RunE: func(c *cobra.Command, args []string) error {
			_, err := showRecords(c, &o, func(sinks ...event.Sink) (*results.Run, error) {
				if len(args) == 1 {
					return readResults(args[0], sinks...)
				}
				return results.Merge(nil, sinks, records(args)...)
			})
			return err
		},
	}
	o.reportFlags(c)
	completeFiles(c, "jsonl")
	return c
}

func newJudge() *cobra.Command {
	var in inputs
	var o output
	c := &cobra.Command{
		Use:   "judge RESULTS... FILE.hcl|DIRECTORY...",
		Short: "Judge a run that was kept with --out by other objectives",
		Long: `Judge the record of a run, or of several runs of one scenario, by the objectives of
another scenario, without a request. It may hold objectives alone. The verdict is the
exit code, as of a run (aimbench help exit-codes).`,
		Example: `  aimbench judge results.jsonl stricter.hcl
  aimbench judge monday.jsonl tuesday.jsonl slo.hcl --report md=verdict.md`,
		Args: atLeast(2, "the record of a run, and a scenario to judge it by"),
		RunE: func(c *cobra.Command, args []string) error {
			files, by := apart(args)
			if len(files) == 0 || len(by) == 0 {
				return errors.New("name the record of a run, and a scenario to judge it by: aimbench judge results.jsonl slo.hcl")
			}
			s, err := in.read(c, by)
			if err != nil {
				return err
			}
			if len(s.SLOs) == 0 {
				return fmt.Errorf("%s has no objectives to judge by: write an slo block", strings.Join(by, ", "))
			}
			run, err := showRecords(c, &o, func(sinks ...event.Sink) (*results.Run, error) {
				first, err := headerOf(files[0])
				if err != nil {
					return nil, err
				}
				return results.Merge(measure.ObjectivesOf(s, first.Rules.Origin), sinks, records(files)...)
			})
			if err != nil {
				return err
			}
			return codeOf(run.Summary)
		},
	}
	in.flags(c)
	o.reportFlags(c)
	completeFiles(c, "jsonl")
	return c
}

// apart tells the records from the scenario's files and directories.
func apart(args []string) (files, by []string) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		if strings.HasSuffix(arg, ".hcl") || strings.HasSuffix(arg, ".hcl.json") || err == nil && info.IsDir() {
			by = append(by, arg)
		} else {
			files = append(files, arg)
		}
	}
	return files, by
}

// showRecords reads a run and writes what was asked for.
func showRecords(c *cobra.Command, o *output, read func(...event.Sink) (*results.Run, error)) (*results.Run, error) {
	sheets, err := openRows(o, c.OutOrStdout(), nil)
	if err != nil {
		return nil, err
	}
	run, err := read(sheets)
	if err != nil {
		return nil, errors.Join(err, sheets.close())
	}
	if run.Cut {
		c.PrintErrln("Note: the record was cut off; this is what there is")
	}
	if !sheets.shown {
		err = o.show(c.OutOrStdout(), run, report.Detect(c.OutOrStdout(), os.Getenv))
	}
	return run, errors.Join(err, sheets.close(), o.write(run, true))
}

func readResults(path string, sinks ...event.Sink) (*results.Run, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	run, err := results.Read(file, sinks...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return run, nil
}

// headerOf reads the header of a record.
func headerOf(path string) (*results.Header, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	header, err := results.ReadHeader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return header, nil
}

func records(paths []string) []results.Record {
	var out []results.Record
	for _, path := range paths {
		out = append(out, results.Record{Name: path, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	}
	return out
}

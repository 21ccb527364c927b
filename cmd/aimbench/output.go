package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"aimbench/engine/chat"
	"aimbench/engine/event"
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
	f.StringVar(&o.format, "format", "text", "write the result to standard output as text or json")
	f.StringArrayVar(&o.reports, "report", nil, "also write `KIND=FILE`: junit, json, md or csv (repeatable)")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "write only the verdict")
}

// writers are the formats of --report.
var writers = map[string]func(io.Writer, *results.Run) error{
	"junit": report.JUnit, "json": report.JSON, "md": report.Markdown, "csv": report.CSV,
}

// check finds mistakes in the flags before anything runs.
func (o *output) check() error {
	if o.format != "text" && o.format != "json" {
		return fmt.Errorf("--format %s: there are text and json", o.format)
	}
	for _, r := range o.reports {
		kind, file, _ := strings.Cut(r, "=")
		if writers[kind] == nil || file == "" {
			return fmt.Errorf("--report %s: write junit=FILE, json=FILE, md=FILE or csv=FILE", r)
		}
	}
	return nil
}

// show writes the result to standard output.
func (o *output) show(w io.Writer, run *results.Run, style report.Style) error {
	switch {
	case o.format == "json":
		return report.JSON(w, run)
	case o.quiet:
		return report.Quiet(w, run, style)
	}
	return report.Text(w, run, style)
}

// write writes the files of --report.
func (o *output) write(run *results.Run) error {
	var errs []error
	for _, r := range o.reports {
		kind, name, _ := strings.Cut(r, "=")
		file, err := os.Create(name)
		if err == nil {
			err = errors.Join(writers[kind](file, run), file.Close())
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("--report %s: %w", r, err))
		}
	}
	return errors.Join(errs...)
}

// live shows a run on the console as it happens.
type live struct{ *report.Console }

func (l live) Delta(d chat.Delta) {
	switch d.Kind {
	case chat.Answer:
		l.Console.Delta(report.Answer, d.Text)
	case chat.Reasoning:
		l.Console.Delta(report.Reasoning, d.Text)
	case chat.Refusal:
		l.Console.Delta(report.Refusal, d.Text)
	}
}

func (l live) TurnEnd(t *event.Turn) { l.Console.TurnEnd(t) }

func newReport() *cobra.Command {
	var o output
	c := &cobra.Command{
		Use:   "report RESULTS",
		Short: "Show the record of a run that was kept with --out",
		Example: `  aimbench report results.jsonl
  aimbench report results.jsonl --report junit=report.xml --report md=report.md`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			run, err := results.Read(file)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if run.Cut {
				c.PrintErrln("Note: the record was cut off; this is what there is")
			}
			return errors.Join(o.show(c.OutOrStdout(), run, report.Detect(c.OutOrStdout(), os.Getenv)), o.write(run))
		},
	}
	o.reportFlags(c)
	return c
}

package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"aimbench/engine/report"
	"aimbench/engine/results"
)

func newReport() *cobra.Command {
	var o output
	c := &cobra.Command{
		Use:   "report RESULTS",
		Short: "Show the record of a run that was kept with --out",
		Long: `Show the record of a run that was kept with --out. The verdict was given by the run:
showing it again exits with 0, whatever it says.`,
		Example: `  aimbench report results.jsonl
  aimbench report results.jsonl --report junit=report.xml --report md=report.md`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			run, err := readResults(args[0])
			if err != nil {
				return err
			}
			if run.Cut {
				c.PrintErrln("Note: the record was cut off; this is what there is")
			}
			return errors.Join(o.show(c.OutOrStdout(), run, report.Detect(c.OutOrStdout(), os.Getenv)), o.write(run, false))
		},
	}
	o.reportFlags(c)
	return c
}

func readResults(path string) (*results.Run, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	run, err := results.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return run, nil
}

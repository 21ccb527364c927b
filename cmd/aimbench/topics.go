package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"aimbench/engine/measure"
	"aimbench/engine/metric"
	"aimbench/engine/scenario"
)

// addTopics adds the pages that `aimbench help` has beside the commands.
func addTopics(root *cobra.Command) {
	topic := func(name, short string, write func(io.Writer) error) {
		page := &cobra.Command{Use: name, Short: short}
		page.SetHelpFunc(func(c *cobra.Command, _ []string) {
			if err := write(c.OutOrStdout()); err != nil {
				c.PrintErrln("Error: " + err.Error())
			}
		})
		root.AddCommand(page)
	}
	topic("exit-codes", "What each exit code says", measure.WriteExitCodes)
	topic("metrics", "What is measured, and how", writeMetrics)
	topic("language", "The blocks, arguments and functions of scenario files", scenario.LanguageHelp)
}

func writeMetrics(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "METRIC\tPER\tUNIT\tDEFINITION")
	for _, m := range metric.Table {
		definition := m.Definition
		if m.Undefined != "" {
			definition += "; undefined when " + m.Undefined
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", m.Name, m.Per, m.Unit, definition)
	}
	return t.Flush()
}

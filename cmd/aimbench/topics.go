package main

import (
	"io"

	"github.com/spf13/cobra"

	"aimbench/engine/measure"
	"aimbench/engine/scenario"
)

// addTopics adds the pages that `aimbench help` has beside the commands.
func addTopics(root *cobra.Command) {
	language := topic("language", "The blocks, arguments and functions of scenario files", scenario.LanguageHelp)
	for _, b := range scenario.Table {
		language.AddCommand(topic(b.Name, b.Doc, func(w io.Writer) error { return scenario.BlockHelp(w, b) }))
	}
	language.AddCommand(topic("functions", "what expressions may call", scenario.FunctionHelp))
	root.AddCommand(
		topic("exit-codes", "What each exit code says", measure.WriteExitCodes),
		topic("metrics", "What is measured, and how", writeMetrics),
		language,
	)
	root.InitDefaultHelpCmd()
	if help, _, err := root.Find([]string{"help"}); err == nil {
		help.ValidArgsFunction = completeHelp // cobra's own leaves the topics out
	}
}

// completeHelp offers the commands and topics below those that were typed.
func completeHelp(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	at, _, err := c.Root().Find(args)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []cobra.Completion
	for _, below := range at.Commands() {
		out = append(out, cobra.CompletionWithDesc(below.Name(), below.Short))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// topic is a page of help.
func topic(name, short string, write func(io.Writer) error) *cobra.Command {
	page := &cobra.Command{Use: name, Short: short}
	page.SetHelpFunc(func(c *cobra.Command, _ []string) {
		if err := write(c.OutOrStdout()); err != nil {
			c.PrintErrln("Error: " + err.Error())
		}
	})
	return page
}

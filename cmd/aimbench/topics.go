package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"aimbench/engine/measure"
	"aimbench/engine/scenario"
)

// addTopics adds the pages that `aimbench help` has beside the commands.
func addTopics(root *cobra.Command) {
	language := topic("language", "The blocks, arguments and functions of scenario files", scenario.LanguageHelp)
	addBlocks(language, scenario.Table)
	language.AddCommand(topic("functions", "what expressions may call", scenario.FunctionHelp))
	root.AddCommand(
		topic("exit-codes", "What each exit code says", measure.WriteExitCodes),
		topic("metrics", "What is measured, and how", writeMetrics),
		language,
	)
	root.InitDefaultHelpCmd()
	if help, _, err := root.Find([]string{"help"}); err == nil {
		help.ValidArgsFunction = completeHelp // cobra's own leaves the topics out
		shown := help.Run
		help.Run = nil
		help.RunE = func(c *cobra.Command, args []string) error {
			if err := knownTopic(root, args); err != nil {
				return err
			}
			shown(c, args)
			return nil
		}
	}
}

// addBlocks adds a page for each block, below that of the block it stands in.
func addBlocks(above *cobra.Command, blocks []*scenario.Block) {
	for _, b := range blocks {
		page := topic(b.Name, b.Doc, func(w io.Writer) error { return scenario.BlockHelp(w, b) })
		addBlocks(page, b.Blocks)
		above.AddCommand(page)
	}
}

// knownTopic reports a word that names neither a command nor a topic; cobra would show the page above it.
func knownTopic(root *cobra.Command, args []string) error {
	at := root
	for _, word := range args {
		var names []string
		var next *cobra.Command
		for _, below := range at.Commands() {
			if below.Name() == word {
				next = below
			}
			if !below.Hidden && !strings.HasPrefix(below.Name(), "__") {
				names = append(names, below.Name())
			}
		}
		if next == nil {
			return fmt.Errorf("there is no help on %s.%s There is: %s", strings.Join(args, " "), didYouMean(word, names), strings.Join(names, ", "))
		}
		at = next
	}
	return nil
}

// completeHelp offers the commands and topics below those that were typed.
func completeHelp(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	at, _, err := c.Root().Find(args)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []cobra.Completion
	for _, below := range at.Commands() {
		if strings.HasPrefix(below.Name(), "__") {
			continue
		}
		out = append(out, cobra.CompletionWithDesc(below.Name(), below.Short))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// topic is a page of help.
func topic(name, short string, write func(io.Writer) error) *cobra.Command {
	page := &cobra.Command{Use: name, Short: short}
	page.SetHelpFunc(func(c *cobra.Command, _ []string) {
		_ = write(c.OutOrStdout()) // help.Watch keeps the error
	})
	return page
}

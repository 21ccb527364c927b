package main

import (
	"strings"

	"github.com/spf13/cobra"

	"aimbench/engine/scenario"
)

// What the shell offers where the user presses the tab key.

// completeFlag offers something for a flag's value to the shell.
func completeFlag(c *cobra.Command, flag string, offer cobra.CompletionFunc) {
	if err := c.RegisterFlagCompletionFunc(flag, offer); err != nil {
		panic(err) // the flag's name is a constant of this package
	}
}

// complete offers the words for a flag's value.
func complete(c *cobra.Command, flag string, words ...string) {
	completeFlag(c, flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// completeKeys offers the keys for a flag's KEY=VALUE; the value is for the user to write.
func completeKeys(c *cobra.Command, flag string, keys ...string) {
	offers := make([]cobra.Completion, len(keys))
	for i, key := range keys {
		offers[i] = key + "="
	}
	completeFlag(c, flag, cobra.FixedCompletions(offers, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace))
}

// completeFiles offers the files that end in one of the endings, and directories, for what a command is about.
func completeFiles(c *cobra.Command, endings ...string) {
	c.ValidArgsFunction = cobra.FixedCompletions(endings, cobra.ShellCompDirectiveFilterFileExt)
}

// completeScenarios offers scenario files.
func completeScenarios(c *cobra.Command) { completeFiles(c, "hcl", "hcl.json") }

// completeVariables offers the variables that the scenario files on the command line declare, and what they may be set to.
func completeVariables(_ *cobra.Command, files []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var offers []cobra.Completion
	name, _, valued := strings.Cut(typed, "=")
	for _, d := range scenario.Outline(files) {
		switch {
		case d.Kind != "variable":
		case !valued:
			offers = append(offers, cobra.CompletionWithDesc(d.Name+"=", d.Description))
		case d.Name == name:
			for _, value := range d.Values {
				offers = append(offers, name+"="+value)
			}
		}
	}
	directive := cobra.ShellCompDirectiveNoFileComp
	if !valued {
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	return offers, directive
}

// completeRuns offers what --run can pick: the loads that the scenario files declare, else the conversations.
func completeRuns(_ *cobra.Command, files []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	offers := map[string][]cobra.Completion{}
	for _, d := range scenario.Outline(files) {
		offers[d.Kind] = append(offers[d.Kind], cobra.CompletionWithDesc(d.Name, d.Description))
	}
	if len(offers["load"]) > 0 {
		return offers["load"], cobra.ShellCompDirectiveNoFileComp
	}
	return offers["conversation"], cobra.ShellCompDirectiveNoFileComp
}

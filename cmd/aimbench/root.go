package main

import (
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/spf13/cobra"

	"aimbench/engine/edge"

	"aimbench/engine/scenario"
)

// version is set by the linker for releases; other builds take what Go recorded.
var version string

func versionText() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "aimbench",
		Short: "Scenario tests for OpenAI-compatible LLM endpoints",
		Long: `aimbench runs scenario files: conversations with an LLM endpoint, what must hold of
the replies, and how fast they must come. It measures, judges, and says the verdict
by its exit code.`,
		Example: `  aimbench init hello.hcl            write a first scenario
  aimbench run hello.hcl             run it, with nothing else installed
  aimbench run --simulate prod.hcl   rehearse a scenario without its endpoint`,
		Version:           versionText(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
	}
	root.SetFlagErrorFunc(flagMistake)
	root.SetVersionTemplate("aimbench {{.Version}}\n")
	root.PersistentFlags().BoolP("verbose", "v", false, "say on standard error what is being done")
	root.AddCommand(newRun(), newTest(), newBench(), edge.NewCommand("chat", versionText()), newValidate(), newPlan(), newFmt(), newInit(), newServe(), newRobot(), newReport(), newJudge(), newVersion())
	addTopics(root)
	return root
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which aimbench this is",
		Example: "  aimbench version",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(c.OutOrStdout(), "aimbench "+versionText())
			return err
		},
	}
}

// logger is what --verbose shows: nothing without it. No secret shows in it, whoever sent it.
func logger(c *cobra.Command, secrets *scenario.Secrets) *slog.Logger {
	if on, err := c.Flags().GetBool("verbose"); err != nil || !on {
		return slog.New(slog.DiscardHandler)
	}
	return secrets.Logger(c.ErrOrStderr())
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"aimbench/engine/measure"
	"aimbench/engine/report"
	"aimbench/engine/scenario"
)

func newValidate() *cobra.Command {
	var in inputs
	var format string
	c := &cobra.Command{
		Use:   "validate FILE|DIRECTORY...",
		Short: "Check a scenario without running it",
		Example: `  aimbench validate scenarios/smoke.hcl
  aimbench validate --format json scenario.hcl`,
		Args: scenarioArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if format == "text" {
				if _, err := in.read(c, args); err != nil {
					return err
				}
				_, err := fmt.Fprintln(c.OutOrStdout(), "The scenario is valid.")
				return err
			}
			if format != "json" {
				return fmt.Errorf("--format %s: there are text and json", format)
			}
			options, err := in.options()
			if err != nil {
				return err
			}
			_, diags := scenario.Read(args, options)
			if err := scenario.DiagnosticsJSON(c.OutOrStdout(), diags); err != nil {
				return err
			}
			if diags.HasErrors() {
				return exitError(measure.ExitUsage)
			}
			return nil
		},
	}
	in.flags(c)
	c.Flags().StringVar(&format, "format", "text", "text, or json for editors and CI")
	complete(c, "format", "text", "json")
	return c
}

func newPlan() *cobra.Command {
	var in inputs
	var s selection
	var format string
	c := &cobra.Command{
		Use:     "plan FILE|DIRECTORY...",
		Short:   "Say what would run, without a request",
		Example: "  aimbench plan scenarios/smoke.hcl\n  aimbench plan --format json scenarios/smoke.hcl",
		Args:    scenarioArgs,
		RunE: func(c *cobra.Command, args []string) error {
			p, warnings, err := compile(c, &in, &s, args)
			if err != nil {
				return err
			}
			if err := showDiagnostics(c, p.Scenario, warnings); err != nil {
				return err
			}
			switch format {
			case "text":
				style := report.Detect(c.OutOrStdout(), os.Getenv)
				return p.WriteText(c.OutOrStdout(), scenario.Style{Width: style.Width, Color: style.Color, Unicode: style.Unicode})
			case "json":
				e := json.NewEncoder(c.OutOrStdout())
				e.SetIndent("", "  ")
				return e.Encode(p)
			}
			return fmt.Errorf("--format %s: there are text and json", format)
		},
	}
	in.flags(c)
	s.flags(c)
	c.Flags().StringVar(&format, "format", "text", "text or json")
	complete(c, "format", "text", "json")
	return c
}

func newFmt() *cobra.Command {
	var check, diff bool
	c := &cobra.Command{
		Use:     "fmt FILE|DIRECTORY...",
		Short:   "Put scenario files into the usual form",
		Example: "  aimbench fmt scenario.hcl\n  aimbench fmt --check --diff scenarios",
		Args:    scenarioArgs,
		RunE: func(c *cobra.Command, args []string) error {
			names, err := filesOf(args)
			if err != nil {
				return err
			}
			changed := false
			for _, name := range names {
				one, err := formatFile(c, name, check, diff)
				if err != nil {
					return err
				}
				changed = changed || one
			}
			if check && changed {
				return exitError(measure.ExitUsage)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&check, "check", false, "write nothing; exit 104 where a file would change")
	completeScenarios(c)
	c.Flags().BoolVar(&diff, "diff", false, "show what would change")
	return c
}

// filesOf are the scenario files that are named, and those of the directories that are.
func filesOf(paths []string) ([]string, error) {
	var names []string
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			names = append(names, path)
			continue
		}
		in, err := scenario.FilesIn(path)
		if err != nil {
			return nil, err
		}
		names = append(names, in...)
	}
	return names, nil
}

// formatFile formats one file and reports whether that changes it.
func formatFile(c *cobra.Command, name string, check, diff bool) (bool, error) {
	before, err := os.ReadFile(name)
	if err != nil {
		return false, err
	}
	after, diags := scenario.Format(before, name)
	if diags.HasErrors() {
		if err := scenario.WriteDiagnostics(c.ErrOrStderr(), diags, []scenario.Source{{Path: name, Text: before}}, scenario.Style{}); err != nil {
			return false, err
		}
		return false, exitError(measure.ExitUsage)
	}
	if string(after) == string(before) {
		return false, nil
	}
	if diff {
		if _, err := io.WriteString(c.OutOrStdout(), scenario.Diff(name, before, after)); err != nil {
			return true, err
		}
	} else {
		fmt.Fprintln(c.OutOrStdout(), name)
	}
	if check || diff {
		return true, nil
	}
	return true, os.WriteFile(name, after, 0o644) //nolint:gosec // a scenario is no secret
}

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:     "init [FILE]",
		Short:   "Write a commented scenario to start from",
		Example: "  aimbench init hello.hcl && aimbench run hello.hcl",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			name := "scenario.hcl"
			if len(args) > 0 {
				name = args[0]
			}
			file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s exists already: name another file", name)
			}
			if err != nil {
				return err
			}
			if _, err := file.Write(scenario.Starter); err != nil {
				return errors.Join(err, file.Close())
			}
			fmt.Fprintf(c.OutOrStdout(), "Wrote %s. Try: aimbench run %s\n", name, name)
			return file.Close()
		},
	}
}

package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aimbench/engine/acceptance"
	"aimbench/engine/measure"
	"aimbench/engine/report"
)

// testing are the flags of aimbench test.
type tester struct {
	in          inputs
	tags        string
	concurrency int
	random      bool
	seed        int64
	format      string
	reports     []string
	steps       bool
}

func newTest() *cobra.Command {
	var t tester
	c := &cobra.Command{
		Use:   "test [FILE|FILE:LINE|DIRECTORY...]",
		Short: "Run features: scenarios as Gherkin, in sentences",
		Long: `Run .feature files: scenarios in Gherkin, whose sentences drive the same engine as aimbench run and edge. Without a
path, those of features/. The verdict is the exit code (aimbench help exit-codes); a step that is not known, or may mean
several, is an error before anything runs.

--steps lists the sentences there are, each with an example.`,
		Example: `  aimbench test                                    the features in features/
  aimbench test features/chat.feature:12           the scenario at that line
  aimbench test --tags "@edge and not @real"
  aimbench test --report junit=report.xml --concurrency 4
  aimbench test --steps | less`,
		RunE: func(c *cobra.Command, args []string) error { return t.run(c, args) },
	}
	t.flags(c)
	return c
}

func (t *tester) flags(c *cobra.Command) {
	f := c.Flags()
	t.in.flags(c)
	f.StringVar(&t.tags, "tags", "", "run only the scenarios whose tags fit `EXPRESSION`, such as \"@edge and not @slow\"")
	f.IntVar(&t.concurrency, "concurrency", 1, "run `N` scenarios at once")
	f.BoolVar(&t.random, "random", false, "run the scenarios of a feature in another order")
	f.Int64Var(&t.seed, "seed", 0, "with --random, the order of this seed")
	f.StringVar(&t.format, "format", "pretty", "write the result to standard output as "+strings.Join(acceptance.Formats, ", "))
	f.StringArrayVar(&t.reports, "report", nil, "also write `FORMAT=FILE`: "+strings.Join(acceptance.Formats, ", ")+" (repeatable)")
	f.BoolVar(&t.steps, "steps", false, "list the steps there are; with --format json for programs")
	complete(c, "format", append(slices.Clone(acceptance.Formats), "json")...)
	completeKeys(c, "report", acceptance.Formats...)
	completeFiles(c, "feature")
}

func (t *tester) run(c *cobra.Command, paths []string) error {
	if t.steps {
		return t.list(c)
	}
	if c.Flags().Changed("seed") && !t.random {
		return errors.New("--seed is that of --random: give both")
	}
	formats, err := t.formats(paths)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = []string{"features"}
	}
	options, err := t.in.options()
	if err != nil {
		return err
	}
	suite, err := acceptance.Load(paths, acceptance.Selection{Tags: t.tags})
	if err != nil {
		return err
	}
	for _, left := range suite.Left {
		c.PrintErrln("Note: " + left)
	}
	if suite.Len() == 0 {
		return errors.New("no scenario is left to run")
	}
	ctx, stop := interruptible(c.Context(), func(s string) { c.PrintErrln(s) })
	defer stop()
	code := suite.Run(ctx, acceptance.RunOptions{
		Options: acceptance.Options{
			Vars: options.Vars, VarFiles: options.VarFiles, AllowEnv: options.AllowEnv, APIKeyFile: options.APIKeyFile, Version: versionText(),
		},
		Formats: formats, Out: c.OutOrStdout(), Color: report.Detect(c.OutOrStdout(), os.Getenv).Color,
		Concurrency: t.concurrency, Random: t.order(c),
	})
	if code != measure.ExitPass {
		return exitError(code)
	}
	return nil
}

// order is the seed of the order; 0 is that of the files.
func (t *tester) order(c *cobra.Command) int64 {
	switch {
	case !t.random:
		return 0
	case !c.Flags().Changed("seed"):
		return -1 // godog draws one, and shows it
	}
	return t.seed
}

// formats are what is written, and where.
func (t *tester) formats(inputs []string) ([]acceptance.Format, error) {
	known := func(name string) error {
		if !slices.Contains(acceptance.Formats, name) {
			return fmt.Errorf("%s: there are %s", name, strings.Join(acceptance.Formats, ", "))
		}
		return nil
	}
	if t.concurrency < 1 {
		return nil, fmt.Errorf("--concurrency %d: at least one scenario runs at once", t.concurrency)
	}
	if err := known(t.format); err != nil {
		return nil, fmt.Errorf("--format %w", err)
	}
	out := []acceptance.Format{{Name: t.format}}
	for _, r := range t.reports {
		name, file, _ := strings.Cut(r, "=")
		if file == "" {
			return nil, fmt.Errorf("--report %s: write FORMAT=FILE", r)
		}
		if err := known(name); err != nil {
			return nil, fmt.Errorf("--report %w", err)
		}
		if err := writable(file, inputs); err != nil {
			return nil, fmt.Errorf("--report %s: %w", r, err)
		}
		out = append(out, acceptance.Format{Name: name, Path: file})
	}
	return out, nil
}

func (t *tester) list(c *cobra.Command) error {
	switch t.format {
	case "pretty":
		return acceptance.WriteSteps(c.OutOrStdout())
	case "json":
		return acceptance.WriteStepsJSON(c.OutOrStdout())
	}
	return fmt.Errorf("--format %s: --steps is written as text, or as json", t.format)
}

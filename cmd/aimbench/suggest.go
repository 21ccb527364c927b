package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagMistake says what is wrong with a flag: which one was probably meant, or how its value is written.
func flagMistake(c *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		return fmt.Errorf("--%s %s: write %s", invalid.GetFlag().Name, invalid.GetValue(), written(invalid.GetFlag().Value.Type()))
	}
	name, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		return err
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	best := nearest(name, names)
	if best == "" {
		return fmt.Errorf("%w. aimbench %s --help lists the flags", err, c.Name())
	}
	return fmt.Errorf("%w. Did you mean --%s?", err, best)
}

// written says how the value of a flag of a type is written.
func written(kind string) string {
	switch kind {
	case "duration":
		return "a duration with its unit, such as 5m"
	case "int", "int64":
		return "a whole number"
	case "float64":
		return "a number"
	case "bool":
		return "true or false"
	}
	return "a " + kind
}

// nearest is the name that was probably meant: one that begins so, or that a slip or two make of it; empty where there is none.
func nearest(name string, names []string) string {
	best, distance := "", 3
	for _, n := range names {
		if len(name) > 2 && strings.HasPrefix(n, name) {
			return n
		}
	}
	for _, n := range names {
		if d := levenshtein.Distance(name, n, nil); d < distance {
			best, distance = n, d
		}
	}
	return best
}

// didYouMean is the sentence that offers the nearest name, with a space before it; empty where none is near.
func didYouMean(name string, names []string) string {
	if best := nearest(name, names); best != "" {
		return " Did you mean " + best + "?"
	}
	return ""
}

// atLeast demands so many arguments, and says what they are.
func atLeast(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < n {
			return fmt.Errorf("name %s: aimbench %s", what, c.Use)
		}
		return nil
	}
}

// scenarioArgs demands a file or directory at least.
var scenarioArgs = atLeast(1, "a scenario file or a directory of them")

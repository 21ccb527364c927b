package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"aimbench/engine/measure"
	"aimbench/engine/report"
	"aimbench/engine/scenario"
)

// inputs are the flags by which a scenario gets its values.
type inputs struct {
	vars       []string
	varFiles   []string
	allowEnv   []string
	apiKeyFile string
}

func (in *inputs) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&in.vars, "var", nil, "set a variable: `NAME=VALUE` (repeatable)")
	f.StringArrayVar(&in.varFiles, "var-file", nil, "read variables from a `FILE` (repeatable)")
	f.StringArrayVar(&in.allowEnv, "allow-env", nil, "let env() read the variable `NAME` (repeatable)")
	f.StringVar(&in.apiKeyFile, "api-key-file", "", "read AIM_API_KEY from a `FILE`")
	completeScenarios(c)
	completeFlag(c, "var", completeVariables)
}

// read reads the scenario and shows what is wrong with it.
func (in *inputs) read(c *cobra.Command, paths []string) (*scenario.Scenario, error) {
	options, err := in.options()
	if err != nil {
		return nil, err
	}
	s, diags := scenario.Read(paths, options)
	if err := showDiagnostics(c, s, diags); err != nil {
		return nil, err
	}
	if diags.HasErrors() {
		return nil, exitError(measure.ExitUsage)
	}
	return s, nil
}

func (in *inputs) options() (scenario.Options, error) {
	vars := map[string]string{}
	for _, v := range in.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok {
			return scenario.Options{}, fmt.Errorf("--var %s: write NAME=VALUE", name)
		}
		vars[name] = value
	}
	return scenario.Options{
		Vars: vars, VarFiles: in.varFiles, AllowEnv: in.allowEnv, APIKeyFile: in.apiKeyFile, Getenv: os.LookupEnv,
	}, nil
}

func showDiagnostics(c *cobra.Command, s *scenario.Scenario, diags scenario.Diagnostics) error {
	if len(diags) == 0 {
		return nil
	}
	var sources []scenario.Source
	if s != nil {
		sources = s.Sources
	}
	style := report.Detect(c.ErrOrStderr(), os.Getenv)
	return scenario.WriteDiagnostics(c.ErrOrStderr(), diags, sources, scenario.Style{
		Width: style.Width, Color: style.Color, Unicode: style.Unicode,
	})
}

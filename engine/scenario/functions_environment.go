package scenario

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func environmentFunctions(env functionEnv) map[string]builtin {
	return map[string]builtin{"env": {Function: envFunc(env)}, "file": {Function: fileFunc(env)}}
}

// envPrefixes begin the names that env may read: a scenario from elsewhere must not mail another secret to its base_url.
var envPrefixes = []string{"AIM_", "AIMBENCH_", "REACHY_", "ROBOT_", "E2E_", "EDGE_"}

// secretSuffixes end the names whose values are sensitive without being told.
var secretSuffixes = []string{"_KEY", "_TOKEN", "_SECRET", "_PASSWORD"}

func mayRead(name string, allowed []string) bool {
	return slices.Contains(allowed, name) || slices.ContainsFunc(envPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

func isSecretName(name string) bool {
	return slices.ContainsFunc(secretSuffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}

// envFunc reads a variable of the environment; where it is not set, the default.
func envFunc(env functionEnv) function.Function {
	return function.New(&function.Spec{
		Params:   []function.Parameter{{Name: "name", Type: cty.String}},
		VarParam: &function.Parameter{Name: "default", Type: cty.DynamicPseudoType, AllowNull: true, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true},
		Type:     function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name := args[0].AsString()
			switch {
			case len(args) > 2:
				return cty.NilVal, fmt.Errorf("env takes a name and a default")
			case name == "":
				return cty.NilVal, function.NewArgErrorf(0, "it must be the name of a variable")
			case !mayRead(name, env.allowEnv):
				return cty.NilVal, function.NewArgErrorf(0, "a scenario may read %s from the environment only where --allow-env %s is given; names that begin with %s need no leave", name, name, listed(envPrefixes, "or"))
			}
			if env.getenv != nil {
				if text, ok := env.getenv(name); ok {
					return env.fromOutside(name, text), nil
				}
			}
			if len(args) == 2 {
				return args[1], nil
			}
			return cty.NilVal, function.NewArgErrorf(0, "%s is not set in the environment, and no default is given: write env(%q, default)", name, name)
		},
	})
}

func (env functionEnv) fromOutside(name, text string) cty.Value {
	v := cty.StringVal(strings.ToValidUTF8(text, "\uFFFD"))
	if !isSecretName(name) {
		return v
	}
	env.secrets.Add(text)
	return v.Mark(sensitive)
}

// fileFunc reads a text file beside the scenario file.
func fileFunc(env functionEnv) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "name", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			raw, err := env.read(args[0].AsString(), maxBytes)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			if !utf8.Valid(raw) {
				return cty.NilVal, function.NewArgErrorf(0, "the file is not text in UTF-8")
			}
			return cty.StringVal(string(raw)), nil
		},
	})
}

// read reads a file of at most so many bytes.
func (env functionEnv) read(name string, most int) ([]byte, error) {
	if env.open == nil {
		return nil, fmt.Errorf("there are no files here")
	}
	raw, err := env.open(name)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read: %w", err)
	}
	if len(raw) > most {
		return nil, fmt.Errorf("the file has more than %d MiB", most>>20)
	}
	return raw, nil
}

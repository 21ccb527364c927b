package acceptance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	messages "github.com/cucumber/messages/go/v21"

	"aimbench/engine/measure"
)

var givenSteps = []Step{
	{
		Kind: Given, Expr: "the scenario {text}", Example: `the scenario "hotel.hcl"`,
		About: "reads a scenario file, or a directory of them; a relative path lies beside the feature, or where the tests run",
		do: func(_ context.Context, w *world, a *args) error {
			w.paths = append(w.paths, w.near(a.text(0)))
			return nil
		},
	},
	{
		Kind: Given, Expr: "this scenario:", Example: "this scenario:", Below: Text, Sample: `endpoint "aim" {
  simulator {}
}
conversation "guest" {
  turn "greet" {
    user = "Hello!"
  }
}`,
		About: "reads the text below as a scenario file",
		do: func(_ context.Context, w *world, a *args) error {
			dir, err := w.directory()
			if err != nil {
				return err
			}
			path := filepath.Join(dir, fmt.Sprintf(ownScenario, len(w.paths)))
			w.paths = append(w.paths, path)
			return os.WriteFile(path, []byte(a.doc.Content), 0o600)
		},
	},
	{
		Kind: Given, Expr: "the talk is the conversation {text}", Example: `the talk is the conversation "guest"`,
		About: "says in which conversation of the scenario a person talks; else it is the first",
		do: func(_ context.Context, w *world, a *args) error {
			w.holds = a.text(0)
			return nil
		},
	},
	{
		Kind: Given, Expr: "the variable {text} is {text}", Example: `the variable "room" is "12"`,
		About: "sets a variable of the scenario, as --var does",
		do: func(_ context.Context, w *world, a *args) error {
			w.vars[a.text(0)] = a.text(1)
			return nil
		},
	},
	{
		Kind: Given, Expr: "these variables:", Example: "these variables:", Below: "| name | value |", Sample: `| room | 12    |`,
		About: "sets several of them",
		do: func(_ context.Context, w *world, a *args) error {
			return a.rows(2, func(cells []string) error {
				w.vars[cells[0]] = cells[1]
				return nil
			})
		},
	},
	{
		Kind: Given, Expr: "the environment has {text} as {text}", Example: `the environment has "E2E_SLO_MS" as "900"`,
		About: "sets a variable of the environment, for this scenario alone",
		do: func(_ context.Context, w *world, a *args) error {
			w.env[a.text(0)] = a.text(1)
			return nil
		},
	},
	{
		Kind: Given, Expr: "the API key {text}", Example: `the API key "sk-0123456789"`,
		About: "sends that key to the endpoint; the embedded one asks for it",
		do: func(_ context.Context, w *world, a *args) error {
			w.env["AIM_API_KEY"] = a.text(0)
			w.key = a.text(0)
			return nil
		},
	},
}

// rows goes through the rows of the table below a step, after its head.
func (a *args) rows(columns int, each func(cells []string) error) error {
	for i, r := range a.table.Rows {
		cells := texts(r)
		if len(cells) != columns {
			return &Failure{Code: measure.ExitUsage, Text: fmt.Sprintf("the table has %s, where it should have %d", measure.Count(len(cells), "column"), columns)}
		}
		if i == 0 {
			continue
		}
		if err := each(cells); err != nil {
			return err
		}
	}
	return nil
}

func texts(r *messages.PickleTableRow) []string {
	cells := make([]string, len(r.Cells))
	for i, c := range r.Cells {
		cells[i] = c.Value
	}
	return cells
}

// ownScenario is the file of a scenario that stands in a feature, by how many were read before.
const ownScenario = "feature%.0d.hcl"

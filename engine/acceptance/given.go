package acceptance

import (
	"context"
	"slices"
	"time"

	"aimbench/engine/measure"
	"aimbench/engine/scenario"
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
		Kind: Given, Expr: "the conversation {text} is held", Example: `the conversation "guest" is held`,
		About: "says which conversation of the scenario a person talks in; else it is the first",
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
		Kind: Given, Expr: "an embedded endpoint", Example: "an embedded endpoint",
		About: "puts the embedded endpoint in the place of every real one; nothing needs to be installed",
		do: func(_ context.Context, w *world, _ *args) error {
			w.embed(func(*scenario.Simulator) {})
			return nil
		},
	},
	{
		Kind: Given, Expr: "an embedded endpoint whose first word takes {duration}", Example: "an embedded endpoint whose first word takes 800 ms",
		About: "the same, with that latency to the first token",
		do: func(_ context.Context, w *world, a *args) error {
			d := arg[time.Duration](a, 0)
			w.embed(func(s *scenario.Simulator) { s.TTFT = scenario.Constant(d.Seconds()) })
			return nil
		},
	},
	{
		Kind: Given, Expr: "the endpoint answers {text}", Example: `the endpoint answers "Paris is the capital of France."`,
		About: "the embedded endpoint answers this to whatever it is asked",
		do: func(_ context.Context, w *world, a *args) error {
			w.embed(func(s *scenario.Simulator) {
				s.Replies = slices.Insert(slices.Clone(s.Replies), 0, scenario.SimulatorReply{Text: a.text(0)})
			})
			return nil
		},
	},
}

// embed puts the embedded endpoint in the place of every real one, and makes something of it.
func (w *world) embed(change func(*scenario.Simulator)) {
	w.simulate = true
	w.env["AIM_BASE_URL"] = ""
	w.changes = append(w.changes, func(s *scenario.Scenario) error {
		for _, e := range s.Endpoints {
			if e.Simulator == nil {
				e.Simulator, e.BaseURL, e.APIKey = &scenario.Simulator{}, "", ""
			}
			change(e.Simulator)
		}
		return nil
	})
}

// lose takes the robot from the network, or brings it back.
func (w *world) lose(on bool) error {
	if w.chat == nil || w.chat.Talk().Robot == nil {
		return &Failure{Code: measure.ExitUsage, Text: "there is no robot in this talk"}
	}
	m := w.chat.Talk().Robot
	if m.Simulator == nil {
		return &Failure{Code: measure.ExitUsage, Text: "only an embedded robot can be lost by a step"}
	}
	m.Simulator.SetLost(on)
	return nil
}

package acceptance

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"aimbench/engine/measure"
	"aimbench/engine/scenario"
	"aimbench/engine/simulate"
)

var endpointSteps = []Step{
	{
		Kind: Given, Expr: "an embedded endpoint", Example: "an embedded endpoint",
		About: "puts the embedded endpoint in the place of every real one; nothing needs to be installed",
		do:    embedding(func(*args, *scenario.Simulator) error { return nil }),
	},
	{
		Kind: Given, Expr: "an embedded endpoint whose first word takes {duration}", Example: "an embedded endpoint whose first word takes 800 ms",
		About: "the same, with that latency to the first token",
		do: embedding(func(a *args, s *scenario.Simulator) error {
			s.TTFT = scenario.Constant(arg[time.Duration](a, 0).Seconds())
			return nil
		}),
	},
	{
		Kind: Given, Expr: "the endpoint takes {duration} for a word", Example: "the endpoint takes 50 ms for a word",
		About: "the time between two tokens of the embedded endpoint",
		do: embedding(func(a *args, s *scenario.Simulator) error {
			s.ITL = scenario.Constant(arg[time.Duration](a, 0).Seconds())
			return nil
		}),
	},
	{
		Kind: Given, Expr: "the endpoint serves {count} at once", Example: "the endpoint serves 4 at once",
		About: "how many requests the embedded endpoint serves; the others wait in a queue",
		do: embedding(func(a *args, s *scenario.Simulator) error {
			s.Slots = a.count(0)
			return nil
		}),
	},
	{
		Kind: Given, Expr: "the endpoint answers {text}", Example: `the endpoint answers "Paris is the capital of France."`,
		About: "the embedded endpoint answers this to whatever it is asked",
		do: embedding(func(a *args, s *scenario.Simulator) error {
			return answers(s, scenario.SimulatorReply{Text: a.text(0)})
		}),
	},
	{
		Kind: Given, Expr: "the endpoint answers:", Example: "the endpoint answers:", Below: Text, Sample: `Breakfast is from 7 to 10.
It is on the first floor.`,
		About: "the same, with the text below",
		do: embedding(func(a *args, s *scenario.Simulator) error {
			return answers(s, scenario.SimulatorReply{Text: a.doc.Content})
		}),
	},
	{
		Kind: Given, Expr: "the endpoint answers in turn of what is said:", Example: "the endpoint answers in turn of what is said:", Below: "| said | answer |", Sample: `| (?i)breakfast | Breakfast is from 7 to 10.      |
| .*            | Somebody will be with you soon. |`,
		About: "the embedded endpoint answers by what is said: a regular expression each; the first that matches is taken",
		do: embedding(func(a *args, s *scenario.Simulator) error {
			var replies []scenario.SimulatorReply
			err := a.rows(2, func(cells []string) error {
				replies = append(replies, scenario.SimulatorReply{When: cells[0], Text: cells[1]})
				return nil
			})
			if err != nil {
				return err
			}
			return answers(s, replies...)
		}),
	},
	{
		Kind: Given, Expr: "the endpoint calls the tool {text}", Example: `the endpoint calls the tool "nod"`,
		About: "the embedded endpoint calls that function, where the conversation has it, without arguments",
		do: embedding(func(a *args, s *scenario.Simulator) error {
			return answers(s, calling(a.text(0), "{}"))
		}),
	},
	{
		Kind: Given, Expr: "the endpoint calls the tool {text} with:", Example: `the endpoint calls the tool "get_weather" with:`, Below: Text, Sample: `{"city": "Paris"}`,
		About: "the same, with the arguments below, in JSON",
		do: embedding(func(a *args, s *scenario.Simulator) error {
			if !json.Valid([]byte(a.doc.Content)) {
				return &Failure{Code: measure.ExitUsage, Text: "the arguments below are not JSON"}
			}
			return answers(s, calling(a.text(0), a.doc.Content))
		}),
	},
	{
		Kind: Given, Expr: "the endpoint fails with {fault}", Example: "the endpoint fails with http_500",
		About: "every reply of the embedded endpoint breaks in this way (docs/simulator.md)",
		do: embedding(func(a *args, s *scenario.Simulator) error {
			s.Faults = []scenario.SimulatorFault{{Kind: a.text(0), Share: 1, After: faultAfter, RetryAfter: faultRetry}}
			return nil
		}),
	},
	{
		Kind: Given, Expr: "the endpoint fails with {fault} in {share} of the requests", Example: "the endpoint fails with http_429 in 10 % of the requests",
		About: "a share of them does, drawn by the seed",
		do: embedding(func(a *args, s *scenario.Simulator) error {
			s.Faults = append(s.Faults, scenario.SimulatorFault{Kind: a.text(0), Share: arg[float64](a, 1), After: faultAfter, RetryAfter: faultRetry})
			return nil
		}),
	},
	{
		Kind: Given, Expr: "a reply may take {duration}", Example: "a reply may take 2 s",
		About: "the endpoint is given up after so long: the turn fails with timeout_total",
		do: func(_ context.Context, w *world, a *args) error {
			w.endpoints(func(e *scenario.Endpoint) { e.Timeout = arg[time.Duration](a, 0) })
			return nil
		},
	},
	{
		Kind: Given, Expr: "the endpoint at {text}", Example: `the endpoint at "http://127.0.0.1:8000"`,
		About: "puts the endpoint at this URL in the place of every other",
		do: func(_ context.Context, w *world, a *args) error {
			w.reach(a.text(0), "", w.key)
			return nil
		},
	},
	{
		Kind: Given, Expr: "the endpoint of the environment", Example: "the endpoint of the environment", Needs: "AIM_BASE_URL",
		About: "puts the one at AIM_BASE_URL in the place of every other, with AIM_MODEL and AIM_API_KEY",
		do: func(_ context.Context, w *world, _ *args) error {
			at, _ := w.getenv("AIM_BASE_URL")
			model, _ := w.getenv("AIM_MODEL")
			key, _ := w.getenv("AIM_API_KEY")
			w.reach(at, model, key)
			return nil
		},
	},
	{
		Kind: Given, Expr: "the endpoint named {text}", Example: `the endpoint named "canary"`,
		About: "has every conversation of the scenario held with its endpoint of that name",
		do: func(_ context.Context, w *world, a *args) error {
			w.changes = append(w.changes, func(s *scenario.Scenario) error {
				var names []string
				for _, e := range s.Endpoints {
					names = append(names, e.Name)
				}
				if err := there("endpoint", a.text(0), names); err != nil {
					return err
				}
				e := s.Endpoints[slices.Index(names, a.text(0))]
				for _, c := range s.Conversations {
					c.Endpoint = e
				}
				return nil
			})
			return nil
		},
	},
	{
		Kind: When, Expr: "the endpoint fails with {fault}", Example: "the endpoint fails with stream_truncated",
		About: "from now on every reply of the embedded endpoint breaks in this way",
		do: func(_ context.Context, w *world, a *args) error {
			return w.breakEndpoint(simulate.Fault{Kind: simulate.Kind(a.text(0)), Share: 1, After: faultAfter, RetryAfter: faultRetry})
		},
	},
	{
		Kind: When, Expr: "the endpoint recovers", Example: "the endpoint recovers",
		About: "from now on no reply of the embedded endpoint breaks",
		do: func(_ context.Context, w *world, _ *args) error {
			return w.breakEndpoint()
		},
	},
}

// How a fault of a step breaks a reply: as one of the language does that says no more than its kind.
const (
	faultAfter = 3 // tokens
	faultRetry = time.Second
)

// embedding puts the embedded endpoint in the place of every real one, and makes something of it.
func embedding(change func(*args, *scenario.Simulator) error) func(context.Context, *world, *args) error {
	return func(_ context.Context, w *world, a *args) error {
		w.env["AIM_BASE_URL"] = ""
		w.changes = append(w.changes, func(s *scenario.Scenario) error {
			for _, e := range s.Endpoints {
				if onlyJudges(s, e) {
					continue
				}
				if e.Simulator == nil {
					e.Simulator, e.BaseURL, e.MetricsURL, e.APIKey = &scenario.Simulator{}, "", "", ""
				}
				if w.key != "" {
					s.Secrets.Add(w.key)
					e.APIKey = w.key
				}
				if err := change(a, e.Simulator); err != nil {
					return err
				}
			}
			return nil
		})
		return nil
	}
}

// answers has the embedded endpoint answer by these before all else.
func answers(s *scenario.Simulator, replies ...scenario.SimulatorReply) error {
	for _, r := range replies {
		if _, err := regexp.Compile(r.When); err != nil {
			return fmt.Errorf("what is said, %q: %w", r.When, err)
		}
	}
	s.Replies = append(replies, s.Replies...)
	return nil
}

func calling(tool, arguments string) scenario.SimulatorReply {
	return scenario.SimulatorReply{ToolCalls: []scenario.SimulatorToolCall{{Name: tool, Arguments: arguments}}}
}

// endpoints makes something of every endpoint that is talked with.
func (w *world) endpoints(change func(*scenario.Endpoint)) {
	w.changes = append(w.changes, func(s *scenario.Scenario) error {
		for _, e := range s.Endpoints {
			if !onlyJudges(s, e) {
				change(e)
			}
		}
		return nil
	})
}

// reach puts a real endpoint in the place of every other. Where a scenario has a key for its own, it is that one's too.
func (w *world) reach(url, model, key string) {
	w.changes = append(w.changes, func(s *scenario.Scenario) error {
		s.Secrets.Add(key)
		return nil
	})
	w.endpoints(func(e *scenario.Endpoint) {
		e.BaseURL, e.Model, e.Simulator, e.BaseURLSource = url, model, nil, "the endpoint of the feature"
		e.APIKey = cmp.Or(e.APIKey, key)
	})
}

// breakEndpoint has the embedded endpoint of the talk break by these faults alone, from now on.
func (w *world) breakEndpoint(faults ...simulate.Fault) error {
	chat, err := w.talk()
	if err != nil {
		return err
	}
	server := chat.Engine().Embedded(chat.Talk().Conversation.Endpoint.Name)
	if server == nil {
		return &Failure{Code: measure.ExitUsage, Text: "only an embedded endpoint can be broken by a step"}
	}
	server.SetFaults(faults...)
	return nil
}

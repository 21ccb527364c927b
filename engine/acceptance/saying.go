package acceptance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"aimbench/engine/measure"
	"aimbench/engine/scenario"
)

const interrupting = "I say/ask {text} while it is still speaking"

var sayingSteps = []Step{
	{
		Kind: When, Expr: "I say/ask {text}", Example: `I say "Hello! Who are you?"`,
		About: "a person says it in the talk, and waits for the reply and for what the robot does",
		do: func(ctx context.Context, w *world, a *args) error {
			if w.isNext(interrupting) {
				return w.begin(ctx, a.text(0))
			}
			return w.say(a.text(0))
		},
	},
	{
		Kind: When, Expr: "I say/ask:", Example: "I say:", Below: Text, Sample: `Please answer in one word.
What is the capital of Peru?`,
		About: "the same, with the text below",
		do: func(_ context.Context, w *world, a *args) error {
			return w.say(a.doc.Content)
		},
	},
	{
		Kind: When, Expr: interrupting, Example: `I say "Stop!" while it is still speaking`,
		About: "a person cuts in on the reply to what they said in the step before, when its first words have come",
		do: func(_ context.Context, w *world, a *args) error {
			return w.cutIn(a.text(0))
		},
	},
	{
		Kind: When, Expr: "this conversation is held:", Example: "this conversation is held:", Below: "| I say | the reply contains |", Sample: `| When is breakfast? | 7 to 10 |
| Thank you!         |         |`,
		About: "says each line, and holds each reply to what stands beside it: any Then that a head begins and a cell ends; an empty cell wants nothing",
		do:    holdConversation,
	},
	{
		Kind: When, Expr: "I type {text}", Example: `I type "/history"`,
		About: "a person types a line in the talk, such as a command",
		do: func(_ context.Context, w *world, a *args) error {
			return w.say(a.text(0))
		},
	},
	{
		Kind: When, Expr: "there is silence for {duration}", Example: "there is silence for 5 s",
		About: "nothing is said in the talk for so long",
		do: func(ctx context.Context, w *world, a *args) error {
			if _, err := w.talk(); err != nil {
				return err
			}
			w.hearOut()
			return w.sleep(ctx, arg[time.Duration](a, 0))
		},
	},
	{
		Kind: When, Expr: "the conversation {text} runs", Example: `the conversation "smoke" runs`,
		About: `runs one conversation of the scenario once, as aimbench run does; without a scenario there is "talk", in which somebody says hello`,
		do: func(_ context.Context, w *world, a *args) error {
			return w.conversationRuns(a.text(0))
		},
	},
	{
		Kind: When, Expr: "the load {text} runs", Example: `the load "steady" runs`,
		About: "runs one load of the scenario, as aimbench run does",
		do: func(_ context.Context, w *world, a *args) error {
			return w.loadRuns(a.text(0))
		},
	},
	{
		Kind: When, Expr: "the scenario runs", Example: "the scenario runs",
		About: "runs all of the scenario: its loads, or every conversation once where it has none",
		do: func(_ context.Context, w *world, _ *args) error {
			s, err := w.read()
			if err != nil {
				return err
			}
			return w.runs(s, "")
		},
	},
	{
		Kind: When, Expr: "{count} users hold the conversation {text} for {duration}", Example: `50 users hold the conversation "ask" for 30 s`,
		About: "loads the endpoint with a closed loop: each user begins again when their conversation has ended",
		do: func(_ context.Context, w *world, a *args) error {
			return w.loads(a.text(1), &scenario.Load{Name: "users", Users: a.count(0), Duration: arg[time.Duration](a, 2)})
		},
	},
	{
		Kind: When, Expr: "{number} conversations {text} a second begin for {duration}", Example: `5 conversations "ask" a second begin for 30 s`,
		About: "loads the endpoint with an open loop: they begin by chance at that rate, whether or not others have ended",
		do: func(_ context.Context, w *world, a *args) error {
			return w.loads(a.text(1), &scenario.Load{
				Name: "arrivals", Arrival: "poisson", Rate: arg[float64](a, 0), Duration: arg[time.Duration](a, 2),
			})
		},
	},
}

// holdConversation says the lines of a table, and holds each reply to the Thens that stand beside it, whose beginnings are the
// heads of the columns.
func holdConversation(ctx context.Context, w *world, a *args) error {
	heads := texts(a.table.Rows[0])
	if heads[0] != "I say" && heads[0] != "I ask" {
		return &Failure{Code: measure.ExitUsage, Text: "the first column of the table must be: I say"}
	}
	return a.rows(len(heads), func(cells []string) error {
		if err := w.say(cells[0]); err != nil {
			return err
		}
		for i, head := range heads[1:] {
			if cell := cells[1+i]; cell != "" {
				if err := w.holdCell(ctx, cells[0], head, cell); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// holdCell holds the reply to a Then that a head begins and a cell ends, in quotes where that is what it wants.
func (w *world) holdCell(ctx context.Context, said, head, cell string) error {
	sentence := head + " " + cell
	if _, err := w.table.find(Then, sentence); errors.Is(err, errUndefined) {
		sentence = head + ` "` + unescapes.Replace(cell) + `"`
	}
	if _, err := w.table.find(Then, sentence); err != nil {
		return &Failure{Code: measure.ExitUsage, Text: clip(sentence) + ": " + err.Error()}
	}
	f, err := w.hold(ctx, sentence)
	if err != nil {
		return err
	}
	if !f.holds {
		text := fmt.Sprintf("wanted: to %s %s\ngot:    %s", quoted(said), clip(sentence), f.got)
		return &Failure{Code: cmp.Or(f.code, measure.ExitAssertion), Text: text}
	}
	return nil
}

// graceful is how long conversations get to end when a load of a feature begins no more.
const graceful = 30 * time.Second

// loads runs one conversation of the scenario under a load.
func (w *world) loads(conversation string, l *scenario.Load) error {
	s, err := w.read()
	if err != nil {
		return err
	}
	var names []string
	for _, c := range s.Conversations {
		names = append(names, c.Name)
		if c.Name == conversation {
			l.Mix = []scenario.MixEntry{{Conversation: c, Weight: 1}}
		}
	}
	if err := there("conversation", conversation, names); err != nil {
		return err
	}
	if l.Users == 0 && l.Rate <= 0 {
		return &Failure{Code: measure.ExitUsage, Text: "nobody begins a conversation: say how many do"}
	}
	l.GracefulStop, l.Seed = graceful, int64(1+w.try)
	one := *s
	one.Loads = []*scenario.Load{l}
	return w.runs(&one, l.Name)
}

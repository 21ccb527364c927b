package acceptance

import (
	"context"
	"strings"
	"time"

	"aimbench/engine/measure"
	"aimbench/engine/scenario"
)

const interrupting = "I say {text} while it is still speaking"

var sayingSteps = []Step{
	{
		Kind: When, Expr: "I say {text}", Example: `I say "Hello! Who are you?"`,
		About: "a person says it in the talk, and waits for the reply and for what the robot does",
		do: func(ctx context.Context, w *world, a *args) error {
			if w.isNext(interrupting) {
				return w.begin(ctx, a.text(0))
			}
			return w.say(a.text(0))
		},
	},
	{
		Kind: When, Expr: "I say:", Example: "I say:", Below: Text,
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
		Kind: When, Expr: "this conversation is held:", Example: "this conversation is held:", Below: "| I say | the reply contains |",
		About: "says each line, and holds each reply to what stands beside it; an empty cell wants nothing",
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
		About: "runs one conversation of the scenario once, as aimbench run does",
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

// holdConversation says what a table has, and holds the replies to it.
func holdConversation(_ context.Context, w *world, a *args) error {
	return a.rows(2, func(cells []string) error {
		if err := w.say(cells[0]); err != nil {
			return err
		}
		t, err := w.turn()
		if err != nil {
			return err
		}
		if !strings.Contains(strings.ToLower(t.Text), strings.ToLower(cells[1])) {
			return &Failure{Code: measure.ExitAssertion,
				Text: "wanted: to " + quoted(cells[0]) + " a reply that contains " + quoted(cells[1]) + "\ngot:    " + w.reply(t)}
		}
		return nil
	})
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

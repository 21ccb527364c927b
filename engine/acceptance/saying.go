package acceptance

import (
	"context"
	"time"
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
		Kind: When, Expr: interrupting, Example: `I say "Stop!" while it is still speaking`,
		About: "a person cuts in on the reply to what they said in the step before, when its first words have come",
		do: func(_ context.Context, w *world, a *args) error {
			return w.cutIn(a.text(0))
		},
	},
	{
		Kind: When, Expr: "there is silence for {duration}", Example: "there is silence for 5 s",
		About: "nothing is said for so long",
		do: func(ctx context.Context, w *world, a *args) error {
			if _, err := w.talk(); err != nil {
				return err
			}
			return w.sleep(ctx, arg[time.Duration](a, 0))
		},
	},
	{
		Kind: When, Expr: "I type {text}", Example: `I type "/history"`,
		About: "a person types a line in the talk, such as a command",
		do: func(_ context.Context, w *world, a *args) error {
			return w.say(a.text(0))
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
}

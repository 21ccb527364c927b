package acceptance

import (
	"time"

	"aimbench/engine/event"
)

var timingSteps = []Step{
	{
		Kind: Then, Expr: "the first word comes within {duration}", Not: "the first word does not come within {duration}",
		Example: "the first word comes within 800 ms",
		About:   "from what the person said to the first token of the answer",
		check: ofReply(func(_ *world, t *turn, a *args) (finding, error) {
			d, ok := t.TTFA(event.FromIntended)
			return within(d, ok, arg[time.Duration](a, 0), "the first word came after %s", "no word came")
		}),
	},
	{
		Kind: Then, Expr: "the reply is whole within {duration}", Not: "the reply is not whole within {duration}",
		Example: "the reply is whole within 2.5 s",
		About:   "end to end: from what the person said to the last token of the reply",
		check: ofReply(func(_ *world, t *turn, a *args) (finding, error) {
			d, ok := t.E2E(event.FromIntended)
			return within(d, ok, arg[time.Duration](a, 0), "it was whole after %s", "the reply was never whole")
		}),
	},
}

// within finds whether a time that came is within a limit.
func within(d time.Duration, came bool, limit time.Duration, said, never string) (finding, error) {
	if !came {
		return finding{got: never}, nil
	}
	return found(d <= limit, said, brief(d))
}

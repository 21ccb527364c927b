package acceptance

import (
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

var timingSteps = []Step{
	{
		Kind: Then, Expr: "the first word comes within {duration}", Not: "the first word does not come within {duration}",
		Example: "the first word comes within 800 ms",
		About:   "from what the person said to the first token of the answer",
		check: ofReply(func(_ *world, t *turn, a *args) (finding, error) {
			d, ok := firstWord(t).Since(t.Intended)
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
	{
		Kind: Then, Expr: "it is silent within {duration} of the interruption", Not: "it is not silent within {duration} of the interruption",
		Example: "it is silent within 300 ms of the interruption",
		About:   "from when the person cut in to the last word and the last sound of what they cut in on",
		check:   silent,
	},
	{
		Kind: Then, Expr: "{moment} comes before {moment}", Not: "{moment} does not come before {moment}",
		Example: "the first movement comes before the first word",
		About:   "both came in the last turn, and in this order; one that did not come fails either form",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			first, second, f := w.both(t, a, 0, 1)
			if f != nil {
				return *f, nil
			}
			return found(first < second, "%s came %s", a.text(0), apart(first, second))
		}),
	},
	{
		Kind: Then, Expr: "{moment} comes within {duration} of {moment}", Not: "{moment} does not come within {duration} of {moment}",
		Example: "the first movement comes within 200 ms of the prompt",
		About:   "both came in the last turn, no further from each other than that; one that did not come fails either form",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			first, second, f := w.both(t, a, 0, 2)
			if f != nil {
				return *f, nil
			}
			d := time.Duration(first - second).Abs()
			return found(d <= arg[time.Duration](a, 1), "%s came %s", a.text(0), apart(first, second))
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

// both are two moments of a turn, or the finding that one of them did not come.
func (w *world) both(t *turn, a *args, i, j int) (first, second event.Instant, f *finding) {
	first, second = w.moment(t, a.text(i)), w.moment(t, a.text(j))
	for k, at := range map[int]event.Instant{i: first, j: second} {
		if !at.Reached() {
			return 0, 0, &finding{holds: a.not, got: a.text(k) + " did not come: " + answer(t, w.redact())}
		}
	}
	return first, second, nil
}

// apart says how one moment lies to another.
func apart(first, second event.Instant) string {
	if first < second {
		return brief(time.Duration(second-first)) + " before"
	}
	return brief(time.Duration(first-second)) + " after"
}

// silent finds how soon after the interruption nothing was said any more.
var silent = ofReply(func(w *world, _ *turn, a *args) (finding, error) {
	if !w.cut.Reached() {
		return finding{}, &Failure{Code: measure.ExitUsage, Text: "nobody cut in: that needs a When such as: " + sayingSteps[2].Example}
	}
	var cut *turn
	for _, t := range w.turns() {
		if t.Intended < w.cut {
			cut = t
		}
	}
	last := event.Instant(0)
	if cut != nil {
		last = max(cut.lastWord, w.moment(cut, "the last sound"))
		if cut.Class == event.HungUp {
			last = max(last, cut.End)
		}
	}
	if last < w.cut {
		return finding{}, &Failure{Code: measure.ExitUnknown, Text: "there was nothing to interrupt: the reply had ended before"}
	}
	return within(time.Duration(last-w.cut), true, arg[time.Duration](a, 0), "it was silent after %s", "")
})

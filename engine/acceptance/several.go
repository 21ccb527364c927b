package acceptance

import (
	"context"
	"fmt"
	"slices"

	"aimbench/engine/measure"
)

var severalSteps = []Step{
	{
		Kind: Then, Expr: "in the turn {text} {step}", Example: `in the turn "greet" the reply contains "hello"`,
		About: "holds another Then of the turn of that name; in a talk, turns are named 1, 2 and so on",
		check: func(ctx context.Context, w *world, a *args) (finding, error) {
			var names []string
			for _, t := range slices.Backward(w.turns()) {
				if names = append(names, t.Turn.Turn); t.Turn.Turn == a.text(0) {
					return w.of(ctx, t, a.text(1))
				}
			}
			slices.Reverse(names)
			return finding{}, there("turn", a.text(0), slices.Compact(names))
		},
	},
	{
		Kind: Then, Expr: "in every turn {step}", Example: `in every turn the first word comes within 800 ms`,
		About: "holds another Then of each turn so far; of a load, of the last ones",
		check: func(ctx context.Context, w *world, a *args) (finding, error) {
			turns := w.turns()
			if len(turns) == 0 {
				return finding{}, nothingSaid
			}
			for _, t := range turns {
				f, err := w.of(ctx, t, a.text(0))
				if err != nil || !f.holds {
					f.got = fmt.Sprintf("in the turn %s: %s", quoted(t.Turn.Turn), f.got)
					return f, err
				}
			}
			return found(true, "so it was in %s", measure.Count(len(turns), "turn"))
		},
	},
	{
		Kind: Then, Expr: "in at least {count} of {count} tries {step}", Example: `in at least 9 of 10 tries the reply contains "Paris"`,
		About: "does all Givens and Whens of the scenario again, each time from the start and with another seed, and holds another Then of each",
		check: tries,
	},
}

// of finds whether another Then holds of one turn.
func (w *world) of(ctx context.Context, t *turn, sentence string) (finding, error) {
	before := w.focus
	w.focus = t
	defer func() { w.focus = before }()
	return w.hold(ctx, sentence)
}

// hold finds whether another Then holds, in its own form.
func (w *world) hold(ctx context.Context, sentence string) (finding, error) {
	m, err := w.table.find(Then, sentence)
	if err != nil {
		return finding{}, &Failure{Code: measure.ExitUsage, Text: err.Error()}
	}
	if m.Below != "" {
		return finding{}, &Failure{Code: measure.ExitUsage, Text: "a step with something below it cannot stand in another"}
	}
	f, err := m.check(ctx, w, &m.args)
	f.holds = f.holds != m.not
	return f, err
}

// mostTries bounds how often a scenario is tried.
const mostTries = 1000

// tries holds a Then of several tries. What a try fails by counts as one in which it does not hold.
func tries(ctx context.Context, w *world, a *args) (finding, error) {
	least, all := a.count(0), a.count(1)
	if least > all || all == 0 || all > mostTries {
		return finding{}, &Failure{Code: measure.ExitUsage, Text: fmt.Sprintf("there are 1 to %d tries, of which no more than all can hold", mostTries)}
	}
	held, example := 0, ""
	for i := range all {
		f, err := w.again(ctx, i, a.text(2))
		switch {
		case ctx.Err() != nil:
			return finding{}, ctx.Err()
		case err != nil && example == "":
			example = clip(err.Error())
		case err == nil && f.holds:
			held++
		case example == "":
			example = f.got
		}
	}
	if example != "" {
		example = "; such as: " + example
	}
	return found(held >= least, "it held in %d of %d%s", held, all, example)
}

// again holds a Then of a further try; the first is what was done already.
func (w *world) again(ctx context.Context, try int, sentence string) (finding, error) {
	if try == 0 {
		return w.hold(ctx, sentence)
	}
	next := newWorld(w.ctx, w.Options, w.table, w.pickle)
	defer next.close()
	next.try = try
	for _, m := range w.past {
		next.at = m.at
		if err := m.do(ctx, next, &m.args); err != nil {
			return finding{}, err
		}
	}
	next.hearOut()
	return next.hold(ctx, sentence)
}

package acceptance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/rubric"
	"aimbench/engine/scenario"
)

// closeTo is the similarity from which a reply is close to a text.
const closeTo = 0.8

var judgedSteps = []Step{
	{
		Kind: Then, Expr: "the reply mentions all of {words}", Not: "the reply does not mention all of {words}",
		Example: `the reply mentions all of "left", "second floor" and "12"`,
		About:   "it has each of them, whole and in whatever case",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			there, missing := mentioned(t.Text, arg[[]string](a, 0))
			if len(missing) == 0 {
				return found(true, "it mentions %s: %s", listing(there), w.reply(t))
			}
			return found(false, "it does not mention %s: %s", listing(missing), w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply mentions any of {words}", Not: "the reply mentions none of {words}",
		Example: `the reply mentions any of "refund" and "voucher"`,
		About:   "it has at least one of them, whole and in whatever case",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			there, missing := mentioned(t.Text, arg[[]string](a, 0))
			if len(there) > 0 {
				return found(true, "it mentions %s: %s", listing(there), w.reply(t))
			}
			return found(false, "it mentions none of %s: %s", listing(missing), w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply is close to {text}", Not: "the reply is not close to {text}", Example: `the reply is close to "The capital of France is Paris."`,
		About: "no more than a fifth of the characters of the longer text must change to make one of the other",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			alike, ok := scenario.Similarity(strings.TrimSpace(t.Text), strings.TrimSpace(a.text(0)))
			if !ok {
				return finding{}, &Failure{Code: measure.ExitInconclusive, Text: "the texts are too long to compare: " + w.reply(t)}
			}
			return found(t.Class == event.OK && alike >= closeTo, "a similarity of %.2f: %s", alike, w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply names a number within {number} of {number}", Not: "the reply names no number within {number} of {number}",
		Example: "the reply names a number within 0.5 of 391",
		About:   "one of the numbers that it writes is no further from that one",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			numbers, ok := scenario.Numbers(t.Text)
			if !ok {
				return finding{}, &Failure{Code: measure.ExitInconclusive, Text: "the reply is too long to look for numbers in: " + w.reply(t)}
			}
			tolerance, want := arg[float64](a, 0), arg[float64](a, 1)
			near := slices.ContainsFunc(numbers, func(n float64) bool { return max(n-want, want-n) <= tolerance })
			return found(near, "the numbers %v: %s", numbers, w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply meets the rubric {text}", Not: "the reply does not meet the rubric {text}", Example: `the reply meets the rubric "helpful"`,
		About: "the scenario's rubric of that name has a model judge it, with its votes and its threshold; where the judge could not tell, neither holds",
		check: func(ctx context.Context, w *world, a *args) (finding, error) {
			if _, err := w.turn(); err != nil {
				return finding{}, err
			}
			s := w.scenario()
			var names []string
			for _, r := range s.Rubrics {
				names = append(names, r.Name)
			}
			if err := there("rubric", a.text(0), names); err != nil {
				return finding{}, err
			}
			r := s.Rubrics[slices.Index(names, a.text(0))]
			text, err := w.criteria(s, r)
			if err != nil {
				return finding{}, err
			}
			return w.judged(ctx, s, r, text)
		},
	},
	{
		Kind: Then, Expr: "the reply meets these criteria:", Not: "the reply does not meet these criteria:", Example: "the reply meets these criteria:", Below: Text, Sample: `It is polite, and says when breakfast is.`,
		About: `a model judges it by the text below: the scenario's endpoint named "judge", or else its only one, with one vote and a threshold of 0.7`,
		check: func(ctx context.Context, w *world, a *args) (finding, error) {
			if _, err := w.turn(); err != nil {
				return finding{}, err
			}
			s := w.scenario()
			r, err := scenario.NewRubric(s, "criteria")
			if err != nil {
				return finding{}, &Failure{Code: measure.ExitUsage, Text: err.Error()}
			}
			return w.judged(ctx, s, r, a.doc.Content)
		},
	},
}

// judged has the reply of the turn that a Then is about judged. What a judge could not tell is neither so nor otherwise.
func (w *world) judged(ctx context.Context, s *scenario.Scenario, r *scenario.Rubric, criteria string) (finding, error) {
	t, err := w.turn()
	if err != nil {
		return finding{}, err
	}
	if t.Class != event.OK {
		return finding{}, &Failure{Code: measure.ExitInconclusive, Text: "there is nothing to judge: " + w.reply(t)}
	}
	c := rubric.Case{Criteria: criteria, User: t.User, Reply: t.Text, Seed: int64(w.try)}
	j, err := engine.Judge(ctx, s, r, w.engineOptions(), c)
	switch {
	case err != nil:
		return finding{}, &Failure{Code: measure.ExitUnknown, Text: err.Error()}
	case j.Score == nil:
		return finding{}, &Failure{Code: measure.ExitInconclusive, Text: fmt.Sprintf("the judge of %s could not tell: %s", quoted(r.Name), clip(j.Message))}
	}
	reason := clip(cmp.Or(j.Reason, "no reason was given"))
	return found(j.Outcome == event.Passed, "a score of %.3g, where %.3g meets it (%s): %s", *j.Score, j.Threshold, reason, w.reply(t))
}

// criteria are those of a rubric, over the rows that the conversation of the turn had that a Then is about.
func (w *world) criteria(s *scenario.Scenario, r *scenario.Rubric) (string, error) {
	t, err := w.turn()
	if err != nil {
		return "", err
	}
	scope := s.NewScope(scenario.Site{})
	scope.SetIteration(t.Session)
	for _, d := range s.Datasets {
		if row, ok := d.Row(t.Session); ok {
			scope.SetRow(d, row)
		}
	}
	text, diags := r.Criteria.String(scope)
	if diags.HasErrors() {
		return "", &Failure{Code: measure.ExitUsage, Text: s.Explain(diags)}
	}
	return text, nil
}

// mentioned tells the words that a text has from those that it does not.
func mentioned(text string, words []string) (there, missing []string) {
	for _, word := range words {
		if scenario.Mentions(text, word) {
			there = append(there, word)
		} else {
			missing = append(missing, word)
		}
	}
	return there, missing
}

func listing(words []string) string {
	var all []string
	for _, word := range words {
		all = append(all, quoted(word))
	}
	return strings.Join(all, ", ")
}

// onlyJudges reports whether an endpoint is a judge with whom nobody talks: steps about the endpoint are not about it.
func onlyJudges(s *scenario.Scenario, e *scenario.Endpoint) bool {
	judges := e.Name == scenario.JudgeName || slices.ContainsFunc(s.Rubrics, func(r *scenario.Rubric) bool { return r.Endpoint == e })
	return judges && !slices.ContainsFunc(s.Conversations, func(c *scenario.Conversation) bool { return c.Endpoint == e })
}

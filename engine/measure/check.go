package measure

import (
	"cmp"
	"slices"

	"aimbench/engine/event"
)

// mostExamples is how many of those that did not pass are kept of an assertion, and how many failed turns of a class.
const mostExamples = 3

// checks count what became of the assertions one by one.
type checks map[checkKey]*Check

type checkKey struct {
	File string
	Line int
}

func (c checks) add(t *event.Turn, redact func(string) string) {
	for i := range t.Assertions {
		a := &t.Assertions[i]
		one := c.of(a)
		one.count(a)
		if n := len(one.Examples); a.Outcome != event.Passed && (n < mostExamples || t.End < one.Examples[n-1].At) {
			one.exemplify(Example{
				Conversation: t.Conversation, Turn: t.Turn, Session: t.Session, At: t.End, Outcome: a.Outcome, Detail: redact(a.Detail),
			})
		}
	}
}

func (c checks) of(a *event.Assertion) *Check {
	key := checkKey{a.File, a.Line}
	if c[key] == nil {
		c[key] = &Check{File: a.File, Line: a.Line, Condition: a.Condition}
	}
	return c[key]
}

func (c checks) merge(o checks) {
	for key, from := range o {
		to := c[key]
		if to == nil {
			to = &Check{File: from.File, Line: from.Line, Condition: from.Condition}
			c[key] = to
		}
		to.Assertions.merge(from.Assertions)
		to.exemplify(from.Examples...)
	}
}

// exemplify keeps the first few examples.
func (c *Check) exemplify(more ...Example) {
	c.Examples = append(c.Examples, more...)
	slices.SortStableFunc(c.Examples, func(a, b Example) int { return cmp.Compare(a.At, b.At) })
	c.Examples = c.Examples[:min(len(c.Examples), mostExamples)]
}

// Undecided reports that the assertion neither holds nor is broken: it hangs on what judges could not tell.
func (c *Check) Undecided() bool { return !c.Holds && c.tolerates(c.Broken()) }

// tolerates reports whether so many checks may fail.
func (c *Check) tolerates(n int) bool { return float64(n) <= c.Tolerate*float64(c.Checked()) }

// summary lists the assertions in the order in which they stand in the scenario, and says which hold.
func (c checks) summary(rules []CheckRule) []Check {
	var out []Check
	for key, one := range c {
		sum := *one
		for _, r := range rules {
			if (checkKey{r.File, r.Line}) == key {
				sum.Tolerate = r.Tolerate
			}
		}
		sum.Holds = sum.tolerates(sum.Broken() + sum.Inconclusive)
		out = append(out, sum)
	}
	slices.SortFunc(out, func(a, b Check) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	return out
}

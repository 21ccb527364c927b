package measure

import (
	"cmp"
	"slices"
	"time"

	"aimbench/engine/event"
)

const (
	// mostSlowest is how many turns are kept by each latency.
	mostSlowest = 10
	// mostText is the length in bytes to which the texts of turns that are kept under load are cut.
	mostText = 2000
)

// notable are the turns of a load that are kept with their texts: the slowest, and some of each class of failure.
type notable struct {
	Slowest  [2][]ranked // by ttft, and by e2e
	Examples map[event.Class][]event.Turn
}

// ranked is a turn with the latency that it is kept for; turns that were given up rank by how long they were waited for.
type ranked struct {
	By   float64
	Turn event.Turn
}

func (n *notable) add(t *event.Turn, o event.Origin, redact func(string) string) {
	for i, of := range []func(event.Origin) (time.Duration, bool){t.TTFT, t.E2E} {
		by := waited(t, o)
		if d, ok := of(o); ok {
			by = d.Seconds()
		} else if !t.Class.TimedOut() {
			continue
		}
		if kept := n.Slowest[i]; len(kept) < mostSlowest || before(&ranked{by, *t}, &kept[len(kept)-1]) < 0 {
			n.keep(i, ranked{by, short(t, redact)})
		}
	}
	if t.Class.Failed() || t.Class == event.Unsent {
		n.example(t, redact)
	}
}

func (n *notable) example(t *event.Turn, redact func(string) string) {
	if n.Examples == nil {
		n.Examples = map[event.Class][]event.Turn{}
	}
	if kept := n.Examples[t.Class]; len(kept) < mostExamples || t.End < kept[len(kept)-1].End {
		n.Examples[t.Class] = first(append(kept, short(t, redact)))
	}
}

// first keeps the few turns that ended first.
func first(turns []event.Turn) []event.Turn {
	slices.SortStableFunc(turns, func(a, b event.Turn) int { return cmp.Compare(a.End, b.End) })
	return turns[:min(len(turns), mostExamples)]
}

func (n *notable) keep(i int, r ranked) {
	list := append(n.Slowest[i], r)
	slices.SortStableFunc(list, func(a, b ranked) int { return before(&a, &b) })
	n.Slowest[i] = list[:min(len(list), mostSlowest)]
}

// before orders the slowest: the same list follows in whatever order turns are recorded.
func before(a, b *ranked) int {
	return cmp.Or(cmp.Compare(b.By, a.By), cmp.Compare(a.Turn.Session, b.Turn.Session), cmp.Compare(a.Turn.Index, b.Turn.Index))
}

func (n *notable) merge(o *notable) {
	for i := range o.Slowest {
		for _, r := range o.Slowest[i] {
			n.keep(i, r)
		}
	}
	for class, turns := range o.Examples {
		if n.Examples == nil {
			n.Examples = map[event.Class][]event.Turn{}
		}
		n.Examples[class] = first(append(n.Examples[class], turns...))
	}
}

// summary lists the slowest turns, each once, and the examples in the order of the classes.
func (n *notable) summary() (slowest, examples []event.Turn) {
	type key struct {
		load, conversation string
		session            int64
		index              int
	}
	seen := map[key]bool{}
	for _, list := range n.Slowest {
		for _, r := range list {
			k := key{r.Turn.Load, r.Turn.Conversation, r.Turn.Session, r.Turn.Index}
			if !seen[k] {
				seen[k] = true
				slowest = append(slowest, r.Turn)
			}
		}
	}
	for _, class := range append(slices.Clone(event.Failures), event.Unsent) {
		examples = append(examples, n.Examples[class]...)
	}
	return slowest, examples
}

// short is a copy of the turn without the instants of its chunks, and with its texts cut.
func short(t *event.Turn, redact func(string) string) event.Turn {
	c := CopyTurn(t, redact)
	for _, s := range []*string{&c.User, &c.Text, &c.Reasoning, &c.Refusal, &c.Message} {
		if len(*s) > mostText {
			*s = (*s)[:mostText] + "…"
		}
	}
	for i := range c.Requests {
		c.Requests[i].Arrivals = nil
	}
	return c
}

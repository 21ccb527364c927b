package acceptance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	messages "github.com/cucumber/messages/go/v21"
)

// Kind says at which keyword a step stands.
type Kind string

// The kinds. And and But take that of the step before them.
const (
	Given Kind = "Given"
	When  Kind = "When"
	Then  Kind = "Then"
)

// Step is one row of the table of steps.
type Step struct {
	Kind Kind
	// Expr is the sentence, with {kinds} of parameters, parts in (round brackets) that may be
	// left out, and words/alternatives of which one is written. Not says the
	// opposite, with the same parameters; it is empty where there is none.
	Expr, Not string
	// Example is the sentence as it may stand in a feature.
	Example string
	// Below is what stands below the sentence: "" for nothing, "text" for a doc string, or the head of a table. Sample is
	// what may stand there: lines of the text, or rows of the table.
	Below, Sample string
	// About says in a line what it does, or what it holds.
	About string
	// Needs names a variable of the environment without which scenarios with this step are left out.
	Needs string

	// do is what a Given or a When does; check is what a Then finds.
	do    func(ctx context.Context, w *world, a *args) error
	check func(ctx context.Context, w *world, a *args) (finding, error)
}

// Text is what a Below of a doc string is.
const Text = "text"

// finding is what a Then found: whether what it says holds, and what there was, in the words of a report.
type finding struct {
	holds bool
	got   string
	// code is the exit code of a finding that does not hold; 0 is that of an assertion.
	code int
}

func found(holds bool, format string, values ...any) (finding, error) {
	return finding{holds: holds, got: fmt.Sprintf(format, values...)}, nil
}

// Group are the steps about one subject.
type Group struct {
	Name  string
	Steps []Step
}

// Groups is the table of steps.
func Groups() []Group {
	return []Group{
		{"The scenario", givenSteps},
		{"The endpoint", endpointSteps},
		{"What is said and done", sayingSteps},
		{"The reply", replySteps},
		{"What a reply says", judgedSteps},
		{"Several turns and tries", severalSteps},
		{"Time", timingSteps},
		{"The robot", robotSteps},
		{"Objectives and runs", objectiveSteps},
		{"What is left behind", surroundingSteps},
	}
}

// args are what a step's sentence and what stands below it say.
type args struct {
	values []any
	not    bool
	doc    *messages.PickleDocString
	table  *messages.PickleTable
}

func arg[T any](a *args, i int) T { return a.values[i].(T) }

func (a *args) text(i int) string { return arg[string](a, i) }
func (a *args) count(i int) int   { return arg[int](a, i) }

// row is a step with its expressions made ready.
type row struct {
	*Step
	expr, not *expression
}

// table finds steps.
type table struct{ rows []row }

func newTable(groups []Group) *table {
	t := &table{}
	for g := range groups {
		for i := range groups[g].Steps {
			s := &groups[g].Steps[i]
			r := row{Step: s, expr: compile(s.Expr)}
			if s.Not != "" {
				r.not = compile(s.Not)
			}
			t.rows = append(t.rows, r)
		}
	}
	return t
}

// match is a step that a sentence means.
type match struct {
	*Step
	args
	sentence string
	at       int // the step of the scenario that it is
}

var (
	errUndefined = errors.New("there is no such step")
	errAmbiguous = errors.New("this may mean several steps")
)

// find finds the step that a sentence means. kind is empty where any will do.
func (t *table) find(kind Kind, sentence string) (*match, error) {
	var found []*match
	var names []string
	var wrong error
	for _, r := range t.rows {
		if kind != "" && r.Kind != kind {
			continue
		}
		for _, e := range []*expression{r.expr, r.not} {
			if e == nil {
				continue
			}
			values, ok, err := e.match(sentence)
			if !ok {
				continue
			}
			if err != nil {
				wrong = err
			}
			found = append(found, &match{Step: r.Step, args: args{values: values, not: e == r.not}, sentence: sentence})
			names = append(names, e.text)
		}
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("%w: %s", errUndefined, t.suggest(kind, sentence))
	case len(found) > 1:
		slices.Sort(names)
		return nil, fmt.Errorf("%w: %s", errAmbiguous, strings.Join(names, "; "))
	}
	return found[0], wrong
}

// below takes what stands below the sentence.
func (m *match) below(a *messages.PickleStepArgument) error {
	if a != nil {
		m.doc, m.table = a.DocString, a.DataTable
	}
	switch {
	case m.Below == "" && (m.doc != nil || m.table != nil):
		return errors.New("nothing may stand below this step")
	case m.Below == Text && m.doc == nil:
		return errors.New(`this step needs a text below it, between two lines of """`)
	case m.Below != "" && m.Below != Text && m.table == nil:
		return fmt.Errorf("this step needs a table below it: %s", m.Below)
	}
	return nil
}

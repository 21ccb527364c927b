// Package acceptance runs scenarios as Gherkin: sentences that people read, over the one engine. It is a table of steps for
// godog, for aimbench test and for a test of one's own.
package acceptance

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"

	"aimbench/engine/measure"
	"aimbench/robot"
)

// Options say how scenarios are run. The zero Options run them in real time, over loopback.
type Options struct {
	// Memory: the embedded parts are reached in memory, as where time is simulated: in a testing/synctest bubble.
	Memory bool
	// Vars are variables of the scenario files, beside those of the steps.
	Vars map[string]string
	// VarFiles, AllowEnv and APIKeyFile are as in scenario.Options.
	VarFiles, AllowEnv []string
	APIKeyFile         string
	// Getenv reads the environment; os.LookupEnv where it is nil.
	Getenv func(string) (string, bool)
	// FS has the features, for the lines that failures name; nil is the file system.
	FS fs.FS
	// Limits are those that a robot is held to; nil is robot.DefaultLimits.
	Limits *robot.Limits
	// Version is the program's.
	Version string
	// Ended is told of each scenario that has ended: its error is nil where it passed, and *Failure where a step failed.
	// It may be called by several goroutines at once; nil is nobody.
	Ended func(*godog.Scenario, error)
}

type worldKey struct{}

// Register makes the steps known to a scenario of godog. Every scenario gets a world of its own.
func Register(sc *godog.ScenarioContext, o Options) {
	t := newTable(Groups())
	sc.Before(func(ctx context.Context, p *godog.Scenario) (context.Context, error) {
		return context.WithValue(ctx, worldKey{}, newWorld(ctx, &o, t, p)), nil
	})
	sc.StepContext().Before(func(ctx context.Context, s *godog.Step) (context.Context, error) {
		if w, ok := ctx.Value(worldKey{}).(*world); ok {
			w.enter(s)
		}
		return ctx, nil
	})
	sc.StepContext().After(func(ctx context.Context, s *godog.Step, status godog.StepResultStatus, err error) (context.Context, error) {
		if status == godog.StepUndefined && err != nil {
			if _, why := t.find(kindOf(s.Type), s.Text); why != nil {
				return ctx, why
			}
		}
		return ctx, nil
	})
	sc.After(func(ctx context.Context, p *godog.Scenario, err error) (context.Context, error) {
		if w, ok := ctx.Value(worldKey{}).(*world); ok {
			w.close()
		}
		if o.Ended != nil {
			o.Ended(p, err)
		}
		return ctx, nil
	})
	register := map[Kind]func(expr, do any){Given: sc.Given, When: sc.When, Then: sc.Then}
	for _, r := range t.rows {
		for _, e := range []*expression{r.expr, r.not} {
			if e != nil {
				register[r.Kind](e.re, perform)
			}
		}
	}
}

// perform does the step that its world has come to.
func perform(ctx context.Context) error {
	w, ok := ctx.Value(worldKey{}).(*world)
	if !ok {
		return errors.New("the steps of acceptance are used without acceptance.Register")
	}
	return w.perform(ctx)
}

// enter notes which step comes.
func (w *world) enter(s *godog.Step) {
	for i, p := range w.pickle.Steps {
		if p.Id == s.Id {
			w.at = i
		}
	}
}

// perform does the step under way.
func (w *world) perform(ctx context.Context) error {
	step := w.pickle.Steps[w.at]
	m, err := w.table.find(kindOf(step.Type), step.Text)
	if err == nil {
		err = m.below(step.Argument)
	}
	if err != nil {
		return w.told(&Failure{Code: measure.ExitUsage, Text: err.Error()}, step)
	}
	if err := w.take(ctx, m); err != nil {
		return w.told(err, step)
	}
	return nil
}

// take does what a step says, or holds it.
func (w *world) take(ctx context.Context, m *match) error {
	if m.Kind != Then {
		m.at = w.at
		w.past = append(w.past, m)
		return m.do(ctx, w, &m.args)
	}
	w.hearOut()
	f, err := m.check(ctx, w, &m.args)
	if err != nil {
		return err
	}
	if f.holds == m.not {
		return w.refuted(m, f)
	}
	return nil
}

// told adds to an error where the step stands, and what was said until then.
func (w *world) told(err error, step *godog.Step) error {
	code := measure.ExitAssertion
	var f *Failure
	if errors.As(err, &f) {
		code = f.Code
	}
	if w.ctx.Err() != nil {
		err, code = errors.New("the scenario did not run to its end"), measure.ExitInterrupted
	}
	text := strings.TrimRight(err.Error(), "\n") + "\n" + w.place(step)
	if story := w.story(); story != "" {
		text += "\n" + strings.TrimRight(story, "\n")
	}
	if w.folder != "" {
		text = strings.ReplaceAll(text, w.folder+string(filepath.Separator), "") // it is gone when somebody reads this
	}
	return &Failure{Code: code, Text: strings.ReplaceAll(text, "\n", "\n      ")}
}

// isNext says whether the next step is of an expression.
func (w *world) isNext(expr string) bool {
	if w.at+1 >= len(w.pickle.Steps) {
		return false
	}
	next := w.pickle.Steps[w.at+1]
	m, err := w.table.find(kindOf(next.Type), next.Text)
	return err == nil && m.Expr == expr
}

func kindOf(t messages.PickleStepType) Kind {
	switch t {
	case messages.PickleStepType_CONTEXT:
		return Given
	case messages.PickleStepType_ACTION:
		return When
	case messages.PickleStepType_OUTCOME:
		return Then
	}
	return ""
}

// feature is the path of the feature.
func (w *world) feature() string {
	path, _, _ := strings.Cut(w.pickle.Uri, ".feature:")
	if path != w.pickle.Uri {
		path += ".feature"
	}
	return path
}

// place is where a step stands: FILE:LINE.
func (w *world) place(step *godog.Step) string {
	path := w.feature()
	var text []byte
	var err error
	if w.FS != nil {
		text, err = fs.ReadFile(w.FS, path)
	} else {
		text, err = os.ReadFile(path)
	}
	if err == nil {
		if f, err := parse(path, text); err == nil {
			if line := f.line(w.pickle, step); line > 0 {
				return fmt.Sprintf("%s:%d", path, line)
			}
		}
	}
	return path
}

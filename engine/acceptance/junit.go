package acceptance

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"

	"aimbench/engine/measure"
	"aimbench/engine/report"
)

// ourJUnit is what godog knows our formatter as. Its own counts every step after one that failed as an error, and names
// neither class nor place, so that viewers show what did not happen.
const ourJUnit = "aimbench-junit"

var registerJUnit = sync.OnceFunc(func() {
	godog.Format(ourJUnit, "JUnit, as viewers read it", func(suite string, out io.Writer) godog.Formatter {
		return &junit{BaseFmt: godog.NewBaseFmt(suite, out), name: suite, out: out}
	})
})

// junit writes a suite for each feature, with a case for each scenario and each example of an outline.
type junit struct {
	*godog.BaseFmt
	name string
	out  io.Writer

	mu       sync.Mutex
	start    time.Time
	features []*feature
	trials   []*trial
}

// trial is what came of a scenario.
type trial struct {
	pickle       *messages.Pickle
	begun, ended time.Time
	err          error // of the one that failed
	left         bool  // not all steps were done
}

// TestRunStarted notes when that was.
func (j *junit) TestRunStarted() { j.start = time.Now() }

// Feature notes what is in a feature.
func (j *junit) Feature(doc *messages.GherkinDocument, path string, _ []byte) {
	f := &feature{path: path, doc: doc, lines: map[string]int{}}
	f.count(doc.Feature.Children)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.features = append(j.features, f)
}

// Pickle notes that a scenario begins.
func (j *junit) Pickle(p *messages.Pickle) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.trials = append(j.trials, &trial{pickle: p, begun: time.Now(), ended: time.Now()})
}

// note notes what became of a step. What steps say is not shown: keys may stand in it.
func (j *junit) note(p *messages.Pickle, left bool, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, t := range slices.Backward(j.trials) {
		if t.pickle.Id == p.Id {
			t.ended, t.err = time.Now(), cmp.Or(t.err, err)
			t.left = t.left || left
			return
		}
	}
}

// Passed notes a step.
func (j *junit) Passed(p *messages.Pickle, _ *messages.PickleStep, _ *godog.StepDefinition) {
	j.note(p, false, nil)
}

// Failed notes a step.
func (j *junit) Failed(p *messages.Pickle, _ *messages.PickleStep, _ *godog.StepDefinition, err error) {
	j.note(p, false, err)
}

// Ambiguous notes a step.
func (j *junit) Ambiguous(p *messages.Pickle, _ *messages.PickleStep, _ *godog.StepDefinition, err error) {
	j.note(p, false, err)
}

// Undefined notes a step.
func (j *junit) Undefined(p *messages.Pickle, _ *messages.PickleStep, _ *godog.StepDefinition) {
	j.note(p, false, godog.ErrUndefined)
}

// Pending notes a step.
func (j *junit) Pending(p *messages.Pickle, _ *messages.PickleStep, _ *godog.StepDefinition) {
	j.note(p, false, godog.ErrPending)
}

// Skipped notes a step.
func (j *junit) Skipped(p *messages.Pickle, _ *messages.PickleStep, _ *godog.StepDefinition) {
	j.note(p, true, nil)
}

// Summary writes the file.
func (j *junit) Summary() {
	j.mu.Lock()
	defer j.mu.Unlock()
	var suites []report.Suite
	for _, f := range j.features {
		suite, line := report.Suite{Name: f.doc.Feature.Name}, func(t *trial) int {
			return f.lines[t.pickle.AstNodeIds[len(t.pickle.AstNodeIds)-1]]
		}
		var of []*trial
		names := map[string]int{}
		for _, t := range j.trials {
			if t.pickle.Uri == f.path {
				of = append(of, t)
				names[t.pickle.Name]++
			}
		}
		slices.SortStableFunc(of, func(a, b *trial) int { return line(a) - line(b) })
		number := map[string]int{}
		for _, t := range of {
			c := t.result()
			c.Classname, c.File, c.Line = f.doc.Feature.Name, f.path, line(t)
			if number[c.Name]++; names[c.Name] > 1 {
				c.Name = fmt.Sprintf("%s #%d", c.Name, number[c.Name])
			}
			suite.Add(c, t.ended.Sub(t.begun).Seconds())
		}
		suites = append(suites, suite)
	}
	if err := report.WriteSuites(j.out, j.name, suites, j.start, time.Since(j.start).Seconds()); err != nil {
		fmt.Fprintln(os.Stderr, "writing the JUnit file:", err)
	}
}

// result is the case of a scenario. What could not be told is an error, never a pass and no failure of who was tested.
func (t *trial) result() report.Case {
	c := report.Case{Name: t.pickle.Name}
	if t.err == nil {
		if t.left {
			c.Skipped = &report.Defect{Message: "not all of its steps were done"}
		}
		return c
	}
	text := strings.ReplaceAll(t.err.Error(), "\n      ", "\n")
	lines := strings.Split(text, "\n")
	d := &report.Defect{Message: lines[0], Text: text}
	if len(lines) > 1 && strings.HasPrefix(lines[1], "got: ") {
		d.Message += "; " + strings.Join(strings.Fields(lines[1]), " ")
		d.Text = d.Message + "\n" + strings.Join(lines[2:], "\n")
	}
	code := codeOf(t.err)
	d.Type = string(measure.First(code).Verdict)
	var f *Failure
	switch {
	case code == measure.ExitInterrupted:
		c.Skipped = d
	case code == measure.ExitAssertion && errors.As(t.err, &f), code == measure.ExitObjective:
		c.Failure = d
	default:
		c.Error = d
	}
	return c
}

package acceptance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"

	"aimbench/engine/measure"
)

// Selection says which scenarios of the features are meant.
type Selection struct {
	// Tags is an expression over tags, such as "@edge and not @slow"; empty is all.
	Tags string
	// Getenv reads the environment; os.LookupEnv where it is nil.
	Getenv func(string) (string, bool)
}

// Suite are features that were read and checked.
type Suite struct {
	features []*feature
	// Left says which scenarios are left out for want of something, in sentences.
	Left []string
}

// Case is a scenario of a suite, or all the examples of one.
type Case struct {
	Path string
	Line int
	Name string
}

// String is FILE:LINE NAME.
func (c Case) String() string { return fmt.Sprintf("%s:%d %s", c.Path, c.Line, c.Name) }

// Load reads features: files, files with the line of one scenario (FILE:LINE), and directories. All that is wrong with them
// is in the error, each with its file and line.
func Load(paths []string, s Selection) (*Suite, error) {
	tags, err := parseTags(s.Tags)
	if err != nil {
		return nil, err
	}
	if s.Getenv == nil {
		s.Getenv = os.LookupEnv
	}
	suite, t := &Suite{}, newTable(Groups())
	wanted, order, errs := map[string][]int{}, []string{}, []error{}
	for _, p := range paths {
		files, line, err := filesOf(p)
		errs = append(errs, err)
		for _, path := range files {
			if wanted[path] == nil {
				order = append(order, path)
			}
			wanted[path] = append(wanted[path], line)
		}
	}
	for _, path := range order {
		f, err := readFeature(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, f.nowhere(wanted[path]))
		f.keep(func(p *messages.Pickle) bool { return tags(p.Tags) && f.isAt(p, wanted[path]) })
		errs = append(errs, f.check(t))
		suite.leaveOut(f, t, s.Getenv)
		if len(f.pickles) > 0 {
			suite.features = append(suite.features, f)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return suite, nil
}

// isAt says whether a scenario, or an example of one, stands at one of the lines; 0 is any.
func (f *feature) isAt(p *messages.Pickle, lines []int) bool {
	return slices.Contains(lines, 0) ||
		slices.ContainsFunc(p.AstNodeIds, func(id string) bool { return slices.Contains(lines, f.lines[id]) })
}

// nowhere is the error of lines at which no scenario stands.
func (f *feature) nowhere(lines []int) error {
	var errs []error
	for _, line := range lines {
		if !slices.ContainsFunc(f.pickles, func(p *messages.Pickle) bool { return f.isAt(p, []int{line}) }) && line > 0 {
			errs = append(errs, fmt.Errorf("%s:%d: no scenario begins at this line, and no example stands there", f.path, line))
		}
	}
	return errors.Join(errs...)
}

// filesOf are the features that a path means, and the line of the one scenario that is meant; 0 is all.
func filesOf(path string) (files []string, line int, err error) {
	if before, after, ok := cutLine(path); ok {
		path, line = before, after
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("there is no %s: name .feature files, or directories of them", path)
	} else if err != nil {
		return nil, 0, err
	}
	if !info.IsDir() {
		return []string{path}, line, nil
	}
	if line > 0 {
		return nil, 0, fmt.Errorf("%s:%d: this is a directory, and a line is a file's", path, line)
	}
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(p, ".feature") {
			files = append(files, p)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: there is no .feature file in it", path)
	}
	return files, line, err
}

func cutLine(path string) (string, int, bool) {
	i := strings.LastIndexByte(path, ':')
	if i < 0 {
		return path, 0, false
	}
	line, err := strconv.Atoi(path[i+1:])
	return path[:i], line, err == nil && line > 0
}

// readFeature reads a file. What is no file is not opened: that might wait for ever.
func readFeature(path string) (*feature, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: this is no file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(file, mostBytes+1))
	if err != nil {
		return nil, err
	}
	return parse(path, text)
}

// keep leaves only some scenarios in the feature: the others are blanked in its text, so that no line moves.
func (f *feature) keep(wanted func(*messages.Pickle) bool) {
	kept := slices.Clone(f.pickles)
	f.pickles = slices.DeleteFunc(kept, func(p *messages.Pickle) bool { return !wanted(p) })
}

// check says which steps are undefined, ambiguous, or have a value that means nothing.
func (f *feature) check(t *table) error {
	var errs []error
	said := map[string]bool{}
	for _, p := range f.pickles {
		if len(p.Steps) == 0 {
			errs = append(errs, fmt.Errorf("%s: scenario %s has no steps", f.at(p.AstNodeIds[0]), quoted(p.Name)))
		}
		for _, s := range p.Steps {
			m, err := t.find(kindOf(s.Type), s.Text)
			if err == nil {
				err = m.below(s.Argument)
			}
			if err == nil {
				continue
			}
			text := fmt.Sprintf("%s: %s\n    %s", f.at(s.AstNodeIds[0]), clip(s.Text), err)
			if !said[text] {
				said[text] = true
				errs = append(errs, errors.New(text))
			}
		}
	}
	return errors.Join(errs...)
}

// leaveOut takes out the scenarios that need what is not there.
func (s *Suite) leaveOut(f *feature, t *table, getenv func(string) (string, bool)) {
	missing := map[string]int{}
	f.keep(func(p *messages.Pickle) bool {
		for _, step := range p.Steps {
			m, err := t.find(kindOf(step.Type), step.Text)
			if err != nil || m.Needs == "" {
				continue
			}
			if v, _ := getenv(m.Needs); v == "" {
				missing[m.Needs]++
				return false
			}
		}
		return true
	})
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		s.Left = append(s.Left, fmt.Sprintf("%s: %s left out, as %s is not set", f.path, measure.Count(missing[name], "scenario"), name))
	}
}

// Len is how many scenarios there are, each example of an outline counting as one.
func (s *Suite) Len() int {
	n := 0
	for _, f := range s.features {
		n += len(f.pickles)
	}
	return n
}

// Cases are the scenarios, in their order.
func (s *Suite) Cases() []Case {
	var out []Case
	for _, f := range s.features {
		for _, p := range f.pickles {
			c := Case{Path: f.path, Line: f.lines[p.AstNodeIds[0]], Name: p.Name}
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// Only is the suite of one case.
func (s *Suite) Only(c Case) *Suite {
	one := &Suite{}
	for _, f := range s.features {
		if f.path == c.Path {
			copied := *f
			copied.keep(func(p *messages.Pickle) bool { return f.lines[p.AstNodeIds[0]] == c.Line && p.Name == c.Name })
			one.features = append(one.features, &copied)
		}
	}
	return one
}

// Format is a formatter, and where it writes to.
type Format struct {
	Name string
	// Path is the file it writes; empty is RunOptions.Out.
	Path string
}

// Formats are the names of the formatters that may be asked for: godog's, but for a junit of our own.
var Formats = []string{"pretty", "progress", "junit", "cucumber", "events"}

// RunOptions say how a suite is run, and what is shown of it.
type RunOptions struct {
	Options
	Formats []Format
	Out     io.Writer
	Color   bool
	// Concurrency is how many scenarios run at once; 0 is one.
	Concurrency int
	// Random is the seed by which the scenarios of a feature are put in another order; 0 keeps theirs.
	Random int64
}

// Run runs the scenarios, and returns the exit code: the first, by the table of exit codes, of those of the steps that
// failed.
func (s *Suite) Run(ctx context.Context, o RunOptions) int {
	var mu sync.Mutex
	var codes []int
	ended := o.Ended
	o.Ended = func(p *godog.Scenario, err error) {
		mu.Lock()
		codes = append(codes, codeOf(err))
		mu.Unlock()
		if ended != nil {
			ended(p, err)
		}
	}
	var formats []string
	registerJUnit()
	for _, f := range o.Formats {
		if f.Name == "junit" {
			f.Name = ourJUnit
		}
		if f.Path != "" {
			f.Name += ":" + f.Path
		}
		formats = append(formats, f.Name)
	}
	var features []godog.Feature
	for _, f := range s.features {
		features = append(features, godog.Feature{Name: f.path, Contents: f.kept()})
	}
	out := &plain{out: o.Out}
	godog.TestSuite{
		Name:                "aimbench",
		ScenarioInitializer: func(sc *godog.ScenarioContext) { Register(sc, o.Options) },
		Options: &godog.Options{
			Strict: true, Format: strings.Join(formats, ","), Output: out, NoColors: !o.Color, Concurrency: max(1, o.Concurrency),
			Randomize: o.Random, DefaultContext: ctx, FeatureContents: features,
		},
	}.Run()
	if out.Close() != nil {
		codes = append(codes, measure.ExitUsage) // what was asked for is not there
	}
	if ctx.Err() != nil {
		codes = append(codes, measure.ExitInterrupted)
	}
	return measure.First(codes...).Code
}

func codeOf(err error) int {
	var f *Failure
	switch {
	case err == nil || errors.Is(err, godog.ErrSkip):
		return measure.ExitPass
	case errors.As(err, &f):
		return f.Code
	}
	return measure.ExitAssertion
}

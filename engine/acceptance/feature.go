package acceptance

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"
)

// Bounds of a feature file, which may be anybody's.
const (
	mostBytes     = 1 << 20
	mostScenarios = 5000 // of a file, examples included
	mostSteps     = 100_000
)

// feature is a file that was parsed.
type feature struct {
	path    string
	text    []byte
	doc     *messages.GherkinDocument
	pickles []*messages.Pickle
	lines   map[string]int // by the id of a scenario, a step or an example
}

// parse reads a feature. Its errors name the file and the line.
func parse(path string, text []byte) (f *feature, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("%s:1: this is no feature that can be read", path)
		}
	}()
	if len(text) > mostBytes {
		return nil, fmt.Errorf("%s:1: a feature may have at most %d KiB", path, mostBytes>>10)
	}
	if line := unprintable(text); line > 0 {
		return nil, fmt.Errorf("%s:%d: a character that is no text, such as one that acts on a terminal", path, line)
	}
	id := (&messages.Incrementing{}).NewId
	doc, err := gherkin.ParseGherkinDocument(bytes.NewReader(text), id)
	if err != nil {
		return nil, problems(path, err)
	}
	if doc.Feature == nil {
		return nil, fmt.Errorf("%s:1: there is no feature here: a file begins with Feature: and what it is about", path)
	}
	f = &feature{path: path, text: text, doc: doc, lines: map[string]int{}}
	if scenarios, steps := f.count(doc.Feature.Children); scenarios > mostScenarios || steps > mostSteps {
		return nil, fmt.Errorf("%s:%d: a feature may have at most %d scenarios and %d steps, and has %d and %d", path,
			doc.Feature.Location.Line, mostScenarios, mostSteps, scenarios, steps)
	}
	doc.Uri = path
	f.pickles = gherkin.Pickles(*doc, path, id)
	return f, nil
}

// unprintable is the first line with a control character, or bytes that are no UTF-8; 0 where there is none.
func unprintable(text []byte) int {
	line := 1
	for i, r := range string(text) {
		switch {
		case r == '\n':
			line++
		case r == '\t' || r == '\r' || r == '\ufeff' && i == 0:
		case unicode.IsControl(r), r == utf8.RuneError:
			return line
		}
	}
	return 0
}

var located = regexp.MustCompile(`^\((\d+):\d+\): (.*)$`)

// problems are what the parser has to say, with the file before each line.
func problems(path string, err error) error {
	var out []error
	for _, line := range strings.Split(err.Error(), "\n") {
		if m := located.FindStringSubmatch(line); m != nil {
			out = append(out, fmt.Errorf("%s:%s: %s", path, m[1], clip(m[2])))
		}
	}
	if out == nil {
		out = append(out, fmt.Errorf("%s:1: %s", path, clip(err.Error())))
	}
	return errors.Join(out...)
}

// count counts the scenarios and their steps, examples and backgrounds unfolded, and notes where all that can be pointed at
// stands.
func (f *feature) count(children []*messages.FeatureChild) (scenarios, steps int) {
	before := 0
	add := func(b *messages.Background, s *messages.Scenario, before int) int {
		switch {
		case b != nil:
			f.noteSteps(b.Steps)
			return before + len(b.Steps)
		case s != nil:
			n := f.note(s)
			scenarios += n
			steps += n * (before + len(s.Steps))
		}
		return before
	}
	for _, c := range children {
		before = add(c.Background, c.Scenario, before)
		if c.Rule != nil {
			within := before
			for _, r := range c.Rule.Children {
				within = add(r.Background, r.Scenario, within)
			}
		}
	}
	return scenarios, steps
}

// note counts a scenario's examples; 1 where it is no outline.
func (f *feature) note(s *messages.Scenario) int {
	f.lines[s.Id] = int(s.Location.Line)
	f.noteSteps(s.Steps)
	if len(s.Examples) == 0 {
		return 1
	}
	n := 0
	for _, e := range s.Examples {
		for _, row := range e.TableBody {
			f.lines[row.Id] = int(row.Location.Line)
			n++
		}
	}
	return n
}

func (f *feature) noteSteps(steps []*messages.Step) {
	for _, s := range steps {
		f.lines[s.Id] = int(s.Location.Line)
	}
}

// line is where a step of a pickle stands, that may come from another reading of the file; 0 where it is not found.
func (f *feature) line(p *messages.Pickle, step *messages.PickleStep) int {
	at := 0
	for i, s := range p.Steps {
		if s.Id == step.Id {
			at = i
		}
	}
	for _, own := range f.pickles {
		if own.Name == p.Name && alike(own.Steps, p.Steps) {
			return f.lines[own.Steps[at].AstNodeIds[0]]
		}
	}
	return 0
}

func alike(a, b []*messages.PickleStep) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Text != b[i].Text {
			return false
		}
	}
	return true
}

// at is FILE:LINE of something with an id.
func (f *feature) at(id string) string { return f.path + ":" + strconv.Itoa(f.lines[id]) }

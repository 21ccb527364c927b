package acceptance

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	messages "github.com/cucumber/messages/go/v21"
)

// kept is the feature's text with the scenarios blanked that are not run, so that no line moves.
func (f *feature) kept() []byte {
	wanted := map[int]bool{} // lines of scenarios and of examples
	for _, p := range f.pickles {
		for _, id := range p.AstNodeIds {
			wanted[f.lines[id]] = true
		}
	}
	lines := bytes.SplitAfter(f.text, []byte("\n"))
	blank := func(from, to int) {
		for i := from; i <= to && i <= len(lines); i++ {
			end := len(lines[i-1])
			lines[i-1] = lines[i-1][len(bytes.TrimRight(lines[i-1], "\r\n")):end]
		}
	}
	for _, s := range f.spans(f.doc.Feature.Children, len(lines)+1) {
		if !wanted[int(s.scenario.Location.Line)] {
			blank(s.from, s.to)
			continue
		}
		for _, e := range s.scenario.Examples {
			for _, row := range e.TableBody {
				if !wanted[int(row.Location.Line)] {
					blank(int(row.Location.Line), int(row.Location.Line))
				}
			}
		}
	}
	return bytes.Join(lines, nil)
}

// span are the lines of a scenario, with its tags.
type span struct {
	scenario *messages.Scenario
	from, to int
}

// spans are the lines of the scenarios: each ends where the next thing begins, the last before end.
func (f *feature) spans(children []*messages.FeatureChild, end int) []span {
	type thing struct {
		from     int
		scenario *messages.Scenario
	}
	var things []thing
	scenario := func(s *messages.Scenario) {
		things = append(things, thing{start(s.Location, s.Tags), s})
	}
	for _, c := range children {
		switch {
		case c.Background != nil:
			things = append(things, thing{int(c.Background.Location.Line), nil})
		case c.Scenario != nil:
			scenario(c.Scenario)
		case c.Rule != nil:
			things = append(things, thing{start(c.Rule.Location, c.Rule.Tags), nil})
			for _, r := range c.Rule.Children {
				if r.Scenario != nil {
					scenario(r.Scenario)
				} else if r.Background != nil {
					things = append(things, thing{int(r.Background.Location.Line), nil})
				}
			}
		}
	}
	var out []span
	for i, t := range things {
		to := end - 1
		if i+1 < len(things) {
			to = things[i+1].from - 1
		}
		if t.scenario != nil {
			out = append(out, span{t.scenario, t.from, to})
		}
	}
	return out
}

func start(l *messages.Location, tags []*messages.Tag) int {
	from := int(l.Line)
	for _, t := range tags {
		from = min(from, int(t.Location.Line))
	}
	return from
}

// tagged says of the tags of a scenario whether it is meant.
type tagged func([]*messages.PickleTag) bool

// parseTags reads an expression over tags: @a and not (@b or @c). That of godog, @a && ~@b,@c, means the same.
func parseTags(text string) (tagged, error) {
	if strings.TrimSpace(text) == "" {
		return func([]*messages.PickleTag) bool { return true }, nil
	}
	spaced := strings.NewReplacer("(", " ( ", ")", " ) ", "&&", " and ", ",", " , ", "~", " ~ ").Replace(text)
	p := &tagParser{words: strings.Fields(spaced)}
	e, err := p.or()
	if err == nil && len(p.words) > 0 {
		err = fmt.Errorf("%q is too much", p.words[0])
	}
	if err != nil {
		return nil, fmt.Errorf("tags %q: %w; write such as @edge and not @slow", text, err)
	}
	return e, nil
}

type tagParser struct {
	words []string
	depth int
}

func (p *tagParser) take(words ...string) bool {
	if len(p.words) > 0 && slices.Contains(words, p.words[0]) {
		p.words = p.words[1:]
		return true
	}
	return false
}

// or, and, either read what binds ever more tightly: the comma is godog's.
func (p *tagParser) or() (tagged, error) {
	return p.chain(p.and, func(a, b bool) bool { return a || b }, "or")
}

func (p *tagParser) and() (tagged, error) {
	return p.chain(p.either, func(a, b bool) bool { return a && b }, "and")
}

func (p *tagParser) either() (tagged, error) {
	return p.chain(p.one, func(a, b bool) bool { return a || b }, ",")
}

func (p *tagParser) chain(next func() (tagged, error), join func(a, b bool) bool, word string) (tagged, error) {
	e, err := next()
	for err == nil && p.take(word) {
		var right tagged
		left := e
		right, err = next()
		e = func(t []*messages.PickleTag) bool { return join(left(t), right(t)) }
	}
	return e, err
}

// mostDepth bounds how deep an expression may nest.
const mostDepth = 100

func (p *tagParser) one() (tagged, error) {
	if p.depth++; p.depth > mostDepth {
		return nil, errors.New("it is nested too deep")
	}
	defer func() { p.depth-- }()
	switch {
	case p.take("not", "~"):
		e, err := p.one()
		return func(t []*messages.PickleTag) bool { return !e(t) }, err
	case p.take("("):
		e, err := p.or()
		if err == nil && !p.take(")") {
			err = errors.New("a ) is missing")
		}
		return e, err
	case len(p.words) == 0:
		return nil, errors.New("a tag is missing")
	}
	name := p.words[0]
	if !strings.HasPrefix(name, "@") || len(name) < 2 {
		return nil, fmt.Errorf("%q is no tag", name)
	}
	p.words = p.words[1:]
	return func(t []*messages.PickleTag) bool {
		return slices.ContainsFunc(t, func(tag *messages.PickleTag) bool { return tag.Name == name })
	}, nil
}

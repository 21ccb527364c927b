package report

import "strings"

// Prose lays out a reply as it comes, for a terminal that shows it as a talk: in lines of a width, with what could act on
// the terminal escaped, secrets hidden, and thoughts dim. It is not safe for concurrent use.
type Prose struct {
	style Style
	redactor
	first, next string

	out     strings.Builder
	flow    *flow
	kind    Kind
	pending [kinds]pending
	begun   bool
}

// NewProse returns a layout whose first line begins with first, and every other with next, which takes as many columns.
// The Redactor may be nil.
func NewProse(style Style, secrets Redactor, first, next string) *Prose {
	return &Prose{style: style, redactor: redactor{secrets}, first: first, next: next}
}

// Resize lays out what comes from now on for another width, in columns.
func (p *Prose) Resize(width int) {
	p.style.Width = width
	if p.flow != nil {
		p.flow.width = p.columns()
	}
}

// columns is how many the text may take.
func (p *Prose) columns() int { return p.style.width() - widths.StringWidth(plain(p.next)) }

// Add returns what is to be written after what was before when a piece of the reply has come.
func (p *Prose) Add(kind Kind, text string) string {
	if text == "" || kind >= kinds {
		return ""
	}
	p.enter(kind)
	p.flow.Add(p.pending[kind].more(p.redactor, text))
	return p.taken()
}

// enter begins the lines of a kind.
func (p *Prose) enter(kind Kind) {
	if p.flow != nil && p.kind == kind {
		return
	}
	p.leave()
	first := p.next
	if !p.begun {
		first = p.first
	}
	p.begun = true
	p.flow = &flow{style: p.style, out: &p.out, first: first, next: p.next, width: p.columns()}
	p.kind = kind
	switch kind {
	case Reasoning:
		p.flow.codes = []string{dim}
	case Refusal:
		p.flow.Add("refused: ")
	}
}

func (p *Prose) leave() {
	if p.flow == nil {
		return
	}
	if p.pending[p.kind].harmless() { // else it waits for the rest, which may come after another kind
		p.flow.Add(p.pending[p.kind].rest(p.redactor))
	}
	p.flow.Close()
	p.flow = nil
}

// End returns what is left when the reply has ended, and the end of the line.
func (p *Prose) End() string {
	for kind := range kinds {
		if text := p.pending[kind].rest(p.redactor); text != "" {
			p.enter(kind)
			p.flow.Add(text)
		}
	}
	p.leave()
	p.pending, p.begun = [kinds]pending{}, false
	return p.taken()
}

func (p *Prose) taken() string {
	text := p.out.String()
	p.out.Reset()
	return text
}

// plain is a text of ours without the sequences that paint it.
func plain(text string) string {
	for {
		before, rest, found := strings.Cut(text, "\x1b[")
		if !found {
			return text
		}
		_, after, _ := strings.Cut(rest, "m")
		text = before + after
	}
}

// Faint paints what stands in the background.
func (s Style) Faint(text string) string { return s.paint(text, dim) }

// Strong paints what stands out.
func (s Style) Strong(text string) string { return s.paint(text, bold) }

// Wrong paints what went wrong.
func (s Style) Wrong(text string) string { return s.paint(text, red) }

// Right paints what holds.
func (s Style) Right(text string) string { return s.paint(text, green) }

// Verbatim shows a text of several lines as it is, but for what could act on the terminal, which is escaped.
func (s Style) Verbatim(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = escape(line, s.Unicode)
	}
	return strings.Join(lines, "\n")
}

package edge

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"

	"aimbench/engine/report"
)

// What the prompt is told.
type (
	partialMsg string    // the last line of the reply that comes
	didMsg     string    // the gestures of the last turn
	tickMsg    time.Time // look how things are
)

// prompt is the input of a terminal, and the lines around it. Its methods run on the goroutine of the program, and wait for
// nothing.
type prompt struct {
	*terminal
	input   textarea.Model
	past    *inputs
	lines   chan string // for whoever holds the session
	partial string
	did     string
	hint    string
	status  string
	writing bool      // there is a draft
	stopped time.Time // by Ctrl-C
	offers  []string  // that Tab goes through
	offered int
}

const (
	// again is how soon a second Ctrl-C leaves.
	again = 3 * time.Second
	// mostWaiting is how many lines may wait for the one before.
	mostWaiting = 64
	// mostRows is how many rows of the input are seen.
	mostRows = 8
)

func newPrompt(t *terminal) *prompt {
	p := &prompt{terminal: t, input: textarea.New(), lines: make(chan string, mostWaiting)}
	p.input.ShowLineNumbers = false
	p.input.DynamicHeight, p.input.MinHeight, p.input.MaxHeight, p.input.MaxContentHeight = true, 1, mostRows, 10_000
	p.input.CharLimit = mostLine
	p.input.SetStyles(textarea.Styles{})
	p.input.SetVirtualCursor(false)
	p.input.SetPromptFunc(len(margin), func(info textarea.PromptInfo) string {
		if info.LineNumber == 0 {
			return t.speaker(you)
		}
		return margin
	})
	p.input.SetWidth(int(t.width.Load()))
	path := inputsPath(t.o.Getenv)
	if t.o.NoHistory {
		path = ""
	}
	past, err := readInputs(path)
	if err != nil {
		p.hint = "what is typed is not kept: " + err.Error()
	}
	p.past = past
	p.status = p.how()
	return p
}

// Init makes it a tea.Model.
func (p *prompt) Init() tea.Cmd { return tea.Batch(p.input.Focus(), tick()) }

func tick() tea.Cmd {
	return tea.Tick(watchPeriod, func(t time.Time) tea.Msg { return tickMsg(t) })
}

// Update takes what happens.
func (p *prompt) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.width.Store(int64(max(1, msg.Width)))
		p.input.SetWidth(max(len(margin)+2, msg.Width))
		return p, nil
	case partialMsg:
		p.partial = string(msg)
		return p, nil
	case didMsg:
		p.did = string(msg)
		return p, nil
	case tickMsg:
		p.status = p.how()
		return p, tick()
	case tea.KeyPressMsg:
		if cmd, taken := p.key(msg); taken {
			return p, cmd
		}
		p.offers = nil
	}
	var cmd tea.Cmd
	p.input, cmd = p.input.Update(msg)
	p.drafted()
	return p, cmd
}

// key takes the keys that are not the input's own.
func (p *prompt) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	name := k.String()
	if name != "ctrl+c" {
		p.stopped, p.hint = time.Time{}, ""
	}
	switch name {
	case "enter", "ctrl+j": // the latter is what was typed before the terminal was ours
		return p.submit(), true
	case "alt+enter", "shift+enter":
		p.input.InsertString("\n")
		p.drafted()
	case "ctrl+c":
		return p.halts(), true
	case "ctrl+d":
		if p.input.Value() != "" {
			return nil, false
		}
		return tea.Quit, true
	case "ctrl+z":
		return tea.Suspend, true
	case "tab":
		p.completes()
	case "up", "ctrl+p":
		if p.input.Line() > 0 {
			return nil, false
		}
		p.show(p.past.older(p.input.Value()))
	case "down", "ctrl+n":
		if p.input.Line() < p.input.LineCount()-1 {
			return nil, false
		}
		p.show(p.past.newer())
	case "ctrl+r":
		p.show(p.past.search(p.input.Value()))
	default:
		return nil, false
	}
	return nil, true
}

// show puts a line of the history into the input.
func (p *prompt) show(line string, ok bool) {
	if ok {
		p.input.SetValue(line)
		p.input.MoveToEnd()
		p.drafted()
	}
}

// drafted tells the talk when the person begins to write, and when nothing is left of it.
func (p *prompt) drafted() {
	if writing := p.input.Value() != ""; writing != p.writing {
		p.writing = writing
		_, _, command := parse(p.input.Value())
		p.chat.typing(writing, !command)
	}
}

// submit sends the draft.
func (p *prompt) submit() tea.Cmd {
	line := strings.TrimRight(p.input.Value(), " \n")
	p.input.Reset()
	p.offers = nil
	defer p.drafted()
	if strings.TrimSpace(line) == "" {
		return nil
	}
	if err := p.past.add(line); err != nil {
		p.hint = "what is typed is not kept: " + err.Error()
	}
	switch {
	case leaves(line):
		return tea.Quit
	case !talks(line):
		p.chat.around.Go(func() {
			p.echo(line)
			p.chat.do(line)
		})
		return nil
	}
	p.chat.bargeIn()
	select {
	case p.lines <- line:
	default:
		p.hint = "too much waits to be said already"
	}
	return nil
}

// halts stops everything, and leaves the second time.
func (p *prompt) halts() tea.Cmd {
	if time.Since(p.stopped) < again {
		return tea.Quit
	}
	p.stopped = time.Now()
	p.input.Reset()
	p.past.leave()
	p.writing = false
	p.chat.halt()
	p.hint = "stopped; Ctrl-C again leaves"
	return nil
}

// completes completes the draft; with several ways to, Tab goes through them.
func (p *prompt) completes() {
	if p.offers == nil {
		p.offers, p.offered = p.chat.complete(p.input.Value()), -1
		if len(p.offers) == 0 {
			return
		}
		if common := commonStart(p.offers); len(p.offers) > 1 && len(common) > len(p.input.Value()) {
			p.show(common, true)
			p.hint = names(p.offers, 0)
			p.offers = nil
			return
		}
	}
	p.offered = (p.offered + 1) % len(p.offers)
	p.show(p.offers[p.offered], true)
	if len(p.offers) == 1 {
		p.offers = nil
		return
	}
	p.hint = names(p.offers, p.offered)
}

func commonStart(texts []string) string {
	start := texts[0]
	for _, text := range texts[1:] {
		for !strings.HasPrefix(text, start) {
			start = start[:len(start)-1]
		}
	}
	return start
}

// names are the last words of the offers, the one that is shown first.
func names(offers []string, shown int) string {
	out := make([]string, len(offers))
	for i := range offers {
		o := offers[(i+shown)%len(offers)]
		o = strings.TrimSpace(o)
		out[i] = o[strings.LastIndexByte(o, ' ')+1:]
	}
	return strings.Join(out, "  ")
}

// how says how things are.
func (p *prompt) how() string {
	items := []string{}
	if doing := p.chat.doing(); doing != "" {
		items = append(items, doing)
	}
	if p.did != "" {
		items = append(items, "did "+p.did)
	}
	if p.chat.busy() {
		items = append(items, "answering")
	}
	dot := " · "
	if !p.style.Unicode {
		dot = " - "
	}
	return strings.Join(items, dot)
}

// View shows the line of the reply that comes, the input, and how things are.
func (p *prompt) View() tea.View {
	above := ""
	if p.partial != "" {
		above = p.partial + "\n"
	}
	below := p.hint
	if below == "" {
		below = p.status
	}
	below = clip(report.Escape(below), int(p.width.Load())-len(margin)-1)
	v := tea.NewView(above + strings.TrimRight(p.input.View(), "\n") + "\n" + margin + p.style.Faint(below))
	if c := p.input.Cursor(); c != nil {
		c.Y += strings.Count(above, "\n")
		v.Cursor = c
	}
	return v
}

// clip shortens a text to a number of characters.
func clip(text string, most int) string {
	r := []rune(text)
	if len(r) <= most {
		return text
	}
	return string(r[:max(0, most)])
}

package edge

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/term"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/report"
)

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// terminal shows a talk to a person at a terminal: what is over scrolls up, below it stand the line of the reply that
// comes, the input, and how things are.
type terminal struct {
	o       *Options
	style   report.Style
	secrets report.Redactor
	width   atomic.Int64
	chat    *Chat

	prose   *report.Prose
	partial string // of the reply's last line
	shown   bool   // of the reply under way

	mu      sync.Mutex
	program *tea.Program // nil before the talk, and after
	early   []string     // what was to be shown before
}

func newTerminal(o *Options, style report.Style, secrets report.Redactor) *terminal {
	t := &terminal{o: o, style: style, secrets: secrets}
	t.width.Store(int64(style.Width))
	return t
}

// The columns that a speaker's name takes.
const (
	you    = "you"
	reachy = "reachy"
	margin = "         "
)

// speaker is the beginning of a line of somebody's.
func (t *terminal) speaker(name string) string {
	arrow := "›"
	if !t.style.Unicode {
		arrow = ">"
	}
	return fmt.Sprintf("%-6s %s ", name, arrow)
}

// now is the style at the present width.
func (t *terminal) now() report.Style {
	s := t.style
	s.Width = int(t.width.Load())
	return s
}

// print shows lines that stay.
func (t *terminal) print(text string) {
	text = strings.TrimSuffix(text, "\n")
	t.mu.Lock()
	program := t.program
	if program == nil {
		t.early = append(t.early, text)
	}
	t.mu.Unlock()
	if program != nil {
		if text == "" {
			text = " "
		}
		program.Send(tea.Println(text)())
	}
}

// send tells the program something, if it runs.
func (t *terminal) send(m tea.Msg) {
	t.mu.Lock()
	program := t.program
	t.mu.Unlock()
	if program != nil {
		program.Send(m)
	}
}

// flush shows what was to be shown before the program ran, or after.
func (t *terminal) flush(w io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, text := range t.early {
		_, _ = fmt.Fprintln(w, text)
	}
	t.early = nil
}

// Said shows what the person said.
func (t *terminal) Said(text string) {
	t.echo(text)
	t.prose, t.shown = report.NewProse(t.now(), t.secrets, t.style.Strong(t.speaker(reachy)), margin), false
}

// echo shows a line that was typed.
func (t *terminal) echo(text string) {
	p := report.NewProse(t.now(), t.secrets, t.speaker(you), margin)
	t.print(p.Add(report.Answer, text) + p.End())
}

// Delta shows a piece of the reply.
func (t *terminal) Delta(kind report.Kind, text string) {
	t.shown = t.shown || kind != report.Reasoning
	t.prose.Resize(int(t.width.Load()))
	t.add(t.prose.Add(kind, text))
}

// add shows more of the reply: its whole lines stay, and the last is where it goes on.
func (t *terminal) add(text string) {
	t.partial += text
	if i := strings.LastIndexByte(t.partial, '\n'); i >= 0 {
		t.print(t.partial[:i])
		t.partial = t.partial[i+1:]
	}
	t.send(partialMsg(t.partial))
}

// Called shows a function that the model called.
func (t *terminal) Called(call event.ToolCall) {
	t.add(t.prose.End())
	t.aside(call.Name + "(" + strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(call.Arguments), "{"), "}") + ")")
}

// aside shows a line in the background.
func (t *terminal) aside(text string) {
	p := report.NewProse(t.now(), t.secrets, margin, margin)
	t.print(t.style.Faint(strings.TrimSuffix(p.Add(report.Answer, text)+p.End(), "\n")))
}

// Reply shows how the reply ended.
func (t *terminal) Reply(turn *event.Turn) {
	if t.prose == nil { // it was never sent
		t.prose = report.NewProse(t.now(), t.secrets, margin, margin)
	}
	if !t.shown && turn.Text != "" { // it came whole
		t.add(t.prose.Add(report.Answer, turn.Text))
	}
	t.add(t.prose.End())
	if text := outcome(turn, t.chat.limit(), t.style); text != "" {
		t.aside(text)
	}
	if text := trouble(turn); text != "" {
		t.wrong(text)
	}
	t.print("")
}

// wrong shows what went wrong.
func (t *terminal) wrong(text string) {
	p := report.NewProse(t.now(), t.secrets, "", margin)
	t.print(margin + t.style.Wrong(mark(t.style, false)) + " " + strings.TrimSuffix(p.Add(report.Answer, text)+p.End(), "\n"))
}

// Settled keeps what the robot did, for the line of how things are.
func (t *terminal) Settled(turn *event.Turn) {
	var done []string
	for _, g := range turn.Gestures {
		if g.Status == event.GestureDone {
			done = append(done, g.Gesture)
		}
	}
	if len(done) > 0 {
		t.send(didMsg(strings.Join(done, ", ")))
	}
}

// Answer shows what a command has to say. A line that is too long goes on below its last column.
func (t *terminal) Answer(text string) {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		first, rest := column(line)
		if len(margin)+len(first) > int(t.width.Load())*2/3 {
			first, rest = "", line // there is no room beside it
		}
		p := report.NewProse(t.now(), t.secrets, margin+first, margin+strings.Repeat(" ", len(first)))
		b.WriteString(p.Add(report.Answer, rest) + p.End())
		if rest == "" {
			b.WriteString("\n")
		}
	}
	t.print(b.String() + " ")
}

// column takes a line apart before the last of its columns, which have two spaces or more between them.
func column(line string) (first, rest string) {
	i := strings.LastIndex(line, "  ")
	if i < 0 || strings.ContainsFunc(line[:i], func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", line
	}
	return line[:i+2], line[i+2:]
}

// Note shows what the person should know.
func (t *terminal) Note(text string) { t.wrong(text) }

// talk lets the person talk until they leave, or ctx ends.
func (t *terminal) talk(ctx context.Context, c *Chat, look *preflight) (int, error) {
	t.chat = c
	_, _ = fmt.Fprintln(t.o.Out, look.banner(t.style, false)+"  "+t.style.Faint("/help for commands")+"\n")
	t.flush(t.o.Out)
	m := newPrompt(t)
	program := tea.NewProgram(m, tea.WithInput(t.o.In), tea.WithOutput(t.o.Out), tea.WithoutSignalHandler())
	t.mu.Lock()
	t.program = program
	t.mu.Unlock()
	work, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		t.serve(m.lines, work)
	}()
	quit := context.AfterFunc(ctx, func() { program.Send(tea.QuitMsg{}) })
	_, err := program.Run()
	quit()
	t.mu.Lock()
	t.program = nil
	t.mu.Unlock()
	close(work)
	c.halt()
	<-done
	if c.body != nil && c.body.machine.Simulator == nil && !c.conversation.Robot.Hold {
		_, _ = fmt.Fprintln(t.o.Out, t.style.Faint("the robot lies down"))
	}
	if err != nil {
		return measure.ExitUsage, fmt.Errorf("the terminal: %w", err)
	}
	return measure.ExitPass, nil
}

// serve does what the lines say that want the session, one after the other.
func (t *terminal) serve(lines <-chan string, leave <-chan struct{}) {
	for {
		select {
		case <-leave:
			return
		case line := <-lines:
			if _, _, is := parse(line); is {
				t.echo(line)
			}
			t.chat.do(line)
		}
	}
}

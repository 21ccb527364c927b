// Package progress shows on standard error how far a run is: bars on a terminal, else a line every few seconds. It only
// reads counts and what it is given by others from time to time, so that it never holds up a turn.
package progress

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/report"
	"aimbench/engine/run"
)

// How often a terminal's bars and the lines elsewhere show what is new, and how often a terminal shows a new Glance,
// which is more work.
const (
	barEvery    = 200 * time.Millisecond
	glanceEvery = 2 * time.Second
	lineEvery   = 10 * time.Second
)

// Options say what is shown and where.
type Options struct {
	// Out is where nothing else is written to until Stop returns: see Say.
	Out   io.Writer
	Style report.Style
	// Name says what runs.
	Name string
	// Total is how many turns are planned; 0 is not known.
	Total int
	// Loads says how far the loads are, always in the same order; nil where conversations run once.
	Loads func() []run.State
	// Glance says how the loads stand.
	Glance func() measure.Glance
}

// Progress is an event.Sink that counts turns, and shows the counts from time to time.
type Progress struct {
	options Options
	start   time.Time

	all     counts
	loads   map[string]*counts
	current atomic.Pointer[string]

	display display
	stop    func()
}

// counts are of turns.
type counts struct{ begun, done, failed atomic.Int64 }

func (c *counts) add(t *event.Turn) {
	c.done.Add(1)
	if measure.Unexpected(t) {
		c.failed.Add(1)
	}
}

// display is a way to show progress.
type display interface {
	every() time.Duration
	show()
	// clear takes away what should not stay.
	clear()
	// say writes a line beside what is shown.
	say(text string) error
}

// Start begins to show progress. Stop must be called, however the run ends.
func Start(o Options) *Progress {
	p := &Progress{options: o, start: time.Now(), loads: map[string]*counts{}}
	if o.Loads != nil {
		for _, s := range o.Loads() {
			p.loads[s.Load] = &counts{}
		}
	}
	p.display = p.newDisplay()
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		defer p.display.clear()
		tick := time.NewTicker(p.display.every())
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				p.display.show()
			}
		}
	}()
	p.stop = sync.OnceFunc(func() {
		close(quit)
		<-gone
	})
	return p
}

func (p *Progress) newDisplay() display {
	switch {
	case !p.options.Style.Terminal:
		return &lines{Progress: p}
	case p.options.Loads != nil:
		return newLoadBars(p)
	}
	return newTurnBar(p)
}

// Begin says that a turn of a single run was begun.
func (p *Progress) Begin(conversation, turn string) {
	name := conversation + "." + turn
	p.current.Store(&name)
	p.all.begun.Add(1)
}

// Record counts a turn that ended.
func (p *Progress) Record(t *event.Turn) {
	if c := p.loads[t.Load]; c != nil {
		c.add(t)
		return
	}
	p.all.add(t)
}

// Stop ends the show and leaves the terminal as it was. Further calls do nothing.
func (p *Progress) Stop() { p.stop() }

// Say writes a line of text to where progress is shown, beside it. It may be called after Stop.
func (p *Progress) Say(text string) {
	if p.display.say(text) != nil {
		_, _ = fmt.Fprintln(p.options.Out, text)
	}
}

// counts says how far a single run is.
func (p *Progress) counts() string {
	done, begun := p.all.done.Load(), max(p.all.begun.Load(), p.all.done.Load())
	text := fmt.Sprintf("%s done", measure.Count(int(done), "turn"))
	if p.options.Total > 0 {
		text = fmt.Sprintf("%s of %s done", measure.Thousands(int(done)), measure.Count(p.options.Total, "turn"))
	}
	parts := []string{
		text, measure.Thousands(int(begun-done)) + " in flight", measure.Thousands(int(p.all.failed.Load())) + " failed",
		time.Since(p.start).Round(time.Second).String(),
	}
	return strings.Join(parts, ", ")
}

// lines shows progress off a terminal.
type lines struct {
	*Progress
	mu sync.Mutex // writes lines whole
}

func (*lines) every() time.Duration { return lineEvery }
func (*lines) clear()               {}

func (l *lines) show() {
	text := l.options.Name + ": " + l.counts()
	if l.options.Loads != nil {
		text = l.loadLines()
	}
	_ = l.say(text) // progress is a courtesy: what cannot be shown is left out
}

func (l *lines) say(text string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := fmt.Fprintln(l.options.Out, text)
	return err
}

// above writes a line above the bars.
func above(bars *mpb.Progress, text string) error {
	_, err := io.WriteString(bars, text+"\n")
	return err
}

// barStyle is how all bars look.
func barStyle(unicode bool) mpb.BarStyleComposer {
	if unicode {
		return mpb.BarStyle().Lbound("").Filler("█").Tip("").Padding(" ").Rbound("")
	}
	return mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding("-").Rbound("]")
}

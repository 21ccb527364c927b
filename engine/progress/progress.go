// Package progress shows on standard error how far a run is: a bar on a terminal, else a line every few seconds.
package progress

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

// How often a terminal's bar and the lines elsewhere show what is new.
const (
	barEvery  = 200 * time.Millisecond
	lineEvery = 10 * time.Second
)

// Options say what is shown and where.
type Options struct {
	// Out is written to by one goroutine until Stop returns.
	Out io.Writer
	// Terminal: Out is one, and nothing else writes to it meanwhile.
	Terminal bool
	// Unicode: characters beyond ASCII may be shown.
	Unicode bool
	// Name says what runs.
	Name string
	// Total is how many turns are planned; 0 is not known.
	Total int
}

// Progress is an event.Sink that counts turns, and shows the counts from time to time.
type Progress struct {
	options Options
	start   time.Time

	begun, done, failed atomic.Int64
	current             atomic.Pointer[string]

	stop func()
}

// Start begins to show progress. Stop must be called, however the run ends.
func Start(o Options) *Progress {
	p := &Progress{options: o, start: time.Now()}
	quit, gone := make(chan struct{}), make(chan struct{})
	show, every, clear := p.line, lineEvery, func() {}
	if o.Terminal {
		show, clear = p.bar()
		every = barEvery
	}
	go func() {
		defer close(gone)
		defer clear()
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				show()
			}
		}
	}()
	p.stop = sync.OnceFunc(func() {
		close(quit)
		<-gone
	})
	return p
}

// Begin says that a turn was begun.
func (p *Progress) Begin(conversation, turn string) {
	name := conversation + "." + turn
	p.current.Store(&name)
	p.begun.Add(1)
}

// Record counts a turn that ended.
func (p *Progress) Record(t *event.Turn) {
	p.done.Add(1)
	if measure.Unexpected(t) {
		p.failed.Add(1)
	}
}

// Stop ends the show and leaves the terminal as it was. Further calls do nothing.
func (p *Progress) Stop() { p.stop() }

// counts says how far the run is.
func (p *Progress) counts() string {
	done, begun := p.done.Load(), max(p.begun.Load(), p.done.Load())
	text := fmt.Sprintf("%s done", measure.Count(int(done), "turn"))
	if p.options.Total > 0 {
		text = fmt.Sprintf("%s of %s done", measure.Thousands(int(done)), measure.Count(p.options.Total, "turn"))
	}
	parts := []string{
		text, measure.Thousands(int(begun-done)) + " in flight", measure.Thousands(int(p.failed.Load())) + " failed",
		time.Since(p.start).Round(time.Second).String(),
	}
	return strings.Join(parts, ", ")
}

func (p *Progress) line() {
	// Progress is a courtesy: what cannot be shown is left out.
	_, _ = fmt.Fprintf(p.options.Out, "%s: %s\n", p.options.Name, p.counts())
}

// bar puts up a bar, and returns what brings it up to date and what takes it away.
func (p *Progress) bar() (show, clear func()) {
	style := mpb.BarStyle()
	if !p.options.Unicode {
		style = style.Lbound("[").Filler("=").Tip(">").Padding("-").Rbound("]")
	} else {
		style = style.Lbound("").Filler("█").Tip("").Padding(" ").Rbound("")
	}
	container := mpb.New(mpb.WithOutput(p.options.Out), mpb.WithWidth(24), mpb.WithRefreshRate(barEvery))
	bar := container.New(int64(p.options.Total), style,
		mpb.PrependDecorators(decor.Name(p.options.Name+"  ")),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
			text := "  " + p.counts()
			if name := p.current.Load(); name != nil {
				text += "  " + *name
			}
			return text
		})),
	)
	show = func() {
		// One short of the total, at which the bar would complete itself.
		bar.SetCurrent(min(p.done.Load(), int64(p.options.Total)-1))
	}
	clear = func() {
		bar.Abort(true)
		container.Wait()
	}
	return show, clear
}

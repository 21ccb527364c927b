package progress

import (
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// barWidth is how many columns a bar takes.
const barWidth = 24

// turnBar shows a single run on a terminal.
type turnBar struct {
	*Progress
	container *mpb.Progress
	bar       *mpb.Bar
}

func newTurnBar(p *Progress) *turnBar {
	b := &turnBar{Progress: p}
	b.container = mpb.New(mpb.WithOutput(p.options.Out), mpb.WithWidth(barWidth), mpb.WithRefreshRate(barEvery))
	b.bar = b.container.New(int64(p.options.Total), barStyle(p.options.Style.Unicode),
		mpb.PrependDecorators(decor.Name(p.options.Name+"  ")),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
			text := "  " + p.counts()
			if name := p.current.Load(); name != nil {
				text += "  " + *name
			}
			return text
		})),
	)
	return b
}

func (*turnBar) every() time.Duration { return barEvery }

func (b *turnBar) show() {
	// One short of the total, at which the bar would complete itself.
	b.bar.SetCurrent(min(b.all.done.Load(), int64(b.options.Total)-1))
}

func (b *turnBar) clear() {
	b.bar.Abort(true)
	b.container.Wait()
}

func (b *turnBar) say(text string) error { return above(b.container, text) }

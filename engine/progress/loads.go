package progress

import (
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"aimbench/engine/measure"
	"aimbench/engine/report"
	"aimbench/engine/run"
)

// loadBars shows a run under load on a terminal: a bar a load, and below them how the objectives stand.
type loadBars struct {
	*Progress
	container *mpb.Progress
	bars      []*mpb.Bar
	texts     []atomic.Pointer[string]
	below     atomic.Pointer[[]string]
	glance    measure.Glance
	glanced   time.Time
}

// steps is how finely a bar divides a load.
const steps = 1000

func newLoadBars(p *Progress) *loadBars {
	states := p.options.Loads()
	b := &loadBars{Progress: p, texts: make([]atomic.Pointer[string], len(states)), glanced: time.Now()}
	b.below.Store(&[]string{})
	b.container = mpb.New(mpb.WithOutput(p.options.Out), mpb.WithWidth(barWidth), mpb.WithRefreshRate(barEvery))
	for i, s := range states {
		empty := ""
		b.texts[i].Store(&empty)
		options := []mpb.BarOption{
			mpb.PrependDecorators(decor.Name(report.Escape(s.Load)+"  ", decor.WCSyncSpaceR)),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return *b.texts[i].Load() })),
		}
		if i == len(states)-1 {
			options = append(options, mpb.BarExtender(mpb.BarFillerFunc(b.objectives), false))
		}
		b.bars = append(b.bars, b.container.New(steps, barStyle(p.options.Style.Unicode), options...))
	}
	return b
}

func (*loadBars) every() time.Duration { return barEvery }

func (b *loadBars) show() {
	if b.options.Glance != nil && time.Since(b.glanced) >= glanceEvery {
		b.glance, b.glanced = b.options.Glance(), time.Now()
		below := b.standing(&b.glance)
		b.below.Store(&below)
	}
	for i, s := range b.options.Loads() {
		text := "  " + strings.Join(b.facts(&s, &b.glance), "   ")
		b.texts[i].Store(&text)
		// One short of the whole, at which the bar would complete itself.
		b.bars[i].SetCurrent(min(int64(steps*share(&s)), steps-1))
	}
}

func (b *loadBars) clear() {
	for _, bar := range b.bars {
		bar.Abort(true)
	}
	b.container.Wait()
}

func (b *loadBars) say(text string) error { return above(b.container, text) }

// mostBelow is how many lines the objectives may take.
const mostBelow = 4

// objectives writes how the objectives stand in as many lines as they need.
func (b *loadBars) objectives(w io.Writer, s decor.Statistics) error {
	for _, line := range wrapped(*b.below.Load(), s.AvailableWidth, mostBelow) {
		if _, err := io.WriteString(w, line+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// wrapped lays short facts out in lines of a width; what does not fit on so many lines is left out.
func wrapped(items []string, width, most int) []string {
	var out []string
	for _, item := range items {
		if n := len(out); n > 0 && runewidth.StringWidth(out[n-1]+"   "+item) < width {
			out[n-1] += "   " + item
			continue
		}
		if len(out) == most {
			break
		}
		out = append(out, runewidth.Truncate("  "+item, max(0, width-1), ""))
	}
	return out
}

// loadLines says how far the loads that run are, one a line, and how the objectives stand.
func (p *Progress) loadLines() string {
	var glance measure.Glance
	if p.options.Glance != nil {
		glance = p.options.Glance()
	}
	var out []string
	for _, s := range p.options.Loads() {
		if s.Began.Reached() && !s.Ended.Reached() {
			out = append(out, report.Escape(s.Load)+": "+strings.Join(p.facts(&s, &glance), ", "))
		}
	}
	if len(out) == 0 {
		out = []string{p.options.Name + ": waiting"}
	}
	if standing := p.standing(&glance); len(standing) > 0 {
		out[len(out)-1] += "; " + strings.Join(standing, ", ")
	}
	return strings.Join(out, "\n")
}

// facts says how far a load is.
func (p *Progress) facts(s *run.State, g *measure.Glance) []string {
	if !s.Began.Reached() {
		return []string{"waiting"}
	}
	elapsed := s.Elapsed.Truncate(time.Second).String()
	if s.Length > 0 {
		elapsed += " of " + s.Length.Round(time.Second).String()
	}
	facts := []string{elapsed}
	switch {
	case s.Warmup:
		facts = append(facts, "warmup")
	case s.Ended.Reached():
		facts = append(facts, "ended")
	case s.Length > 0 && s.Elapsed >= s.Length:
		facts = append(facts, "last turns")
	case s.Stage != "":
		facts = append(facts, report.Escape(s.Stage))
	}
	offered := measure.Thousands(int(s.Offered))
	if s.Iterations > 0 {
		offered += " of " + measure.Thousands(int(s.Iterations))
	}
	c := p.loads[s.Load]
	facts = append(facts, offered+" offered", measure.Thousands(int(s.InFlight))+" in flight",
		measure.Count(int(c.done.Load()), "turn")+" done", measure.Thousands(int(c.failed.Load()))+" failed")
	if s.Dropped > 0 {
		facts = append(facts, measure.Thousands(int(s.Dropped))+" dropped")
	}
	for i := range g.Loads {
		if l := &g.Loads[i]; l.Load == s.Load && l.TTFT.Count > 0 {
			facts = append(facts, "TTFT p95 "+p.latency(l.TTFT.P95))
		}
	}
	return facts
}

// latency is one that is slower than everything observed where it is nil.
func (p *Progress) latency(seconds *float64) string {
	if seconds == nil {
		return "not in time"
	}
	return p.options.Style.Duration(*seconds)
}

// standing says how the objectives stand, and how late the harness itself is.
func (p *Progress) standing(g *measure.Glance) []string {
	var out []string
	for i := range g.Objectives {
		out = append(out, p.options.Style.Brief(&g.Objectives[i]))
	}
	if g.Lag != nil {
		out = append(out, "harness +"+p.options.Style.Duration(*g.Lag))
	}
	return out
}

// share is how much of a load is over, within [0, 1]; 0 where it is not known.
func share(s *run.State) float64 {
	switch {
	case s.Ended.Reached():
		return 1
	case s.Length > 0:
		return min(1, s.Elapsed.Seconds()/s.Length.Seconds())
	case s.Iterations > 0:
		return min(1, float64(s.Offered-s.InFlight)/float64(s.Iterations))
	}
	return 0
}

package edge

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"aimbench/engine/listen"
	"aimbench/engine/measure"
	"aimbench/engine/report"
	"aimbench/engine/scenario"
)

// Options say how a talk is held.
type Options struct {
	Flags
	Paths    []string // of a scenario; none is the built-in one
	Scenario scenario.Options
	Once     *string // the one thing that is said
	Format   string  // text or json
	Check    bool    // only look
	// NoHistory: what is typed is not kept for later talks.
	NoHistory bool
	Version   string
	Verbose   bool // say to Err what is being done

	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) (string, bool)
}

// Usage is an error of the command line, the environment or the scenario: nothing was said.
type Usage struct{ Err error }

// Error says it.
func (u *Usage) Error() string { return u.Err.Error() }

// Unwrap returns the cause.
func (u *Usage) Unwrap() error { return u.Err }

// Run holds a talk until the person leaves, the input ends, or ctx does. It returns the exit code, and an error where there
// was no talk.
func Run(ctx context.Context, o Options) (int, error) {
	settings, err := resolve(&o.Flags, o.Getenv)
	if err != nil {
		return measure.ExitUsage, &Usage{err}
	}
	o.Scenario.Getenv = o.Getenv
	sc, read, diags := newScene(o.Paths, o.Scenario, nil, &o.Flags, settings)
	style := report.Detect(o.Out, func(name string) string { v, _ := o.Getenv(name); return v })
	if len(diags) > 0 {
		side := scenario.Style{Width: style.Width, Unicode: style.Unicode}
		if err := scenario.WriteDiagnostics(o.Err, diags, read.Sources, side); err != nil {
			return measure.ExitUsage, err
		}
		if diags.HasErrors() {
			return measure.ExitUsage, nil
		}
	}
	t := &talkShow{o: &o, scene: sc, style: style}
	return t.run(ctx)
}

// talkShow is a talk and how it is shown.
type talkShow struct {
	*scene
	o     *Options
	style report.Style
	chat  *Chat
	look  *preflight
	full  *terminal // nil where no person sits at a terminal
	out   written   // where none does
}

// written remembers why what is for a program could not be written. The talk goes on: a robot is there to be listened to.
type written struct {
	io.Writer
	err error
}

// Write keeps the first error.
func (w *written) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if w.err == nil {
		w.err = err
	}
	return n, err //nolint:wrapcheck // it is only passed on
}

// interactive says whether a person sits at a terminal.
func (t *talkShow) interactive() bool {
	in, ok := t.o.In.(*os.File)
	return ok && t.style.Terminal && isTerminal(in) && t.o.Once == nil && t.o.Format == "text" && !t.o.Check
}

func (t *talkShow) run(ctx context.Context) (code int, err error) {
	ctx, release := t.until(ctx)
	defer release()
	view := t.view()
	var o options
	o.engine.Version = t.o.Version
	if t.o.Verbose {
		o.engine.Log = t.plan.Scenario.Secrets.Logger(t.o.Err)
	}
	if t.settings.Robot && t.conversation.Robot != nil && t.conversation.Robot.Simulator != nil && (t.interactive() || t.o.Check) {
		o.engine.Viewer = viewerAddress(ctx, t.settings.Viewer)
	}
	c, err := open(ctx, t.scene, o, view)
	if err != nil {
		return measure.ExitUsage, err
	}
	t.chat = c
	t.limits(view)
	defer c.close()
	metrics, closeMetrics := t.serveMetrics(ctx)
	defer closeMetrics()
	t.look = c.look(ctx, t.viewerRow(), metrics)
	switch {
	case t.o.Check:
		_, err := io.WriteString(t.o.Out, t.look.banner(t.style, true))
		if t.look.refused != nil {
			_, _ = fmt.Fprintln(t.o.Err, "Error: "+t.look.refused.Error())
		}
		if err != nil {
			return measure.ExitUsage, err
		}
		return t.look.code, nil
	case t.look.refused != nil:
		return measure.ExitUsage, t.look.refused
	}
	c.takeRobot()
	if t.full != nil {
		return t.full.talk(ctx, c, t.look)
	}
	t.sayWhatIsWrong()
	if t.o.Once != nil {
		c.do(*t.o.Once)
		c.talk.Wait()
		return t.ended(ctx)
	}
	if err := t.read(ctx); err != nil {
		return measure.ExitUsage, err
	}
	return t.ended(ctx)
}

// ended is the exit code of a talk that nobody typed.
func (t *talkShow) ended(ctx context.Context) (int, error) {
	if ctx.Err() != nil {
		return measure.ExitInterrupted, nil
	}
	if t.out.err != nil {
		return measure.ExitUsage, t.out.err
	}
	return t.chat.exitCode(), nil
}

// sayWhatIsWrong notes what the look found wrong, where there is no banner.
func (t *talkShow) sayWhatIsWrong() {
	for _, r := range t.look.rows {
		if r.wrong && r.name != "endpoint" { // the first turn says what is wrong with that
			t.chat.view.Note(strings.Join(strings.Fields(r.name+" "+r.value), " ") + ": " + r.state)
		}
	}
}

// view chooses how the talk is shown.
func (t *talkShow) view() View {
	secrets := t.plan.Scenario.Secrets
	t.out.Writer = t.o.Out
	switch {
	case t.o.Format == "json":
		return newJSONLines(&t.out, secrets.Redact)
	case t.interactive():
		t.full = newTerminal(t.o, t.style, secrets)
		return t.full
	}
	return newLines(&t.out, t.o.Err, t.style, secrets)
}

// limits lets JSON ask for the limit of time, which a command may change.
func (t *talkShow) limits(view View) {
	if j, ok := view.(*jsonLines); ok {
		j.limit = t.chat.limit
	}
}

// read does what the lines of the input say, one after the other, each when all that came of the one before is over.
func (t *talkShow) read(ctx context.Context) error {
	texts, failed := make(chan string), make(chan error, 1)
	go func() { // a read cannot be ended; it is left behind where ctx ends first
		defer close(texts)
		r := bufio.NewScanner(t.o.In)
		r.Buffer(nil, mostLine)
		for r.Scan() {
			select {
			case texts <- r.Text():
			case <-ctx.Done():
				return
			}
		}
		failed <- r.Err()
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case line, more := <-texts:
			if !more {
				select {
				case err := <-failed:
					if err != nil {
						return fmt.Errorf("reading what is to be said: %w", err)
					}
				default:
				}
				return nil
			}
			if leaves(line) {
				return nil
			}
			t.chat.do(line)
			t.chat.talk.Wait()
		}
	}
}

// mostLine bounds a line that is read, in bytes.
const mostLine = 1 << 20

// serveMetrics serves the metrics. Where the address cannot be had the talk goes on without.
func (t *talkShow) serveMetrics(ctx context.Context) (row, func()) {
	r := row{name: "metrics", value: t.settings.Metrics.Value, from: t.settings.Metrics.From}
	if r.value == "" || r.value == "off" {
		return row{name: "metrics", value: "none", from: r.from}, func() {}
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", r.value)
	if err != nil {
		r.state, r.wrong = "not served: "+listenProblem(err), true
		return r, func() {}
	}
	served := listen.Serve(context.WithoutCancel(ctx), l, t.chat.metrics.Handler())
	r.value = served.URL() + "/metrics"
	return r, func() { _ = served.Close() }
}

// listenProblem is why an address cannot be had, in a few words.
func listenProblem(err error) string {
	if errors.Is(err, syscall.EADDRINUSE) {
		return "the port is in use"
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	return err.Error()
}

func (t *talkShow) viewerRow() row {
	if url := t.chat.engine.Viewer(); url != "" {
		return row{name: "viewer", value: url, from: t.settings.Viewer.From, state: "watch it in a browser"}
	}
	return row{}
}

// until ends the context at the first interrupt or SIGTERM; the second ends the process.
func (t *talkShow) until(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			case <-signals:
				if n > 0 {
					os.Exit(measure.ExitInterrupted)
				}
				cancel()
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel()
	}
}

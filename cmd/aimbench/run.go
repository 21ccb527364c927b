package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/results"
	"aimbench/engine/scenario"
)

// selection are the flags that decide what of a scenario runs.
type selection struct {
	run      string
	seed     int64
	simulate bool
	timeout  time.Duration
	given    *int64 // the seed, where it is given
}

func (s *selection) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.run, "run", "", "run only the loads or conversations whose name matches `REGEX`")
	f.Int64Var(&s.seed, "seed", 0, "draw everything from this seed")
	f.BoolVar(&s.simulate, "simulate", false, "put the embedded endpoint and robot in the place of every real one")
	f.DurationVar(&s.timeout, "timeout", 0, "interrupt the run after this time, such as 5m")
	completeFlag(c, "run", completeRuns)
}

func (s *selection) options(c *cobra.Command) (plan.Options, error) {
	o := plan.Options{Simulate: s.simulate, Timeout: s.timeout}
	if c.Flags().Changed("seed") {
		s.given = &s.seed
		o.Seed = s.given
	}
	if s.run != "" {
		match, err := regexp.Compile(s.run)
		if err != nil {
			return o, fmt.Errorf("--run is not a regular expression: %w", err)
		}
		o.Run = match
	}
	return o, nil
}

// compile reads the scenario and decides what of it runs. What the plan warns about is returned, for the command that is
// about the plan.
func compile(c *cobra.Command, in *inputs, s *selection, paths []string) (*plan.Plan, scenario.Diagnostics, error) {
	read, err := in.read(c, paths)
	if err != nil {
		return nil, nil, err
	}
	o, err := s.options(c)
	if err != nil {
		return nil, nil, err
	}
	p, diags := plan.Compile(read, o)
	if !diags.HasErrors() {
		return p, diags, nil
	}
	if err := showDiagnostics(c, read, diags); err != nil {
		return nil, nil, err
	}
	return nil, nil, exitError(measure.ExitUsage)
}

func newRun() *cobra.Command {
	var in inputs
	var s selection
	var o output
	var x exposition
	var sh sharding
	var viewer string
	c := &cobra.Command{
		Use:   "run FILE|DIRECTORY...",
		Short: "Run a scenario and judge it",
		Long: `Run a scenario: its loads, or every conversation once, in order, where it has none. The
result goes to standard output, and the verdict is the exit code (aimbench help exit-codes).`,
		Example: `  aimbench run scenarios/smoke.hcl
  aimbench run chat.hcl --var peak=20 --report junit=report.xml
  aimbench run chat.hcl --format json | jq .verdict
  aimbench run --simulate chat.hcl
  aimbench run --local-shards 4 load.hcl`,
		Args: func(c *cobra.Command, args []string) error {
			if place, err := sh.resolve(); err == nil && !place.Leads() {
				return nil // the leader says what runs
			}
			return scenarioArgs(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			place, err := sh.resolve()
			if err != nil {
				return err
			}
			if !place.Leads() {
				return sh.follow(c, place, &in, &x)
			}
			p, _, err := compile(c, &in, &s, args)
			if err != nil {
				return err
			}
			n := &notes{stderr: c.ErrOrStderr()}
			seat, err := sh.take(c, place, &in, &s, &o, &x, p, func(text string) { n.say("Note: " + text) })
			if err != nil {
				return err
			}
			defer seat.close()
			return runPlan(c, p, n, &o, &x, viewer, seat)
		},
	}
	in.flags(c)
	s.flags(c)
	o.flags(c)
	x.flags(c)
	sh.flags(c)
	c.Flags().StringVar(&viewer, "viewer", "", "show the first embedded robot to a browser at `HOST:PORT` while the run goes on")
	return c
}

// runPlan runs the plan and writes what was asked for. viewer is where an embedded robot can be watched; it may be empty. at
// is nil where no other process shares the run.
func runPlan(c *cobra.Command, p *plan.Plan, n *notes, o *output, x *exposition, viewer string, at *seat) error {
	listener, err := x.listen(c.Context())
	if err != nil {
		return err
	}
	if listener != nil {
		defer listener.Close()
	}
	for _, skipped := range p.Skipped {
		n.say("Note: " + skipped)
	}
	e, err := engine.Open(p, at.options(engine.Options{
		Version: versionText(), Viewer: viewer, Log: logger(c, p.Scenario.Secrets), Note: func(s string) { n.say("Note: " + s) },
	}))
	if err != nil {
		c.PrintErrln("Error: " + err.Error())
		return exitError(measure.ExitUsage)
	}
	defer e.Close()
	at.deliver(e)
	if viewer != "" {
		n.say("Note: " + watched(e.Viewer()))
	}
	header, err := e.Header()
	if err != nil {
		return err
	}
	record, err := newRecord(o.out, header, p.Scenario.Secrets.Redact)
	if err != nil {
		return err
	}
	sheets := &rows{}
	if len(p.Loads) > 0 {
		if sheets, err = openRows(o, c.OutOrStdout(), p.Scenario.Secrets.Redact); err != nil {
			return err
		}
	}
	defer tendHeap()()
	ctx, stop := interruptible(c.Context(), n.say)
	defer stop()
	metrics := x.expose(ctx, c, e, p, listener, at)
	w := begin(c, e, p, o, &header)
	n.shown.Store(w.progress)
	sinks := []event.Sink{record, metrics}
	if len(p.Loads) > 0 {
		sinks = append(sinks, w.progress, sheets)
	}
	summary, failure := e.Run(ctx, w, sinks...)
	metrics.ended(summary)
	shown, err := w.end(summary)
	if failure != nil {
		showUnready(c, p, failure)
	}
	run := &results.Run{Header: header, Turns: e.Recorder().Turns(), Summary: summary}
	if !shown && !sheets.shown {
		err = o.show(c.OutOrStdout(), run, w.style)
	}
	err = errors.Join(err, sheets.close(), o.write(run, len(p.Loads) > 0), record.close(summary, e.Ending()))
	if err = errors.Join(err, metrics.close(ctx)); err != nil {
		return err // whatever the verdict: what was asked for is not there
	}
	return codeOf(summary)
}

func codeOf(s *measure.Summary) error {
	if s.ExitCode == measure.ExitPass {
		return nil
	}
	return exitError(s.ExitCode)
}

func watched(url string) string {
	if url == "" {
		return "no robot of this run is an embedded one, that a browser could show"
	}
	return "watch the robot at " + url
}

// record keeps the turns in the file of --out, where one was asked for.
type record struct {
	file   *os.File
	writer *results.Writer
}

func newRecord(path string, header results.Header, redact func(string) string) (*record, error) {
	if path == "" {
		return &record{}, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	writer, err := results.NewWriter(file, header, redact)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("--out: %w", err), file.Close())
	}
	return &record{file, writer}, nil
}

// Record makes it an event.Sink.
func (r *record) Record(t *event.Turn) {
	if r.writer != nil {
		r.writer.Record(t)
	}
}

// Windows and Sample make it an engine.Windower and an engine.Sampler.
func (r *record) Windows(of []event.Window) {
	if r.writer != nil {
		r.writer.Windows(of)
	}
}

// Sample keeps what was read of the servers.
func (r *record) Sample(samples []event.Sample) {
	if r.writer != nil {
		r.writer.Sample(samples)
	}
}

func (r *record) close(s *measure.Summary, e measure.Ending) error {
	if r.writer == nil {
		return nil
	}
	return errors.Join(r.writer.Close(s, e), r.file.Close())
}

// interruptible ends the context at the first interrupt or SIGTERM, and the process at the second.
func interruptible(ctx context.Context, say func(string)) (context.Context, func()) {
	if ctx == nil {
		ctx = context.Background()
	}
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
				say("\nstopping; once more to leave at once")
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

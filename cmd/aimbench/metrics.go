package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/spf13/cobra"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/report"
	"aimbench/engine/shard"
	"aimbench/engine/telemetry"
)

// exposition are the flags that show a run to Prometheus.
type exposition struct {
	addr, push   string
	wait, linger time.Duration
}

func (x *exposition) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&x.addr, "metrics-addr", "", "show the run to Prometheus at http://`HOST:PORT`/metrics; without a host on loopback only")
	f.DurationVar(&x.wait, "metrics-wait-scrape", 0, "before the run, wait at most this long until Prometheus came by")
	f.DurationVar(&x.linger, "metrics-linger", 0, "after the run, go on showing its metrics for this long")
	f.StringVar(&x.push, "push-gateway", "", "after the run, send its verdict, objectives and quantiles to the Pushgateway at `URL`")
}

// listen takes the port before anything runs; nil where the run is not to be shown.
func (x *exposition) listen(ctx context.Context) (net.Listener, error) {
	for flag, d := range map[string]time.Duration{"--metrics-wait-scrape": x.wait, "--metrics-linger": x.linger} {
		if d < 0 {
			return nil, fmt.Errorf("%s must be at least 0", flag)
		}
		if d > 0 && x.addr == "" {
			return nil, fmt.Errorf("%s goes with --metrics-addr", flag)
		}
	}
	if x.push != "" {
		if _, err := telemetry.NewGateway(x.push); err != nil {
			return nil, fmt.Errorf("--push-gateway: %w", err)
		}
	}
	if x.addr == "" {
		return nil, nil
	}
	l, err := telemetry.Listen(ctx, x.addr)
	if err != nil {
		return nil, fmt.Errorf("--metrics-addr: %w", err)
	}
	return l, nil
}

// exposed is a run as Prometheus sees it; the zero value is one that it does not see.
type exposed struct {
	flags     *exposition
	telemetry *telemetry.Telemetry
	server    *telemetry.Server
	say       func(string)
}

// expose serves the metrics of a run, and waits for the first scrape where that was asked for.
func (x *exposition) expose(ctx context.Context, c *cobra.Command, e *engine.Engine, p *plan.Plan, l net.Listener, at *seat) *exposed {
	if l == nil && x.push == "" {
		return &exposed{}
	}
	t := telemetry.New(p, telemetry.Options{
		Version: versionText(), InFlight: e.InFlight, Shards: at.standing(),
		Objectives: func() []measure.Result { return e.Recorder().Judge(measure.Ending{}).Objectives },
	})
	m := &exposed{flags: x, telemetry: t, say: func(s string) { c.PrintErrln("Note: " + s) }}
	if l != nil {
		m.server = t.Serve(l)
		m.awaitScrape(ctx)
	}
	t.Begin()
	return m
}

// exposeHealth serves how a shard that follows is, until stop is called. health is asked at each scrape.
func (x *exposition) exposeHealth(c *cobra.Command, index int, health func() shard.Health) (stop func(), err error) {
	l, err := x.listen(c.Context())
	if err != nil || l == nil {
		return func() {}, err
	}
	s := telemetry.NewFollower(index, health).Serve(l)
	c.PrintErrln("Note: health of the shard at " + s.URL())
	return func() { _ = s.Close() }, nil // the run is over, and nothing hangs on it
}

func (m *exposed) awaitScrape(ctx context.Context) {
	wait := m.flags.wait
	if wait == 0 {
		m.say("metrics at " + m.server.URL())
		return
	}
	m.say(fmt.Sprintf("metrics at %s; waiting at most %s for the first scrape", m.server.URL(), wait))
	if !m.server.AwaitScrape(ctx, wait) && ctx.Err() == nil {
		m.say("nobody scraped the metrics: the run begins without")
	}
}

// Record makes it an event.Sink.
func (m *exposed) Record(t *event.Turn) {
	if m.telemetry != nil {
		m.telemetry.Record(t)
	}
}

// ended says how the run ended.
func (m *exposed) ended(s *measure.Summary) {
	if m.telemetry != nil {
		m.telemetry.End(s)
	}
}

// push sends the end of the run to a Pushgateway, where that was asked for. Where it does not take it, a note says so: the
// verdict is the exit code's, and stays.
func (m *exposed) push(ctx context.Context) {
	if m.telemetry == nil || m.flags.push == "" {
		return
	}
	g, err := telemetry.NewGateway(m.flags.push)
	if err == nil {
		err = g.Push(context.WithoutCancel(ctx), m.telemetry)
	}
	if err != nil {
		m.say(report.Escape(fmt.Sprintf("--push-gateway: %v; the run is not in the history that is kept there", err)))
	}
}

// close sends what was to be pushed, goes on showing the metrics for as long as was asked for, or until ctx ends, and stops.
func (m *exposed) close(ctx context.Context) error {
	m.push(ctx)
	if m.server == nil {
		return nil
	}
	if m.flags.linger > 0 && ctx.Err() == nil {
		m.say(fmt.Sprintf("metrics stay at %s for %s; Ctrl-C ends", m.server.URL(), m.flags.linger))
		m.server.Linger(ctx, m.flags.linger)
	}
	if err := m.server.Close(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("serving metrics: %w", err)
	}
	return nil
}

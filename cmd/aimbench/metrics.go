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
	"aimbench/engine/telemetry"
)

// exposition are the flags that show a run to Prometheus.
type exposition struct {
	addr         string
	wait, linger time.Duration
}

func (x *exposition) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&x.addr, "metrics-addr", "", "show the run to Prometheus at http://`HOST:PORT`/metrics; without a host on loopback only")
	f.DurationVar(&x.wait, "metrics-wait-scrape", 0, "before the run, wait at most this long until Prometheus came by")
	f.DurationVar(&x.linger, "metrics-linger", 0, "after the run, go on showing its metrics for this long")
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
func (x *exposition) expose(ctx context.Context, c *cobra.Command, e *engine.Engine, p *plan.Plan, l net.Listener) *exposed {
	if l == nil {
		return &exposed{}
	}
	t := telemetry.New(p, telemetry.Options{
		Version: versionText(), InFlight: e.InFlight,
		Objectives: func() []measure.Result { return e.Recorder().Judge(measure.Ending{}).Objectives },
	})
	m := &exposed{x, t, t.Serve(l), func(s string) { c.PrintErrln("Note: " + s) }}
	if x.wait == 0 {
		m.say("metrics at " + m.server.URL())
	} else {
		m.say(fmt.Sprintf("metrics at %s; waiting at most %s for the first scrape", m.server.URL(), x.wait))
		if !m.server.AwaitScrape(ctx, x.wait) && ctx.Err() == nil {
			m.say("nobody scraped the metrics: the run begins without")
		}
	}
	t.Begin()
	return m
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

// close goes on showing the metrics for as long as was asked for, or until ctx ends, and stops.
func (m *exposed) close(ctx context.Context) error {
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

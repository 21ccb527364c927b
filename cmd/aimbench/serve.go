package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"aimbench/engine/simulate"
)

func newServe() *cobra.Command {
	var addr, model string
	var ttft, itl time.Duration
	var slots int
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the embedded endpoint, as a mock of an LLM",
		Example: `  aimbench serve --addr 127.0.0.1:8000 --ttft 180ms --itl 12ms
  curl -s http://127.0.0.1:8000/v1/models`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			always := func(d time.Duration) func(uint64) time.Duration { return func(uint64) time.Duration { return d } }
			server := simulate.New(simulate.Config{TTFT: always(ttft), ITL: always(itl), Slots: slots, Model: model})
			ctx, stop := interruptible(c.Context(), c.ErrOrStderr())
			defer stop()
			listening, err := simulate.Start(context.WithoutCancel(ctx), addr, server)
			if err != nil {
				return err
			}
			fmt.Fprintln(c.OutOrStdout(), "Serving "+listening.URL()+"  (Ctrl-C ends)")
			<-ctx.Done()
			return listening.Close()
		},
	}
	f := c.Flags()
	f.StringVar(&addr, "addr", "127.0.0.1:8000", "listen on `HOST:PORT`")
	f.StringVar(&model, "model", simulate.DefaultModel, "name of the model")
	f.DurationVar(&ttft, "ttft", 150*time.Millisecond, "time to the first token")
	f.DurationVar(&itl, "itl", 10*time.Millisecond, "time between tokens")
	f.IntVar(&slots, "slots", 0, "requests served at once; 0 is no limit")
	return c
}

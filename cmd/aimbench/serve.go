package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aimbench/engine/listen"
	"aimbench/engine/simulate"
)

// serving are the flags of serve: the arguments of a simulator block.
type serving struct {
	addr, model, apiKey string
	ttft, itl, prefill  time.Duration
	slots, tokens       int
	slowdown            float64
	cache               bool
	seed                int64
	faults              []string
}

func newServe() *cobra.Command {
	var s serving
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the embedded endpoint, as a mock of an LLM",
		Long: `Serve the embedded endpoint: OpenAI's chat and completions, /v1/models, /health, /tokenize
and vLLM's /metrics. docs/simulator.md says how it answers and how it breaks.`,
		Example: `  aimbench serve --addr 127.0.0.1:8000 --ttft 180ms --itl 12ms
  aimbench serve --slots 4 --fault http_429=0.1 --fault stream_truncated=0.01
  curl -s http://127.0.0.1:8000/v1/models`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := s.config()
			if err != nil {
				return err
			}
			ctx, stop := interruptible(c.Context(), func(s string) { c.PrintErrln(s) })
			defer stop()
			listening, err := listen.Start(context.WithoutCancel(ctx), s.addr, simulate.New(config))
			if err != nil {
				return err
			}
			fmt.Fprintln(c.OutOrStdout(), "Serving "+listening.URL()+"  (Ctrl-C ends)")
			<-ctx.Done()
			return listening.Close()
		},
	}
	s.flags(c)
	return c
}

func (s *serving) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.addr, "addr", "127.0.0.1:8000", "listen on `HOST:PORT`")
	f.StringVar(&s.model, "model", simulate.DefaultModel, "name of the model")
	f.StringVar(&s.apiKey, "api-key", "", "ask for this key")
	f.DurationVar(&s.ttft, "ttft", 150*time.Millisecond, "time to the first token")
	f.DurationVar(&s.itl, "itl", 10*time.Millisecond, "time between tokens")
	f.DurationVar(&s.prefill, "prefill", 0, "time a token of the prompt takes")
	f.IntVar(&s.slots, "slots", 0, "requests served at once; 0 is no limit")
	f.IntVar(&s.tokens, "tokens", 0, "length of a reply; 0 is that of its sentence")
	f.Float64Var(&s.slowdown, "batch-slowdown", 0, "share by which each further request lengthens the time between tokens")
	f.BoolVar(&s.cache, "cache", false, "prompts that start alike skip that part's prefill")
	f.Int64Var(&s.seed, "seed", 0, "draw everything from this seed")
	f.StringArrayVar(&s.faults, "fault", nil, "break a share of the requests: `KIND=SHARE` (repeatable)")
	completeKeys(c, "fault", simulate.KindNames()...)
}

func (s *serving) config() (simulate.Config, error) {
	always := func(d time.Duration) func(uint64) time.Duration { return func(uint64) time.Duration { return d } }
	config := simulate.Config{
		TTFT: always(s.ttft), ITL: always(s.itl), Prefill: always(s.prefill), Slots: s.slots, BatchSlowdown: s.slowdown,
		Cache: s.cache, Seed: s.seed, Model: s.model, APIKey: s.apiKey,
	}
	if s.tokens > 0 {
		config.Tokens = func(uint64) int { return s.tokens }
	}
	kinds := simulate.KindNames()
	for _, f := range s.faults {
		kind, text, _ := strings.Cut(f, "=")
		share, err := strconv.ParseFloat(text, 64)
		if err != nil || share < 0 || share > 1 {
			return config, fmt.Errorf("--fault %s: write KIND=SHARE, with a share from 0 to 1", f)
		}
		if !slices.Contains(kinds, kind) {
			return config, fmt.Errorf("--fault %s: there is no such kind.%s There are %s", f, didYouMean(kind, kinds), strings.Join(kinds, ", "))
		}
		config.Faults = append(config.Faults, simulate.Fault{Kind: simulate.Kind(kind), Share: share, After: 3, RetryAfter: time.Second})
	}
	return config, nil
}

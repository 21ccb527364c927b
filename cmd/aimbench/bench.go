package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
)

// bench are the flags of bench: what its scenario says.
type bench struct {
	model, metricsURL, apiKeyFile string
	rate, speedup                 float64
	users, requests               int
	duration, warmup, timeout     time.Duration
	input, output, prefix         string
	dataset                       string
	slos                          []string
	seed                          int64
	print, simulate               bool

	given func(flag string) bool
	// dir is the directory of the scenario.
	dir string
}

// What is asked where nothing is said.
const (
	benchUsers    = 4
	benchDuration = 30 * time.Second
	benchInput    = "512"
	benchOutput   = "128"
)

func newBench() *cobra.Command {
	var b bench
	var o output
	var x exposition
	c := &cobra.Command{
		Use:   "bench URL",
		Short: "Load an endpoint, described by flags instead of a scenario file",
		Long: `Load an endpoint with prompts and replies of a size, or with the prompts of a dataset, and
judge it. It writes a scenario and runs it; --print shows the scenario instead, so that a
first try becomes a file to keep and to change.

An objective of --slo is METRIC:pNN<LIMIT (also mean and max), errors<1%, a metric of the run
as in output_rate>100, or goodput(ttft<500ms,tpot<40ms)>95%. aimbench help metrics lists them.`,
		Example: `  aimbench bench http://127.0.0.1:8000
  aimbench bench http://127.0.0.1:8000 --rate 4 --input 512 --output 128 --slo 'ttft:p95<500ms'
  aimbench bench http://127.0.0.1:8000 --users 16 --prefix 80% --duration 2m
  aimbench bench http://127.0.0.1:8000 --dataset sharegpt.json --requests 200
  aimbench bench http://127.0.0.1:8000 --rate 4 --print > load.hcl`,
		Args: oneURL,
		RunE: func(c *cobra.Command, args []string) error {
			b.given = c.Flags().Changed
			text, err := b.scenario(args[0])
			if err != nil {
				return err
			}
			if b.print {
				_, err := c.OutOrStdout().Write(text)
				return err
			}
			p, err := b.compile(c, text)
			if err != nil {
				return err
			}
			return runPlan(c, p, &notes{stderr: c.ErrOrStderr()}, &o, &x, "", nil)
		},
	}
	b.flags(c)
	o.flags(c)
	x.flags(c)
	c.PreRunE = func(*cobra.Command, []string) error { return o.check([]string{b.dataset, b.apiKeyFile}) }
	return c
}

func (b *bench) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&b.model, "model", "", "name of the model; the only one that the endpoint lists where it is left out")
	f.Float64Var(&b.rate, "rate", 0, "open loop: requests a second, arriving at random")
	f.IntVar(&b.users, "users", 0, fmt.Sprintf("closed loop: users who each ask again when answered (%d where neither this nor --rate is given)", benchUsers))
	f.StringVar(&b.input, "input", benchInput, "length of prompts in `TOKENS`, or a range such as 128-1024")
	f.StringVar(&b.output, "output", benchOutput, "length of replies in `TOKENS`, or a range; with --dataset at most that")
	f.StringVar(&b.prefix, "prefix", "", "`TOKENS` of the input that all prompts begin with, or a share of it such as 80%")
	f.StringVar(&b.dataset, "dataset", "", "ask the prompts of a `FILE`: JSONL, CSV, text, ShareGPT, OpenAI messages; a trace is replayed, or asked by --rate or --users")
	f.DurationVar(&b.duration, "duration", benchDuration, "for how long requests start")
	f.IntVar(&b.requests, "requests", 0, "how many requests, in place of --duration")
	f.DurationVar(&b.warmup, "warmup", 0, "time before the measurement")
	f.Float64Var(&b.speedup, "speedup", 1, "how many times faster than recorded a trace is replayed")
	f.StringArrayVar(&b.slos, "slo", nil, "what must hold, such as 'ttft:p95<500ms' (repeatable)")
	f.StringVar(&b.metricsURL, "metrics-url", "", "read the server's own metrics from `URL`")
	f.StringVar(&b.apiKeyFile, "api-key-file", "", "read AIM_API_KEY from a `FILE`")
	f.Int64Var(&b.seed, "seed", 0, "draw everything from this seed; one of its own each time where it is left out, so that no prompt is in a server's cache")
	f.BoolVar(&b.simulate, "simulate", false, "put the embedded endpoint in the place of the real one")
	f.DurationVar(&b.timeout, "timeout", 0, "interrupt the run after this time, such as 5m")
	f.BoolVar(&b.print, "print", false, "show the scenario instead of running it")
}

// oneURL holds the arguments to the endpoint's address, and says how it is written.
func oneURL(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("name the endpoint: aimbench bench http://127.0.0.1:8000")
	}
	if len(args) > 1 {
		return fmt.Errorf("there is more than the URL: %s. Flags begin with --", strings.Join(args[1:], " "))
	}
	u, err := url.Parse(args[0])
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return nil
	}
	if guess, err := url.Parse("http://" + args[0]); !strings.Contains(args[0], "://") && err == nil && guess.Hostname() != "" {
		return fmt.Errorf("%s is no URL. Did you mean http://%s?", args[0], args[0])
	}
	return errors.New("the URL must begin with http:// or https:// and name a host")
}

// scenario writes the file that the flags describe.
func (b *bench) scenario(address string) ([]byte, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	s := scenario.Bench{
		URL: address, Model: b.model, MetricsURL: b.metricsURL, Rate: b.rate, Users: b.users, Requests: b.requests,
		Duration: b.duration, Warmup: b.warmup, Speedup: b.speedup, Seed: b.seed,
	}
	if !b.given("seed") {
		s.Seed = rand.Int64N(1_000_000)
	}
	if b.requests > 0 {
		s.Duration = 0
	}
	if err := b.prompts(&s); err != nil {
		return nil, err
	}
	replayed := s.Dataset != nil && s.Dataset.Timed() && b.rate == 0 && b.users == 0
	switch {
	case replayed && b.given("duration"):
		return nil, errors.New("--duration: a trace that is replayed has its own end; take --requests for its first rows, or --rate or --users")
	case replayed && b.given("warmup"):
		return nil, errors.New("--warmup: a trace that is replayed has none; take --rate or --users")
	case !replayed && b.given("speedup"):
		return nil, errors.New("--speedup goes with a --dataset that is a trace, without --rate and --users")
	case !replayed && b.rate == 0 && b.users == 0:
		s.Users = benchUsers
	}
	var err error
	if s.Objectives, err = objectives(b.slos); err != nil {
		return nil, err
	}
	return s.Scenario()
}

// check finds flags that contradict each other or make no sense.
func (b *bench) check() error {
	for flag, wrong := range map[string]bool{
		"--rate must be above 0":         b.given("rate") && !(b.rate > 0 && b.rate <= 1e6),
		"--users must be at least 1":     b.given("users") && b.users < 1,
		"--requests must be at least 1":  b.given("requests") && b.requests < 1,
		"--duration must be above 0":     b.duration <= 0,
		"--warmup must not be negative":  b.warmup < 0,
		"--timeout must not be negative": b.timeout < 0,
		"--speedup must be above 0":      !(b.speedup > 0),
	} {
		if wrong {
			return errors.New(flag)
		}
	}
	for _, pair := range [][3]string{
		{"rate", "users", "a load is an open loop or a closed one"},
		{"duration", "requests", "a load ends in one way"},
		{"dataset", "input", "the dataset has the prompts"},
		{"dataset", "prefix", "the dataset has the prompts"},
	} {
		if b.given(pair[0]) && b.given(pair[1]) {
			return fmt.Errorf("--%s and --%s: %s", pair[0], pair[1], pair[2])
		}
	}
	return nil
}

// prompts sets what is asked, and how long it is.
func (b *bench) prompts(s *scenario.Bench) error {
	var err error
	if s.Output, err = scenario.ParseTokens(b.output); err != nil {
		return fmt.Errorf("--output %s: %w", b.output, err)
	}
	if b.dataset != "" {
		if s.Dataset, b.dir, err = scenario.ReadBenchDataset(b.dataset); err != nil {
			return fmt.Errorf("--dataset: %w", err)
		}
		if s.Dataset.SaysLength() && b.given("output") {
			return errors.New("--output: the trace says how long replies are")
		}
		return nil
	}
	b.dir = "."
	if s.Input, err = scenario.ParseTokens(b.input); err != nil {
		return fmt.Errorf("--input %s: %w", b.input, err)
	}
	if s.Prefix, err = scenario.PrefixTokens(b.prefix, s.Input); err != nil {
		return fmt.Errorf("--prefix %s: %w", b.prefix, err)
	}
	return nil
}

// objectives reads --slo.
func objectives(texts []string) ([]scenario.BenchObjective, error) {
	var all []scenario.BenchObjective
	seen := map[string]string{}
	for _, text := range texts {
		o, err := scenario.ParseObjective(text)
		if err != nil {
			return nil, fmt.Errorf("--slo '%s': %w", text, err)
		}
		if first, ok := seen[o.Name()]; ok {
			return nil, fmt.Errorf("--slo '%s': '%s' is about the same", text, first)
		}
		seen[o.Name()] = text
		all = append(all, o)
	}
	return all, nil
}

// compile makes of the scenario what runs.
func (b *bench) compile(c *cobra.Command, text []byte) (*plan.Plan, error) {
	in := inputs{apiKeyFile: b.apiKeyFile}
	options, err := in.options()
	if err != nil {
		return nil, err
	}
	s, diags := scenario.ReadText("bench.hcl", b.dir, text, options)
	var p *plan.Plan
	if !diags.HasErrors() {
		var more scenario.Diagnostics
		p, more = plan.Compile(s, plan.Options{Simulate: b.simulate, Timeout: b.timeout})
		diags = append(diags, more...)
	}
	if err := showDiagnostics(c, s, diags); err != nil {
		return nil, err
	}
	if diags.HasErrors() {
		return nil, exitError(measure.ExitUsage)
	}
	return p, nil
}

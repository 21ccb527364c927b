package engine

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"time"

	"aimbench/engine/listen"
	"aimbench/engine/scenario"
	"aimbench/engine/simulate"
)

// embedded is an embedded endpoint that runs.
type embedded struct {
	server *simulate.Server
	url    string
	dial   func(ctx context.Context, network, addr string) (net.Conn, error) // nil is the network's
	close  func()
}

// Embedded is the embedded endpoint of that name; nil where there is none, or a real one.
func (e *Engine) Embedded(endpoint string) *simulate.Server { return e.simulators[endpoint].server }

// startSimulator starts an embedded endpoint, on loopback or in memory.
func startSimulator(e *scenario.Endpoint, memory bool) (embedded, error) {
	config, err := simulatorConfig(e)
	if err != nil {
		return embedded{}, err
	}
	server := simulate.New(config)
	if memory {
		listener, dial := listen.Memory()
		listening := listen.Serve(context.Background(), listener, server)
		return embedded{server, listening.URL(), dial, func() { _ = listening.Close() }}, nil
	}
	listening, err := listen.Start(context.Background(), "127.0.0.1:0", server)
	if err != nil {
		return embedded{}, err
	}
	return embedded{server, listening.URL(), nil, func() { _ = listening.Close() }}, nil
}

// simulatorConfig is the embedded endpoint that the scenario describes.
func simulatorConfig(e *scenario.Endpoint) (simulate.Config, error) {
	s := e.Simulator
	c := simulate.Config{
		TTFT: durations(s.TTFT), ITL: durations(s.ITL), Prefill: durations(s.Prefill), Slots: s.Slots,
		BatchSlowdown: s.BatchSlowdown, Cache: s.Cache, Seed: s.Seed, Model: e.Model, APIKey: e.APIKey,
	}
	if s.Tokens.IsSet() {
		c.Tokens = func(seed uint64) int { return int(s.Tokens.Draw(seed)) }
	}
	for _, r := range s.Replies {
		reply := simulate.Reply{Text: r.Text, Reasoning: r.Reasoning, Refusal: r.Refusal}
		if r.When != "" {
			when, err := regexp.Compile(r.When)
			if err != nil {
				return c, fmt.Errorf("reply { when }: %w", err)
			}
			reply.When = when
		}
		for _, call := range r.ToolCalls {
			reply.ToolCalls = append(reply.ToolCalls, simulate.ToolCall(call))
		}
		c.Replies = append(c.Replies, reply)
	}
	for _, f := range s.Faults {
		c.Faults = append(c.Faults, simulate.Fault{
			Kind: simulate.Kind(f.Kind), Share: f.Share, After: f.After, RetryAfter: f.RetryAfter,
		})
	}
	return c, nil
}

// durations turns a distribution of seconds into durations.
func durations(d scenario.Dist) func(uint64) time.Duration {
	if !d.IsSet() {
		return nil
	}
	return func(seed uint64) time.Duration { return time.Duration(d.Draw(seed) * float64(time.Second)) }
}

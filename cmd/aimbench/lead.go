package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
	"aimbench/engine/shard"
)

// seat is the leader's place in a run that processes share; a nil one is that of a process that runs alone.
type seat struct {
	leader *shard.Leader
	clock  event.Clock
	local  *local
}

// take starts to wait for the other shards; nil where there are none.
func (s *sharding) take(c *cobra.Command, place shard.Place, in *inputs, sel *selection, o *output, x *exposition, p *plan.Plan, say func(string)) (*seat, error) {
	if !place.Shared() {
		return nil, nil
	}
	if len(p.Loads) == 0 {
		return nil, fmt.Errorf("shards share the loads of a scenario, and %s has none: run it in one process", p.Scenario.Name)
	}
	for _, r := range p.Robots {
		if r.Simulator == nil {
			return nil, fmt.Errorf("shards cannot share robot %q: run it in one process, or give it a simulator", r.Name)
		}
	}
	token, err := s.token()
	if err != nil {
		return nil, err
	}
	given, err := s.setup(in, sel, p.Scenario)
	if err != nil {
		return nil, err
	}
	made, err := p.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(c.Context(), "tcp", s.listenAt())
	if err != nil {
		return nil, fmt.Errorf("waiting for shards: %w", err)
	}
	clock := event.NewClock()
	leader, err := shard.Lead(listener, shard.LeaderOptions{
		Of: place.Of, Least: s.least, Token: token, Version: versionText(), Setup: given, Open: p.Scenario.Open, Plan: made,
		Turns: wanted(o, x), Clock: clock, Wait: s.wait, Note: say,
	})
	if err != nil {
		_ = listener.Close()
		return nil, err
	}
	say(fmt.Sprintf("shard 0 of %d leads at %s, and waits at most %s for the others", place.Of, listener.Addr(), s.wait))
	out := &seat{leader: leader, clock: clock}
	if s.local > 0 {
		if out.local, err = fork(s.local, listener.Addr().String(), token, in, say); err != nil {
			out.close()
			return nil, err
		}
	}
	return out, nil
}

// token is what the shards know each other by. Those on one machine get one of their own.
func (s *sharding) token() ([]byte, error) {
	if s.local > 0 {
		return []byte(rand.Text() + rand.Text()), nil
	}
	token, err := shard.ReadToken(s.tokenFile)
	if err != nil {
		return nil, fmt.Errorf("--shard-token-file: %w", err)
	}
	return token, nil
}

func (s *sharding) setup(in *inputs, sel *selection, of *scenario.Scenario) ([]byte, error) {
	options, err := in.options()
	if err != nil {
		return nil, err
	}
	given := setup{Name: of.Name, Vars: options.Vars, AllowEnv: in.allowEnv, Run: sel.run, Simulate: sel.simulate, Timeout: sel.timeout, Seed: sel.given}
	for _, one := range of.Sources {
		given.Sources = append(given.Sources, source{one.Path, one.Text})
	}
	for _, path := range in.varFiles {
		text, err := scenario.ReadVarFile(path)
		if err != nil {
			return nil, fmt.Errorf("--var-file %s: %w", path, err)
		}
		given.VarFiles = append(given.VarFiles, source{path, text})
	}
	raw, err := json.Marshal(given)
	if err != nil {
		return nil, fmt.Errorf("writing down the scenario for the other shards: %w", err)
	}
	return raw, nil
}

// wanted is what of each turn is to come from the other shards: all for a record, and what is counted for metrics.
func wanted(o *output, x *exposition) shard.Turns {
	switch {
	case o.keepsTurns():
		return shard.WholeTurns
	case x.addr != "":
		return shard.TurnFacts
	}
	return shard.NoTurns
}

// options add the place to those of the engine.
func (s *seat) options(o engine.Options) engine.Options {
	if s != nil {
		o.Clock, o.Shard, o.Followers = s.clock, s.leader, s.leader
	}
	return o
}

// deliver says who takes what the others measured.
func (s *seat) deliver(e *engine.Engine) {
	if s != nil {
		s.leader.Deliver(e.Merge)
	}
}

// standing tells how it stands with the shards; nil where there are no others.
func (s *seat) standing() func() shard.Standing {
	if s == nil {
		return nil
	}
	return s.leader.Standing
}

func (s *seat) close() {
	if s == nil {
		return
	}
	s.leader.Close()
	s.local.wait()
}

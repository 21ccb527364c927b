package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"sync/atomic"

	"github.com/spf13/cobra"

	"aimbench/engine"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
	"aimbench/engine/shard"
)

// follow runs the part of this process in what its leader runs. Nothing comes out here: the leader has it.
func (s *sharding) follow(c *cobra.Command, place shard.Place, in *inputs, x *exposition) error {
	token, err := shard.ReadToken(s.tokenFile)
	if err != nil {
		return fmt.Errorf("--shard-token-file: %w", err)
	}
	n := &notes{stderr: c.ErrOrStderr()}
	note := func(text string) { n.say("Note: " + text) }
	ctx, stop := interruptible(c.Context(), n.say)
	defer stop()
	var follower atomic.Pointer[shard.Follower]
	hide, err := x.exposeHealth(c, place.Index, func() shard.Health {
		if f := follower.Load(); f != nil {
			return f.Health()
		}
		return shard.Health{}
	})
	if err != nil {
		return err
	}
	defer hide()
	f, err := shard.Join(ctx, shard.FollowerOptions{Place: place, Leader: s.leader, Token: token, Version: versionText(), Wait: s.wait, Note: note})
	if err != nil {
		return outOfRun(c, ctx, err)
	}
	follower.Store(f)
	p, err := compileServed(c, in, f)
	if err != nil {
		f.Leave("the scenario cannot be read here: " + err.Error())
		return err
	}
	e, err := engine.Open(p, engine.Options{Version: versionText(), Clock: f.Clock(), Shard: f, Log: logger(c, p.Scenario.Secrets), Note: note})
	if err != nil {
		f.Leave(p.Scenario.Secrets.Redact(err.Error()))
		return err
	}
	defer e.Close()
	made, err := p.MarshalJSON()
	if err != nil {
		return err
	}
	box := shard.NewOutbox(f.Turns(), p.Scenario.Secrets.Redact)
	f.Ready(made, func() (shard.Part, bool, error) { return takePart(e, box) })
	note(fmt.Sprintf("shard %s follows %s", place, s.leader))
	defer tendHeap()()
	running, cut := context.WithCancel(ctx)
	defer cut()
	defer context.AfterFunc(ctx, cut)()
	go func() {
		select {
		case <-f.Cut():
			cut()
		case <-running.Done():
		}
	}()
	if _, err := e.Run(running, nil, box); err != nil && f.Err() == nil && ctx.Err() == nil {
		showUnready(c, p, err)
		f.Leave(p.Scenario.Secrets.Redact(err.Error()))
		return exitError(measure.ExitUnknown)
	}
	return s.finish(c, ctx, f, e)
}

// finish hands over the last of what was measured.
func (s *sharding) finish(c *cobra.Command, ctx context.Context, f *shard.Follower, e *engine.Engine) error {
	why := ""
	if ctx.Err() != nil {
		why = "it was interrupted"
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*shard.Grace)
	defer cancel()
	err := f.Finish(last, e.Ending().Harness, why)
	switch {
	case err == nil && !f.Began() && ctx.Err() == nil:
		err = fmt.Errorf("%w: it ended the run before it began", shard.ErrLost)
	case err == nil && why != "":
		return exitError(measure.ExitInterrupted)
	case err == nil:
		return nil
	}
	return outOfRun(c, ctx, err)
}

// outOfRun says why this process has no part in the run, or no more.
func outOfRun(c *cobra.Command, ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil: // the leader may have given it up meanwhile: for that very reason
		return exitError(measure.ExitInterrupted)
	case errors.Is(err, shard.ErrLost), errors.Is(err, context.DeadlineExceeded):
		c.PrintErrln("Error: " + err.Error())
		return exitError(measure.ExitInvalid)
	}
	return err
}

// takePart is what was measured since it was called before.
func takePart(e *engine.Engine, box *shard.Outbox) (shard.Part, bool, error) {
	measured, err := e.Recorder().Take()
	if err != nil {
		return shard.Part{}, false, err
	}
	turns, windows, more := box.Take()
	return shard.Part{Measured: measured, Turns: turns, Windows: windows, States: e.Loads()}, more, nil
}

// compileServed makes the plan of what the leader serves.
func compileServed(c *cobra.Command, in *inputs, f *shard.Follower) (*plan.Plan, error) {
	var given setup
	if err := json.Unmarshal(f.Setup(), &given); err != nil {
		return nil, fmt.Errorf("reading what the leader runs: %w", err)
	}
	files := map[string][]byte{}
	o := scenario.Options{
		Vars: given.Vars, AllowEnv: given.AllowEnv, APIKeyFile: in.apiKeyFile, Getenv: os.LookupEnv,
		ReadVarFile: func(path string) ([]byte, error) {
			if text, ok := files[path]; ok {
				return text, nil
			}
			return nil, fs.ErrNotExist
		},
	}
	for _, one := range given.VarFiles {
		files[one.Path] = one.Text
		o.VarFiles = append(o.VarFiles, one.Path)
	}
	var sources []scenario.Source
	for _, one := range given.Sources {
		sources = append(sources, scenario.Source{Path: one.Path, Text: one.Text})
	}
	read, diags := scenario.ReadServed(given.Name, sources, f.Open, o)
	if diags.HasErrors() {
		return nil, errors.Join(showDiagnostics(c, read, diags), exitError(measure.ExitUsage))
	}
	choice := plan.Options{Seed: given.Seed, Simulate: given.Simulate, Timeout: given.Timeout}
	if given.Run != "" {
		match, err := regexp.Compile(given.Run)
		if err != nil {
			return nil, fmt.Errorf("--run is not a regular expression: %w", err)
		}
		choice.Run = match
	}
	p, diags := plan.Compile(read, choice)
	if diags.HasErrors() {
		return nil, errors.Join(showDiagnostics(c, read, diags), exitError(measure.ExitUsage))
	}
	return p, nil
}

package acceptance

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/cucumber/godog"

	"aimbench/engine"
	"aimbench/engine/edge"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/scenario"
)

// world is all that one scenario of a feature has: nothing of it is another's.
type world struct {
	*Options
	table *table
	ctx   context.Context
	stop  context.CancelFunc

	pickle *godog.Scenario
	at     int      // the step under way, in the pickle
	try    int      // which of several tries this is, from 0
	past   []*match // the Givens and Whens so far, to be done again by further tries

	// What the Givens say.
	paths   []string
	holds   string // the conversation that a person talks in
	vars    map[string]string
	env     map[string]string
	key     string // the API key
	robot   state  // how the robot is at the start; nobody where the talk has none of its own
	flags   edge.Flags
	changes []func(*scenario.Scenario) error

	// What the Whens did.
	chat   *edge.Chat
	screen *screen
	saying chan struct{} // closed when what is being said in the background has been answered
	cut    event.Instant // when the person cut in
	run    *ran          // nil where the last When was about the talk
	body   *watch        // of the robot; nil where there is none
	held   *held         // what the robots are told
	log    lockedBuffer

	focus  *turn  // the turn that a Then is about; nil is the last
	folder string // where the scenario's files lie; made when one is
}

func newWorld(ctx context.Context, o *Options, t *table, p *godog.Scenario) *world {
	w := &world{Options: o, table: t, pickle: p, vars: maps.Clone(o.Vars), env: map[string]string{}, held: newHeld(o.Limits)}
	if w.vars == nil {
		w.vars = map[string]string{}
	}
	w.ctx, w.stop = context.WithCancel(ctx)
	return w
}

// close ends all that goes on in the world.
func (w *world) close() {
	w.hearOut()
	w.body.close()
	if w.chat != nil {
		w.chat.Close()
		w.chat = nil
	}
	w.stop()
	if w.folder != "" {
		_ = os.RemoveAll(w.folder) // it is a directory for temporary files
	}
}

// directory is the world's own.
func (w *world) directory() (string, error) {
	if w.folder == "" {
		made, err := os.MkdirTemp("", "aimbench-test-")
		if err != nil {
			return "", err
		}
		w.folder = made
	}
	return w.folder, nil
}

// getenv reads the environment as the Givens have it.
func (w *world) getenv(name string) (string, bool) {
	if v, ok := w.env[name]; ok {
		return v, v != ""
	}
	if w.Getenv == nil {
		return os.LookupEnv(name)
	}
	return w.Getenv(name)
}

func (w *world) scenarioOptions() scenario.Options {
	return scenario.Options{Vars: w.vars, Getenv: w.getenv, AllowEnv: w.AllowEnv, VarFiles: w.VarFiles, APIKeyFile: w.APIKeyFile}
}

func (w *world) engineOptions() engine.Options {
	return engine.Options{Memory: w.Memory, Version: w.Version, OnTarget: w.held.told}
}

// scenario is what was read for the last When.
func (w *world) scenario() *scenario.Scenario {
	switch {
	case w.run != nil:
		return w.run.plan.Scenario
	case w.chat != nil:
		return w.chat.Scenario()
	}
	return &scenario.Scenario{Secrets: &scenario.Secrets{}}
}

// redact takes out the secrets that the scenario knows.
func (w *world) redact() func(string) string { return w.scenario().Secrets.Redact }

// near makes a path of a feature one from here: what is relative lies beside the feature, or where the tests run.
func (w *world) near(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	beside := filepath.Join(filepath.Dir(w.feature()), path)
	if _, err := os.Stat(beside); err == nil {
		return beside
	}
	return path
}

// change makes of a scenario what the Givens say.
func (w *world) change(s *scenario.Scenario) error {
	for _, change := range w.changes {
		if err := change(s); err != nil {
			return err
		}
	}
	for _, e := range s.Endpoints {
		if e.Simulator != nil {
			e.Simulator.Seed += int64(w.try)
		}
	}
	return nil
}

// nothingSaid is the error of a Then before anything was said or run.
var nothingSaid = &Failure{Code: measure.ExitUsage, Text: "nothing was said or run yet: a Then needs a When before it"}

// turns are what was said and answered so far.
func (w *world) turns() []*turn {
	if w.run != nil {
		return w.run.turns
	}
	if w.screen != nil {
		return w.screen.all()
	}
	return nil
}

// turn is the turn that a Then is about.
func (w *world) turn() (*turn, error) {
	turns := w.turns()
	if len(turns) == 0 {
		return nil, nothingSaid
	}
	if w.focus != nil {
		return w.focus, nil
	}
	return turns[len(turns)-1], nil
}

// sleep waits, unless the scenario ends before.
func (w *world) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// open is the error of a talk or a run that could not begin, with the exit code that says so.
func unopened(err error) error {
	var invalid *edge.Invalid
	var usage *edge.Usage
	if errors.As(err, &invalid) || errors.As(err, &usage) {
		return &Failure{Code: measure.ExitUsage, Text: err.Error()}
	}
	return &Failure{Code: measure.ExitUnknown, Text: err.Error()}
}

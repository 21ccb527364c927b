// Package engine runs a plan: it starts simulators and clients, walks the conversations, and judges what happened. It
// is the one wiring that every driver shares.
package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"aimbench/engine/audit"
	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/results"
	"aimbench/engine/rubric"
	"aimbench/engine/run"
	"aimbench/engine/scenario"
	"aimbench/robot/motion"
)

// Options say over which network a run goes, and who runs it.
type Options struct {
	// Dial reaches the endpoints; nil is the network.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Memory: the embedded endpoints are reached in memory instead of over loopback. That also works where time is
	// simulated: in a testing/synctest bubble, open, run and close in the same one.
	Memory bool
	// Version is the program's, for the user agent and the record.
	Version string
	// Viewer is an address at which the first embedded robot shows itself to a browser; empty is none.
	Viewer string
	// Clock is the run's; the zero Clock begins with Open.
	Clock event.Clock
	// Shard is this process's place among several that share the loads; nil is the only one.
	Shard Shard
	// Followers are the others, where this process leads them and judges; nil where it does not.
	Followers Followers
	// Watched: somebody watches the robots, and says himself when one is lost and back, or somebody else's.
	Watched bool
	// OnTarget is told of every target that a robot took, by the goroutine that moves it: it must not block. nil is nobody.
	OnTarget func(*Machine, motion.Target)
	// Log is told what is being done, without secrets; nil is nobody.
	Log *slog.Logger
	// Note is told what a user should know of the run besides its result, in a sentence; nil is nobody.
	Note func(string)
}

// Engine is an open plan: its simulators listen and its clients are ready to ask. Close frees them.
type Engine struct {
	plan     *plan.Plan
	options  Options
	clock    event.Clock
	recorder *measure.Recorder
	clients  map[string]*chat.Client
	judging  map[string]*chat.Client // of the endpoints that judge: connections of their own
	judges   map[string]*rubric.Judge
	texts    map[string]run.Texts // of the endpoints whose tokens are measured
	// simulators are the embedded endpoints.
	simulators map[string]embedded
	fleets     map[string]*fleet // the robots, by name
	viewer     string            // where one can be seen
	closers    []func()

	loads  *run.Loads   // none where each conversation runs once
	single atomic.Int64 // conversations under way without a load
	ending measure.Ending
	watch  *audit.Watch
	shards shards

	live  run.Live
	sinks []event.Sink
}

// Open starts what the plan needs. Nothing is sent to a real endpoint yet.
func Open(p *plan.Plan, o Options) (*Engine, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if !o.Clock.Started() {
		o.Clock = event.NewClock()
	}
	e := &Engine{plan: p, options: o, clock: o.Clock, recorder: measure.NewRecorder(p), clients: map[string]*chat.Client{},
		judging: map[string]*chat.Client{}, judges: map[string]*rubric.Judge{},
		simulators: map[string]embedded{}, loads: run.NewLoads(p.Loads)}
	e.loads.Session, e.loads.Clock, e.loads.Sink, e.loads.Windows = e.session, e.clock, e, e.window
	if o.Shard != nil {
		e.loads.Begin = e.beginShard
	}
	for _, endpoint := range p.Endpoints {
		client, err := e.connect(endpoint)
		if err != nil {
			e.Close()
			return nil, err
		}
		e.clients[endpoint.Name] = client
	}
	if err := e.openJudges(); err != nil {
		e.Close()
		return nil, err
	}
	if err := e.openRobots(); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// Viewer is the address of the page that shows an embedded robot; empty where there is none.
func (e *Engine) Viewer() string { return e.viewer }

func (e *Engine) note(text string) {
	if e.options.Note != nil {
		e.options.Note(text)
	}
}

// Close ends the simulators and the clients' connections.
func (e *Engine) Close() {
	for i := len(e.closers) - 1; i >= 0; i-- {
		e.closers[i]()
	}
	e.closers = nil
}

// connect makes a client of an endpoint, and starts the embedded one where it is meant and does not run yet.
func (e *Engine) connect(s *scenario.Endpoint) (*chat.Client, error) {
	config := chat.Config{
		Name: s.Name, BaseURL: s.BaseURL, ChatPath: s.ChatPath, API: s.API, Model: s.Model, APIKey: s.APIKey, HTTP: s.HTTP,
		NewConnections: s.NewConnections, Headers: s.Headers, ExtraBody: s.ExtraBody, CAPEM: s.CAPEM,
		InsecureSkipVerify: s.InsecureSkipVerify, WaitReady: s.WaitReady, Retries: s.Retries, Dial: e.options.Dial,
		Timeouts: chat.Timeouts{Connect: s.TimeoutConnect, FirstToken: s.TimeoutFirstToken, Idle: s.TimeoutIdle, Total: s.Timeout},
		Clock:    e.clock, UserAgent: "aimbench/" + e.options.Version, Redact: e.plan.Scenario.Secrets.Redact,
	}
	if s.Simulator != nil {
		simulator, err := e.simulator(s)
		if err != nil {
			return nil, err
		}
		config.BaseURL, config.Dial = simulator.url, simulator.dial
	}
	client, err := chat.New(config)
	if err != nil {
		return nil, err
	}
	e.closers = append(e.closers, client.Close)
	return client, nil
}

// simulator is the embedded endpoint, which is started where it does not run yet.
func (e *Engine) simulator(s *scenario.Endpoint) (embedded, error) {
	if running, ok := e.simulators[s.Name]; ok {
		return running, nil
	}
	started, err := startSimulator(s, e.options.Memory)
	if err != nil {
		return embedded{}, fmt.Errorf("starting the simulator of endpoint %q: %w", s.Name, err)
	}
	e.closers = append(e.closers, started.close)
	e.simulators[s.Name] = started
	e.options.Log.Debug("simulator started", "endpoint", s.Name, "url", started.url)
	return started, nil
}

// Header describes the run for its record.
func (e *Engine) Header() (results.Header, error) {
	s := e.plan.Scenario
	resolved, err := e.plan.MarshalJSON()
	if err != nil {
		return results.Header{}, fmt.Errorf("writing down the plan: %w", err)
	}
	h := results.Header{
		Aimbench: e.options.Version, Scenario: s.Name, Digest: s.Digest, Plan: resolved, Rules: e.recorder.Rules(),
		Seed: e.plan.Seed, Machine: results.ThisMachine(), Clock: e.stampedBy(), Start: e.clock.Start(),
	}
	for _, source := range s.Sources {
		h.Sources = append(h.Sources, results.Source{Path: source.Path, Text: string(source.Text)})
	}
	for _, c := range e.plan.Conversations {
		h.Conversations = append(h.Conversations, c.Name)
	}
	for _, p := range e.plan.Endpoints {
		h.Endpoints = append(h.Endpoints, results.Endpoint{Name: p.Name, URL: p.BaseURL, Model: p.Model, Simulated: p.Simulator != nil})
	}
	for _, r := range e.plan.Robots {
		h.Robots = append(h.Robots, results.Robot{Name: r.Name, URL: r.DaemonURL, Simulated: r.Simulator != nil})
	}
	return h.Redacted(s.Secrets.Redact)
}

// stampedBy is the clock of the arrivals: the kernel's only where it is for every endpoint.
func (e *Engine) stampedBy() string {
	for _, client := range e.clients {
		if client.Clock() != chat.KernelClock {
			return chat.UserClock
		}
	}
	return chat.KernelClock
}

// clockSteps counts the jumps of the wall clock so far; each client has seen the same ones.
func (e *Engine) clockSteps() int {
	most := 0
	for _, client := range e.clients {
		most = max(most, client.ClockSteps().Count)
	}
	return most
}

// Recorder has the turns so far.
func (e *Engine) Recorder() *measure.Recorder { return e.recorder }

// Run waits for the endpoints, runs the loads, or every conversation once in order where there are none, and judges. live
// sees the conversations as they happen; it may be nil, and sees nothing of loads. The sinks receive every turn after it
// was measured. The error is that of Ready; the summary then says that nobody could tell.
// The end of ctx interrupts: what was measured until then is judged.
func (e *Engine) Run(ctx context.Context, live run.Live, sinks ...event.Sink) (*measure.Summary, error) {
	e.live, e.sinks = live, sinks
	runCtx, cancel := ctx, context.CancelFunc(func() {})
	if e.plan.Timeout > 0 && !e.follows() {
		runCtx, cancel = context.WithTimeout(ctx, e.plan.Timeout)
	}
	defer cancel()
	err := e.Ready(runCtx)
	var aborted []measure.Abort
	stopWatching := func() {}
	e.watch = audit.Start(e.clockSteps)
	if err == nil {
		stopWatching = e.watchServers(runCtx)
		if len(e.plan.Loads) > 0 {
			aborted = e.runLoads(runCtx)
		} else {
			e.conversations(runCtx)
		}
	}
	ending := measure.Ending{
		Interrupted: runCtx.Err() != nil, Aborted: aborted, Duration: time.Duration(e.clock.Now()), Harness: e.watch.Stop(),
	}
	stopWatching()
	if e.options.Followers != nil {
		e.options.Followers.Settle(runCtx, &ending)
	}
	switch {
	case ending.Cause != "":
	case err != nil:
		ending.Cause = unready(err)
	case ctx.Err() != nil:
		ending.Cause = "interrupted"
	case runCtx.Err() != nil:
		ending.Cause = fmt.Sprintf("stopped by --timeout %s", e.plan.Timeout)
	}
	e.ending = ending
	return e.recorder.Judge(ending), err
}

// Ending is how the run came to its end, after Run.
func (e *Engine) Ending() measure.Ending { return e.ending }

// Ready waits for the endpoints and the robots, and prepares what is asked of them. The error is a *chat.Error or a
// *RobotError where one is not there.
func (e *Engine) Ready(ctx context.Context) error {
	for _, prepare := range []func(context.Context) error{e.readyEndpoints, e.readyRobots, e.sizeTexts} {
		if err := prepare(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) readyEndpoints(ctx context.Context) error {
	for _, endpoint := range e.plan.Endpoints {
		if err := e.readyEndpoint(ctx, endpoint, e.clients[endpoint.Name]); err != nil {
			return err
		}
	}
	for _, endpoint := range e.plan.Judges() {
		if err := e.readyEndpoint(ctx, endpoint, e.judging[endpoint.Name]); err != nil {
			return err
		}
	}
	return nil
}

// readyEndpoint waits for one. The end of ctx is no error.
func (e *Engine) readyEndpoint(ctx context.Context, s *scenario.Endpoint, client *chat.Client) error {
	if s.Simulator != nil && s.Model != "" || ctx.Err() != nil {
		return nil
	}
	if err := client.Ready(ctx); err != nil {
		var failure *chat.Error
		if errors.As(err, &failure) && failure.Class == event.Censored {
			return nil
		}
		return err
	}
	e.options.Log.Debug("endpoint ready", "endpoint", s.Name, "model", client.Model())
	return nil
}

func (e *Engine) conversations(ctx context.Context) {
	for _, c := range e.plan.Conversations {
		if ctx.Err() != nil {
			return
		}
		e.options.Log.Debug("conversation begins", "conversation", c.Name, "endpoint", c.Endpoint.Name)
		session := e.session(c)
		session.Live = e.live
		session.Site = scenario.Site{Seed: e.plan.Seed}
		e.single.Add(1)
		session.Run(ctx, e.clock.Now())
		e.single.Add(-1)
	}
}

// session makes a session of a conversation; its site is up to the caller.
func (e *Engine) session(c *scenario.Conversation) *run.Session {
	s := &run.Session{
		Scenario: e.plan.Scenario, Conversation: c, Endpoint: e.clients[c.Endpoint.Name], Clock: e.clock, Sink: e,
		Texts: e.texts[c.Endpoint.Name], Judges: e.judges,
	}
	if c.Robot != nil {
		s.Lend = e.fleets[c.Robot.Name].lend
	}
	return s
}

// Record measures a turn and hands it on. It makes the engine the one sink of its sessions.
func (e *Engine) Record(t *event.Turn) {
	e.recorder.Record(t)
	if e.options.Log.Enabled(context.Background(), slog.LevelDebug) {
		e.logTurn(t)
	}
	for _, s := range e.sinks {
		s.Record(t)
	}
}

// logTurn says what each request of a turn came to.
func (e *Engine) logTurn(t *event.Turn) {
	for i := range t.Requests {
		r := &t.Requests[i]
		e.options.Log.Debug("request ended", "conversation", t.Conversation, "turn", t.Turn, "status", r.Status, "class", r.Class,
			"reused", r.Reused, "retries", r.Retries, "chunks", r.Chunks, "notes", r.Notes)
	}
	for i := range t.Judgements {
		j := &t.Judgements[i]
		e.options.Log.Debug("reply judged", "conversation", t.Conversation, "turn", t.Turn, "rubric", j.Rubric, "outcome", j.Outcome,
			"votes", len(j.Votes), "message", j.Message)
	}
}

// unready says in a few words which endpoint or robot kept the run from beginning, and how.
func unready(err error) string {
	var body *RobotError
	if errors.As(err, &body) {
		return body.brief()
	}
	var failure *chat.Error
	if !errors.As(err, &failure) {
		return err.Error()
	}
	return fmt.Sprintf("endpoint %q is not ready: %s", failure.Endpoint, failure.Got())
}

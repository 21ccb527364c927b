package acceptance

import (
	"bytes"
	"fmt"
	"regexp"
	"sync"
	"time"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/report"
	"aimbench/engine/results"
	"aimbench/engine/scenario"
	"aimbench/engine/telemetry"
)

// ran is a run that has ended.
type ran struct {
	plan    *plan.Plan
	results *results.Run
	turns   []*turn // all of a single run; the last ones of a load
	record  bytes.Buffer
	metrics *telemetry.Telemetry
}

func (r *ran) summary() *measure.Summary { return r.results.Summary }

// mostKept bounds the turns that are kept of a load.
const mostKept = 200

// keeper keeps the turns of a run.
type keeper struct {
	mu sync.Mutex
	r  *ran
}

// Record makes it an event.Sink.
func (k *keeper) Record(t *event.Turn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.r.turns) == mostKept {
		k.r.turns = append(k.r.turns[:0], k.r.turns[1:]...)
	}
	k.r.turns = append(k.r.turns, &turn{Turn: measure.CopyTurn(t, func(s string) string { return s })})
}

// builtin is what is run where no scenario is given.
const builtin = `endpoint "aim" {
  simulator {
    ttft = "180ms"
    itl  = "15ms"
  }
}
conversation "talk" {
  turn "hello" {
    user = "Hello! Who are you?"
  }
}
`

// read reads the scenario of the Givens, or the built-in one.
func (w *world) read() (*scenario.Scenario, error) {
	s, diags := scenario.ReadText("talk.hcl", ".", []byte(builtin), w.scenarioOptions())
	if len(w.paths) > 0 {
		s, diags = scenario.Read(w.paths, w.scenarioOptions())
	}
	if diags.HasErrors() {
		return nil, &Failure{Code: measure.ExitUsage, Text: s.Explain(diags)}
	}
	if err := w.change(s); err != nil {
		return nil, &Failure{Code: measure.ExitUsage, Text: err.Error()}
	}
	return s, nil
}

// runs runs what is picked of a scenario, and judges it.
func (w *world) runs(s *scenario.Scenario, name string) error {
	seed := int64(w.try)
	var o plan.Options
	if w.try > 0 {
		o.Seed = &seed
	}
	if name != "" {
		o.Run = regexp.MustCompile("^" + regexp.QuoteMeta(name) + "$")
	}
	p, diags := plan.Compile(s, o)
	if diags.HasErrors() {
		return &Failure{Code: measure.ExitUsage, Text: s.Explain(diags)}
	}
	w.hearOut()
	return w.runPlan(p)
}

// runPlan runs a plan on an engine of its own.
func (w *world) runPlan(p *plan.Plan) error {
	options := w.engineOptions()
	options.Log = p.Scenario.Secrets.Logger(&w.log)
	e, err := engine.Open(p, options)
	if err != nil {
		return unopened(err)
	}
	defer e.Close()
	header, err := e.Header()
	if err != nil {
		return err
	}
	if err := w.watchRun(e, p, header.Start); err != nil {
		return err
	}
	defer w.body.close()
	r := &ran{plan: p}
	r.metrics = telemetry.New(p, telemetry.Options{Version: w.Version})
	record, err := results.NewWriter(&r.record, header, p.Scenario.Secrets.Redact)
	if err != nil {
		return err
	}
	w.run = r // what is kept of it is the story, also where it fails
	r.metrics.Begin()
	summary, failure := e.Run(w.ctx, nil, &keeper{r: r}, record, r.metrics)
	r.metrics.End(summary)
	r.results = &results.Run{Header: header, Turns: e.Recorder().Turns(), Summary: summary}
	if err := record.Close(summary, e.Ending()); err != nil {
		return err
	}
	if failure != nil {
		return unopened(failure)
	}
	return w.ctx.Err()
}

// watchRun brings the robots of a run into the state that the Givens want, and sees what the first does.
func (w *world) watchRun(e *engine.Engine, p *plan.Plan, start time.Time) error {
	w.body.close()
	w.body = nil
	for _, robot := range p.Robots {
		for _, m := range e.Machines(robot.Name) {
			if w.body == nil {
				w.body = newWatch(w.ctx, m, start)
			}
			if err := w.pose(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// conversationRuns runs one conversation of the scenario once, whatever loads there are.
func (w *world) conversationRuns(name string) error {
	s, err := w.read()
	if err != nil {
		return err
	}
	var names []string
	for _, c := range s.Conversations {
		names = append(names, c.Name)
	}
	if err := there("conversation", name, names); err != nil {
		return err
	}
	one := *s
	one.Loads = nil
	return w.runs(&one, name)
}

// loadRuns runs one load of the scenario.
func (w *world) loadRuns(name string) error {
	s, err := w.read()
	if err != nil {
		return err
	}
	var names []string
	for _, l := range s.Loads {
		names = append(names, l.Name)
	}
	if err := there("load", name, names); err != nil {
		return err
	}
	return w.runs(s, name)
}

// there says that a name is none of those there are.
func there(what, name string, names []string) error {
	if _, err := oneOf(what, names)(name); err != nil {
		return &Failure{Code: measure.ExitUsage, Text: fmt.Sprintf("%s %q: %s", what, name, err)}
	}
	return nil
}

// shown is what a terminal shows of the run.
func (r *ran) shown() string {
	var b bytes.Buffer
	if r.results == nil || report.Text(&b, r.results, report.Style{Unicode: true, Width: 100}) != nil {
		return ""
	}
	return b.String()
}

package edge

import (
	"context"
	"io"
	"net/http"

	"aimbench/engine"
	"aimbench/engine/report"
	"aimbench/engine/scenario"
)

// Setup says what a talk is like that a program holds in a person's place.
type Setup struct {
	Flags
	Paths    []string // of a scenario; none is the built-in one
	Scenario scenario.Options
	// Change may change what was read before anything is made of it; nil changes nothing.
	Change func(*scenario.Scenario) error
	// Dir is where /save writes; empty is the working directory.
	Dir    string
	Engine engine.Options
	// Log is told what is being done, without secrets; nil is nobody.
	Log io.Writer
}

// Open opens a talk, looks whether endpoint and robot are there, and waits for the lines that Do gets. The error is a
// *Invalid where the scenario is why.
func Open(ctx context.Context, o Setup, view View) (*Chat, error) {
	settings, err := resolve(&o.Flags, o.Scenario.Getenv)
	if err != nil {
		return nil, &Usage{err}
	}
	sc, read, diags := newScene(o.Paths, o.Scenario, o.Change, &o.Flags, settings)
	if diags.HasErrors() {
		return nil, &Invalid{read, diags}
	}
	if o.Log != nil {
		o.Engine.Log = sc.plan.Scenario.Secrets.Logger(o.Log)
	}
	c, err := open(ctx, sc, options{dir: o.Dir, engine: o.Engine}, view)
	if err != nil {
		return nil, err
	}
	if look := c.look(ctx, row{}, row{}); look.refused != nil {
		c.close()
		return nil, look.refused
	}
	c.takeRobot()
	return c, nil
}

// Invalid is the error of a scenario that is wrong.
type Invalid struct {
	Scenario    *scenario.Scenario
	Diagnostics scenario.Diagnostics
}

// Error says what is wrong, with its places.
func (i *Invalid) Error() string { return i.Scenario.Explain(i.Diagnostics) }

// Do does what a line says: a command, or something to be said. It returns when that is done, and the reply has ended.
func (c *Chat) Do(line string) { c.do(line) }

// Settle waits until the robot has done its part in all that was said.
func (c *Chat) Settle() { c.talk.Wait() }

// CutIn makes way for what the person says now: reply, gestures and speech are cut.
func (c *Chat) CutIn() { c.bargeIn() }

// Engine is what the talk runs on, and Talk the conversation on it.
func (c *Chat) Engine() *engine.Engine { return c.engine }

// Talk is the conversation.
func (c *Chat) Talk() *engine.Talk { return c.talk }

// Metrics serves the talk's metrics.
func (c *Chat) Metrics() http.Handler { return c.metrics.Handler() }

// Scenario is what the talk goes by.
func (c *Chat) Scenario() *scenario.Scenario { return c.plan.Scenario }

// Close ends the talk: whatever goes on is cut, and the robot is left as the scenario wants it.
func (c *Chat) Close() { c.close() }

// NewLines is the view of a talk without a terminal: the replies go to out, and all else to side.
func NewLines(out, side io.Writer, style report.Style, secrets report.Redactor) View {
	return newLines(out, side, style, secrets)
}

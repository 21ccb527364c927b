package scenario

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Site says whose draws they are: the same site draws the same values in every run, shard and retry.
type Site struct {
	Seed    int64
	Load    string
	Session int64
}

// Draw is a number drawn for the site: a hash of the site and what is drawn.
func (site Site) Draw(what string) uint64 { return mix(site.hash(), hashText(what)) }

func (site Site) hash() uint64 {
	return mix(mix(uint64(site.Seed), hashText(site.Load)), uint64(site.Session))
}

// Scope is what one session's expressions may refer to. It must not be used by two goroutines at once: evaluations in
// one context at the same time give wrong values.
type Scope struct {
	seed      uint64
	turn      string
	iteration int64
	rows      map[string]cty.Value
	response  *Response
	turns     map[string]cty.Value
	taken     []takenTurn // those that turns has yet to get: nothing may ever ask for them
	call      cty.Value
	performs  map[string]Performed // nil where the turn's gestures have not ended
	state     *RobotState
	settled   bool              // performs and state are known
	judged    map[string]Judged // nil where nothing was judged

	variables map[string]cty.Value
	stale     bool
	contexts  []scopeContext
}

// takenTurn is what turn.NAME comes to.
type takenTurn struct {
	name     string
	response Response
	captures map[string]cty.Value
}

// scopeContext is the session's own child of one file's context.
type scopeContext struct{ base, own *hcl.EvalContext }

// NewScope makes the scope of a session.
func (s *Scenario) NewScope(site Site) *Scope {
	return &Scope{
		seed:      site.hash(),
		rows:      map[string]cty.Value{},
		turns:     map[string]cty.Value{},
		variables: map[string]cty.Value{},
		stale:     true,
	}
}

// SetIteration sets what `iteration` comes to: the conversation's number in its load, from 0.
func (sc *Scope) SetIteration(n int64) { sc.iteration, sc.stale = n, true }

// SetRow sets row.NAME.
func (sc *Scope) SetRow(d *Dataset, row cty.Value) {
	sc.rows[d.Name] = row
	sc.stale = true
}

// EnterTurn begins a turn: what is drawn from now on is drawn for it, and `response` is gone until SetResponse.
func (sc *Scope) EnterTurn(name string) {
	sc.turn, sc.response, sc.call, sc.stale = name, nil, cty.NilVal, true
	sc.performs, sc.state, sc.settled, sc.judged = nil, nil, false, nil
}

// SetResponse sets `response`, for the turn's captures and assertions.
func (sc *Scope) SetResponse(r Response) { sc.response, sc.stale = &r, true }

// SetTurn sets turn.NAME for the turn's own assertions and for later turns.
func (sc *Scope) SetTurn(name string, r Response, captures map[string]cty.Value) {
	sc.taken, sc.stale = append(sc.taken, takenTurn{name, r, captures}), true
}

// SetCall sets `call` for a tool's result. Arguments that are not JSON come to null.
func (sc *Scope) SetCall(name, arguments string) {
	sc.call = cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(name), "arguments": decodedJSON(arguments)})
	sc.stale = true
}

// SetPerforms sets perform.NAME and robot.state, for the turn's assertions, when its gestures have ended. The state is nil
// where the robot did not say where it is.
func (sc *Scope) SetPerforms(performs map[string]Performed, state *RobotState) {
	sc.performs, sc.state, sc.settled, sc.stale = performs, state, true, true
}

// SetRubrics sets rubric.NAME, for the turn's assertions, when their judges have answered.
func (sc *Scope) SetRubrics(judged map[string]Judged) { sc.judged, sc.stale = judged, true }

// Fork is a scope with the same values. The two may be used at the same time.
func (sc *Scope) Fork() *Scope {
	fork := *sc
	fork.rows, fork.turns = maps.Clone(sc.rows), maps.Clone(sc.turns)
	fork.taken = slices.Clone(sc.taken)
	fork.variables, fork.contexts, fork.stale = map[string]cty.Value{}, nil, true
	return &fork
}

// context is the session's own context below base, with everything that was set.
func (sc *Scope) context(base *hcl.EvalContext) *hcl.EvalContext {
	if sc.stale {
		sc.refresh()
	}
	for _, c := range sc.contexts {
		if c.base == base {
			return c.own
		}
	}
	own := base.NewChild()
	own.Variables = sc.variables
	sc.contexts = append(sc.contexts, scopeContext{base, own})
	return own
}

func (sc *Scope) refresh() {
	sc.stale = false
	clear(sc.variables)
	for _, t := range sc.taken {
		sc.turns[t.name] = cty.ObjectVal(map[string]cty.Value{"response": t.response.value(), "capture": cty.ObjectVal(t.captures)})
	}
	sc.taken = nil
	sc.variables["iteration"] = cty.NumberIntVal(sc.iteration)
	sc.variables["row"] = cty.ObjectVal(sc.rows)
	sc.variables["turn"] = cty.ObjectVal(sc.turns)
	if sc.response != nil {
		sc.variables["response"] = sc.response.value()
	}
	if sc.call != cty.NilVal {
		sc.variables["call"] = sc.call
	}
	if sc.judged != nil {
		sc.variables["rubric"] = rubricsValue(sc.judged)
	}
	if sc.settled {
		sc.variables["perform"] = performsValue(sc.performs)
		sc.variables["robot"] = cty.ObjectVal(map[string]cty.Value{"state": sc.state.value()})
	}
}

// draw is the number that a distribution at path is drawn with: a hash of seed, load, session, turn and path.
func (sc *Scope) draw(path uint64) uint64 {
	return mix(mix(sc.seed, hashText(sc.turn)), path)
}

// mix hashes two numbers into one, by the finalizer of splitmix64.
func mix(a, b uint64) uint64 {
	x := a*0x9e3779b97f4a7c15 + b + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

package scenario

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// conversation reads a conversation block with its turns.
func (d *decoder) conversation(n *node) {
	c := &Conversation{Name: n.label, Description: n.text("description"), System: n.exprs["system"], Range: n.rng}
	d.conversations[c.Name] = c
	d.scenario.Conversations = append(d.scenario.Conversations, c)
	c.Endpoint = d.endpointOf(n)
	for _, ref := range n.refs["tools"] {
		if slices.Contains(c.Tools, d.tools[ref.name]) {
			d.fail(ref.rng, "Named twice", fmt.Sprintf("tool.%s is in the list already.", ref.name))
			continue
		}
		c.Tools = append(c.Tools, d.tools[ref.name])
	}
	w := d.rowTypes()
	w.check(c.System, n.file, nil, nil)
	d.body(n, c, w)
	defaults := n.one("defaults")
	if defaults != nil {
		w.checkDefaults(defaults)
	}
	turns := map[string]cty.Type{}
	closed := map[string]string{}
	for _, t := range n.all("turn") {
		closed["turn."+t.label] = fmt.Sprintf("turn.%s has not ended here: a turn can use only turns before it", t.label)
	}
	known := cty.EmptyObject
	for _, t := range n.all("turn") {
		turn := d.turn(t, defaults)
		turn.Performs = d.turnPerforms(t, c, w, known, closed)
		captured := w.checkTurn(t, turn, known, closed)
		delete(closed, "turn."+t.label)
		turns[t.label] = turnType(captured)
		known = cty.Object(turns)
		w.checkAfter(t, turn, c, known, closed)
		c.Turns = append(c.Turns, turn)
	}
	c.Talk = d.turn(&node{spec: turnBlock, rng: n.rng, file: n.file}, defaults)
	c.Talk.Performs = c.Performs
	c.Datasets = w.used(d.scenario.Datasets)
	d.checkBody(n, c)
}

// endpointOf is the endpoint that a conversation or a rubric names, or the only one.
func (d *decoder) endpointOf(n *node) *Endpoint {
	if refs := n.refs["endpoint"]; len(refs) > 0 {
		return d.endpoints[refs[0].name]
	}
	if n.given("endpoint") {
		return nil // failed and reported
	}
	if len(d.scenario.Endpoints) == 1 {
		return d.scenario.Endpoints[0]
	}
	if len(d.scenario.Endpoints) == 0 {
		d.fail(n.rng, "No endpoint", fmt.Sprintf("%s needs an endpoint block to talk to.", n.title()))
		return nil
	}
	d.fail(n.rng, "Which endpoint?", fmt.Sprintf("There are several endpoints: %s must say endpoint = endpoint.NAME.%s", n.title(), d.meantName("endpoint", "")))
	return nil
}

// turnType is the type of turn.NAME.
func turnType(captured map[string]cty.Type) cty.Type {
	return cty.Object(map[string]cty.Type{"response": responseType, "capture": cty.Object(captured)})
}

// turn reads a turn; what it does not say is taken from the conversation's defaults.
func (d *decoder) turn(n, defaults *node) *Turn {
	from := func(name string) *node {
		if !n.given(name) && defaults != nil && defaults.given(name) {
			return defaults
		}
		return n
	}
	expr := func(name string) Expr { return from(name).exprs[name] }
	t := &Turn{
		Name: n.label, User: n.exprs["user"], MaxTokens: expr("max_tokens"), OutputTokens: expr("output_tokens"),
		Temperature: expr("temperature"), TopP: expr("top_p"), Seed: expr("seed"), Stop: expr("stop"),
		Stream: true, ResponseFormat: from("response_format").json("response_format"),
		ToolChoice: from("tool_choice").json("tool_choice"), ExtraBody: from("extra_body").jsonMap("extra_body"),
		ThinkTime: expr("think_time"), ExpectFailure: n.word("expect") == "failure",
		Continue: from("on_failure").word("on_failure") == "continue", MaxToolRounds: from("max_tool_rounds").integer("max_tool_rounds"),
		Range: n.rng,
	}
	if from("stream").values["stream"] != cty.NilVal {
		t.Stream = from("stream").yes("stream")
	}
	d.tokensOnce(n, defaults, t)
	if h := n.one("hang_up"); h != nil {
		t.HangUp = d.hangUp(h)
	}
	for _, a := range n.all("assert") {
		t.Asserts = append(t.Asserts, d.assert(a))
	}
	t.Rubrics = d.rubricsOf(t.Asserts)
	t.Captures = d.captures(n)
	return t
}

// tokensOnce lets a turn say its length in one way, which goes over the other way in the defaults.
func (d *decoder) tokensOnce(n, defaults *node, t *Turn) {
	for _, where := range []*node{n, defaults} {
		if where != nil && where.given("max_tokens") && where.given("output_tokens") {
			if where == n {
				d.twice(n.at("output_tokens"), n.at("max_tokens"), "Two lengths", "max_tokens is a limit, output_tokens an exact length; a turn has one of them.")
			}
			continue
		}
	}
	switch {
	case n.given("max_tokens") && !n.given("output_tokens"):
		t.OutputTokens = Expr{}
	case n.given("output_tokens") && !n.given("max_tokens"):
		t.MaxTokens = Expr{}
	}
}

func (d *decoder) hangUp(n *node) *HangUp {
	h := &HangUp{Share: n.float("share"), AfterTokens: n.integer("after_tokens"), After: n.duration("after")}
	switch {
	case n.given("after_tokens") && n.given("after"):
		d.twice(n.at("after"), n.at("after_tokens"), "Two moments to hang up", "Users leave after_tokens or after a time, not both.")
	case !n.given("after_tokens") && !n.given("after"):
		d.lacks(n, "No moment to hang up", "hang_up needs after_tokens, or after with a duration.")
	}
	return h
}

func (d *decoder) assert(n *node) *Assert {
	condition, message := n.exprs["condition"], n.exprs["error_message"]
	return &Assert{
		Condition: condition, ErrorMessage: message, Tolerate: n.float("tolerate"), Range: n.rng,
		rubrics: append(condition.uses("rubric"), message.uses("rubric")...), file: n.file.Source,
	}
}

// captures takes capture = { name = expression, … } apart.
func (d *decoder) captures(n *node) []Capture {
	whole := n.raw["capture"]
	if whole == nil {
		return nil
	}
	table, _ := turnBlock.Argument("capture")
	pairs, diags := hcl.ExprMap(whole)
	if diags.HasErrors() {
		d.fail(whole.Range(), "Names expected", "capture must be written as { name = expression, … }, so that its names are known before the run.")
		return nil
	}
	if len(pairs) > maxBlocks {
		d.fail(whole.Range(), "Too many captures", fmt.Sprintf("There are more than %d captures.", maxBlocks))
		return nil
	}
	var out []Capture
	seen := map[string]hcl.Range{}
	for _, pair := range pairs {
		name, ok := captureName(pair.Key)
		if !ok {
			d.fail(pair.Key.Range(), "Invalid name", "A capture's name must start with a letter, and have letters, digits, underscores and dashes.")
			continue
		}
		if first, ok := seen[name]; ok {
			d.twice(pair.Key.Range(), first, "Name declared twice", fmt.Sprintf("This turn already captures %q.", name))
			continue
		}
		seen[name] = pair.Key.Range()
		arg := &Argument{Name: "capture", Kind: KindLazy, Type: TypeJSON, Sees: table.Sees}
		out = append(out, Capture{Name: name, Expr: d.newExpr(arg, native(pair.Value), n.file, n.label+".capture."+name)})
	}
	return out
}

func captureName(key hcl.Expression) (string, bool) {
	if word := hcl.ExprAsKeyword(key); word != "" {
		return word, hclsyntax.ValidIdentifier(word)
	}
	v, diags := key.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String || v.IsNull() || !v.IsKnown() {
		return "", false
	}
	return v.AsString(), hclsyntax.ValidIdentifier(v.AsString())
}

// turnCheck checks the lazy expressions of one conversation.
type turnCheck struct {
	*decoder
	rows cty.Type
	// refers holds the datasets that were used.
	refers map[string]bool
}

func (d *decoder) rowTypes() *turnCheck {
	types := map[string]cty.Type{}
	for _, s := range d.scenario.Datasets {
		types[s.Name] = s.Rows.Type()
	}
	return &turnCheck{decoder: d, rows: cty.Object(types), refers: map[string]bool{}}
}

// check holds an expression to row, iteration and more; it notes the datasets that it uses.
func (w *turnCheck) check(e Expr, file *parsedFile, more map[string]cty.Type, closed map[string]string) cty.Type {
	if !e.Present() {
		return cty.DynamicPseudoType
	}
	types := map[string]cty.Type{"row": w.rows, "iteration": cty.Number}
	maps.Copy(types, more)
	w.refer(e)
	return w.decoder.check(e, file, types, closed)
}

// refer notes the datasets that an expression uses.
func (w *turnCheck) refer(e Expr) {
	for _, name := range e.uses("row") {
		w.refers[name] = true
	}
}

func (w *turnCheck) used(all []*Dataset) []*Dataset {
	var out []*Dataset
	for _, s := range all {
		if w.refers[s.Name] {
			out = append(out, s)
		}
	}
	return out
}

func (w *turnCheck) checkDefaults(n *node) {
	why := map[string]string{"turn": "Defaults hold for every turn, so that they cannot use one"}
	for i := range requestArguments {
		w.check(n.exprs[requestArguments[i].Name], n.file, nil, why)
	}
	if n.given("max_tokens") && n.given("output_tokens") {
		w.twice(n.at("output_tokens"), n.at("max_tokens"), "Two lengths", "max_tokens is a limit, output_tokens an exact length; give one of them.")
	}
}

// checkTurn checks what is evaluated before a turn's reply and its captures; it returns the captures' types.
func (w *turnCheck) checkTurn(n *node, t *Turn, turns cty.Type, closed map[string]string) map[string]cty.Type {
	before := map[string]cty.Type{"turn": turns}
	w.check(t.User, n.file, before, closed)
	for i := range requestArguments {
		w.check(n.exprs[requestArguments[i].Name], n.file, before, closed)
	}
	before["response"] = responseType
	captured := map[string]cty.Type{}
	for _, c := range t.Captures {
		captured[c.Name] = w.check(c.Expr, n.file, before, closed)
	}
	return captured
}

// checkAfter checks a turn's assertions, which may use the turn itself.
func (w *turnCheck) checkAfter(n *node, t *Turn, c *Conversation, turns cty.Type, closed map[string]string) {
	after := map[string]cty.Type{"turn": turns, "response": responseType}
	if len(w.rubrics) > 0 {
		after["rubric"] = w.rubricsType()
	}
	for _, r := range t.Rubrics {
		w.refer(r.Criteria)
	}
	if c.Robot != nil {
		after["robot"], after["perform"] = robotType, performsType(t.Performs)
	}
	for _, a := range t.Asserts {
		w.check(a.Condition, n.file, after, closed)
		w.check(a.ErrorMessage, n.file, after, closed)
	}
}

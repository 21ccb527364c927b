package plan

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"aimbench/engine/scenario"
	"aimbench/robot"
)

// WriteText writes what would run, for a reader. Secrets are not written.
func (p *Plan) WriteText(w io.Writer, style scenario.Style) error {
	t := &text{wide: style.Unicode}
	t.head(p)
	for _, o := range p.Objectives {
		t.name = max(t.name, len(o.ID))
	}
	for _, c := range p.Conversations {
		t.name = max(t.name, len(c.Name))
	}
	for _, l := range p.Loads {
		t.name = max(t.name, len(l.Name))
	}
	for _, e := range p.Endpoints {
		t.name = max(t.name, len(e.Name))
	}
	for _, r := range p.Robots {
		t.name = max(t.name, len(r.Name))
	}
	for _, r := range p.Rubrics {
		t.name = max(t.name, len(r.Name))
	}
	for _, g := range p.used() {
		t.name = max(t.name, len(g.Name))
	}
	for _, e := range p.Endpoints {
		t.row("endpoint", e.Name, address(e))
	}
	for _, e := range p.Endpoints {
		if p.sizes(e) {
			t.row("prompts", e.Name, sizing(e))
		}
	}
	for _, r := range p.Robots {
		t.row("robot", r.Name, t.robot(r))
	}
	for _, g := range p.used() {
		t.row("gesture", g.Name, t.gesture(g))
	}
	for _, l := range p.Loads {
		t.row("load", l.Name, t.schedule(l))
	}
	for _, c := range p.Conversations {
		t.row("conversation", c.Name, t.conversation(c))
	}
	for _, r := range p.Rubrics {
		t.row("rubric", r.Name, t.rubric(p, r))
	}
	for _, o := range p.Objectives {
		t.row("objective", o.ID, t.objective(o))
	}
	for _, s := range p.Skipped {
		fmt.Fprintf(&t.out, "\nnote: %s\n", s)
	}
	out := p.Scenario.Secrets.Redact(t.out.String())
	_, err := io.WriteString(w, out)
	return err
}

// text gathers lines whose columns line up by kind.
type text struct {
	out  strings.Builder
	kind string
	// name is the width of the column of names.
	name int
	wide bool
}

func (t *text) sign(wide, plain string) string {
	if t.wide {
		return wide
	}
	return plain
}

func (t *text) head(p *Plan) {
	dot := t.sign(" · ", ", ")
	parts := []string{p.Scenario.Name}
	if len(p.Loads) == 0 {
		turns := 0
		for _, c := range p.Conversations {
			turns += len(c.Turns)
		}
		parts = append(parts, count(len(p.Conversations), "conversation"), count(turns, "turn"))
	} else {
		parts = append(parts, count(len(p.Loads), "load"))
		if length, known := p.whole(); known {
			parts = append(parts, length.String())
		}
		parts = append(parts, fmt.Sprintf("seed %d", p.Seed))
	}
	if p.Simulated {
		parts = append(parts, "simulated")
	}
	if p.Timeout > 0 {
		parts = append(parts, "at most "+p.Timeout.String())
	}
	fmt.Fprintln(&t.out, strings.Join(parts, dot))
}

func (t *text) row(kind, name, what string) {
	if kind != t.kind {
		t.out.WriteString("\n")
	}
	t.kind = kind
	fmt.Fprintf(&t.out, "  %-12s  %-*s  %s\n", kind, t.name, name, what)
}

func address(e *scenario.Endpoint) string {
	if s := e.Simulator; s != nil {
		return "simulator"
	}
	what := e.BaseURL
	if e.Model != "" {
		what += "  " + e.Model
	}
	return what
}

func (t *text) robot(r *scenario.Robot) string {
	what := "daemon " + r.DaemonURL
	if r.Simulator != nil {
		what = "simulator"
	}
	if r.ShareFirst {
		what += ", one conversation at a time"
	}
	return what
}

func (t *text) gesture(g *scenario.Gesture) string {
	if r := g.Recorded; r != nil {
		return fmt.Sprintf("recorded, %s of %s", r.Move, r.Dataset)
	}
	what, _ := GestureOf(g)
	if what.Kind != robot.Keyframes {
		return "built in, " + string(what.Kind)
	}
	moves := fmt.Sprintf("%s, %s", count(len(what.Moves), "move"), what.Duration())
	if g.Builtin {
		return "built in, " + moves
	}
	return moves
}

// sizing says how prompts of a size get it.
func sizing(e *scenario.Endpoint) string {
	if e.Simulator != nil {
		return "sized before the run by its /tokenize"
	}
	return "sized before the run by its /tokenize, else by the usage of a few requests for one token"
}

func (t *text) conversation(c *scenario.Conversation) string {
	asserts := 0
	for _, turn := range c.Turns {
		asserts += len(turn.Asserts)
	}
	parts := []string{count(len(c.Turns), "turn"), "with " + c.Endpoint.Name}
	if asserts > 0 {
		parts = append(parts, count(asserts, "assertion"))
	}
	if len(c.Tools) > 0 {
		parts = append(parts, count(len(c.Tools), "tool"))
	}
	if c.Robot != nil {
		parts = append(parts, "robot "+c.Robot.Name)
	}
	for _, d := range c.Datasets {
		parts = append(parts, fmt.Sprintf("%s of dataset %s", count(d.Rows.Len(), "row"), d.Name))
	}
	return strings.Join(parts, ", ")
}

func (t *text) schedule(l *scenario.Load) string {
	parts := []string{Schedule(l)}
	if n, known := Conversations(l); known {
		parts = append(parts, "about "+count(int(n+0.5), "conversation"))
	}
	if l.After != nil {
		parts = append(parts, "after "+l.After.Name)
	}
	if l.Start > 0 {
		parts = append(parts, "starts "+l.Start.String()+" later")
	}
	return strings.Join(parts, ", ")
}

func (t *text) objective(o *Objective) string {
	sign, limit := t.sign("≤", "<="), o.Max
	if limit == nil {
		sign, limit = t.sign("≥", ">="), o.Min
	}
	what := fmt.Sprintf("%s %s %s", o.Value.Text, sign, t.limit(o, *limit))
	if o.Load != nil {
		what += ", load " + o.Load.Name
	}
	if o.Turn != "" {
		what += ", turn " + o.Conversation.Name + "." + o.Turn
	} else if o.Conversation != nil {
		what += ", conversation " + o.Conversation.Name
	}
	if o.ByStage {
		what += ", by stage"
	}
	return what
}

func (t *text) limit(o *Objective, x float64) string {
	if o.Value.Unit() == "seconds" {
		return time.Duration(x * float64(time.Second)).String()
	}
	return trim(x)
}

// trim writes a number with the digits that it needs, and thousands separators.
func trim(x float64) string {
	whole, part, some := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
	if some {
		part = "." + part
	}
	return separated(whole) + part
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return thousands(n) + " " + what + "s"
}

var threes = regexp.MustCompile(`(\d)(\d{3})\b`)

func thousands(n int) string { return separated(strconv.Itoa(n)) }

func separated(s string) string {
	for threes.MatchString(s) {
		s = threes.ReplaceAllString(s, "$1,$2")
	}
	return s
}

func joined(names []string) string { return strings.Join(names, ", ") }

func conversationNames(all []*scenario.Conversation) []string {
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
	}
	return names
}

func loadNames(all []*scenario.Load) []string {
	var names []string
	for _, l := range all {
		names = append(names, l.Name)
	}
	return names
}

package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// local is one named value.
type local struct {
	name  string
	expr  hcl.Expression
	rng   hcl.Range
	file  *parsedFile
	uses  []string
	state int // of the walk in dependency order
}

const (
	unvisited = iota
	visiting
	visited
)

// readLocals evaluates the locals, each after those that it uses.
func (d *decoder) readLocals() {
	all := d.declaredLocals()
	values := map[string]cty.Value{}
	for name, l := range all {
		values[name] = cty.DynamicVal // known by name from the start, by value in its turn
		for _, t := range l.expr.Variables() {
			if name, ok := localName(t); ok {
				l.uses = append(l.uses, name)
			}
		}
	}
	d.locals = cty.ObjectVal(values)
	w := &localWalk{d: d, all: all, values: values}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		w.visit(all[name], nil)
	}
}

func localName(t hcl.Traversal) (string, bool) {
	if t.RootName() != "local" || len(t) < 2 {
		return "", false
	}
	return stepName(t[1])
}

func (d *decoder) declaredLocals() map[string]*local {
	all := map[string]*local{}
	for _, dec := range d.unlabelled {
		if dec.spec != localsBlock {
			continue
		}
		attrs, diags := dec.block.Body.JustAttributes()
		d.report(diags...)
		for _, name := range slices.SortedFunc(maps.Keys(attrs), func(a, b string) int {
			return attrs[a].Range.Start.Byte - attrs[b].Range.Start.Byte
		}) {
			attr := attrs[name]
			if first, ok := all[name]; ok {
				d.twice(attr.NameRange, first.rng, "Name declared twice", fmt.Sprintf("The scenario already has a local value named %q.", name))
				continue
			}
			if len(all) == maxBlocks {
				d.fail(attr.NameRange, "Too many local values", fmt.Sprintf("There are more than %d local values.", maxBlocks))
				return all
			}
			all[name] = &local{name: name, expr: attr.Expr, rng: attr.NameRange, file: dec.file}
		}
	}
	return all
}

// localWalk visits locals in dependency order.
type localWalk struct {
	d      *decoder
	all    map[string]*local
	values map[string]cty.Value
}

// visit evaluates l after what it uses. trail is the way that led to it.
func (w *localWalk) visit(l *local, trail []string) {
	switch l.state {
	case visited:
		return
	case visiting:
		from := slices.Index(trail, l.name)
		circle := append(slices.Clone(trail[from:]), l.name)
		w.d.fail(l.rng, "Circular local values", "A local value cannot depend on itself: local."+strings.Join(circle, " → local.")+".")
		return
	}
	l.state = visiting
	trail = append(trail, l.name)
	for _, name := range l.uses {
		if next, ok := w.all[name]; ok {
			w.visit(next, trail)
		}
	}
	l.state = visited
	v, ok := w.d.evaluate(l.expr, l.file)
	if ok {
		if err := checkSize(v); err != nil {
			w.d.fail(l.expr.Range(), "Local value too large", fmt.Sprintf("local.%s: %s.", l.name, err))
			return
		}
		w.values[l.name] = v
		w.d.locals = cty.ObjectVal(w.values)
	}
}

package scenario

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// node is a block that was read by the table: what each argument came to, with those that failed left out.
type node struct {
	spec   *Block
	label  string
	rng    hcl.Range
	file   *parsedFile
	values map[string]cty.Value
	words  map[string]string
	refs   map[string][]reference
	exprs  map[string]Expr
	// metrics are the closures that are just a metric.
	metrics map[string]string
	// raw are the expressions that are read by hand: types and captures.
	raw map[string]hcl.Expression
	// ranges are those of the expressions of all arguments that were given, also of those that failed.
	ranges map[string]hcl.Range
	// timed are the arguments whose value was written with a unit of time, bare those written as a number only.
	timed, bare map[string]bool
	blocks      []*node
	// broken: something in the block could not be read, so that what it lacks may be there under a wrong name.
	broken bool
}

// given reports whether the argument stands in the block, whether or not it could be read.
func (n *node) given(name string) bool {
	_, ok := n.ranges[name]
	return ok
}

// at is where the argument stands; the block's own place where it does not.
func (n *node) at(name string) hcl.Range {
	if r, ok := n.ranges[name]; ok {
		return r
	}
	return n.rng
}

// all returns the nested blocks of one kind, in order.
func (n *node) all(kind string) []*node {
	var out []*node
	for _, b := range n.blocks {
		if b.spec.Name == kind {
			out = append(out, b)
		}
	}
	return out
}

// one returns the only nested block of a kind, or nil.
func (n *node) one(kind string) *node {
	if all := n.all(kind); len(all) > 0 {
		return all[0]
	}
	return nil
}

// title is how messages call the block.
func (n *node) title() string {
	if n.spec.Label == "" {
		return n.spec.Name
	}
	return fmt.Sprintf("%s %q", n.spec.Name, n.label)
}

// The getters of a node give the table's default where an argument was not given or failed.

func (n *node) value(name string) cty.Value {
	if v, ok := n.values[name]; ok {
		return v
	}
	arg, ok := n.spec.Argument(name)
	if !ok {
		panic("no argument " + name + " in the table of " + n.spec.Name)
	}
	return arg.defaultValue()
}

func (n *node) text(name string) string {
	if v := n.value(name); v != cty.NilVal {
		return v.AsString()
	}
	return ""
}

func (n *node) yes(name string) bool {
	v := n.value(name)
	return v != cty.NilVal && v.True()
}

func (n *node) float(name string) float64 {
	v := n.value(name)
	if v == cty.NilVal {
		return 0
	}
	x, _ := v.AsBigFloat().Float64()
	return x
}

func (n *node) integer(name string) int { return int(n.float(name)) }

func (n *node) duration(name string) time.Duration { return seconds(n.float(name)) }

func (n *node) dist(name string) Dist {
	v := n.value(name)
	if v == cty.NilVal {
		return Dist{}
	}
	if dist, ok := distFromValue(v); ok {
		return dist
	}
	return Constant(n.float(name))
}

func (n *node) json(name string) json.RawMessage {
	raw, _ := rawJSON(n.value(name)) // what JSON cannot say was refused before
	return raw
}

func (n *node) jsonMap(name string) map[string]json.RawMessage {
	v := n.value(name)
	if v == cty.NilVal {
		return nil
	}
	out := map[string]json.RawMessage{}
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		raw, _ := rawJSON(value)
		if raw == nil {
			raw = json.RawMessage("null")
		}
		out[key.AsString()] = raw
	}
	return out
}

// word is the keyword that an argument was set to, or its default.
func (n *node) word(name string) string {
	if w, ok := n.words[name]; ok {
		return w
	}
	arg, _ := n.spec.Argument(name)
	return arg.Default
}

// defaultValue is the default of a value as its argument wants it; cty.NilVal where there is none.
func (a *Argument) defaultValue() cty.Value {
	if a.Default == "" {
		return cty.NilVal
	}
	expr, diags := hclsyntax.ParseExpression([]byte(a.Default), "table", hcl.InitialPos)
	if diags.HasErrors() {
		panic(fmt.Sprintf("default of %s: %s", a.Name, diags))
	}
	v, diags := expr.Value(nil)
	if diags.HasErrors() {
		panic(fmt.Sprintf("default of %s: %s", a.Name, diags))
	}
	v, err := a.convert(v)
	if err != nil {
		panic(fmt.Sprintf("default of %s %s", a.Name, err))
	}
	return v
}

package scenario

import (
	"fmt"
	"math"
	"strconv"
)

//go:generate go test -run ^TestLanguageReferenceIsGenerated$ -update .

// Kind says how an argument's expression is read.
type Kind string

// The kinds of argument.
const (
	// KindKeyword is a bare word from a fixed list.
	KindKeyword Kind = "keyword"
	// KindReference is the name of another block, such as endpoint.aim; static, so that a variable cannot hold one.
	KindReference Kind = "reference"
	// KindReferences is a list of them.
	KindReferences Kind = "references"
	// KindValue is known before the run.
	KindValue Kind = "value"
	// KindLazy waits for the turn, the call or the verdict that needs it.
	KindLazy Kind = "lazy"
	// KindClosure is one of p, mean, share and goodput, evaluated over what was measured.
	KindClosure Kind = "closure"
	// KindCaptures are lazy expressions by name.
	KindCaptures Kind = "captures"
	// KindType is a type expression, such as list(string).
	KindType Kind = "type"
)

// Type says what a value or a lazy expression must come to.
type Type string

// The types.
const (
	TypeString   Type = "text"
	TypeStrings  Type = "list of texts"
	TypeTextMap  Type = "map of texts"
	TypeNumber   Type = "number"
	TypeInteger  Type = "whole number"
	TypeBool     Type = "true or false"
	TypeDuration Type = "duration"
	TypeRegexp   Type = "regular expression"
	TypeURL      Type = "URL"
	// TypePair is one number for each antenna: right, left.
	TypePair  Type = "list of two numbers"
	TypeParts Type = "text, or a list of parts"
	// TypeJSON is any value that JSON can say.
	TypeJSON Type = "any value"
	// TypeJSONMap is an object whose attributes JSON can say.
	TypeJSONMap Type = "object"
	// TypeLimit is a number, or a duration where the limited metric is one.
	TypeLimit Type = "number or duration"
)

// Bounds limit a number, or a duration in seconds. The zero Bounds limit nothing.
type Bounds struct {
	Min, Max *float64
	// Above: Min itself is not allowed. Below: Max itself is not.
	Above, Below bool
}

func (b Bounds) holds(x float64) bool {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return false
	}
	if b.Min != nil && (x < *b.Min || b.Above && x == *b.Min) {
		return false
	}
	return b.Max == nil || x < *b.Max || !b.Below && x == *b.Max
}

// String says what the bounds allow, and is empty where they allow everything.
func (b Bounds) String() string {
	number := func(x *float64) string { return strconv.FormatFloat(*x, 'f', -1, 64) }
	low, high := "at least ", " at most "
	if b.Above {
		low = "above "
	}
	if b.Below {
		high = " below "
	}
	switch {
	case b.Min == nil && b.Max == nil:
		return ""
	case b.Max == nil:
		return low + number(b.Min)
	case b.Min == nil:
		return high[1:] + number(b.Max)
	}
	return fmt.Sprintf("%s%s and%s%s", low, number(b.Min), high, number(b.Max))
}

// Argument is one row of the table of arguments.
type Argument struct {
	Name string
	Kind Kind
	// Type is set for values and lazy expressions.
	Type Type
	// Default in the syntax of the language; empty where there is none.
	Default  string
	Required bool
	// Drawn: a distribution may stand in the place of the number or the duration.
	Drawn bool
	// Bounds of a number; of a duration in seconds.
	Bounds Bounds
	// Unit of a number.
	Unit string
	// Words are the keywords, or the texts, that are allowed.
	Words []string
	// To names the blocks that a reference may mean; "turn" and "stage" lie within others.
	To []string
	// Sees are the names that a lazy expression may use beside var and local; nil where they depend on what it is in.
	Sees []string
	Doc  string
}

// Block is one row of the table of blocks.
type Block struct {
	Name string
	// Label says what the block's label is; empty where it has none.
	Label string
	// Many: the block may stand more than once in its parent.
	Many bool
	// Required: the block must stand at least once in its parent.
	Required bool
	// Free: arguments of any name are allowed, each a value.
	Free bool
	// Dynamic: `dynamic` may make blocks of this kind.
	Dynamic   bool
	Doc       string
	Arguments []Argument
	Blocks    []*Block
}

// Argument finds an argument of the block by name.
func (b *Block) Argument(name string) (*Argument, bool) {
	for i := range b.Arguments {
		if b.Arguments[i].Name == name {
			return &b.Arguments[i], true
		}
	}
	return nil, false
}

// Block finds a nested block by name.
func (b *Block) Block(name string) (*Block, bool) {
	for _, c := range b.Blocks {
		if c.Name == name {
			return c, true
		}
	}
	return nil, false
}

func bound(x float64) *float64 { return &x }

// The bounds that several arguments share.
var (
	aShare      = Bounds{Min: bound(0), Max: bound(1)}
	positive    = Bounds{Min: bound(0), Above: true}
	notNegative = Bounds{Min: bound(0)}
	atLeastOne  = Bounds{Min: bound(1)}
)

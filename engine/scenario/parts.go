package scenario

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/zclconf/go-cty/cty"
)

// PartKind says what a part of a message is.
type PartKind string

// The kinds of part.
const (
	PartText  PartKind = "text"
	PartImage PartKind = "image"
	// PartSynthetic is text of a number of tokens, made when the endpoint's tokens have been measured.
	PartSynthetic PartKind = "synthetic"
	// PartMessages is a recorded conversation, the only part of what a user says.
	PartMessages PartKind = "messages"
)

// Part is a part of what a user says.
type Part struct {
	Kind PartKind
	// Text is a text part's.
	Text string
	// ImageURL is an image part's data: URL.
	ImageURL string
	// Tokens is how long a synthetic part is; the chat template does not count.
	Tokens int
	// SharedBy are the keys of a synthetic part: prompts of one key begin alike. Several name one block each, as a
	// trace's hash_ids do. None: the text is unique to its request.
	SharedBy []string
	// BlockTokens is the length of the text that one key names, where there are several; 0 where there are not.
	BlockTokens int
	// Messages are a recorded conversation's, at least one of them a user's.
	Messages []Message

	// drawn is where Tokens is drawn from, if from anything.
	drawn Dist
}

var partType = cty.Capsule("part", reflect.TypeFor[Part]())

func partValue(p Part) cty.Value { return cty.CapsuleVal(partType, &p) }

// maxParts bounds the parts of one message.
const maxParts = 1000

// partsFromValue reads what a user says: text, one part, or a list of parts and texts. Marks are ignored. The error
// completes "is not what a user can say" and never quotes the value.
func partsFromValue(v cty.Value) ([]Part, error) {
	v, _ = v.UnmarkDeep()
	if p, err := partFromValue(v); err == nil {
		return []Part{p}, nil
	}
	if v.IsNull() || !v.IsKnown() || !v.CanIterateElements() || !isSequence(v.Type()) {
		return nil, errors.New("it must be text, or a list of text(), image() and synthetic() parts")
	}
	switch n := v.LengthInt(); {
	case n == 0:
		return nil, errors.New("the list of parts is empty")
	case n > maxParts:
		return nil, fmt.Errorf("the list has %d parts, more than %d", n, maxParts)
	}
	var parts []Part
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		p, err := partFromValue(element)
		if err != nil {
			return nil, fmt.Errorf("part %d %w", len(parts)+1, err)
		}
		if p.Kind == PartMessages {
			return nil, fmt.Errorf("part %d is messages(), which must stand alone", len(parts)+1)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

func isSequence(ty cty.Type) bool { return ty.IsTupleType() || ty.IsListType() }

func partFromValue(v cty.Value) (Part, error) {
	switch {
	case v.IsNull():
		return Part{}, errors.New("is null")
	case !v.IsKnown():
		return Part{}, errors.New("is not known")
	case v.Type() == cty.String:
		return Part{Kind: PartText, Text: v.AsString()}, nil
	case v.Type() == partType:
		return *v.EncapsulatedValue().(*Part), nil
	}
	return Part{}, fmt.Errorf("is %s, neither text nor a part", friendly(v.Type()))
}

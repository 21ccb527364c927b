package scenario

import (
	"errors"
	"fmt"
	"math"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// What one value may be: a local, what a function makes, what a reply's JSON says.
const (
	maxBytes    = 8 << 20
	maxElements = 100_000
)

// checkSize refuses a value that is too large: more than 8 MiB of text, 100,000 elements, 100 levels, or a number that no
// float64 can say. The error completes a sentence that begins with the value's name, and does not quote the value.
func checkSize(v cty.Value) error {
	var s valueSize
	return s.add(v, 0)
}

// valueSize sums up a value.
type valueSize struct{ bytes, elements, containers int }

func (s *valueSize) add(v cty.Value, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("it is nested more than %d deep", maxDepth)
	}
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() {
		return nil
	}
	switch ty := v.Type(); {
	case ty == cty.String:
		s.bytes += len(v.AsString())
	case ty == cty.Number:
		if x, _ := v.AsBigFloat().Float64(); math.IsInf(x, 0) || x == 0 && v.AsBigFloat().Sign() != 0 {
			return errors.New("it has a number beyond 1e308 or below 1e-308")
		}
	case ty.IsCapsuleType():
	case v.CanIterateElements():
		s.containers++
		s.elements += v.LengthInt()
		for it := v.ElementIterator(); it.Next() && !s.tooLarge(); {
			key, element := it.Element()
			if ty.IsObjectType() || ty.IsMapType() {
				s.bytes += len(key.AsString())
			}
			if err := s.add(element, depth+1); err != nil {
				return err
			}
		}
	}
	switch {
	case s.bytes > maxBytes:
		return fmt.Errorf("it has more than %d MiB of text", maxBytes>>20)
	case s.elements > maxElements:
		return fmt.Errorf("it has more than %d elements", maxElements)
	}
	return nil
}

func (s *valueSize) tooLarge() bool { return s.bytes > maxBytes || s.elements > maxElements }

// decodeJSON is the value of a JSON text, within the bounds of every value, whoever wrote it.
func decodeJSON(text string) (cty.Value, error) {
	if len(text) > maxBytes {
		return cty.NilVal, fmt.Errorf("it has more than %d MiB", maxBytes>>20)
	}
	scan := jsonScan{src: []byte(text)}
	if err := scan.run(); err != nil {
		return cty.NilVal, fmt.Errorf("the text %w", err)
	}
	if scan.values > maxElements {
		return cty.NilVal, fmt.Errorf("it has more than %d elements", maxElements)
	}
	ty, err := ctyjson.ImpliedType(scan.src)
	if err != nil {
		return cty.NilVal, errors.New("it is not JSON")
	}
	v, err := ctyjson.Unmarshal(scan.src, ty)
	if err != nil {
		return cty.NilVal, errors.New("it is not JSON")
	}
	return v, nil
}

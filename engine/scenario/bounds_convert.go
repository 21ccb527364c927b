package scenario

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// maxUnified bounds the elements of a list or an object for which one type must be found: each is compared with each.
// Lists whose elements are all of one type have no such bound.
const maxUnified = 1000

var errUnlike = fmt.Errorf("it has more than %d elements, too many to find one type for", maxUnified)

// convertTo is convert.Convert in a time that grows with the value as its size does, not as its square: a list of unlike
// values, or one inside another, which would take that, is refused where it is long. The error does not quote the value.
func convertTo(v cty.Value, want cty.Type) (cty.Value, error) {
	plain, marks := v.Unmark()
	if plain.Type().Equals(want) || want == cty.DynamicPseudoType || plain.IsNull() || !plain.IsKnown() {
		return convert.Convert(v, want)
	}
	if want.IsCollectionType() && plain.CanIterateElements() {
		if out, ok, err := convertElements(plain, want); ok || err != nil {
			return out.WithMarks(marks), err
		}
	}
	if err := checkUnlike(plain); err != nil {
		return v, err
	}
	return convert.Convert(v, want)
}

// convertElements converts a collection element by element where the elements' type is known; ok is false where it is
// not, or where there are no elements.
func convertElements(v cty.Value, want cty.Type) (out cty.Value, ok bool, err error) {
	element := want.ElementType()
	if element == cty.DynamicPseudoType {
		element = commonType(v)
	}
	if element == cty.NilType || element.HasDynamicTypes() || v.LengthInt() == 0 || want.IsMapType() && !hasNames(v.Type()) {
		return v, false, nil
	}
	var elements []cty.Value
	named := map[string]cty.Value{}
	for it := v.ElementIterator(); it.Next(); {
		key, e := it.Element()
		if e, err = convertTo(e, element); err != nil {
			return v, false, err
		}
		if want.IsMapType() {
			named[key.AsString()] = e
			continue
		}
		elements = append(elements, e)
	}
	switch {
	case want.IsMapType():
		return cty.MapVal(named), true, nil
	case hasNames(v.Type()):
		return v, false, nil
	case want.IsSetType():
		return cty.SetVal(elements), true, nil
	}
	return cty.ListVal(elements), true, nil
}

func hasNames(ty cty.Type) bool { return ty.IsObjectType() || ty.IsMapType() }

// commonType is the type of every element; cty.NilType where they differ.
func commonType(v cty.Value) cty.Type {
	common := cty.NilType
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		if common != cty.NilType && !common.Equals(e.Type()) {
			return cty.NilType
		}
		common = e.Type()
	}
	return common
}

// checkUnlike refuses a value of which one type would have to be found for too many elements.
func checkUnlike(v cty.Value) error {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() || !v.CanIterateElements() || !v.Type().IsTupleType() && !v.Type().IsObjectType() {
		return nil
	}
	if v.LengthInt() > maxUnified {
		return errUnlike
	}
	total := v.LengthInt()
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		e, _ = e.Unmark()
		if err := checkUnlike(e); err != nil {
			return err
		}
		if e.IsKnown() && !e.IsNull() && (e.Type().IsTupleType() || e.Type().IsObjectType()) {
			if total += e.LengthInt(); total > 10*maxUnified {
				return errUnlike
			}
		}
	}
	return nil
}

// asAlternative makes a value fit to stand beside another in `c ? a : b`, for which one type has to be found: a long list
// of values of one type becomes a list of that type.
func asAlternative(v cty.Value) (cty.Value, error) {
	plain, marks := v.Unmark()
	if plain.IsNull() || !plain.IsKnown() || !plain.Type().IsTupleType() || plain.LengthInt() <= maxUnified {
		return v, checkUnlike(v)
	}
	element := commonType(plain)
	if element == cty.NilType || element == cty.DynamicPseudoType {
		return v, errUnlike
	}
	return cty.ListVal(plain.AsValueSlice()).WithMarks(marks), nil
}

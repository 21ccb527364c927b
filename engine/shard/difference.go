package shard

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// difference says where two JSON documents first differ.
func difference(here, there []byte) string {
	var a, b any
	if json.Unmarshal(here, &a) != nil || json.Unmarshal(there, &b) != nil {
		return "they cannot be compared"
	}
	if where := differs("", a, b); where != "" {
		return where
	}
	return "they are written in different ways"
}

func differs(at string, a, b any) string {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			break
		}
		for _, key := range slices.Sorted(maps.Keys(x)) {
			if where := differs(at+"."+key, x[key], y[key]); where != "" {
				return where
			}
		}
		for _, key := range slices.Sorted(maps.Keys(y)) {
			if _, ok := x[key]; !ok {
				return differs(at+"."+key, nil, y[key])
			}
		}
		return ""
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			break
		}
		for i := range x {
			if where := differs(fmt.Sprintf("%s[%d]", at, i), x[i], y[i]); where != "" {
				return where
			}
		}
		return ""
	default:
		if a == b {
			return ""
		}
	}
	return fmt.Sprintf("%s is %s at the leader's, %s there", trimDot(at), brief(a), brief(b))
}

func trimDot(at string) string {
	if len(at) > 0 && at[0] == '.' {
		return at[1:]
	}
	return "the plan"
}

// brief is a value, cut where it is long.
func brief(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	const most = 80
	if len(raw) > most {
		return string(raw[:most]) + "…"
	}
	return string(raw)
}

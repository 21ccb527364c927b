package robot

import "testing"

// A robot at any gesture's end, or just awake, can begin any other. Asleep it can only wake.
func TestEveryBuiltinFollowsEveryOther(t *testing.T) {
	l := DefaultLimits()
	starts := map[string]Pose{"init": Init, "neutral": Neutral}
	for _, b := range Builtins {
		if b.Kind != Sleep {
			starts["the end of "+b.Name] = b.End(Init)
		}
	}
	for _, b := range Builtins {
		for where, from := range starts {
			if err := CheckFrom(b.Gesture, from, l); err != nil {
				t.Errorf("from %s: %v", where, err)
			}
		}
	}
}

package measure

import (
	"fmt"

	"aimbench/engine/event"
)

// Assertions counts the conditions that were checked after turns.
type Assertions struct {
	Passed int `json:"passed"`
	Failed int `json:"failed"`
	// Errored counts those that could not be checked; they keep a run from passing as the failed ones do.
	Errored int `json:"errored"`
}

// AssertionsOf counts a turn's.
func AssertionsOf(t *event.Turn) Assertions {
	var a Assertions
	a.add(t)
	return a
}

func (a *Assertions) add(t *event.Turn) {
	for i := range t.Assertions {
		a.count(&t.Assertions[i])
	}
}

func (a *Assertions) count(one *event.Assertion) {
	switch one.Outcome {
	case event.Passed:
		a.Passed++
	case event.Failed:
		a.Failed++
	default:
		a.Errored++
	}
}

func (a *Assertions) merge(o Assertions) {
	a.Passed += o.Passed
	a.Failed += o.Failed
	a.Errored += o.Errored
}

// Checked is the number of all.
func (a Assertions) Checked() int { return a.Passed + a.Failed + a.Errored }

// Hold reports whether all passed.
func (a Assertions) Hold() bool { return a.Failed+a.Errored == 0 }

// String says how many there were and what became of them; it is empty where there were none.
func (a Assertions) String() string {
	n := Count(a.Checked(), "assertion")
	switch {
	case a.Checked() == 0:
		return ""
	case a.Failed > 0 && a.Errored > 0:
		return fmt.Sprintf("%s of %s failed, %s could not be checked", Thousands(a.Failed), n, Thousands(a.Errored))
	case a.Failed > 0:
		return fmt.Sprintf("%s of %s failed", Thousands(a.Failed), n)
	case a.Errored > 0:
		return fmt.Sprintf("%s of %s could not be checked", Thousands(a.Errored), n)
	}
	return n
}

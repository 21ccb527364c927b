package measure

import "aimbench/engine/event"

// Assertions counts the conditions that were checked after turns.
type Assertions struct {
	Passed int `json:"passed"`
	Failed int `json:"failed"`
	// Errored counts those that could not be checked; they keep a run from passing as the failed ones do.
	Errored int `json:"errored"`
	// Inconclusive counts those of which the judge of a rubric could not tell; they keep a run from passing as well.
	Inconclusive int `json:"inconclusive,omitempty"`
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
	case event.Inconclusive:
		a.Inconclusive++
	default:
		a.Errored++
	}
}

func (a *Assertions) merge(o Assertions) {
	a.Passed += o.Passed
	a.Failed += o.Failed
	a.Errored += o.Errored
	a.Inconclusive += o.Inconclusive
}

// Checked is the number of all.
func (a Assertions) Checked() int { return a.Passed + a.Broken() + a.Inconclusive }

// Hold reports whether all passed.
func (a Assertions) Hold() bool { return a.Broken()+a.Inconclusive == 0 }

// Broken is the number of those that count as failed, whatever a judge would have said.
func (a Assertions) Broken() int { return a.Failed + a.Errored }

// String says how many there were and what became of them; it is empty where there were none.
func (a Assertions) String() string {
	if a.Checked() == 0 {
		return ""
	}
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{{a.Failed, " failed"}, {a.Errored, " could not be checked"}, {a.Inconclusive, " inconclusive"}} {
		if c.n > 0 {
			parts = append(parts, Thousands(c.n)+c.what)
		}
	}
	return ofAll(parts, Count(a.Checked(), "assertion"))
}

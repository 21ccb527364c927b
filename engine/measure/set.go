package measure

import (
	"aimbench/engine/event"
)

// set is what turns add up to. It is not safe for concurrent use; several are merged instead.
type set struct {
	rules      *Rules
	redact     func(string) string
	Loads      map[string]*loadSet
	Objectives []*judged
	Doubts     *doubts
	Bias       *bias
	Assertions Assertions
	Checks     checks
	Rubrics    rubrics
	Notable    notable
}

func newSet(rules *Rules, redact func(string) string) *set {
	s := &set{rules: rules, redact: redact, Loads: map[string]*loadSet{}, Checks: checks{}, Rubrics: rubrics{}, Doubts: newDoubts(rules), Bias: newBias(rules.Origin)}
	for i := range rules.Objectives {
		s.Objectives = append(s.Objectives, newJudged(&rules.Objectives[i]))
	}
	return s
}

func (s *set) load(name string) *loadSet {
	if s.Loads[name] == nil {
		s.Loads[name] = newLoadSet()
	}
	return s.Loads[name]
}

// add counts a turn whose Holds is filled in. w are the windows of the loads as far as they are known.
func (s *set) add(t *event.Turn, w windows) {
	l := s.load(t.Load)
	counts := !t.Warmup && !t.After
	good := counts && t.Class == event.OK
	for _, j := range s.Objectives {
		if j.rule.about(t) && !j.add(t, w, counts) {
			good = false
		}
	}
	s.Doubts.add(t, w, counts)
	l.flows(t, w, good)
	if !s.rules.Single {
		l.overTime(t, s.rules.Origin)
		s.Notable.add(t, s.rules.Origin, s.redact)
	}
	switch {
	case t.Warmup:
		l.Apart.Warmup++
	case t.After:
		l.Apart.After++
	default:
		l.measure(t, s.rules.Origin)
		s.Bias.add(t)
		s.Assertions.add(t)
		s.Rubrics.add(t)
		if !s.rules.Single {
			s.Checks.add(t, s.redact)
		}
	}
}

func (s *set) merge(o *set) {
	for name, l := range o.Loads {
		s.load(name).merge(l)
	}
	for i, j := range o.Objectives {
		s.Objectives[i].merge(j)
	}
	s.Doubts.merge(o.Doubts)
	s.Bias.merge(o.Bias)
	s.Assertions.merge(o.Assertions)
	s.Checks.merge(o.Checks)
	s.Rubrics.merge(o.Rubrics)
	s.Notable.merge(&o.Notable)
}

// whole is what all loads add up to.
func (s *set) whole() *loadSet {
	if len(s.Loads) == 1 {
		for _, l := range s.Loads {
			return l
		}
	}
	all := newLoadSet()
	for _, l := range s.Loads {
		all.merge(l)
	}
	return all
}

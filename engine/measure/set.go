package measure

import (
	"aimbench/engine/event"
)

// set is what turns add up to. It is not safe for concurrent use; several are merged instead.
type set struct {
	rules      *Rules
	redact     func(string) string
	loads      map[string]*loadSet
	objectives []*judged
	doubts     *doubts
	bias       *bias
	assertions Assertions
	checks     checks
	notable    notable
}

func newSet(rules *Rules, redact func(string) string) *set {
	s := &set{rules: rules, redact: redact, loads: map[string]*loadSet{}, checks: checks{}, doubts: newDoubts(rules), bias: newBias(rules.Origin)}
	for i := range rules.Objectives {
		s.objectives = append(s.objectives, newJudged(&rules.Objectives[i]))
	}
	return s
}

func (s *set) load(name string) *loadSet {
	if s.loads[name] == nil {
		s.loads[name] = newLoadSet()
	}
	return s.loads[name]
}

// add counts a turn whose Holds is filled in. w are the windows of the loads as far as they are known.
func (s *set) add(t *event.Turn, w windows) {
	l := s.load(t.Load)
	counts := !t.Warmup && !t.After
	good := counts && t.Class == event.OK
	for _, j := range s.objectives {
		if j.rule.about(t) && !j.add(t, w, counts) {
			good = false
		}
	}
	s.doubts.add(t, w, counts)
	l.flows(t, w, good)
	if !s.rules.Single {
		l.overTime(t, s.rules.Origin)
		s.notable.add(t, s.rules.Origin, s.redact)
	}
	switch {
	case t.Warmup:
		l.apart.Warmup++
	case t.After:
		l.apart.After++
	default:
		l.measure(t, s.rules.Origin)
		s.bias.add(t)
		s.assertions.add(t)
		if !s.rules.Single {
			s.checks.add(t, s.redact)
		}
	}
}

func (s *set) merge(o *set) {
	for name, l := range o.loads {
		s.load(name).merge(l)
	}
	for i, j := range o.objectives {
		s.objectives[i].merge(j)
	}
	s.doubts.merge(o.doubts)
	s.bias.merge(o.bias)
	s.assertions.merge(o.assertions)
	s.checks.merge(o.checks)
	s.notable.merge(&o.notable)
}

// whole is what all loads add up to.
func (s *set) whole() *loadSet {
	if len(s.loads) == 1 {
		for _, l := range s.loads {
			return l
		}
	}
	all := newLoadSet()
	for _, l := range s.loads {
		all.merge(l)
	}
	return all
}

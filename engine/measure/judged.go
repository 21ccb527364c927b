package measure

import (
	"aimbench/engine/event"
)

// judged is an objective with what it is judged by: in the whole run, or in each stage where it is judged by stage.
type judged struct {
	rule   *Objective
	Whole  *tally
	Stages map[stageKey]*tally
}

type stageKey struct{ Load, Stage string }

func newJudged(o *Objective) *judged {
	return &judged{rule: o, Whole: newTally(o), Stages: map[stageKey]*tally{}}
}

func (j *judged) stage(load, stage string) *tally {
	k := stageKey{load, stage}
	if j.Stages[k] == nil {
		j.Stages[k] = newTally(j.rule)
	}
	return j.Stages[k]
}

// add counts a turn that the objective is about, and reports whether the turn by itself keeps it. counts says that the
// turn was wanted in its load's window.
func (j *judged) add(t *event.Turn, w windows, counts bool) (kept bool) {
	if j.rule.ofRun() {
		return j.flow(t, w)
	}
	if !counts || j.rule.Series != "" {
		return true
	}
	if !j.rule.ByStage {
		return j.Whole.add(t)
	}
	return t.Stage == "" || j.stage(t.Load, t.Stage).add(t)
}

// flow counts what of the turn happened in the windows. That hangs on when its tokens came, not on when it was wanted.
func (j *judged) flow(t *event.Turn, w windows) bool {
	good := t.Class == event.OK
	if !j.rule.ByStage {
		if window, ok := w.of(j.rule.Load, ""); ok || len(w) == 0 {
			j.Whole.Offered++
			j.Whole.Flow.add(t, window, good)
		}
		return true
	}
	for _, window := range w {
		if window.Stage != "" && window.Load == t.Load {
			c := j.stage(window.Load, window.Stage)
			c.Offered++
			c.Flow.add(t, window, good)
		}
	}
	return true
}

// sample counts what was read of the server's series that the objective is about.
func (j *judged) sample(s event.Sample, w windows) {
	if j.rule.Series != s.Series {
		return
	}
	if !j.rule.ByStage {
		if window, ok := w.of(j.rule.Load, ""); len(w) == 0 || ok && has(window, s.At) {
			j.Whole.Samples = append(j.Whole.Samples, s.Value)
		}
		return
	}
	for _, window := range w {
		if window.Stage != "" && has(window, s.At) && (j.rule.Load == "" || j.rule.Load == window.Load) {
			c := j.stage(window.Load, window.Stage)
			c.Samples = append(c.Samples, s.Value)
		}
	}
}

func (j *judged) merge(o *judged) {
	j.Whole.merge(o.Whole)
	for k, c := range o.Stages {
		j.stage(k.Load, k.Stage).merge(c)
	}
}

// judge gives the objective's result.
func (j *judged) judge(rules *Rules, w windows) Result {
	r := Result{Objective: *j.rule, LimitValue: finite(j.rule.Limit())}
	if !j.rule.ByStage {
		window, _ := w.of(j.rule.Load, "")
		r.Finding = j.Whole.judge(window, j.ramps(rules))
		return r
	}
	r.Finding = Finding{Verdict: NoData}
	for i := range rules.Loads {
		if l := &rules.Loads[i]; j.rule.Load == "" || j.rule.Load == l.Name {
			j.byStage(&r, l, w)
		}
	}
	r.decide()
	return r
}

// ramps reports whether a load that the objective is about changes bit by bit.
func (j *judged) ramps(rules *Rules) bool {
	for i := range rules.Loads {
		if l := &rules.Loads[i]; (j.rule.Load == "" || j.rule.Load == l.Name) && l.ramps("") {
			return true
		}
	}
	return false
}

// byStage adds a finding for each stage of a load.
func (j *judged) byStage(r *Result, l *LoadRule, w windows) {
	for _, s := range l.Stages {
		c := j.Stages[stageKey{l.Name, s.Name}]
		if c == nil {
			c = newTally(j.rule)
		}
		window, _ := w.of(l.Name, s.Name)
		r.Stages = append(r.Stages, StageResult{Load: l.Name, Stage: s.Name, Target: s.Target, Finding: c.judge(window, s.Ramps)})
	}
}

// decide takes the finding of the stage that decides: the first that did not pass, or where all passed the one with the
// least to spare.
func (r *Result) decide() {
	for i := range r.Stages {
		s := &r.Stages[i]
		if s.Verdict != Pass {
			r.Finding = s.Finding
			if i > 0 && r.Stages[i-1].Load == s.Load {
				r.HeldUpTo = &r.Stages[i-1]
			}
			return
		}
		if i == 0 || s.Margin != nil && (r.Margin == nil || *s.Margin < *r.Margin) {
			r.Finding = s.Finding
		}
	}
}

package measure

import (
	"aimbench/engine/event"
	"aimbench/engine/metric"
)

// summary describes what the set holds.
func (s *set) summary(w windows) *Summary {
	whole := s.whole()
	window, _ := w.of("", "")
	sum := &Summary{
		Rubrics: s.Rubrics.summary(), Simulated: s.rules.Simulated, Origin: s.rules.Origin, Requests: whole.All.Requests, Assertions: s.Assertions,
		Errors: map[event.Class]int{}, Metrics: whole.All.stats(), Rates: whole.All.rates(window), Objectives: s.results(w),
		TokenSource: whole.All.tokenSource(),
	}
	for class, n := range whole.All.Errors {
		sum.Errors[class] = n
	}
	if !s.rules.Single {
		s.ofLoads(sum, whole, w)
	}
	return sum
}

// results are those of the objectives so far.
func (s *set) results(w windows) []Result {
	out := make([]Result, 0, len(s.Objectives))
	for _, j := range s.Objectives {
		out = append(out, j.judge(s.rules, w))
	}
	return out
}

// ofLoads adds what only a run of loads has.
func (s *set) ofLoads(sum *Summary, whole *loadSet, w windows) {
	if whole.All.Chunks > 0 {
		sum.TokensPerChunk = finite(float64(whole.All.Tokens) / float64(whole.All.Chunks))
	}
	sum.Series = append(sum.Series, whole.Time.series(""))
	for i := range s.rules.Loads {
		rule := &s.rules.Loads[i]
		l := s.load(rule.Name)
		sum.Loads = append(sum.Loads, l.load(rule, w))
		sum.Stages = append(sum.Stages, l.inStages(rule, w)...)
		if len(s.rules.Loads) > 1 {
			sum.Series = append(sum.Series, l.Time.series(rule.Name))
		}
	}
	sum.Beside = whole.besideOf(s.rules.Origin)
	sum.Curves = whole.curves()
	sum.Checks = s.Checks.summary(s.rules.Checks)
	sum.Slowest, sum.Examples = s.Notable.summary()
}

// load describes the load.
func (l *loadSet) load(rule *LoadRule, w windows) Load {
	window, _ := w.of(rule.Name, "")
	return Load{
		Name: rule.Name, About: rule.About, Requests: l.All.Requests, Rates: l.All.rates(window), Metrics: l.All.stats(), Apart: l.Apart,
	}
}

// inStages describes the stages that began.
func (l *loadSet) inStages(rule *LoadRule, w windows) []Stage {
	var out []Stage
	for _, s := range rule.Stages {
		window, ok := w.of(rule.Name, s.Name)
		if !ok {
			continue
		}
		c := l.stage(s.Name)
		out = append(out, Stage{Window: window, Target: s.Target, Requests: c.Requests, Rates: c.rates(window), Metrics: c.stats()})
	}
	return out
}

func (l *loadSet) besideOf(o event.Origin) *Beside {
	if len(l.Beside) == 0 {
		return nil
	}
	b := &Beside{Origin: other(o), Metrics: map[string]Stats{}}
	for name, d := range l.Beside {
		b.Metrics[name] = d.Stats(string(metric.Seconds))
	}
	return b
}

// curves are the distributions of the metrics in seconds.
func (l *loadSet) curves() map[string][]CurvePoint {
	out := map[string][]CurvePoint{}
	for _, m := range metric.Table {
		if d := l.All.Values[m.Name]; d != nil && m.Unit == metric.Seconds {
			if points := d.curve(); len(points) > 0 {
				out[m.Name] = points
			}
		}
	}
	return out
}

// assertions reports whether any is broken, and whether any is undecided, those under load by what each tolerates.
func (s *Summary) assertions() (broken, undecided bool) {
	if len(s.Checks) == 0 {
		return s.Assertions.Broken() > 0, s.Assertions.Inconclusive > 0
	}
	for i := range s.Checks {
		c := &s.Checks[i]
		undecided = undecided || c.Undecided()
		broken = broken || !c.Holds && !c.Undecided()
	}
	return broken, undecided
}

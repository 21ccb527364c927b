package acceptance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/metric"
	"aimbench/engine/report"
)

var objectiveSteps = []Step{
	{
		Kind: Then, Expr: "the SLO {text} {outcome}", Example: `the SLO "interactive" holds`,
		About: `how an slo of the scenario came out, or one objective of it ("interactive/ttft"): it holds where all of its objectives do, and else is as the worst of them`,
		check: ofRun(objective),
	},
	{
		Kind: Then, Expr: "all assertions hold", Not: "an assertion fails", Example: "all assertions hold",
		About: "those of the scenario's turns; without any, or where a judge could not tell, neither holds",
		check: ofRun(func(w *world, s *measure.Summary, a *args) (finding, error) {
			switch {
			case s.Assertions.Checked() == 0:
				return finding{holds: a.not, got: "there was no assertion"}, nil
			case !s.Assertions.Hold() && s.Assertions.Broken() == 0: // a judge could not tell
				return finding{holds: a.not, got: s.Assertions.String() + w.firstBroken(), code: measure.ExitInconclusive}, nil
			}
			return found(s.Assertions.Hold(), "%s", s.Assertions.String()+w.firstBroken())
		}),
	},
	{
		Kind: Then, Expr: "the run is valid", Not: "the run is not valid", Example: "the run is valid",
		About: "the harness was not the bottleneck, as the audit of loads finds it",
		check: ofRun(func(_ *world, s *measure.Summary, _ *args) (finding, error) {
			if s.Audit != nil && !s.Audit.Valid {
				return finding{got: clip(s.Audit.Why), code: measure.ExitInvalid}, nil
			}
			return found(true, "it is valid")
		}),
	},
	{
		Kind: Then, Expr: "the verdict is {verdict}", Not: "the verdict is not {verdict}", Example: "the verdict is pass",
		About: "the run's verdict",
		check: ofRun(func(_ *world, s *measure.Summary, a *args) (finding, error) {
			f, _ := found(string(s.Verdict) == a.text(0), "%s: %s", s.Verdict, clip(s.Reason))
			f.code = s.ExitCode
			return f, nil
		}),
	},
	{
		Kind: Then, Expr: "the exit code is {count}", Not: "the exit code is not {count}", Example: "the exit code is 99",
		About: "what aimbench run would end with (aimbench help exit-codes)",
		check: ofRun(func(_ *world, s *measure.Summary, a *args) (finding, error) {
			f, _ := found(s.ExitCode == a.count(0), "exit code %d: %s", s.ExitCode, clip(s.Reason))
			f.code = s.ExitCode
			return f, nil
		}),
	},
	{
		Kind: Then, Expr: "the {quantile} of {metric} is under {amount}", Not: "the {quantile} of {metric} is not under {amount}",
		Example: "the p95 of ttft is under 500 ms",
		About:   "of all that was measured in the run, without an objective for it; what never came is above all, and no data is under nothing",
		check: ofRun(func(_ *world, s *measure.Summary, a *args) (finding, error) {
			return under(s.Metrics, a, "")
		}),
	},
	{
		Kind: Then, Expr: "the {quantile} of {metric} is under {amount} at {count} users", Not: "the {quantile} of {metric} is not under {amount} at {count} users",
		Example: "the p95 of ttft is under 500 ms at 50 users",
		About:   "the same, of the load or the stage of a load that had so many users",
		check: ofRun(func(w *world, s *measure.Summary, a *args) (finding, error) {
			metrics, err := w.atUsers(s, a.count(3))
			if err != nil {
				return finding{}, err
			}
			return under(metrics, a, fmt.Sprintf(" at %s", measure.Count(a.count(3), "user")))
		}),
	},
	{
		Kind: Then, Expr: "the metric {metric} is at least {amount}", Not: "the metric {metric} is not at least {amount}", Example: "the metric output_rate is at least 100",
		About: "a metric of the whole run, such as output_rate, a second",
		check: ofRun(func(_ *world, s *measure.Summary, a *args) (finding, error) {
			v, ok := s.Rates[a.text(0)]
			if !ok {
				return finding{holds: a.not, got: "it is not known; those of the run are: " + strings.Join(ratesOf(s), ", ")}, nil
			}
			return found(v >= arg[amount](a, 1).value, "it is %.4g", v)
		}),
	},
	{
		Kind: Then, Expr: "at most {share} of the turns fail", Not: "more than {share} of the turns fail", Example: "at most 1 % of the turns fail",
		About: "of all that was offered in the run, what failed or was dropped; of no turn neither holds",
		check: ofRun(func(_ *world, s *measure.Summary, a *args) (finding, error) {
			return failed(s, a, arg[float64](a, 0))
		}),
	},
	{
		Kind: Then, Expr: "no turn fails", Not: "some turn fails", Example: "no turn fails",
		About: "the same, with none",
		check: ofRun(func(_ *world, s *measure.Summary, a *args) (finding, error) { return failed(s, a, 0) }),
	},
}

// ofRun is a check of the run of the last When.
func ofRun(check func(*world, *measure.Summary, *args) (finding, error)) func(context.Context, *world, *args) (finding, error) {
	return func(_ context.Context, w *world, a *args) (finding, error) {
		if w.run == nil || w.run.results == nil {
			return finding{}, &Failure{Code: measure.ExitUsage, Text: "this is about a run: it needs a When such as: the conversation \"smoke\" runs"}
		}
		return check(w, w.run.summary(), a)
	}
}

// failed finds whether no more than a share of what was offered failed.
func failed(s *measure.Summary, a *args, most float64) (finding, error) {
	r := s.Requests
	if r.Offered == 0 {
		return finding{holds: a.not, got: "no turn was offered"}, nil
	}
	n := r.Failed + r.Dropped + r.Unsent
	return found(float64(n) <= most*float64(r.Offered), "%d of %s failed", n, measure.Count(r.Offered, "turn"))
}

// outcomes are the words for verdicts, from the best to the worst.
var outcomes = []struct {
	word    string
	verdict measure.Verdict
	code    int
}{
	{"holds", measure.Pass, measure.ExitPass},
	{"has no data", measure.NoData, measure.ExitInconclusive},
	{"is inconclusive", measure.Inconclusive, measure.ExitInconclusive},
	{"fails", measure.Fail, measure.ExitObjective},
}

// objective finds how an slo, or one objective of it, came out.
func objective(w *world, s *measure.Summary, a *args) (finding, error) {
	worst, code := 0, 0
	var names, said []string
	style := report.Style{Unicode: true}
	for i := range s.Objectives {
		r := &s.Objectives[i]
		names = append(names, r.SLO, r.ID())
		if a.text(0) != r.SLO && a.text(0) != r.ID() {
			continue
		}
		place := ""
		if r.File != "" {
			place = fmt.Sprintf(" (%s:%d)", clip(r.File), r.Line)
		}
		said = append(said, fmt.Sprintf("%s %s: %s%s", clip(r.ID()), word(r.Verdict), clip(style.Brief(r)), place))
		for j, o := range outcomes {
			if o.verdict == r.Verdict && (r.Verdict != measure.NoData || !r.Optional || a.text(1) == "has no data") && j > worst {
				worst, code = j, o.code
			}
		}
	}
	if said == nil {
		return finding{}, there("SLO", a.text(0), slices.Compact(names))
	}
	f, _ := found(outcomes[worst].word == a.text(1), "%s", strings.Join(said, "; "))
	f.code = code
	return f, nil
}

func word(v measure.Verdict) string {
	for _, o := range outcomes {
		if o.verdict == v {
			return o.word
		}
	}
	return string(v)
}

// firstBroken shows the first assertion that did not hold, with its place.
func (w *world) firstBroken() string {
	for _, t := range w.run.turns {
		for _, a := range t.Assertions {
			if a.Outcome != event.Passed {
				return fmt.Sprintf("; %s:%d: %s", clip(a.File), a.Line, clip(w.redact()(a.Message)))
			}
		}
	}
	return ""
}

// under finds whether a statistic of a metric is under a limit.
func under(metrics map[string]measure.Stats, a *args, where string) (finding, error) {
	q, name, limit := arg[quantile](a, 0), a.text(1), arg[amount](a, 2)
	row, _ := metric.Lookup(name)
	if (row.Unit == metric.Seconds) != limit.time {
		return finding{}, &Failure{Code: measure.ExitUsage, Text: fmt.Sprintf("%s is in %s, and %s is not", name, row.Unit, limit.text)}
	}
	st, ok := metrics[name]
	if !ok || st.Count == 0 {
		return finding{holds: a.not, got: "no value of " + name + " was measured" + where, code: measure.ExitInconclusive}, nil
	}
	v := map[quantile]*float64{"median": st.P50, "p50": st.P50, "p90": st.P90, "p95": st.P95, "p99": st.P99, "mean": st.Mean, "max": st.Max}[q]
	if v == nil {
		return finding{got: fmt.Sprintf("the %s of %s never came, of %s%s", q, name, measure.Count(int(st.Count), "value"), where), code: measure.ExitObjective}, nil
	}
	value := fmt.Sprintf("%.4g", *v)
	if limit.time {
		value = report.Style{Unicode: true}.Duration(*v)
	}
	f, _ := found(*v < limit.value, "the %s of %s is %s, of %s%s", q, name, value, measure.Count(int(st.Count), "value"), where)
	f.code = measure.ExitObjective
	return f, nil
}

// atUsers is what was measured of the load, or the stage of one, that had so many users.
func (w *world) atUsers(s *measure.Summary, users int) (map[string]measure.Stats, error) {
	var had []string
	for _, st := range s.Stages {
		if st.Target == fmt.Sprintf("%d users", users) {
			return st.Metrics, nil
		}
		had = append(had, st.Target)
	}
	for i, l := range w.run.plan.Loads {
		if len(l.Stages) == 0 && l.Users > 0 {
			if l.Users == users && i < len(s.Loads) {
				return s.Loads[i].Metrics, nil
			}
			had = append(had, fmt.Sprintf("%d users", l.Users))
		}
	}
	text := "the run had no users"
	if had != nil {
		text = "the run had " + strings.Join(had, ", ")
	}
	return nil, &Failure{Code: measure.ExitUsage, Text: text}
}

func ratesOf(s *measure.Summary) []string {
	var names []string
	for name := range s.Rates {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

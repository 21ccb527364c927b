package measure

import (
	"fmt"
	"strings"

	"aimbench/engine/event"
)

// Audit says how far the harness itself can be trusted.
type Audit struct {
	Valid bool `json:"valid"`
	// Why the run is invalid, what caused it and what to do; empty where it is valid.
	Why   string `json:"why,omitempty"`
	Cause string `json:"cause,omitempty"`
	Do    string `json:"do,omitempty"`
	// Bias bounds, by metric, how far the harness may have moved a turn's value.
	Bias map[string]Stats `json:"bias"`
	// Rows are what was watched, for people.
	Rows []AuditRow `json:"rows"`
}

// AuditRow is one thing that was watched.
type AuditRow struct {
	Name string `json:"name"`
	// Value is in Unit: "seconds", "share", "count" or "cores".
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Limit is what the value must not exceed to be OK; nil where it is only told.
	Limit *float64 `json:"limit,omitempty"`
	OK    bool     `json:"ok"`
	// About says in a few words what it is.
	About string `json:"about"`
}

// What makes a run invalid.
const (
	// tolerated is the share of turns that may be late, or biased, by more than is negligible.
	tolerated = 0.01
	// fewest is how many turns must be so at least: one hiccup does not void a short run.
	fewest = 5
	// negligible is what is always too small to matter, in seconds; so is the share negligibleShare of a metric's median.
	negligible      = 0.005
	negligibleShare = 0.05
)

// audit judges the harness: of a load always, of a single run only where it is to blame.
func (s *Summary) audit(rules *Rules, from *set, w windows, e *Ending) {
	a := &Audit{Bias: from.Bias.stats(), Rows: append(from.Bias.rows(s), rowsOf(&e.Harness)...)}
	a.Rows = append(a.Rows, e.Shards.rows()...)
	if a.Why = e.Shards.Fault(); a.Why != "" {
		a.Cause, a.Do = e.Shards.causeOf()
	} else if a.Why = s.fault(rules, from, w); a.Why != "" {
		a.Cause, a.Do = causeOf(&e.Harness, from.Bias.Unable > 0)
	}
	a.Valid = a.Why == ""
	if !rules.Single || !a.Valid {
		s.Audit = a
	}
}

// fault says why the run is invalid; empty where it is not.
func (s *Summary) fault(rules *Rules, from *set, w windows) string {
	const ours = "this machine, not the server, was the bottleneck: "
	b := from.Bias
	if doubtful := from.Doubts.of(s.Objectives, w); len(doubtful) > 0 {
		return ours + b.moved(doubtful)
	}
	if rules.Single {
		return ""
	}
	if tooMany(b.Unable, b.Turns) {
		return ours + Count(int(b.Unable), "turn") + " could not be sent"
	}
	if limit := s.negligible("ttft"); rules.Origin == event.FromIntended && tooMany(b.Lag.beyond(limit), b.Turns) {
		share := float64(b.Lag.beyond(limit)) / float64(b.Turns)
		return ours + fmt.Sprintf("%.3g %% of the turns left more than %s late", 100*share, inTime(limit))
	}
	if len(rules.Objectives) > 0 {
		return ""
	}
	for _, name := range biased {
		if d, limit := b.Bounds[name], s.negligible(name); tooMany(d.beyond(limit), d.Count()) {
			return ours + b.howMuch(name)
		}
	}
	return ""
}

// tooMany reports whether more than a tolerated share of all, and not just a few, are affected.
func tooMany(n, all int64) bool { return n >= fewest && float64(n) > tolerated*float64(all) }

// negligible is how long a bias of the metric may be without mattering, in seconds.
func (s *Summary) negligible(name string) float64 {
	if median := s.Metrics[name].P50; median != nil {
		return max(negligible, negligibleShare**median)
	}
	return negligible
}

// moved says by how much the harness may have moved what the objectives are about.
func (b *bias) moved(doubtful []*Result) string {
	name := doubtful[0].Metric
	if doubtful[0].conditional() {
		name = b.worst()
	}
	ids := make([]string, len(doubtful))
	for i, r := range doubtful {
		ids[i] = r.ID()
	}
	const shown = 3
	if more := len(ids) - shown; more > 0 {
		ids = append(ids[:shown], fmt.Sprintf("%d more", more))
	}
	return b.howMuch(name) + ", which could change " + strings.Join(ids, ", ")
}

// worst is the metric with the largest bound.
func (b *bias) worst() string {
	worst := biased[0]
	for _, name := range biased {
		if b.Bounds[name].Quantile(99) > b.Bounds[worst].Quantile(99) {
			worst = name
		}
	}
	return worst
}

// howMuch says by how much the harness may have moved a metric: all but the slowest percent.
func (b *bias) howMuch(name string) string {
	side := "high"
	if name == "tpot" {
		side = "low"
	}
	return fmt.Sprintf("%s may be up to %s too %s", strings.ToUpper(name), inTime(b.Bounds[name].Quantile(99)), side)
}

// inTime writes seconds for people.
func inTime(s float64) string {
	if s >= 1 {
		return fmt.Sprintf("%.3g s", s)
	}
	return fmt.Sprintf("%.3g ms", 1e3*s)
}

// rows tell what the turns themselves show of the harness.
func (b *bias) rows(s *Summary) []AuditRow {
	var rows []AuditRow
	if b.Lag.Count() > 0 {
		rows = append(rows, atMost("schedule lag p99", b.Lag.Quantile(99), "seconds", s.negligible("ttft"), "how late turns left"))
	}
	if b.Chunks > 0 {
		rows = append(rows, told("coalesced chunks", float64(b.Merged)/float64(b.Chunks), Share, "chunks that came in one read with the one before"))
	}
	if b.Unable > 0 {
		rows = append(rows, atMost("turns not sent", float64(b.Unable), "count", tolerated*float64(b.Turns), "for want of descriptors, ports or memory"))
	}
	return rows
}

func told(name string, value float64, unit, about string) AuditRow {
	return AuditRow{Name: name, Value: value, Unit: unit, OK: true, About: about}
}

func atMost(name string, value float64, unit string, limit float64, about string) AuditRow {
	return AuditRow{Name: name, Value: value, Unit: unit, Limit: &limit, OK: value <= limit, About: about}
}

package scenario

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"aimbench/engine/metric"
)

// BenchObjective is an objective in the short form of a command line.
type BenchObjective struct {
	name, value string
	// bound is max or min, and limit its value in the language.
	bound, limit string
}

// Name tells the objective from others.
func (o BenchObjective) Name() string { return o.name }

var (
	shortObjective = regexp.MustCompile(`^([a-z0-9_]+)(?::([a-z0-9.]+))?(<=?|>=?)(.+)$`)
	shortGoodput   = regexp.MustCompile(`^goodput\(([^()]*)\)(<=?|>=?)(.+)$`)
	shortCondition = regexp.MustCompile(`^([a-z0-9_]+)(<=?|>=?)(.+)$`)
	shortQuantile  = regexp.MustCompile(`^p([0-9]+(?:\.[0-9]+)?)$`)
)

var errShape = errors.New("write METRIC:QUANTILE<LIMIT, such as ttft:p95<500ms, or errors<1%, or goodput(ttft<500ms,tpot<40ms)>95%")

// ParseObjective reads an objective: METRIC:pNN<LIMIT, METRIC:mean<LIMIT, METRIC:max<LIMIT; errors<SHARE; a metric of the
// whole run as in output_rate>LIMIT; goodput(CONDITION,…)>SHARE. Spaces do not count, < is as <= and > as >=.
func ParseObjective(text string) (BenchObjective, error) {
	compact := strings.ToLower(strings.Join(strings.Fields(text), ""))
	if m := shortGoodput.FindStringSubmatch(compact); m != nil {
		return parseGoodput(m[1], m[2], m[3])
	}
	m := shortObjective.FindStringSubmatch(compact)
	if m == nil {
		return BenchObjective{}, errShape
	}
	name, of, sign, limit := m[1], m[2], m[3], m[4]
	switch name {
	case "errors":
		name = "error"
	case "goodput":
		return BenchObjective{}, errors.New("say what is good: goodput(ttft<500ms,tpot<40ms)>95%")
	}
	row, err := lookup(name)
	if err != nil {
		return BenchObjective{}, err
	}
	o := BenchObjective{name: m[1], bound: bounds[sign[0]]}
	unit := row.Unit
	switch {
	case row.Unit == metric.Boolean:
		o.value, unit = fmt.Sprintf("share(metric.%s)", name), metric.Share
	case row.Per == metric.PerRun:
		o.value = "metric." + name
	default:
		if o.value, err = quantile(name, of, sign+limit); err != nil {
			return o, err
		}
		o.name = name + "_" + strings.ReplaceAll(of, ".", "_")
		of = ""
	}
	if of != "" {
		return o, fmt.Errorf("%s has one value a run: write %s%s%s", m[1], m[1], sign, limit)
	}
	o.limit, err = limitOf(unit, limit)
	return o, err
}

var bounds = map[byte]string{'<': "max", '>': "min"}

func lookup(name string) (metric.Metric, error) {
	row, ok := metric.Lookup(name)
	if ok {
		return row, nil
	}
	names := []string{"errors", "goodput"}
	for _, m := range metric.Table {
		names = append(names, m.Name)
	}
	return row, fmt.Errorf("no metric is named %q.%s aimbench help metrics lists them", name, didYouMean(name, names))
}

// quantile is the value of a metric that has one a turn.
func quantile(name, of, limit string) (string, error) {
	switch {
	case of == "mean":
		return fmt.Sprintf("mean(metric.%s)", name), nil
	case of == "max":
		return fmt.Sprintf("p(metric.%s, 100)", name), nil
	case of == "":
		return "", fmt.Errorf("%s has many values: write %s:p95%s, or %s:mean%s", name, name, limit, name, limit)
	}
	m := shortQuantile.FindStringSubmatch(of)
	if m == nil {
		return "", fmt.Errorf("%s is no quantile: write p50, p95, p99.9, mean or max", of)
	}
	q, err := strconv.ParseFloat(m[1], 64)
	if err == nil {
		err = percent(q)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", of, err)
	}
	return fmt.Sprintf("p(metric.%s, %s)", name, m[1]), nil
}

// limitOf reads a limit in a metric's unit.
func limitOf(unit metric.Unit, text string) (string, error) {
	switch unit {
	case metric.Seconds:
		if x, err := durationSeconds(text); err != nil || x < 0 {
			return "", fmt.Errorf("%s: write a duration with its unit, such as 500ms", text)
		}
		return quote(text), nil
	case metric.Share:
		return shareOf(text)
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || x < 0 || x > 1e15 {
		return "", fmt.Errorf("%s: write a number of %s", text, unit)
	}
	return decimal(x), nil
}

// shareOf reads 1% or 0.01.
func shareOf(text string) (string, error) {
	digits, percent := strings.CutSuffix(text, "%")
	x, err := strconv.ParseFloat(digits, 64)
	most := 1.0
	if percent {
		most = 100
	}
	if err != nil || !(x >= 0 && x <= most) {
		return "", fmt.Errorf("%s: write a share such as 1%% or 0.01", text)
	}
	if percent {
		x, _ = strconv.ParseFloat(strconv.FormatFloat(x/100, 'g', 12, 64), 64) // 0.07 for 7, not 0.07000000000000001
	}
	return decimal(x), nil
}

// parseGoodput reads what is good of a turn, and how many must be.
func parseGoodput(conditions, sign, limit string) (BenchObjective, error) {
	o := BenchObjective{name: "goodput", bound: bounds[sign[0]]}
	var all []string
	for _, text := range strings.Split(conditions, ",") {
		m := shortCondition.FindStringSubmatch(text)
		if m == nil {
			return o, errors.New("write what is good as METRIC<LIMIT, with commas between: goodput(ttft<500ms,tpot<40ms)>95%")
		}
		row, err := lookup(m[1])
		if err != nil {
			return o, err
		}
		if row.Unit == metric.Boolean || row.Per == metric.PerRun {
			return o, fmt.Errorf("%s is no measure of one turn that could be good", m[1])
		}
		value, err := limitOf(row.Unit, m[3])
		if err != nil {
			return o, err
		}
		if row.Unit == metric.Seconds {
			value = "duration(" + value + ")"
		}
		all = append(all, fmt.Sprintf("metric.%s %s %s", m[1], m[2], value))
	}
	o.value = fmt.Sprintf("goodput(%s)", strings.Join(all, " && "))
	var err error
	o.limit, err = shareOf(limit)
	return o, err
}

package acceptance

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/metric"
	"aimbench/engine/scenario"
)

// Parameter is a kind of value that a step's sentence may have.
type Parameter struct {
	Name string
	// Pattern is what it looks like, as a regular expression without groups.
	Pattern string
	// About says what may be written.
	About string

	parse func(string) (any, error)
}

// Parameters are all kinds.
var Parameters = []Parameter{
	{"text", `"(?:[^"\\]|\\.)*"`, `text in quotes: "Hello!"; \" is a quote in it, and \n the end of a line`, parseText},
	{"words", `"[^"\\]+"(?:(?:, | and |, and )"[^"\\]+")*`, `words in quotes: "left", "second floor" and "12"`, parseWords},
	{"gesture", `"[^"]*"`, `name of a gesture, built in or the scenario's: "nod"`, func(s string) (any, error) { return strings.Trim(s, `"`), nil }},
	{"duration", `\d+(?:\.\d+)? ?(?:ms|milliseconds?|s|seconds?|min|minutes?|h|hours?)\b`, "a time: 800 ms, 2.5 s, 10 seconds, 1 min", parseDuration},
	{"quantile", `(?:median|mean|max|p\d+)\b`, "median, mean, max, p50, p90, p95 or p99", parseQuantile},
	{"metric", `[a-z][a-z0-9_]*`, "a metric of aimbench help metrics: ttft", parseMetric},
	{"count", `\d+`, "a whole number: 50", parseCount},
	{"number", `-?\d+(?:\.\d+)?`, "a number: 0.95", func(s string) (any, error) { return strconv.ParseFloat(s, 64) }},
	{"share", `\d+(?:\.\d+)? ?%`, "a share: 90 %", parseShare},
	{"amount", `\d+(?:\.\d+)?(?: ?(?:ms|milliseconds?|s|seconds?|min|minutes?|h|hours?|%))?`, "a time, a share or a number, as the metric has it: 500 ms", parseAmount},
	{"fault", `[a-z]+[a-z0-9_]*`, "a way in which the embedded endpoint breaks, of docs/simulator.md: http_500", oneOf("fault", scenario.FaultKinds)},
	{"class", `[a-z]+[a-z0-9_]*`, "a class of failure, such as http_5xx or timeout_total", oneOf("class of failure", classNames())},
	{"outcome", `holds|fails|is inconclusive|has no data`, "holds, fails, is inconclusive or has no data", verbatim},
	{"state", `awake|asleep|lost`, "awake, asleep or lost", verbatim},
	{"verdict", `[a-z_]+`, "pass, fail, inconclusive, invalid, interrupted or unknown", oneOf("verdict", verdictNames)},
	{"moment", momentPattern, "a moment of the turn: " + momentNames, verbatim},
	{"step", `.+`, "another Then step, in its words", verbatim},
}

// parameter finds a kind. One that is not there is a mistake of this package.
func parameter(name string) *Parameter {
	i := slices.IndexFunc(Parameters, func(p Parameter) bool { return p.Name == name })
	if i < 0 {
		panic("no parameter is of the kind " + name)
	}
	return &Parameters[i]
}

func verbatim(s string) (any, error) { return s, nil }

var escapes = strings.NewReplacer(`\"`, `"`, `\n`, "\n", `\\`, `\`)

// unescapes writes a text as it stands within quotes.
var unescapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func parseText(s string) (any, error) { return escapes.Replace(s[1 : len(s)-1]), nil }

var inQuotes = regexp.MustCompile(`"([^"]+)"`)

func parseWords(s string) (any, error) {
	var words []string
	for _, m := range inQuotes.FindAllStringSubmatch(s, -1) {
		if strings.TrimSpace(m[1]) == "" {
			return words, errors.New("a word must not be empty")
		}
		words = append(words, m[1])
	}
	return words, nil
}

var units = map[string]time.Duration{
	"ms": time.Millisecond, "millisecond": time.Millisecond, "milliseconds": time.Millisecond,
	"s": time.Second, "second": time.Second, "seconds": time.Second,
	"min": time.Minute, "minute": time.Minute, "minutes": time.Minute, "h": time.Hour, "hour": time.Hour, "hours": time.Hour,
}

var quantity = regexp.MustCompile(`^(\d+(?:\.\d+)?) ?([a-z%]*)$`)

// longest bounds a time, so that a feature cannot wait for ever.
const longest = 24 * time.Hour

func parseDuration(s string) (any, error) {
	m := quantity.FindStringSubmatch(s)
	n, err := strconv.ParseFloat(m[1], 64)
	d := n * float64(units[m[2]])
	if err != nil || d > float64(longest) {
		return time.Duration(0), fmt.Errorf("a time is at most %s", longest)
	}
	return time.Duration(d), nil
}

// quantile is a statistic of a metric's values.
type quantile string

func parseQuantile(s string) (any, error) {
	known := []string{"median", "mean", "max", "p50", "p90", "p95", "p99"}
	if !slices.Contains(known, s) {
		return quantile(""), fmt.Errorf("there are %s", strings.Join(known, ", "))
	}
	return quantile(s), nil
}

func parseMetric(s string) (any, error) {
	var names []string
	for _, m := range metric.Table {
		names = append(names, m.Name)
	}
	return oneOf("metric", names)(s)
}

func parseCount(s string) (any, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n > 1_000_000 {
		return 0, fmt.Errorf("a count is at most 1000000")
	}
	return n, nil
}

func parseShare(s string) (any, error) {
	n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(s, "%")), 64)
	if err != nil || n > 100 {
		return 0.0, fmt.Errorf("a share is at most 100 %%")
	}
	return n / 100, nil
}

// amount is a limit of a metric: in seconds where it is a time.
type amount struct {
	value float64
	time  bool
	text  string
}

func parseAmount(s string) (any, error) {
	m := quantity.FindStringSubmatch(s)
	n, err := strconv.ParseFloat(m[1], 64)
	unit, timed := units[m[2]]
	switch {
	case timed:
		n *= unit.Seconds()
	case m[2] == "%":
		n /= 100
	}
	return amount{n, timed, s}, err
}

// oneOf takes one of some words.
func oneOf(what string, words []string) func(string) (any, error) {
	return func(s string) (any, error) {
		if slices.Contains(words, s) {
			return s, nil
		}
		if near := nearest(s, words); near != "" {
			return s, fmt.Errorf("no %s has that name; did you mean %s?", what, near)
		}
		return s, fmt.Errorf("no %s has that name; there are %s", what, strings.Join(words, ", "))
	}
}

var verdictNames = []string{"pass", "fail", "inconclusive", "invalid", "interrupted", "unknown"}

func classNames() []string {
	names := make([]string, len(event.Failures))
	for i, c := range event.Failures {
		names[i] = string(c)
	}
	return names
}

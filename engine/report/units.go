package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"aimbench/engine/measure"
	"aimbench/engine/metric"
)

// significant writes x with three significant digits and thousands separators.
func significant(x float64) string {
	x, decimals := round3(x)
	if decimals == 0 && math.Abs(x) < 1e15 {
		return measure.Thousands(int(x))
	}
	return strconv.FormatFloat(x, 'f', decimals, 64)
}

// round3 rounds to three significant digits, whole numbers not at all, and says how many decimals to write.
func round3(x float64) (rounded float64, decimals int) {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return x, 0
	}
	decimals = 2 - int(math.Floor(math.Log10(math.Abs(x))))
	if decimals <= 0 {
		return math.Round(x), 0
	}
	p := math.Pow10(decimals)
	rounded = math.Round(x*p) / p
	if again := 2 - int(math.Floor(math.Log10(math.Abs(rounded)))); again < decimals {
		decimals = max(0, again) // 9.999 became 10.0
	}
	return rounded, decimals
}

// Duration writes seconds with three significant digits in the unit that suits.
func (s Style) Duration(seconds float64) string {
	ms, _ := round3(seconds * 1e3)
	switch {
	case seconds == 0:
		return "0 s"
	case math.Abs(ms) < 1:
		return significant(seconds*1e6) + " " + s.glyphs().micro
	case math.Abs(ms) < 1000:
		return significant(seconds*1e3) + " ms"
	case math.Abs(seconds) < 600:
		return significant(seconds) + " s"
	}
	whole := int(math.Round(seconds))
	return fmt.Sprintf("%s m %d s", measure.Thousands(whole/60), whole%60)
}

// took writes how long a run took: as Duration does, and from two minutes on in whole seconds.
func (s Style) took(seconds float64) string {
	if seconds < 120 {
		return s.Duration(seconds)
	}
	whole := int(math.Round(seconds))
	return fmt.Sprintf("%s m %d s", measure.Thousands(whole/60), whole%60)
}

// roughly writes a time to wait as a person would: "40 s", "4 m", "2 h".
func roughly(seconds float64) string {
	for _, u := range []struct {
		most, length float64
		name         string
	}{{100, 1, " s"}, {100 * 60, 60, " m"}} {
		if seconds < u.most {
			return measure.Thousands(int(math.Ceil(seconds/u.length))) + u.name
		}
	}
	return measure.Thousands(int(math.Ceil(seconds/3600))) + " h"
}

// amount writes a number of things: whole ones as they are, others with three significant digits.
func amount(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return measure.Thousands(int(x))
	}
	return significant(x)
}

// quantity writes a value in its unit.
func (s Style) quantity(x float64, unit string) string {
	switch unit {
	case string(metric.Seconds):
		return s.Duration(x)
	case string(metric.PerSecond):
		return significant(x) + "/s"
	case measure.Share:
		return percent(x)
	case "cores":
		return amount(x) + " cores"
	}
	return amount(x)
}

// limit writes a limit as a person would: without zeros at the end.
func (s Style) limit(x float64, unit string) string {
	number, rest, _ := strings.Cut(s.quantity(x, unit), " ")
	if strings.Contains(number, ".") {
		slash, tail, found := strings.Cut(number, "/")
		number = strings.TrimRight(strings.TrimRight(slash, "0"), ".")
		if found {
			number += "/" + tail
		}
	}
	return strings.TrimSuffix(number+" "+rest, " ")
}

// percent writes a share in percent, with up to three significant digits.
func percent(share float64) string {
	text := significant(share * 100)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text + " %"
}

// rough writes a share in percent: whole ones, with two significant digits below ten.
func rough(share float64) string {
	if x := math.Abs(share); x >= 0.1 {
		return percent(math.Round(share*100) / 100)
	} else if x > 0 {
		p := math.Pow10(1 - int(math.Floor(math.Log10(x))))
		return percent(math.Round(share*p) / p)
	}
	return percent(0)
}

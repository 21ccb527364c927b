package report

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// charts is all that the page plots. What stands in it as text is for the template, the rest for the page's script.
type charts struct {
	About  string
	Time   []figure
	Curves []figure
	Data   chartData
}

// Any reports whether there is something to plot.
func (c *charts) Any() bool { return len(c.Time)+len(c.Curves) > 0 }

// figure is a plot as the template shows it: what it is called, and what it says to whoever cannot see it.
type figure struct {
	ID, Title, About string
	// Low: the plot needs less height than others.
	Low bool
}

// chartData is what the page's script reads.
type chartData struct {
	// End is the end of the time axis, in seconds since the run began.
	End    num    `json:"end"`
	Stages []span `json:"stages"`
	// Axes are what the plots' values stand over: instants, or percentiles in a Curve.
	Axes  [][]num `json:"axes"`
	Plots []plot  `json:"plots"`
}

// span is a part of the time axis that has a name.
type span struct {
	Label string `json:"label"`
	From  num    `json:"from"`
	To    num    `json:"to"`
}

// plot is one plot's data.
type plot struct {
	ID    string `json:"id"`
	Unit  string `json:"unit"`
	Curve bool   `json:"curve,omitempty"`
	// Band: the series are quantiles, between which the plot is filled.
	Band bool `json:"band,omitempty"`
	// Stack: the series add up.
	Stack bool `json:"stack,omitempty"`
	// Axis is the place in Axes of what the values stand over.
	Axis   int     `json:"axis"`
	Series []line  `json:"series"`
	Limits []bound `json:"limits,omitempty"`
}

type line struct {
	Label string `json:"label"`
	Y     []num  `json:"y"`
}

// bound is an objective's limit in a plot; X matters in a curve alone.
type bound struct {
	X     num    `json:"x,omitempty"`
	Y     num    `json:"y"`
	Label string `json:"label"`
}

// num is a number with as many digits as a plot can show; NaN is none.
type num float64

var none = num(math.NaN())

// MarshalJSON writes six significant digits, or null.
func (n num) MarshalJSON() ([]byte, error) {
	x := float64(n)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return []byte("null"), nil
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	if err != nil {
		return nil, err
	}
	return json.Marshal(short)
}

// known is the number, where there is one.
func known(v *float64) num {
	if v == nil {
		return none
	}
	return num(*v)
}

func chartsOf(run *results.Run) charts {
	var c charts
	c.overTime(run.Summary)
	c.distributions(run.Summary)
	return c
}

// addTime adds a plot over time, of values at the instants x.
func (c *charts) addTime(f figure, p plot, x []num) {
	c.Time = append(c.Time, c.add(f, p, x))
}

func (c *charts) add(f figure, p plot, x []num) figure {
	p.Axis = slices.IndexFunc(c.Data.Axes, func(axis []num) bool { return slices.Equal(axis, x) })
	if p.Axis < 0 {
		p.Axis = len(c.Data.Axes)
		c.Data.Axes = append(c.Data.Axes, x)
	}
	c.Data.Plots = append(c.Data.Plots, p)
	f.ID = p.ID
	return f
}

// mostCurvePoints bounds what one curve takes of the page.
const mostCurvePoints = 1024

// distributions plots the values of each metric by their percentiles.
func (c *charts) distributions(sum *measure.Summary) {
	for _, name := range latencyNames(sum.Curves) {
		if renamed(sum.Metrics, name) {
			continue
		}
		points := sum.Curves[name]
		p := plot{ID: "of-" + name, Unit: "seconds", Curve: true, Series: []line{{Label: name}}, Limits: limitsOf(sum, name)}
		var x []num
		last := lastPercentile(sum.Metrics[name].Count)
		for _, at := range points[:min(len(points), mostCurvePoints)] {
			if at.Percentile >= 0 && at.Percentile <= 100 {
				x = append(x, num(min(at.Percentile, last)))
				p.Series[0].Y = append(p.Series[0].Y, known(at.Value))
			}
		}
		if len(x) < 2 {
			continue
		}
		for i := range p.Limits {
			p.Limits[i].X = min(p.Limits[i].X, num(last))
		}
		stats := sum.Metrics[name]
		c.Curves = append(c.Curves, c.add(figure{Title: titleOf(name), About: curveAbout(sum, name, &stats)}, p, x))
	}
}

// lastPercentile is where the largest of n values stands: a percentile axis does not reach 100.
func lastPercentile(n int64) float64 { return 100 - 50/float64(min(max(n, 1), 1e8)) }

func curveAbout(sum *measure.Summary, name string, s *measure.Stats) string {
	text := onPage.statsCell(s, s.P50) + " at the median, " + onPage.statsCell(s, s.P99) + " at p99, of " + measure.Count(int(s.Count), "value")
	if o := originOf(sum, name); o != "" {
		text += ", " + o
	}
	if note := statsNote(s); note != "" {
		text += "; " + note
	}
	return text
}

package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/heatmap"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"
	"github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

const (
	height = 8
	// third, half and full are widths of a panel, in columns of Grafana's grid.
	third = 8
	half  = 12
	full  = 24
)

var source = common.DataSourceRef{Type: cog.ToPtr("prometheus"), Uid: cog.ToPtr("${datasource}")}

// about is what every panel has.
type about struct {
	title, description, unit string
	width                    uint32
}

// panel is what the builders of all kinds of panel have in common.
type panel[T any] interface {
	Title(string) T
	Description(string) T
	Unit(string) T
	Datasource(common.DataSourceRef) T
	Height(uint32) T
	Span(uint32) T
}

func describe[T panel[T]](a about, p T) T {
	return p.Title(a.title).Description(a.description).Unit(a.unit).Datasource(source).Height(height).Span(a.width)
}

func target(q query) *prometheus.DataqueryBuilder {
	return prometheus.NewDataqueryBuilder().Expr(q.expr).LegendFormat(q.legend).Range()
}

// lines are values over time.
func lines(a about, of ...query) cog.Builder[dashboard.Panel] {
	p := describe(a, timeseries.NewPanelBuilder()).ShowPoints(common.VisibilityModeNever).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeMulti).Sort(common.SortOrderDescending)).
		Legend(common.NewVizLegendOptionsBuilder().DisplayMode(common.LegendDisplayModeTable).Placement(common.LegendPlacementBottom).
			ShowLegend(true).Calcs([]string{"lastNotNull", "max"}))
	for _, q := range of {
		p = p.WithTarget(target(q))
	}
	return p
}

// number is the last value of each query, large.
func number(a about, of ...query) cog.Builder[dashboard.Panel] {
	p := describe(a, stat.NewPanelBuilder()).ReduceOptions(common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"}))
	for _, q := range of {
		p = p.WithTarget(target(q))
	}
	return p
}

// colors are those of the verdicts, whose words they only underline.
var colors = []struct{ verdict, color string }{
	{"pass", "green"}, {"fail", "red"}, {"invalid", "purple"}, {"inconclusive", "yellow"}, {"unknown", "orange"},
	{"interrupted", "orange"}, {"no_data", "yellow"},
}

// verdict is which verdict there is, as a word.
func verdict(a about, q query) cog.Builder[dashboard.Panel] {
	p := describe(a, stat.NewPanelBuilder()).TextMode(common.BigValueTextModeName).ColorMode(common.BigValueColorModeBackground).
		GraphMode(common.BigValueGraphModeNone).WithTarget(target(q))
	for _, c := range colors {
		p = p.OverrideByRegexp(".*\\b"+c.verdict+"$", fixed(c.color))
	}
	return p
}

// validity is 1 for valid and 0 for invalid, as a word.
func validity(a about, q query) cog.Builder[dashboard.Panel] {
	word := func(text, color string, index int32) dashboard.ValueMappingResult {
		return dashboard.ValueMappingResult{Text: &text, Color: &color, Index: &index}
	}
	return describe(a, stat.NewPanelBuilder()).ColorMode(common.BigValueColorModeBackground).GraphMode(common.BigValueGraphModeNone).
		ReduceOptions(common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"})).
		Mappings([]dashboard.ValueMapping{{ValueMap: &dashboard.ValueMap{Type: dashboard.MappingTypeValueToText, Options: map[string]dashboard.ValueMappingResult{
			"1": word("valid", "green", 0), "0": word("invalid", "purple", 1),
		}}}}).WithTarget(target(q))
}

// states are verdicts over time, each in a row of its own.
func states(a about, q query) cog.Builder[dashboard.Panel] {
	p := describe(a, statetimeline.NewPanelBuilder()).ShowValue(common.VisibilityModeNever).WithTarget(target(q))
	for _, c := range colors {
		p = p.OverrideByRegexp(".*\\b"+c.verdict+"$", fixed(c.color))
	}
	return p
}

func fixed(color string) []dashboard.DynamicConfigValue {
	return []dashboard.DynamicConfigValue{{Id: "color", Value: map[string]string{"mode": "fixed", "fixedColor": color}}}
}

// rows are the last values as a table.
func rows(a about, of ...query) cog.Builder[dashboard.Panel] {
	p := describe(a, table.NewPanelBuilder()).Footer(common.NewTableFooterOptionsBuilder().Reducer([]string{"sum"})) // hidden, but Grafana wants one
	for _, q := range of {
		p = p.WithTarget(prometheus.NewDataqueryBuilder().Expr(q.expr).RefId(q.legend).Format(prometheus.PromQueryFormatTable).Instant())
	}
	return p.WithTransformation(dashboard.DataTransformerConfig{Id: "merge", Options: map[string]any{}})
}

// heat is how a histogram's values spread over time.
func heat(a about, name string) cog.Builder[dashboard.Panel] {
	return describe(a, heatmap.NewPanelBuilder()).Calculate(false).YAxis(heatmap.NewYAxisConfigBuilder().Unit(a.unit)).
		WithTarget(target(query{"sum by (le) (increase(" + name + "_bucket{" + turns + "}[$__rate_interval]))", "{{le}}"}).
			Format(prometheus.PromQueryFormatHeatmap))
}

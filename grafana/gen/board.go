// The second form of Grafana's dashboards, which the SDK prefers, can be imported by the newest Grafana alone, and not by
// the sidecar that reads ConfigMaps.
//
//lint:file-ignore SA1019 the first form is what everybody can import

package main

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"

	"aimbench/engine/metric"
)

// dash is a dashboard in the making.
type dash = dashboard.DashboardBuilder

// board is a dashboard with what all of them have: which Prometheus and which scenarios, those that a series has, and the
// beginning and end of runs as annotations.
func board(name, title, description, from, scenarios string) *dash {
	return dashboard.NewDashboardBuilder(title).Uid("aimbench-"+name).Description(description).Tags([]string{"aimbench"}).
		Time(from, "now").Refresh("10s").Timezone("browser").Tooltip(dashboard.DashboardCursorSyncCrosshair).Editable().
		WithVariable(dashboard.NewDatasourceVariableBuilder("datasource").Label("Prometheus").Type("prometheus")).
		WithVariable(choice("scenario", "Scenario", scenarios, "")).
		Annotation(moment("Run began", metric.RunStart, "green")).
		Annotation(moment("Run ended", metric.RunEnd, "blue"))
}

// choice is a variable whose values are those of a label.
func choice(label, title, of, selector string) *dashboard.QueryVariableBuilder {
	values := fmt.Sprintf("label_values(%s{%s}, %s)", of, selector, label)
	return dashboard.NewQueryVariableBuilder(label).Label(title).Datasource(source).Definition(values).
		Query(dashboard.StringOrMap{Map: map[string]any{"query": values, "refId": label}}).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).Sort(dashboard.VariableSortAlphabeticalAsc).
		Multi(true).IncludeAll(true).AllValue(".*").
		Current(dashboard.VariableOption{
			Selected: cog.ToPtr(true), Text: dashboard.StringOrArrayOfString{String: cog.ToPtr("All")},
			Value: dashboard.StringOrArrayOfString{String: cog.ToPtr("$__all")},
		})
}

// endpoints chooses among those that turns went to.
func endpoints() *dashboard.QueryVariableBuilder {
	return choice("endpoint", "Endpoint", series("request_rate"), whole)
}

// moment marks when something was, which a gauge says in seconds; 0 is never.
func moment(name, gauge, color string) *dashboard.AnnotationQueryBuilder {
	expr := fmt.Sprintf("1000 * max by (scenario) (%s{%s} > 0)", gauge, whole)
	return dashboard.NewAnnotationQueryBuilder().Name(name).Datasource(source).Enable(true).IconColor(color).
		Expr(expr).UseValueForTime(true).TitleFormat(name).TextFormat("{{scenario}}").
		Target(prometheus.NewDataqueryBuilder().Expr(expr).RefId("Anno"))
}

// add adds a row and its panels.
func add(b *dash, title string, panels ...cog.Builder[dashboard.Panel]) {
	b.WithRow(dashboard.NewRowBuilder(title))
	for _, p := range panels {
		b.WithPanel(p)
	}
}

// addFolded adds a row that is closed until somebody opens it: for what not everybody has.
func addFolded(b *dash, title string, panels ...cog.Builder[dashboard.Panel]) {
	row := dashboard.NewRowBuilder(title).Collapsed(true)
	for _, p := range panels {
		row.WithPanel(p)
	}
	b.WithRow(row)
}

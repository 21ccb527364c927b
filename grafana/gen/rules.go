package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"text/template"

	"aimbench/engine/metric"
)

//go:embed rules.yaml.tmpl
var rulesText string

// runbooks is where the alerts' runbooks are; the chart puts an address before it.
const runbooks = "docs/operations.md"

// burn is one row of the table of burn rates: how fast the budget of an edge is used up over two windows. The long one says
// that it matters, the short one that it goes on.
type burn struct {
	Rate        float64
	Long, Short string
	Severity    string
	// Used is how much of the budget of 30 days is gone after the long window.
	Used string
}

// Limit is the share of turns above which the budget burns so fast.
func (b burn) Limit() string { return fmt.Sprintf("%.4g", b.Rate*budget) }

// burns are the windows of the Site Reliability Workbook, chapter 5, for a budget of 30 days.
var burns = []burn{
	{14.4, "1h", "5m", "page", "2 %"},
	{6, "6h", "30m", "page", "5 %"},
	{3, "1d", "2h", "ticket", "10 %"},
	{1, "3d", "6h", "ticket", "10 %"},
}

// rules are the alerting rules.
func rules() ([]byte, error) {
	t, err := template.New("rules").Option("missingkey=error").Delims("<<", ">>").Parse(rulesText)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{
		"RunVerdict": metric.RunVerdict, "RunEnd": metric.RunEnd,
		"EdgeInfo": metric.EdgeInfo, "EdgeRobot": metric.EdgeRobot, "EdgeSLO": metric.EdgeSLO,
		"Runbooks": runbooks, "Burns": burns, "Windows": []string{"5m", "30m", "1h", "2h", "6h", "1d", "3d"},
	})
	return b.Bytes(), err
}

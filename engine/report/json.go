package report

import (
	"encoding/json"
	"io"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// SchemaVersion is the version of the JSON report, whose schema is docs/report.schema.json. It changes when a reader
// of the version before would be misled; new keys alone do not change it.
const SchemaVersion = 1

// document is the JSON report.
type document struct {
	SchemaVersion int    `json:"schema_version"`
	Aimbench      string `json:"aimbench"`
	Scenario      string `json:"scenario"`
	Digest        string `json:"digest"`
	Seed          int64  `json:"seed"`
	// Start is when the run began.
	Start     time.Time          `json:"start"`
	Clock     string             `json:"clock"`
	Machine   results.Machine    `json:"machine"`
	Endpoints []results.Endpoint `json:"endpoints"`
	*measure.Summary
	// Incomplete: the record of the run was cut, and the summary made again from its turns.
	Incomplete bool         `json:"incomplete"`
	Turns      []event.Turn `json:"turns,omitzero"`
}

// JSON writes a run as one JSON object.
func JSON(w io.Writer, run *results.Run) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	d := document{
		SchemaVersion: SchemaVersion, Aimbench: run.Aimbench, Scenario: run.Scenario, Digest: run.Digest, Seed: run.Seed,
		Start: run.Start, Clock: run.Clock, Machine: run.Machine, Endpoints: run.Endpoints, Summary: run.Summary,
		Incomplete: run.Cut, Turns: run.Turns,
	}
	if d.Endpoints == nil {
		d.Endpoints = []results.Endpoint{}
	}
	switch {
	case !run.Rules.Single:
		d.Turns = nil
	case d.Turns == nil:
		d.Turns = []event.Turn{}
	}
	return e.Encode(d)
}

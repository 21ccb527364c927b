// Package results reads and writes the record of a run: JSON values, one a line. The first is the header; then comes
// one a turn, as it ends, and between them when the loads wanted turns and what was read of the servers; the last is the
// footer, with the summary and the verdict. A run that was killed leaves a file
// without a footer, whose last line may be cut, and Read copes with that.
package results

import (
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

// Format is the version of the format that this package writes, and the newest that it reads.
const Format = 1

// Header says what ran, where, and how it is judged.
type Header struct {
	// Format is set by NewWriter.
	Format int `json:"format"`
	// Aimbench is the version of the program that made the record.
	Aimbench string `json:"aimbench"`
	Scenario string `json:"scenario"`
	// Digest is the hex SHA-256 of the scenario's files.
	Digest  string   `json:"digest"`
	Sources []Source `json:"sources"`
	// Plan is the resolved plan.
	Plan  json.RawMessage `json:"plan,omitempty"`
	Rules measure.Rules   `json:"rules"`
	Seed  int64           `json:"seed"`
	// Conversations are those of a single run, in the order in which they run.
	Conversations []string `json:"conversations,omitempty"`
	// Endpoints are the endpoints that the run used.
	Endpoints []Endpoint `json:"endpoints"`
	// Robots are the robots that the run used.
	Robots  []Robot `json:"robots,omitempty"`
	Machine Machine `json:"machine"`
	// Clock says who stamped the arrivals: "kernel", or userClock where that was not so for all.
	Clock string    `json:"clock"`
	Start time.Time `json:"start"`
}

// userClock says that arrivals bear the moment at which they were read.
const userClock = "user"

// Redacted returns the header with every text of it passed through redact.
func (h Header) Redacted(redact func(string) string) (Header, error) {
	raw, err := json.Marshal(h)
	if err == nil {
		raw, err = redactJSON(raw, redact)
	}
	clean := Header{}
	if err == nil {
		err = json.Unmarshal(raw, &clean)
	}
	if err != nil {
		return Header{}, fmt.Errorf("redacting the header of the results: %w", err)
	}
	return clean, nil
}

// Source is one scenario file.
type Source struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// Endpoint is a service that the run talked to.
type Endpoint struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
	// Model is the model as it was asked for; empty where the server's only one was meant.
	Model     string `json:"model,omitempty"`
	Simulated bool   `json:"simulated"`
}

// Robot is a robot that moved in the run.
type Robot struct {
	Name      string `json:"name"`
	URL       string `json:"url,omitempty"`
	Simulated bool   `json:"simulated"`
}

// Machine is where the harness ran.
type Machine struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
	CPUs int    `json:"cpus"`
	Go   string `json:"go"`
}

// ThisMachine describes the machine that the process runs on.
func ThisMachine() Machine {
	return Machine{OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.GOMAXPROCS(0), Go: runtime.Version()}
}

// Run is a whole record: what a report is made from.
type Run struct {
	Header
	// Turns are those of a single run, in the order in which they ended.
	Turns   []event.Turn
	Summary *measure.Summary
	// Ending is how the run came to its end.
	Ending measure.Ending
	// Cut says that the record has no footer: the summary was made again from the turns.
	Cut bool
}

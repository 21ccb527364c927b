package engine_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"aimbench/engine/report"
	"aimbench/engine/results"
)

// What loads come to can be written in every format, and keeps the schema of the JSON report.
func TestReportsOfLoads(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ramp", "mix", "impatient", "replay"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			summary, _ := rehearse(t, name)
			run := &results.Run{Summary: summary, Header: results.Header{
				Scenario: name, Clock: "user", Machine: results.ThisMachine(), Start: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC),
			}}
			for _, f := range report.Formats {
				var b bytes.Buffer
				if err := f.Write(&b, run, report.Style{Unicode: true, Width: 60}); err != nil {
					t.Errorf("%s: %v", f.Name, err)
				}
				switch f.Name {
				case "json":
					v, err := jsonschema.UnmarshalJSON(&b)
					if err != nil {
						t.Fatal(err)
					}
					if err := schema.Validate(v); err != nil {
						t.Error(err)
					}
				case "text":
					for line := range strings.Lines(b.String()) {
						if n := len([]rune(line)); n > 61 && !strings.HasPrefix(line, "PASS") {
							t.Errorf("%d columns: %s", n-1, line)
						}
					}
				}
			}
		})
	}
}

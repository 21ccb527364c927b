package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
	"aimbench/engine/simulate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func compile(t *testing.T, text string) *plan.Plan {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.hcl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, diags := scenario.Read([]string{path}, scenario.Options{Getenv: func(string) (string, bool) { return "", false }})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	p, diags := plan.Compile(s, plan.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

func judge(ctx context.Context, t *testing.T, text string) (*measure.Summary, []event.Turn, error) {
	t.Helper()
	e, err := engine.Open(compile(t, text), engine.Options{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	summary, err := e.Run(ctx, nil)
	return summary, e.Recorder().Turns(), err
}

// The language and the embedded endpoint know the same faults.
func TestFaultKinds(t *testing.T) {
	if !slices.Equal(scenario.FaultKinds, simulate.KindNames()) {
		t.Errorf("the language knows %v\nthe endpoint  %v", scenario.FaultKinds, simulate.KindNames())
	}
}

const faulty = `
endpoint "aim" {
  timeout_first_token = "%s"
  timeout_idle        = "%s"
  timeout             = "%s"
  simulator {
    ttft = "5ms"
    itl  = "1ms"
    fault {
      kind = %s
    }
  }
}
tool "nod" {
  result = "done"
}
conversation "c" {
  endpoint = endpoint.aim
  tools    = [%s]
  turn "t" {
    user            = "Hello! How are you today?"
    max_tool_rounds = 2
    expect          = %s
  }
}
`

// Every way in which the endpoint breaks gets the class that it says it must, through everything.
func TestFaultsGetTheirClasses(t *testing.T) {
	for _, k := range simulate.Kinds() {
		t.Run(string(k.Kind), func(t *testing.T) {
			t.Parallel()
			first, idle, total, tools, expect := "1m", "1m", "1m", "", "success"
			switch event.Class(k.Class) { // a limit is short only where it is meant to be missed: the machine may be busy
			case event.TimeoutFirstToken:
				first = "300ms"
			case event.TimeoutIdle:
				idle = "300ms"
			case event.TimeoutTotal: // comments count as progress
				idle, total = "0s", "500ms"
			}
			if k.Kind == simulate.ToolRounds {
				tools = "tool.nod"
			}
			if k.Class != "" {
				expect = "failure"
			}
			summary, turns, err := judge(t.Context(), t, fmt.Sprintf(faulty, first, idle, total, k.Kind, tools, expect))
			if err != nil || len(turns) != 1 {
				t.Fatalf("%d turns, error %v", len(turns), err)
			}
			if got := string(turns[0].Class); got != k.Class {
				t.Errorf("class %q, want %q: %s", got, k.Class, turns[0].Message)
			}
			if k.Class != "" && turns[0].Message == "" {
				t.Error("the failure says nothing")
			}
			if summary.ExitCode != measure.ExitPass {
				t.Errorf("exit code %d: %s", summary.ExitCode, summary.Reason)
			}
		})
	}
}

// An endpoint that is not there is an error that says what was tried, and a summary that says that nobody could tell.
func TestNobodyThere(t *testing.T) {
	summary, turns, err := judge(t.Context(), t, `
endpoint "aim" {
  base_url = "http://127.0.0.1:1"
}
conversation "c" {
  endpoint = endpoint.aim
  turn "t" {
    user = "Hello"
  }
}
`)
	if err == nil || !strings.Contains(err.Error(), "http://127.0.0.1:1/v1/models") || len(turns) != 0 {
		t.Fatalf("error %v, turns %v", err, turns)
	}
	if summary.ExitCode != measure.ExitUnknown || !strings.Contains(summary.Reason, "refused") {
		t.Errorf("exit code %d: %s", summary.ExitCode, summary.Reason)
	}
}

// What had ended when a run is interrupted is judged.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	e, err := engine.Open(compile(t, `
endpoint "aim" {
  simulator {
    ttft = "1ms"
  }
}
conversation "c" {
  endpoint = endpoint.aim
  turn "one" {
    user = "Hello"
  }
  turn "two" {
    user       = "Hello again"
    think_time = "1h"
  }
}
`), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	summary, err := e.Run(ctx, nil, ender(cancel))
	if err != nil || summary.ExitCode != measure.ExitInterrupted || summary.Requests.Succeeded != 1 {
		t.Errorf("error %v, exit code %d, %+v", err, summary.ExitCode, summary.Requests)
	}
}

// ender interrupts the run when the first turn has ended.
type ender context.CancelFunc

func (e ender) Record(*event.Turn) { e() }

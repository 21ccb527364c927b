package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, programs)
}

// programs are those that the tests run as processes of their own.
var programs = map[string]func(){"aimbench": main}

func TestScripts(t *testing.T) { runScripts(t, "testdata/script") }

// TestReal runs the scripts against the endpoint that AIM_BASE_URL names.
func TestReal(t *testing.T) {
	if os.Getenv("AIM_BASE_URL") == "" {
		t.Skip("AIM_BASE_URL is not set")
	}
	runScripts(t, "testdata/real", "AIM_BASE_URL", "AIM_MODEL", "AIM_API_KEY")
}

// runScripts runs the scripts of a directory, which see the named variables of the environment and no others.
func runScripts(t *testing.T, dir string, seen ...string) {
	scenarios, err := filepath.Abs("../../scenarios")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SCENARIOS", scenarios)
			env.Setenv("LANG", "C.UTF-8")
			for _, name := range seen {
				if value, ok := os.LookupEnv(name); ok {
					env.Setenv(name, value)
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exit": exit, "serve": serve, "await": await, "sigterm": sigterm,
			"scrape": scrape, "occupy": occupy, "vacate": vacate,
		},
	})
}

// exit CODE COMMAND... runs a command and holds its exit code.
func exit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		var ok bool
		if got, ok = exitCode(err); !ok {
			ts.Fatalf("%v", err)
		}
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

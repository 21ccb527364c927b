package acceptance

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cucumber/godog"
	"github.com/google/go-cmp/cmp"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
	"aimbench/robot"
	"aimbench/robot/speech"
)

// The ways to the Thens of the table below.
const (
	paris = `
		Given an embedded endpoint whose first word takes 200 ms
		And the endpoint takes 20 ms for a word
		And the endpoint answers "Paris is the capital of France. Rome is not."
		When I say "Hello!"`
	booking = `
		Given an embedded endpoint
		And the endpoint answers "{\"guest\":{\"name\":\"Ada\"},\"room\":12}"
		When I say "Hello!"`
	broken = `
		Given an embedded endpoint
		And the endpoint fails with http_500
		When I say "Hello!"`
	waving = `
		Given an embedded endpoint whose first word takes 200 ms
		And an embedded robot
		And the endpoint calls the tool "wave" with:
			"""
			{"hand": "left"}
			"""
		When I say "Wave!"`
	nodding = `
		Given an embedded endpoint whose first word takes 200 ms
		And an embedded robot
		And the endpoint answers "Yes."
		When I say "Is it?"`
	aloud = `
		Given an embedded endpoint
		And an embedded robot
		And the endpoint answers "Yes."
		When I say "Is it?"`
	late = `
		Given the scenario "../../scenarios/rubric.hcl"
		When I say "My parcel is late. Where is it?"`
	discount = `
		Given the scenario "../../scenarios/rubric.hcl"
		When I say "Do I get a discount?"`
	slept = `
		Given an embedded endpoint whose first word takes 200 ms
		And an embedded robot
		And the robot is asleep
		When I say "Good morning!"`
	cut = `
		Given an embedded endpoint
		And the endpoint takes 100 ms for a word
		When I say "Tell me a long story about a robot and a lighthouse."
		And I say "Stop!" while it is still speaking`
	judging = `
		Given this scenario:
			"""
			endpoint "aim" {
			  simulator {
			    ttft = "200ms"
			    itl  = "10ms"
			  }
			}
			conversation "ask" {
			  turn "one" {
			    user = "Hello!"
			    assert {
			      condition     = response.status == 200
			      error_message = "It was refused."
			    }
			  }
			}
			conversation "wrong" {
			  turn "one" {
			    user = "Hello!"
			    assert {
			      condition     = response.text == "Goodbye!"
			      error_message = "It did not say goodbye."
			    }
			  }
			}
			slo "fast" {
			  objective "ttft" {
			    value = p(metric.ttft, 95)
			    max   = "100ms"
			  }
			  objective "e2e" {
			    value = p(metric.e2e, 95)
			    max   = "10s"
			  }
			}
			slo "slow" {
			  objective "ttft" {
			    value = p(metric.ttft, 95)
			    max   = "1s"
			  }
			}
			"""
		When the conversation "ask" runs`
)

var (
	wrong = strings.Replace(judging, `the conversation "ask" runs`, `the conversation "wrong" runs`, 1)
	users = strings.Replace(judging, `the conversation "ask" runs`, `4 users hold the conversation "ask" for 1.9 s`, 1)
)

// mustFail are features that fail by their last step, each with exactly what testdata/mustfail.txt says. A Then without a row
// here fails TestEveryThenCanFail.
var mustFail = []struct{ way, then string }{
	{paris, `the reply contains "Berlin"`},
	{paris, `the reply does not contain "paris"`},
	{paris, `the reply is "Paris"`},
	{paris, `the reply is not "Paris is the capital of France. Rome is not."`},
	{paris, `the reply matches "^Rome"`},
	{paris, `the reply does not match "^Paris"`},
	{paris, `the reply has at most 1 sentence`},
	{paris, `the reply has more than 2 sentences`},
	{paris, `the reply has at most 8 words`},
	{paris, `the reply has more than 9 words`},
	{paris, `the reply is JSON`},
	{booking, `the reply is not JSON`},
	{booking, `the reply is JSON in which "guest.name" is "Bob"`},
	{booking, `the reply is JSON in which "guest.age" is "12"`},
	{booking, `the reply is JSON in which "guest.age" is not "12"`},
	{booking, `the reply is JSON in which "room" is not "12"`},
	{booking, "the reply is JSON with:\n\"\"\"\n{\"room\": 13}\n\"\"\""},
	{booking, "the reply is not JSON with:\n\"\"\"\n{\"room\": 12}\n\"\"\""},
	{booking, "the reply satisfies the schema:\n\"\"\"\n{\"required\": [\"price\"]}\n\"\"\""},
	{booking, "the reply does not satisfy the schema:\n\"\"\"\n{\"required\": [\"room\"]}\n\"\"\""},
	{waving, `the reply calls the tool "nod"`},
	{waving, `the reply does not call the tool "wave"`},
	{waving, "the reply calls the tool \"wave\" with:\n\"\"\"\n{\"hand\": \"right\"}\n\"\"\""},
	{waving, "the reply does not call the tool \"wave\" with:\n\"\"\"\n{\"hand\": \"left\"}\n\"\"\""},
	{paris, `the reply mentions all of "Paris" and "Berlin"`},
	{paris, `the reply does not mention all of "Paris" and "Rome"`},
	{paris, `the reply mentions any of "Berlin" and "Madrid"`},
	{paris, `the reply mentions none of "Berlin" and "Rome"`},
	{paris, `the reply is close to "I have no idea whatsoever, sorry."`},
	{paris, `the reply is not close to "Paris is the capital of France. Rome is not"`},
	{booking, `the reply names a number within 0.5 of 13`},
	{booking, `the reply names no number within 0.5 of 12`},
	{discount, `the reply meets the rubric "helpful"`},
	{late, `the reply does not meet the rubric "helpful"`},
	{discount, "the reply meets these criteria:\n\"\"\"\nIt says sorry.\n\"\"\""},
	{late, "the reply does not meet these criteria:\n\"\"\"\nIt says sorry.\n\"\"\""},
	{broken, `the turn succeeds`},
	{paris, `the turn fails`},
	{broken, `the turn fails with http_4xx`},
	{broken, `the turn does not fail with http_5xx`},

	{paris, `in the turn "1" the reply contains "Berlin"`},
	{paris, `in every turn the reply contains "Berlin"`},
	{paris, `in at least 2 of 3 tries the reply contains "Berlin"`},

	{paris, `the first word comes within 150 ms`},
	{paris, `the first word does not come within 200 ms`},
	{broken, `the first word comes within 200 ms`},
	{paris, `the reply is whole within 300 ms`},
	{paris, `the reply is not whole within 2 s`},
	{cut, `it is not silent within 300 ms of the interruption`},
	{strings.Replace(cut, "the endpoint takes 100 ms for a word", "the endpoint fails with http_500", 1), `it is silent within 300 ms of the interruption`},
	{paris, `the end of the reply comes before the first word`},
	{paris, `the first word does not come before the end of the reply`},
	{paris, `the first movement comes before the first word`},
	{paris, `the end of the reply comes within 100 ms of the first word`},
	{paris, `the end of the reply does not come within 1 s of the first word`},

	{waving, `the robot nods`},
	{nodding, `the robot does not nod`},
	{nodding, `the robot performed "excited"`},
	{nodding, `the robot did not perform "ack"`},
	{nodding, `the robot performed "nod" before the reply ended`},
	{strings.Replace(nodding, "200 ms", "3 s", 1), `the robot did not perform "ack" before the reply ended`},
	{nodding, `the robot woke before it answered`},
	{slept, `the robot did not wake before it answered`},
	{slept + "\nAnd I type \"/sleep\"\nAnd there is silence for 5 s", `the robot breathes`},
	{nodding + "\nAnd there is silence for 10 s", `the robot keeps still`},
	{beyondReach, `the robot stays within its limits`},
	{tooFast, `the robot stays within its limits`},
	{tooSudden, `the robot stays within its limits`},
	{nodding, `the robot is asleep`},
	{nodding, `the robot is not awake`},
	{nodding, `the robot speaks`},
	{aloud, `the robot is silent`},

	{judging, `the SLO "fast" holds`},
	{judging, `the SLO "fast/e2e" fails`},
	{judging, `the SLO "slow" has no data`},
	{judging, `the SLO "slow" is inconclusive`},
	{wrong, `all assertions hold`},
	{judging, `an assertion fails`},
	{judging, `the run is not valid`},
	{judging, `the verdict is pass`},
	{judging, `the verdict is not fail`},
	{judging, `the exit code is 0`},
	{judging, `the exit code is not 99`},
	{judging, `the p95 of ttft is under 150 ms`},
	{judging, `the median of ttft is not under 300 ms`},
	{users, `the p95 of ttft is under 150 ms at 4 users`},
	{users, `the p95 of ttft is not under 300 ms at 4 users`},
	{users, `the p95 of ttft is under 300 ms at 5 users`},
	{users, `the metric request_rate is at least 100`},
	{users, `the metric request_rate is not at least 1`},
	{strings.Replace(judging, "When", "And the endpoint fails with http_500\nWhen", 1), `at most 50 % of the turns fail`},
	{users, `more than 1 % of the turns fail`},
	{strings.Replace(judging, "When", "And the endpoint fails with http_500\nWhen", 1), `no turn fails`},
	{users, `some turn fails`},

	{paris, `the screen shows "Berlin"`},
	{paris, `the screen does not show "Paris"`},
	{paris, `the metrics page has "aimbench_edge_price"`},
	{paris, `the metrics page does not have "aimbench_edge_slo_total"`},
	{paris, `the metrics page has "aimbench_edge_slo_total" at 2`},
	{paris, `the metrics page does not have "aimbench_edge_slo_total" at 1`},
	{paris, `no artefact contains "Paris"`},
	{paris, `an artefact contains "Berlin"`},
	{paris, `the saved file "talk.hcl" replays`},
	{paris + "\nAnd I type \"/save talk\"", `the saved file "talk.hcl" does not replay`},
}

// The limits that a way has its robot held to, where they are others than those it keeps.
var (
	beyondReach = nodding + "\n# beyond its reach"
	tooFast     = nodding + "\n# too fast"
	tooSudden   = nodding + "\n# too sudden"
	limitsOf    = map[string]*robot.Limits{
		beyondReach: limits(func(l *robot.Limits) { l.High.Head.Pitch = 0.1 }),
		tooFast:     limits(func(l *robot.Limits) { l.Speed.Turn = 0.1 }),
		tooSudden:   limits(func(l *robot.Limits) { l.Acceleration.Turn = 0.1 }),
	}
)

func limits(change func(*robot.Limits)) *robot.Limits {
	l := robot.DefaultLimits()
	change(&l)
	return &l
}

// failureOf runs a way and a Then in a bubble, and returns how the Then failed.
func failureOf(t *testing.T, way, then string) *Failure {
	t.Helper()
	path := filepath.Join(t.TempDir(), "must.feature")
	text := "Feature: must fail\n\tScenario: it fails\n" + way + "\n\t\tThen " + then + "\n"
	text = strings.ReplaceAll(text, "\t", "  ")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	suite, err := Load([]string{path}, Selection{Getenv: noEnv})
	if err != nil {
		t.Fatal(err)
	}
	if way == aloud { // what speaks is a program
		speaks(t)
		return runFailing(t, suite, Options{Getenv: noEnv})
	}
	o := Options{Memory: true, Getenv: noEnv, Limits: limitsOf[way]}
	var failure *Failure
	synctest.Test(t, func(t *testing.T) { failure = runFailing(t, suite, o) })
	return failure
}

func runFailing(t *testing.T, suite *Suite, o Options) *Failure {
	t.Helper()
	var failure *Failure
	o.Ended = func(_ *godog.Scenario, err error) { errors.As(err, &failure) }
	code := suite.Run(t.Context(), RunOptions{Options: o, Formats: []Format{{Name: "progress"}}, Out: &lockedBuffer{}})
	if failure == nil || failure.Code != code || code == measure.ExitPass {
		t.Fatalf("exit code %d, %v", code, failure)
	}
	return failure
}

// speaks puts a program that speaks in the place of espeak-ng.
func speaks(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	sound := speech.Sound{Rate: 8000, Channels: 1, PCM: make([]byte, 1600)}
	wav, program := filepath.Join(dir, "said.wav"), filepath.Join(dir, "espeak-ng")
	if err := errors.Join(os.WriteFile(wav, sound.WAV(), 0o600),
		os.WriteFile(program, []byte("#!/bin/sh\ncat >/dev/null\nexec cat '"+wav+"'\n"), 0o700)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func noEnv(string) (string, bool) { return "", false }

// Every Then can fail, and says what was wanted, what was got, where, and what was said until then.
func TestEveryThenCanFail(t *testing.T) {
	tab := newTable(Groups())
	fails := map[string]bool{"Then the run is valid": true} // by TestInvalidRun: in a bubble, no run is invalid for sure
	var all strings.Builder
	for _, c := range mustFail {
		sentence, _, _ := strings.Cut(c.then, "\n")
		m, err := tab.find(Then, sentence)
		if err != nil {
			t.Errorf("%s: %v", sentence, err)
			continue
		}
		fails[form(m)] = true
		t.Run(sentence, func(t *testing.T) {
			said := reason(failureOf(t, c.way, c.then), sentence)
			if strings.HasPrefix(sentence, "the robot") { // a body takes a tick more or less
				said = numbers.ReplaceAllString(said, "N")
			}
			fmt.Fprintf(&all, "Then %s\n  %s\n\n", sentence, strings.ReplaceAll(said, "\n", "\n  "))
		})
	}
	for _, f := range forms(tab) {
		if strings.HasPrefix(f, string(Then)) && !fails[f] {
			t.Errorf("nothing shows that this can fail: %s", f)
		}
	}
	const golden = "testdata/mustfail.txt"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(all.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if d := cmp.Diff(strings.Split(string(want), "\n\n"), strings.Split(all.String(), "\n\n")); d != "" {
		t.Errorf("%v (-want +got)\n%s", err, d)
	}
}

var numbers = regexp.MustCompile(`\d+(\.\d+)?`)

// A run whose harness was the bottleneck is not valid, and says why, with the exit code of that.
func TestInvalidRun(t *testing.T) {
	w := newWorld(t.Context(), &Options{}, newTable(Groups()), nil)
	defer w.close()
	w.run = &ran{results: &results.Run{Summary: &measure.Summary{Audit: &measure.Audit{Why: "too few descriptors"}}}}
	f, err := w.hold(t.Context(), "the run is valid")
	if err != nil || f.holds || f.got != "too few descriptors" || f.code != measure.ExitInvalid {
		t.Errorf("%+v, %v", f, err)
	}
}

// reason is what a failure says before its place; of one that wanted the sentence, what it got.
func reason(f *Failure, sentence string) string {
	text := strings.ReplaceAll(f.Text, "\n      ", "\n")
	if i := strings.Index(text, "must.feature:"); i >= 0 {
		text = text[:strings.LastIndex(text[:i], "\n")]
	}
	return strings.TrimPrefix(text, "wanted: "+sentence+"\ngot:    ")
}

// What is said or heard after the interruption is not silence.
func TestSilence(t *testing.T) {
	w := newWorld(t.Context(), &Options{}, newTable(Groups()), nil)
	defer w.close()
	w.screen, w.cut = newScreen(), event.Instant(time.Second)
	spoken := &turn{Turn: event.Turn{Intended: 1, End: event.Instant(1100 * time.Millisecond), Class: event.HungUp}}
	spoken.Speech = &event.Speech{Start: 2, End: event.Instant(1400 * time.Millisecond)}
	w.screen.turns = []*turn{spoken}
	for sentence, want := range map[string]bool{
		"it is silent within 500 ms of the interruption": true, "it is silent within 300 ms of the interruption": false,
	} {
		if f, err := w.hold(t.Context(), sentence); err != nil || f.holds != want || f.got != "it was silent after 400 ms" {
			t.Errorf("%s: %+v, %v", sentence, f, err)
		}
	}
}

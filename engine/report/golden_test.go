package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// hostile is what a model or a server may say to a terminal, a page or a file.
const hostile = "\x1b[2J\x1b]0;owned\x07red\x1b[31m \u202egnp.exe \u200bzero \x00nul | a\\|b </td><script>alert(1)</script>" +
	" ]]> &lt; `code` *bold* [link](http://evil.example) @everyone \r\nnext\rline\u0085 \xff\xfe \u2028 =1+1 日本語の文 👩‍👩‍👧 end"

func failed(message, detail string) event.Assertion {
	return event.Assertion{
		Outcome: event.Failed, File: "scenarios/smoke.hcl", Line: 21, Condition: `response.finish_reason == "stop"`,
		Message: message, Detail: detail,
	}
}

var passed = event.Assertion{
	Outcome: event.Passed, File: "scenarios/smoke.hcl", Line: 20, Condition: "length(response.text) > 0",
}

const diagnostic = `Assertion failed: Wrong room in {"room": 21}

    on scenarios/edge.hcl line 71, in conversation "concierge", turn "room":
    71:       condition     = try(turn.room.capture.plan.room == 12, false)
                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        turn.room.capture.plan.room is 21`

func passing() *results.Run {
	t := reply("smoke", "greet", "Hello! Who are you?", "I am Reachy Mini, a small friendly robot. Hello!")
	t.Assertions = []event.Assertion{passed, passed}
	return finished([]event.Turn{t}, measure.Ending{}, under("ttft", "ttft", 50, 0.8))
}

func manyParts() *results.Run {
	think := reply("smoke", "think", "What is 17 times 23?\nThink first.",
		"17 × 23 = 391.\n\n```go\nfor i := range 3 {\n\tprintln(i)\n}\n```\n")
	think.Reasoning = "\nThe user wants a product. 17 times 20 is 340, and 17 times 3 is 51, so that together it is 391.\n"
	think.Requests[0].FirstAnswer = 256 * ms
	think.Requests[0].Notes = []string{"no [DONE] after the last event"}
	think.Assertions = []event.Assertion{passed}

	call := reply("weather", "ask_for_weather", "What is the weather in Oslo?", "It rains in Oslo, at 7 degrees.")
	call.ToolCalls = []event.ToolCall{
		{ID: "1", Name: "weather", Arguments: `{"city": "Oslo"}`, Result: `{"sky": "rain", "degrees": 7}`},
		{ID: "2", Name: "clock", Arguments: `{}`},
	}
	second := call.Requests[0]
	second.Reused, second.Retries = true, 1
	call.Requests = append(call.Requests, second)

	refuse := reply("weather", "refuse", "Tell me a secret.", "")
	refuse.Refusal, refuse.FinishReason = "I will not.", "stop"
	refuse.Requests[0].Usage = event.Usage{Output: 3, Source: event.FromChunks}

	leave := reply("weather", "leave", "Tell me a long story.", "Once upon a")
	leave.Class, leave.FinishReason = event.HungUp, ""

	run := finished([]event.Turn{think, call, refuse, leave}, measure.Ending{}, under("ttft", "ttft", 50, 0.8))
	run.Conversations = []string{"smoke", "weather"}
	run.Endpoints = append(run.Endpoints, results.Endpoint{Name: "prod", URL: "http://aim.example:8000", Model: "llm-prod"})
	return run
}

func failing() *results.Run {
	t := reply("concierge", "room", "Ada needs room 12. Answer as JSON with keys room and side.", `{"room": 21}`)
	t.Assertions = []event.Assertion{passed, failed(`Wrong room in {"room": 21}`, diagnostic)}
	untold := reply("concierge", "side", "Which side?", "Left.")
	untold.Assertions = []event.Assertion{{
		Outcome: event.Errored, File: "scenarios/edge.hcl", Line: 80, Condition: "turn.room.capture.plan.side == 1",
		Message: "Unsupported attribute: This object does not have an attribute named \"side\".",
	}}
	slow := under("tpot", "tpot", 99, 0.01)
	return finished([]event.Turn{t, untold}, measure.Ending{}, under("ttft", "ttft", 50, 0.8), slow)
}

func broken() *results.Run {
	bad := failure("greet", event.HTTP5xx, 503, "tried POST http://aim.example:8000/v1/chat/completions, "+
		"got 503 Service Unavailable: \"no worker is ready\"; wait for the server, or give it a wait_ready.")
	wanted := failure("fault", event.StreamTruncated, 200, "the stream ended without a finish_reason")
	wanted.ExpectFailure = true
	surprise := reply("smoke", "surprise", "Fail, please.", "No.")
	surprise.ExpectFailure = true
	late := failure("late", event.TimeoutFirstToken, 200, "no token within 30 s")
	late.End = 30012 * ms
	unsaid := event.Turn{
		Conversation: "smoke", Turn: "unsaid", Endpoint: "aim", Intended: 400 * ms, Dispatched: 400 * ms, End: 400 * ms,
		Class: event.Unsent, Message: "Unsupported attribute: turn.greet.capture has no attribute named \"nmae\".",
	}
	return finished([]event.Turn{bad, wanted, surprise, late, unsaid}, measure.Ending{}, under("ttft", "ttft", 99, 0.8))
}

func noData() *results.Run {
	few := under("a_long_name_of_an_objective", "ttft", 99, 0.8)
	few.MinSamples = 100
	optional := few
	optional.Name, optional.Optional = "tpot", true
	share := measure.Objective{
		SLO: "responsive", Name: "goodput", Text: "goodput(metric.ttft < 0.5)", Fn: "goodput", Unit: measure.Share,
		Min: number(0.95),
	}
	t := reply("smoke", "greet", "Hello!", "Hi.")
	t.Holds = map[string]bool{"responsive/goodput": true}
	return finished([]event.Turn{t}, measure.Ending{}, few, optional, share,
		measure.Objective{SLO: "fast", Name: "output_rate", Fn: "value", Metric: "output_rate", Unit: "per second", Min: number(20)})
}

func interrupted() *results.Run {
	cut := failure("room", event.Censored, 200, "")
	cut.Text = "Half a"
	return finished([]event.Turn{reply("smoke", "greet", "Hello!", "Hi."), cut},
		measure.Ending{Interrupted: true, Cause: "interrupted"}, under("ttft", "ttft", 100, 0.2))
}

func unreachable() *results.Run {
	return finished([]event.Turn{failure("greet", event.Dial, 0, "tried http://127.0.0.1:9, got connection refused; "+
		"start the server, or rehearse with --simulate")}, measure.Ending{})
}

func hostileRun() *results.Run {
	t := reply("smoke", "greet", hostile, hostile)
	t.Reasoning, t.FinishReason = hostile, hostile
	t.ToolCalls = []event.ToolCall{{ID: "1", Name: "x", Arguments: hostile, Result: hostile}}
	t.Requests[0].Notes = []string{hostile}
	t.Assertions = []event.Assertion{failed(hostile, ""), failed("", hostile)}
	bad := failure("fail", event.Protocol, 200, hostile)
	return finished([]event.Turn{t, bad}, measure.Ending{Interrupted: true, Cause: hostile}, under("ttft", "ttft", 50, 0.8))
}

func withRobot() *results.Run {
	t := reply("smoke", "greet", "Hello! Who are you?", "I am Reachy Mini.")
	t.Gestures = []event.Gesture{
		{Perform: "thinking", Gesture: "thinking", On: "waiting", Status: event.GestureSkipped, Detail: "the occasion had passed"},
		{Perform: "hello", Gesture: "nod", On: "first_token", Trigger: 296 * ms, Start: 310 * ms, End: 748 * ms, Status: event.GestureDone},
		{Perform: "tool.bow", Gesture: "bow", On: "tool_call", Trigger: 300 * ms, Start: 760 * ms, End: 1400 * ms, Status: event.GestureDone},
		{Perform: "sorry", Gesture: "error", On: "reply", Trigger: 320 * ms, End: 2320 * ms, Status: event.GestureRefused,
			Detail: "its head is 0.2 rad off " + hostile},
	}
	t.Speech = &event.Speech{Start: 450 * ms, End: 1900 * ms, Detail: "cut after 1 of 2 sentences"}
	t.Assertions = []event.Assertion{passed, passed}
	run := finished([]event.Turn{t}, measure.Ending{}, under("ttft", "ttft", 50, 0.8))
	run.Robots = []results.Robot{{Name: "reachy", Simulated: true}}
	return run
}

type example struct {
	name string
	run  func() *results.Run
}

// runs are of single runs, loads of runs under load.
var (
	runs = []example{
		{"passing", passing}, {"parts", manyParts}, {"failing", failing}, {"broken", broken}, {"nodata", noData},
		{"interrupted", interrupted}, {"unreachable", unreachable}, {"hostile", hostileRun}, {"robot", withRobot}, {"judged", judged},
	}
	loads = []example{
		{"load", shortLoad}, {"loads", sideBySide}, {"refused", refusedLoad}, {"hostileload", hostileLoad}, {"judgedload", judgedLoad},
	}
)

func TestText(t *testing.T) {
	for _, r := range slices.Concat(runs, loads) {
		for _, s := range []struct {
			name  string
			style Style
		}{
			{"120", Style{Width: 120, Unicode: true}},
			{"60", Style{Width: 60, Unicode: true}},
			{"ascii", Style{Width: 80}},
			{"color", Style{Width: 80, Unicode: true, Color: true}},
		} {
			t.Run(r.name+"/"+s.name, func(t *testing.T) {
				var b bytes.Buffer
				if err := Text(&b, r.run(), s.style); err != nil {
					t.Fatal(err)
				}
				golden(t, "text/"+r.name+"."+s.name+".txt", b.Bytes())
				harmless(t, b.String(), s.style)
			})
		}
	}
}

// harmless fails the test where the text could act on a terminal, or shows what the style cannot.
func harmless(t *testing.T, text string, s Style) {
	t.Helper()
	if s.Color {
		for _, code := range []string{"0", dim, bold, red, green, yellow, bold + ";" + red, bold + ";" + green, bold + ";" + yellow} {
			text = strings.ReplaceAll(text, "\x1b["+code+"m", "")
		}
	}
	for _, r := range text {
		if r < 0x20 && r != '\n' || r == 0x7f || r > 0x7f && (!s.Unicode || !visible(r)) {
			t.Errorf("%q stands in the text", r)
		}
	}
}

func TestOtherFormats(t *testing.T) {
	for _, name := range []string{"json", "csv", "junit", "md"} {
		f, err := Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		ending := map[string]string{"junit": "xml"}[name]
		if ending == "" {
			ending = name
		}
		for _, r := range slices.Concat(runs, loads) {
			t.Run(name+"/"+r.name, func(t *testing.T) {
				var b bytes.Buffer
				if err := f.Write(&b, r.run(), Style{}); err != nil {
					t.Fatal(err)
				}
				golden(t, name+"/"+r.name+"."+ending, b.Bytes())
			})
		}
	}
	if _, err := Lookup("pdf"); err == nil || err.Error() != `there is no report format "pdf"; there are text, json, junit, md, html, csv` {
		t.Errorf("%v", err)
	}
}

// How far a limit is kept or missed is said in words that suit.
func TestTail(t *testing.T) {
	for margin, want := range map[float64]string{
		-0.22: "22 % over", -8.9: "890 % over", -9: "10.0 times the limit", -2017.4: "2,018 times the limit",
	} {
		r := measure.Result{Finding: measure.Finding{Verdict: measure.Fail, Margin: &margin}}
		r.Max = number(1)
		if got := (Style{}).tail(&r); got != want {
			t.Errorf("a margin of %v reads %q, want %q", margin, got, want)
		}
	}
}

// The verdict is the last line, and the only one that is asked for quietly.
func TestTheVerdictIsTheLastLine(t *testing.T) {
	for _, r := range slices.Concat(runs, loads) {
		run := r.run()
		var text, quiet bytes.Buffer
		if err := Text(&text, run, Style{Unicode: true}); err != nil {
			t.Fatal(err)
		}
		if err := Quiet(&quiet, run, Style{Unicode: true}); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(text.String(), "\n\n"+quiet.String()) || !strings.HasPrefix(quiet.String(), run.Summary.Verdict.Word()+" (") {
			t.Errorf("%s: the last line is not %q", r.name, quiet.String())
		}
	}
}

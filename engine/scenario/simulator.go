package scenario

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"
)

// simulator reads an endpoint's simulator block.
func (d *decoder) simulator(n *node) *Simulator {
	s := &Simulator{
		TTFT: n.dist("ttft"), ITL: n.dist("itl"), Prefill: n.dist("prefill"), Slots: n.integer("slots"),
		BatchSlowdown: n.float("batch_slowdown"), Cache: n.yes("cache"), Tokens: n.dist("tokens"), Seed: int64(n.float("seed")),
	}
	for _, r := range n.all("reply") {
		s.Replies = append(s.Replies, d.simulatorReply(r))
	}
	total := 0.0
	for _, f := range n.all("fault") {
		fault := SimulatorFault{Kind: f.word("kind"), Share: f.float("share"), After: f.integer("after"), RetryAfter: f.duration("retry_after")}
		if total += fault.Share; total > 1+1e-9 {
			d.fail(f.at("share"), "Shares above 1", "The shares of an endpoint's faults must not add up to more than 1: a reply breaks in one way only.")
		}
		s.Faults = append(s.Faults, fault)
	}
	return s
}

func (d *decoder) simulatorReply(n *node) SimulatorReply {
	r := SimulatorReply{When: n.text("when"), Text: n.text("text"), Reasoning: n.text("reasoning"), Refusal: n.text("refusal")}
	for _, c := range n.all("tool_call") {
		call := SimulatorToolCall{Name: c.label}
		if v := c.value("arguments"); v.Type() == cty.String {
			call.Arguments = v.AsString()
		} else {
			call.Arguments = string(c.json("arguments"))
		}
		r.ToolCalls = append(r.ToolCalls, call)
	}
	if !n.given("text") && !n.given("refusal") && !n.given("reasoning") && len(n.all("tool_call")) == 0 {
		d.lacks(n, "Empty reply", "A reply needs text, reasoning, refusal or a tool_call.")
	}
	return r
}

// tool reads a tool block.
func (d *decoder) tool(n *node) {
	t := &Tool{Name: n.label, Description: n.text("description"), Parameters: n.json("parameters"), Result: n.exprs["result"], MaxCalls: n.integer("max_calls"), Range: n.rng}
	if t.Parameters == nil {
		t.Parameters = []byte(`{"type":"object","properties":{}}`)
	}
	if t.Gesture = d.gestureOf(n); !n.given("result") && !n.given("gesture") {
		d.lacks(n, "Nothing to do", fmt.Sprintf("tool %q needs a result, which is sent back to the model, or a gesture.", n.label))
	}
	d.check(t.Result, n.file, map[string]cty.Type{"call": toolCallType}, nil)
	d.tools[t.Name] = t
	d.scenario.Tools = append(d.scenario.Tools, t)
}

// dataset reads a dataset block and its rows.
func (d *decoder) dataset(n *node) {
	s := &Dataset{Name: n.label, Source: n.text("source"), Shuffled: n.word("order") == "shuffled", Seed: int64(n.float("seed")), Wrap: n.word("on_end") == "wrap", Range: n.rng}
	d.datasets[s.Name] = s
	d.scenario.Datasets = append(d.scenario.Datasets, s)
	if s.Source == "" { // failed and reported
		return
	}
	rows, err := loadDataset(n.file.open, s.Source)
	switch {
	case err != nil:
		d.fail(n.at("source"), "Unreadable dataset", fmt.Sprintf("dataset %q: %s.", n.label, err))
	case rows.Len() == 0:
		d.fail(n.at("source"), "Empty dataset", fmt.Sprintf("dataset %q: %s has no rows.", n.label, s.Source))
	}
	s.Rows = rows
}

// FaultKinds are the ways in which the embedded endpoint can break a reply, or make it look unusual; docs/simulator.md
// says what each does. They are the kinds of engine/simulate, which this package does not import.
var FaultKinds = []string{
	"http_400", "http_401", "http_429", "http_429_date", "http_500", "http_502", "http_503", "redirect",
	"json_error", "html", "empty_body", "slow_headers", "stall_headers", "stall_first_token", "stall_idle",
	"stall_total", "stream_error", "stream_error_spaced", "stream_error_object", "stream_error_event",
	"stream_truncated", "half_close", "reset", "reset_after_done", "endless_line", "empty", "tool_rounds",
	"no_done", "no_blank_line", "line_end_cr", "line_end_crlf", "no_space", "bom", "comments", "event_fields",
	"several_lines", "split_events", "role_only", "empty_deltas", "reasoning_field", "several_tokens",
	"usage_last", "usage_missing", "huge_line", "whole_reply", "gzip",
}

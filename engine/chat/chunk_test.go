package chat

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aimbench/engine/event"
)

// meaning is what a chunk says, in values.
type meaning struct {
	Model, Object, Finish               string
	Answer, Thought, Refusal            string
	Others, HasUsage, HasError, Content bool
	Usage                               event.Usage
	Pieces                              []meaningPiece
}

type meaningPiece struct {
	Index          int
	ID, Name, Args string
}

// clean does to bytes that are not UTF-8 what encoding/json does.
func clean(t text) string {
	var b strings.Builder
	for _, r := range string(t.appendTo(nil)) {
		b.WriteRune(r)
	}
	return b.String()
}

// scanned is the meaning by our own scanner.
func scanned(data []byte) (m meaning, ok bool) {
	var k chunk
	if !k.parse(data, inStream) {
		return m, false
	}
	ch := &k.choice
	m = meaning{
		Model: clean(k.model), Object: clean(k.object), Finish: clean(ch.finish), Answer: clean(ch.answer()),
		Thought: clean(ch.thought()), Refusal: clean(ch.refusal), Others: k.others, HasUsage: k.hasUsage, Usage: k.usage,
		HasError: k.err != nil, Content: ch.hasContent(),
	}
	eachPiece(ch.calls, func(p piece) {
		m.Pieces = append(m.Pieces, meaningPiece{p.index, clean(p.id), clean(p.name), clean(p.args)})
	})
	return m, true
}

// The oracle: encoding/json into maps, where the last of two equal keys counts and keys are told apart by case.

type object = map[string]any

func decoded(data []byte) (m meaning, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var top object
	if !json.Valid(data) || decoder.Decode(&top) != nil || top == nil {
		return m, false
	}
	m.Model, m.Object = str(top["model"]), str(top["object"])
	m.HasError = top["error"] != nil && top["error"] != ""
	if usage, ok := top["usage"].(object); ok {
		output := number(usage["completion_tokens"])
		details, _ := usage["prompt_tokens_details"].(object)
		m.HasUsage = output >= 0
		m.Usage.Input, m.Usage.Output = max(0, number(usage["prompt_tokens"])), max(0, output)
		m.Usage.Cached = max(0, number(details["cached_tokens"]))
	}
	choices, _ := top["choices"].([]any)
	for _, each := range choices {
		ch, ok := each.(object)
		if !ok {
			continue
		}
		d, _ := ch["delta"].(object)
		one := meaning{
			Finish: str(ch["finish_reason"]), Answer: first(d["content"], ch["text"]),
			Thought: first(d["reasoning_content"], d["reasoning"]), Refusal: str(d["refusal"]),
		}
		one.Content = one.Answer+one.Thought+one.Refusal != ""
		calls, _ := d["tool_calls"].([]any)
		for _, each := range calls {
			p, ok := each.(object)
			if !ok {
				continue
			}
			f, _ := p["function"].(object)
			found := meaningPiece{number(p["index"]), str(p["id"]), str(f["name"]), str(f["arguments"])}
			one.Pieces = append(one.Pieces, found)
			one.Content = one.Content || found.ID+found.Name+found.Args != ""
		}
		if max(0, number(ch["index"])) > 0 {
			m.Others = m.Others || one.Content
			continue
		}
		m.Finish, m.Answer, m.Thought, m.Refusal = one.Finish, one.Answer, one.Thought, one.Refusal
		m.Pieces, m.Content = one.Pieces, one.Content
	}
	return m, true
}

func str(v any) string { s, _ := v.(string); return s }

func first(a, b any) string {
	if s := str(a); s != "" {
		return s
	}
	return str(b)
}

// number is a whole number of at most 15 digits without sign, fraction and exponent; else -1.
func number(v any) int {
	n, ok := v.(json.Number)
	i, err := n.Int64()
	if !ok || err != nil || strings.ContainsAny(n.String(), "-+.eE") || i >= int64(math.Pow10(15)) {
		return -1
	}
	return int(i)
}

var oddChunks = []string{
	``, ` `, `{`, `{}`, ` {} `, `{}x`, `{},`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{"a":1 "b":2}`, `null`, `[]`, `"x"`, `1`,
	`{"choices":[,]}`, `{"choices":[1,]}`, `{"choices":[{},]}`, `{"choices":{}}`, `{"choices":null}`, `{"choices":[null,1,"x",[],{}]}`,
	`{"a":01}`, `{"a":-}`, `{"a":-0.0e+1}`, `{"a":1.}`, `{"a":.1}`, `{"a":1e}`, `{"a":tru}`, `{"a":truex}`, `{"a":nul`,
	`{"a":"\x"}`, `{"a":"\u12"}`, `{"a":"\u12G4"}`, "{\"a\":\"\t\"}", "{\"a\":\"\x7f\x80\"}", `{"a":"\"`, `{"a":"\`, `{"a\u0000":"b"}`,
	`{"choices":[{"delta":{"content":"\ud83d\ude00\ud83d\ud83d\ude00\udc00\ud83dx\ud83d\n"}}]}`,
	`{"choices":[{"delta":{"content":"a"},"delta":null}]}`, `{"choices":[{"delta":{"content":"a","content":null}}]}`,
	`{"choices":[{"delta":{"content":"a"}}],"choices":[{"delta":{"refusal":"b"}}]}`, `{"choices":[{"delta":{"content":["a"]}}]}`,
	`{"choices":[{"index":1,"delta":{"content":"a"}},{"index":0.5,"text":"b"},{"index":-1,"text":"c"}]}`,
	`{"usage":{"completion_tokens":-1,"prompt_tokens":1e3,"prompt_tokens_details":{"cached_tokens":1234567890123456}}}`,
	`{"usage":{"completion_tokens":3},"usage":null}`, `{"error":""}`, `{"error":false}`, `{"error":"\u0020"}`, `{"error":null,"error":{}}`,
	`{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}},null,{},{"index":"1","function":null}]}}]}`,
	`{"choices":[{"delta":{"tool_calls":{}}}]}`, `{"object":"err\u006fr"}`, "{\"model\":\"\xff\"}", "\u00a0{}",
	`{"a":` + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + `}`,
	`{"a":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`,
}

func checkChunk(t *testing.T, data []byte) {
	t.Helper()
	own, ok := scanned(data)
	oracle, valid := decoded(data)
	if ok != valid {
		t.Fatalf("valid: %v, encoding/json says %v: %.300q", ok, valid, data)
	}
	if diff := cmp.Diff(oracle, own); diff != "" {
		t.Fatalf("%.300q\n%s", data, diff)
	}
}

func TestChunkAgreesWithEncodingJSON(t *testing.T) {
	for _, data := range oddChunks {
		checkChunk(t, []byte(data))
	}
}

func FuzzChunk(f *testing.F) {
	for _, data := range oddChunks {
		if len(data) < 1000 {
			f.Add([]byte(data))
		}
	}
	for _, tc := range streamCases() {
		for line := range strings.SplitSeq(tc.body, "\n") {
			f.Add([]byte(strings.TrimPrefix(line, "data: ")))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkChunk(t, data) })
}

package chat

import (
	"strings"

	"aimbench/engine/event"
)

// want is what a reply must say. Zero fields say that there must be nothing.
type want struct {
	class                    event.Class
	text, reasoning, refusal string
	calls                    []event.ToolCall
	finish                   string
	chunks                   int
	usage                    event.Usage
	notes                    []string
	whole                    bool
	// message must be part of the error's message.
	message string
}

// streamCase is a body that a server sends with status 200 to a request for a stream, and what it means.
type streamCase struct {
	name, body string
	want       want
}

// The events that most streams are made of.
const (
	role   = `data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}` + "\n\n"
	hello  = `data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}` + "\n\n"
	world  = `data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"content":" wörld"}}],"usage":null}` + "\n\n"
	stop   = `data: {"id":"1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n"
	usage  = `data: {"id":"1","model":"m","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9,"prompt_tokens_details":{"cached_tokens":4}}}` + "\n\n"
	ending = "data: [DONE]\n\n"

	plain = role + hello + world + stop + usage + ending
)

// good is the meaning of plain and of all that means the same.
var good = want{
	text: "Hello wörld", finish: "stop", chunks: 2,
	usage: event.Usage{Input: 7, Output: 2, Cached: 4, Source: event.FromServer},
}

// with returns good with changes.
func with(change func(*want)) want {
	w := good
	change(&w)
	return w
}

// counted is a usage that stands in for one the server did not send.
func counted(chunks int) event.Usage { return event.Usage{Output: chunks, Source: event.FromChunks} }

func delta(members string) string {
	return `data: {"choices":[{"index":0,"delta":{` + members + "}}]}\n\n"
}

func failing(class event.Class, message string) want { return want{class: class, message: message} }

// streamCases are the rows of what servers really send.
func streamCases() []streamCase {
	after := failing(event.StreamError, "")
	after.text, after.chunks, after.usage = "Hello", 1, counted(1)
	failed := func(message string) want { w := after; w.message = message; return w }
	truncated := after
	truncated.class, truncated.message = event.StreamTruncated, "without finish_reason"
	cases := []streamCase{
		{"LF", plain, good},
		{"CRLF", strings.ReplaceAll(plain, "\n", "\r\n"), good},
		{"CR", strings.ReplaceAll(plain, "\n", "\r"), good},
		{"no space after the colon", strings.ReplaceAll(plain, "data: ", "data:"), good},
		{"comments", ": hi\n\n" + role + strings.Repeat(": keep-alive\n\n", 400) + hello + ":\n" + world + stop + usage + ending, good},
		{"other fields", "event: message\nid: 7\nretry: 10\nunknown\n" + plain, good},
		{"event named error", hello + "event: error\ndata: {\"message\":\"out of memory\"}\n\n", failed("out of memory")},
		{"event named error without data", hello + "event: error\n\n", failed("")},
		{"an error's name ends with its event", "event: error\nevent: message\n" + plain, good},
		{"data in several lines", role + "data: {\"choices\":[{\"delta\":\ndata: {\"content\":\ndata:\"Hello\"}}]}\n\n" + world + stop + usage + ending, good},
		{"byte order mark", "\xef\xbb\xbf" + plain, good},
		{"escapes", role + `data: {"choices":[{"delta":{"content":"H\u0065llo\u0020w\u00f6rl\u0064 \ud83d\ude00\n\"\\\/"}}]}` + "\n\n" + stop + usage + ending,
			with(func(w *want) { w.text, w.chunks = "Hello wörld 😀\n\"\\/", 1 })},
		{"half a surrogate pair", delta(`"content":"a\ud83db\ude00"`) + stop + ending,
			want{text: "a\ufffdb\ufffd", finish: "stop", chunks: 1, usage: counted(1)}},
		{"invalid UTF-8 stays", delta("\"content\":\"a\xffb\"") + stop + ending,
			want{text: "a\xffb", finish: "stop", chunks: 1, usage: counted(1)}},
		{"role only and empty deltas", role + role + delta(`"content":""`) + delta(`"content":null`) + delta(``) + hello + world + stop + usage + ending, good},
		{"reasoning_content", delta(`"reasoning_content":"Hm"`) + delta(`"reasoning_content":"m."`) + hello + stop + ending,
			want{text: "Hello", reasoning: "Hmm.", finish: "stop", chunks: 3, usage: counted(3)}},
		{"reasoning", delta(`"reasoning":"Hm."`) + hello + stop + ending,
			want{text: "Hello", reasoning: "Hm.", finish: "stop", chunks: 2, usage: counted(2)}},
		{"reasoning under both names", delta(`"reasoning":"Hm.","reasoning_content":"Hm."`) + hello + stop + ending,
			want{text: "Hello", reasoning: "Hm.", finish: "stop", chunks: 2, usage: counted(2)}},
		{"several tokens in a chunk", delta(`"content":"Hello wörld"`) + stop + usage + ending, with(func(w *want) { w.chunks = 1 })},
		{"usage in the last chunk", hello + world + `data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"completion_tokens":2,"prompt_tokens":7,"prompt_tokens_details":{"cached_tokens":4}}}` + "\n\n" + ending, good},
		{"usage in every chunk", `data: {"choices":[{"delta":{"content":"Hello"}}],"usage":{"completion_tokens":1,"prompt_tokens":7}}` + "\n\n" + world + stop + usage + ending, good},
		{"usage absent", role + hello + world + stop + ending, with(func(w *want) { w.usage = counted(2) })},
		{"usage that counts nothing", hello + stop + `data: {"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}` + "\n\n" + ending,
			want{text: "Hello", finish: "stop", chunks: 1, usage: counted(1)}},
		{"tool calls", role +
			delta(`"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"nod","arguments":""}}]`) +
			delta(`"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"look","arguments":"{\"at\":"}}]`) +
			delta(`"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]`) +
			delta(`"tool_calls":[{"index":1,"function":{"arguments":"\"you\"}"}}]`) +
			`data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}` + "\n\n" + ending,
			want{finish: "tool_calls", chunks: 4, usage: counted(4), calls: []event.ToolCall{
				{ID: "a", Name: "nod", Arguments: "{}"}, {ID: "b", Name: "look", Arguments: `{"at":"you"}`}}}},
		{"tool calls without IDs", delta(`"tool_calls":[{"index":0,"function":{"name":"nod","arguments":"{}"}},{"index":1,"function":{"name":"look"}}]`) + stop + ending,
			want{finish: "stop", chunks: 1, usage: counted(1), calls: []event.ToolCall{{ID: "call_0", Name: "nod", Arguments: "{}"}, {ID: "call_1", Name: "look"}}}},
		{"tool calls without indexes", delta(`"tool_calls":[{"id":"a","function":{"name":"nod","arguments":"{"}}]`) +
			delta(`"tool_calls":[{"function":{"arguments":"}"}}]`) + delta(`"tool_calls":[{"id":"b","function":{"name":"look","arguments":"{}"}}]`) + stop + ending,
			want{finish: "stop", chunks: 3, usage: counted(3), calls: []event.ToolCall{{ID: "a", Name: "nod", Arguments: "{}"}, {ID: "b", Name: "look", Arguments: "{}"}}}},
		{"tool calls all numbered 0", delta(`"tool_calls":[{"index":0,"id":"a","function":{"name":"nod","arguments":"{}"}}]`) +
			delta(`"tool_calls":[{"index":0,"id":"b","function":{"name":"look","arguments":"{}"}}]`) + stop + ending,
			want{finish: "stop", chunks: 2, usage: counted(2), calls: []event.ToolCall{{ID: "a", Name: "nod", Arguments: "{}"}, {ID: "b", Name: "look", Arguments: "{}"}}}},
		{"tool calls out of order", delta(`"tool_calls":[{"index":1,"id":"b","function":{"name":"look"}}]`) + delta(`"tool_calls":[{"index":0,"id":"a","function":{"name":"nod"}}]`) + stop + ending,
			want{finish: "stop", chunks: 2, usage: counted(2), calls: []event.ToolCall{{ID: "a", Name: "nod"}, {ID: "b", Name: "look"}}}},
		{"empty tool calls", role + delta(`"tool_calls":[]`) + delta(`"tool_calls":null`) + hello + world + stop + usage + ending, good},
		{"refusal", delta(`"refusal":"I can"`) + delta(`"refusal":"not."`) + stop + ending,
			want{refusal: "I cannot.", finish: "stop", chunks: 2, usage: counted(2)}},
		{"logprobs", role + `data: {"choices":[{"index":0,"delta":{"content":"Hello"},"logprobs":{"content":[{"token":"Hello","logprob":-0.1e-2,"bytes":[72],"top_logprobs":[]}]}}]}` + "\n\n" + world + stop + usage + ending, good},
		{"several choices", `data: {"choices":[{"index":0,"delta":{"content":"Hello"}},{"index":1,"delta":{"content":"Bye"}}]}` + "\n\n" +
			`data: {"choices":[{"index":1,"delta":{"content":"!"},"finish_reason":"length"}]}` + "\n\n" + stop + ending,
			want{text: "Hello", finish: "stop", chunks: 2, usage: counted(2), notes: []string{"several choices: only the first is kept"}}},
		{"error", hello + `data: {"error":{"message":"boom","code":500}}` + "\n\n" + ending, failed("boom")},
		{"error with spaces", hello + `data: { "error" : { "message" : "boom" } }` + "\n\n", failed("boom")},
		{"error as text", hello + `data: {"error":"boom"}` + "\n\n", failed("boom")},
		{"object error", hello + `data: {"object":"error","message":"boom","code":500}` + "\n\n", failed("boom")},
		{"error beside choices", hello + `data: {"choices":[{"delta":{"content":""},"finish_reason":"error"}],"error":{"message":"boom"}}` + "\n\n", failed("boom")},
		{"null error", role + `data: {"choices":[{"delta":{"content":"Hello"}}],"error":null}` + "\n\n" + world + stop + usage + ending, good},
		{"truncated", role + hello, truncated},
		{"truncated within an event", role + hello + world[:len(world)-30], truncated},
		{"[DONE] without finish_reason", hello + ending, func() want { w := truncated; w.message = "[DONE] without"; return w }()},
		{"no [DONE]", role + hello + world + stop + usage, with(func(w *want) { w.notes = []string{"no [DONE]"} })},
		{"no blank line after the last event", strings.TrimRight(plain, "\n"), good},
		{"no blank line after the last chunk", strings.TrimRight(role+hello+world+usage+stop, "\n"),
			with(func(w *want) { w.notes = []string{"no [DONE]"} })},
		{"events after [DONE]", plain + hello, good},
		{"JSON error", `{"error":{"message":"no such model","type":"NotFound"}}`, want{class: event.Protocol, message: "no such model", whole: true}},
		{"HTML", "<!DOCTYPE html><html><head><title>Sign in</title></head><body>x</body></html>", want{class: event.Protocol, message: "HTML instead of JSON: Sign in", whole: true}},
		{"HTML without a title", "\n<html><body><p>It works!</p></body></html>", want{class: event.Protocol, message: "HTML instead of JSON: It works!", whole: true}},
		{"empty body", "", want{class: event.Protocol, message: "empty body", whole: true}},
		{"blank body", "\r\n\n ", want{class: event.Protocol, message: "empty body", whole: true}},
		{"words", "upstream connect error", failing(event.Protocol, "upstream connect error")},
		{"comments only", ": keep-alive\n\n", failing(event.StreamTruncated, "")},
		{"whole reply", `{"id":"1","model":"m","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hello wörld"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}`,
			with(func(w *want) {
				w.chunks, w.whole, w.notes = 0, true, []string{"a whole reply where a stream was asked for"}
			})},
		{"whole reply that is cut", `{"id":"1","choices":[{"index":0,"mess`, want{class: event.Protocol, message: "cannot be read", whole: true}},
		{"not JSON", hello + "data: nonsense\n\n", func() want { w := failed("not a JSON object: nonsense"); w.class = event.Protocol; return w }()},
		{"not an object", hello + "data: [1]\n\n", func() want { w := failed("not a JSON object: [1]"); w.class = event.Protocol; return w }()},
		{"empty data", "data\n\ndata:\n\n" + plain, good},
		{"no content", role + stop + usage + ending, func() want {
			w := failing(event.Empty, "without any content")
			w.finish, w.usage = "stop", good.usage
			return w
		}()},
		{"completion chunks", `data: {"object":"text_completion","model":"m","choices":[{"index":0,"text":"Hello wörld","finish_reason":null}]}` + "\n\n" +
			`data: {"model":"m","choices":[{"index":0,"text":"","finish_reason":"stop"}]}` + "\n\n" + usage + ending, with(func(w *want) { w.chunks = 1 })},
		{"keys in another order, twice, and in disguise", `data: {"choices":[{"finish_reason":"length","delta":{"content":"no"},"delta":{"content":"nor","cont\u0065nt":"Hello wörld","x":{"content":"nested"}},"finish_reason":"stop"}],"Model":"M"}` + "\n\n" + usage + ending,
			with(func(w *want) { w.chunks = 1 })},
	}
	return cases
}

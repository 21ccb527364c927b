package chat

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/event"
)

func TestWholeReplies(t *testing.T) {
	whole := func(w want) want { w.whole = true; return w }
	message := func(members string) string {
		return `{"model":"m","choices":[{"index":0,"message":{"role":"assistant",` + members + `},"finish_reason":"stop"}]}`
	}
	for _, tc := range []struct {
		name, body string
		want       want
	}{
		{"text", message(`"content":"Hello w\u00f6rld"`), whole(want{text: "Hello wörld", finish: "stop"})},
		{"byte order mark", "\xef\xbb\xbf" + message(`"content":"x"`), whole(want{text: "x", finish: "stop"})},
		{"usage", `{"choices":[{"message":{"content":"x"},"finish_reason":"length"}],"usage":{"prompt_tokens":7,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}`,
			whole(want{text: "x", finish: "length", usage: good.usage})},
		{"reasoning_content", message(`"content":"x","reasoning_content":"hm"`), whole(want{text: "x", reasoning: "hm", finish: "stop"})},
		{"reasoning", message(`"content":"x","reasoning":"hm"`), whole(want{text: "x", reasoning: "hm", finish: "stop"})},
		{"refusal", message(`"content":null,"refusal":"no"`), whole(want{refusal: "no", finish: "stop"})},
		{"tool calls", message(`"content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"nod","arguments":"{}"}},{"type":"function","function":{"name":"look","arguments":""}}]`),
			whole(want{finish: "stop", calls: []event.ToolCall{{ID: "a", Name: "nod", Arguments: "{}"}, {ID: "call_1", Name: "look"}}})},
		{"content in parts", message(`"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]`), whole(want{text: "ab", finish: "stop"})},
		{"completion", `{"choices":[{"text":"x","index":0,"finish_reason":"stop","logprobs":null}]}`, whole(want{text: "x", finish: "stop"})},
		{"several choices", `{"choices":[{"message":{"content":"a"},"finish_reason":"stop"},{"message":{"content":"b"},"finish_reason":"stop"}]}`,
			whole(want{text: "a", finish: "stop", notes: []string{"several choices: only the first is kept"}})},
		{"empty", message(`"content":""`), whole(want{class: event.Empty, finish: "stop"})},
		{"no finish_reason", `{"choices":[{"message":{"content":"x"}}]}`, whole(want{class: event.StreamTruncated, text: "x"})},
		{"no choices", `{"choices":[]}`, whole(want{class: event.Protocol, message: "no reply"})},
		{"error", `{"error":{"message":"boom"}}`, whole(want{class: event.Protocol, message: "boom"})},
		{"object error", `{"object":"error","message":"boom"}`, whole(want{class: event.Protocol, message: "boom"})},
		{"null", `null`, whole(want{class: event.Protocol, message: "null"})},
		{"HTML", `<html>`, whole(want{class: event.Protocol, message: "HTML"})},
		{"nothing", ``, whole(want{class: event.Protocol, message: "empty"})},
		{"another type", `{"choices":[{"message":"x"}]}`, whole(want{class: event.Protocol, message: "cannot be read"})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			base := serve(t, func(conn *net.TCPConn, _ *http.Request, _ []byte) {
				_, _ = io.WriteString(conn, status("200 OK", "Content-Type: application/json\r\n", tc.body))
			})
			c := newClient(t, func(config *Config) { config.BaseURL = base })
			request, r := ask(), new(Reply)
			request.Stream = false
			err := c.Do(t.Context(), request, r)
			if diff := compare(tc.want, r, err); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			if r.FirstToken.Reached() || !r.End.Reached() || r.End < r.Headers {
				t.Errorf("%+v", r.Instants)
			}
		})
	}
}

// TestPlainReplies holds the scan to what go-openai's types say of the same reply.
func TestPlainReplies(t *testing.T) {
	for _, body := range []string{
		`{"id":"1","object":"chat.completion","created":1,"model":"m\u00fc","choices":[{"index":0,"message":{"role":"assistant","content":"Hello\n\"there\" \ud83d\ude00"},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}`,
		`{"choices":[{"finish_reason":"length","message":{"content":"x","reasoning_content":"hm","refusal":"no","tool_calls":null}}]}`,
		`{"model":"m","choices":[{"message":{"content":"x","tool_calls":[{"id":"a","type":"function","function":{"name":"nod","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}`,
	} {
		var theirs openai.ChatCompletionResponse
		if err := json.Unmarshal([]byte(body), &theirs); err != nil {
			t.Fatal(err)
		}
		var r Reply
		if err := r.decode([]byte(body)); err != nil {
			t.Fatal(err)
		}
		first := theirs.Choices[0]
		if r.Text() != first.Message.Content || r.Reasoning() != first.Message.ReasoningContent || r.Refusal() != first.Message.Refusal ||
			r.FinishReason != string(first.FinishReason) || r.Model != theirs.Model || len(r.calls) != len(first.Message.ToolCalls) {
			t.Errorf("%+v of %s", r, body)
		}
		if r.Usage.Input != theirs.Usage.PromptTokens || r.Usage.Output != theirs.Usage.CompletionTokens {
			t.Errorf("usage %+v of %s", r.Usage, body)
		}
	}
}

func TestWholeReplyThatIsTooLong(t *testing.T) {
	base := serve(t, func(conn *net.TCPConn, _ *http.Request, _ []byte) {
		_, _ = io.WriteString(conn, status("200 OK", "", "{"+strings.Repeat(" ", 100<<10)+"}"))
	})
	r, err := do(t, base, func(c *Config) { c.MaxLine = 64 << 10 })
	if r.Class != event.Protocol || !strings.Contains(err.Error(), "longer than allowed") {
		t.Errorf("class %q: %v", r.Class, err)
	}
}

// TestStreamThoughNotAskedFor: a server that streams whatever it is asked is read all the same.
func TestStreamThoughNotAskedFor(t *testing.T) {
	c := newClient(t, nil)
	c.routes = newClient(t, func(config *Config) { config.BaseURL = serve(t, answer(plain)) }).routes
	request, r := ask(), new(Reply)
	request.Stream = false
	if err := c.Do(t.Context(), request, r); err != nil || r.Text() != good.text || !r.Streamed {
		t.Errorf("%v: %q", err, r.Text())
	}
}

func TestReplyIsReused(t *testing.T) {
	bodies := []string{
		delta(`"tool_calls":[{"index":0,"id":"a","function":{"name":"nod","arguments":"{\"long\":1}"}}]`) + delta(`"reasoning":"hm"`) + stop + usage + ending,
		delta(`"tool_calls":[{"index":0,"id":"b","function":{"name":"look","arguments":"{}"}}]`) + stop + ending,
		plain,
		"",
	}
	c, r := newClient(t, nil), new(Reply)
	for range 2 {
		for _, body := range bodies {
			fresh := new(Reply)
			freshErr := readBody(c, fresh, strings.NewReader(body))
			w, _ := got(fresh, freshErr)
			if diff := compare(w, r, readBody(c, r, strings.NewReader(body))); diff != "" {
				t.Error(diff)
			}
		}
	}
	kept := r.Message()
	_ = readBody(c, r, strings.NewReader(bodies[0]))
	m := r.Message()
	if kept.Content != "" || m.Role != "assistant" || len(m.ToolCalls) != 1 || m.ToolCalls[0].Function.Arguments != `{"long":1}` {
		t.Errorf("%+v", m)
	}
	_ = readBody(c, r, strings.NewReader(bodies[2]))
	if m.ToolCalls[0].Function.Name != "nod" || r.Message().Content != good.text {
		t.Errorf("a message changed with its reply: %+v", m)
	}
}

func TestLive(t *testing.T) {
	base := serve(t, answer(delta(`"reasoning":"h\u006d"`)+hello+delta(`"refusal":"no"`)+delta(`"tool_calls":[{"index":0,"function":{"name":"nod","arguments":"{}"}}]`)+stop+ending))
	c := newClient(t, func(config *Config) { config.BaseURL = base })
	request, heard := ask(), []Delta{}
	request.Live = func(d Delta) { heard = append(heard, d) }
	if err := c.Do(t.Context(), request, new(Reply)); err != nil {
		t.Fatal(err)
	}
	want := []Delta{{Reasoning, "hm"}, {Answer, "Hello"}, {Refusal, "no"}, {ToolCall, "{}"}}
	if len(heard) != len(want) {
		t.Fatalf("%+v", heard)
	}
	for i := range want {
		if heard[i] != want[i] {
			t.Errorf("%d: %+v, want %+v", i, heard[i], want[i])
		}
	}
}

// FuzzWhole: what is read as a whole reply is JSON.
func FuzzWhole(f *testing.F) {
	for _, tc := range streamCases() {
		if tc.want.whole {
			f.Add([]byte(tc.body))
		}
	}
	c := newClient(f, nil)
	f.Fuzz(func(t *testing.T, body []byte) {
		var r Reply
		err := readBody(c, &r, &cutReader{pieces: [][]byte{append([]byte("{"), body...)}, err: io.EOF})
		if err != nil {
			return
		}
		if !json.Valid(append([]byte("{"), body...)) || r.Streamed {
			t.Fatalf("a success that is not JSON: %q", body)
		}
	})
}

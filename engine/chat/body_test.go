package chat

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	openai "github.com/sashabaranov/go-openai"
)

func user(text string) openai.ChatCompletionMessage {
	return openai.ChatCompletionMessage{Role: "user", Content: text}
}

type raw = map[string]json.RawMessage

func TestBody(t *testing.T) {
	zero, half, seed := 0.0, 0.5, int64(0)
	hi := []openai.ChatCompletionMessage{user("Hi <b> & ü")}
	const start = `{"model":"m","messages":[{"role":"user","content":"Hi <b> & ü"}],`
	for _, tc := range []struct {
		name    string
		request Request
		extra   raw
		want    string
	}{
		{"stream", Request{Messages: hi, Stream: true}, nil, start + `"stream":true,"stream_options":{"include_usage":true}}`},
		{"whole", Request{Messages: hi}, nil, start + `"stream":false}`},
		{"zeros are sent", Request{Messages: hi, Temperature: &zero, TopP: &half, Seed: &seed, Stop: []string{"\n"}, MaxTokens: 9}, nil,
			start + `"stream":false,"max_tokens":9,"temperature":0,"top_p":0.5,"seed":0,"stop":["\n"]}`},
		{"exact length", Request{Messages: hi, OutputTokens: 7, MaxTokens: 9}, nil, start + `"stream":false,"max_tokens":7,"min_tokens":7,"ignore_eos":true}`},
		{"extra body", Request{Messages: hi, Stream: true, ExtraBody: raw{"top_k": raws(`1`)}}, raw{"top_k": raws(`2`), "guided_json": raws(`{"type":"object"}`)},
			start + `"stream":true,"top_k":1,"guided_json":{"type":"object"},"stream_options":{"include_usage":true}}`},
		{"what is explicit goes first", Request{Messages: hi, Temperature: &zero, ExtraBody: raw{"temperature": raws(`1`), "model": raws(`"x"`)}}, raw{"stream": raws(`true`)},
			start + `"stream":false,"temperature":0}`},
		{"stream_options give way", Request{Messages: hi, Stream: true}, raw{"stream_options": raws(`null`)}, start + `"stream":true,"stream_options":null}`},
		{"tools", Request{
			Messages: hi, ToolChoice: raws(`"auto"`), ResponseFormat: raws(`{"type":"json_object"}`),
			Tools: []openai.Tool{{Type: "function", Function: &openai.FunctionDefinition{Name: "nod", Description: "Nods.", Parameters: raws(`{"type":"object"}`)}}},
		}, nil, start + `"stream":false,"tools":[{"function":{"name":"nod","description":"Nods.","parameters":{"type":"object"}},"type":"function"}],"tool_choice":"auto","response_format":{"type":"json_object"}}`},
		{"messages", Request{Messages: []openai.ChatCompletionMessage{
			{Role: "system"},
			{Role: "user", MultiContent: []openai.ChatMessagePart{
				{Type: "text"}, {Type: "image_url", ImageURL: &openai.ChatMessageImageURL{URL: "data:image/png;base64,AA=="}},
			}},
			{Role: "assistant", ToolCalls: []openai.ToolCall{{ID: "a", Type: "function", Function: openai.FunctionCall{Name: "nod", Arguments: "{}"}}}},
			{Role: "tool", ToolCallID: "a", Content: ""},
			{Role: "assistant", Content: "ok", Refusal: "no", ReasoningContent: "hm", Name: "n"},
		}}, nil, `{"model":"m","messages":[{"role":"system","content":""},` +
			`{"role":"user","content":[{"type":"text","text":""},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]},` +
			`{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"nod","arguments":"{}"}}],"content":null},` +
			`{"role":"tool","tool_call_id":"a","content":""},` +
			`{"role":"assistant","refusal":"no","name":"n","reasoning_content":"hm","content":"ok"}],"stream":false}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newClient(t, func(config *Config) { config.ExtraBody = tc.extra })
			body, err := c.encode(&tc.request)
			if err != nil || string(body) != tc.want || !json.Valid(body) {
				t.Errorf("%v\n got %s\nwant %s", err, body, tc.want)
			}
		})
	}
}

func TestConstantsAreEncodedAlikeEachTime(t *testing.T) {
	c := newClient(t, nil)
	long := strings.Repeat("<ü\xff\n>", 100)
	request := ask()
	request.Messages = []openai.ChatCompletionMessage{{Role: "system", Content: long}, {Role: "user", MultiContent: []openai.ChatMessagePart{
		{Type: "image_url", ImageURL: &openai.ChatMessageImageURL{URL: "data:" + long, Detail: "low"}},
	}}}
	first, err := c.encode(request)
	if err != nil || !json.Valid(first) {
		t.Fatal(err)
	}
	if len(c.constants.encoded) != 2 {
		t.Errorf("%d constants", len(c.constants.encoded))
	}
	if second, err := c.encode(request); err != nil || string(first) != string(second) {
		t.Errorf("%v\n%s\n%s", err, first, second)
	}
}

func raws(s string) json.RawMessage { return json.RawMessage(s) }

func TestPrompt(t *testing.T) {
	image := openai.ChatMessagePart{Type: "image_url", ImageURL: &openai.ChatMessageImageURL{URL: "data:,"}}
	for _, tc := range []struct {
		name    string
		request Request
		want    string
		fails   string
	}{
		{"one message", Request{Messages: []openai.ChatCompletionMessage{user("Once")}}, "Once", ""},
		{"parts", Request{Messages: []openai.ChatCompletionMessage{{Role: "user", MultiContent: []openai.ChatMessagePart{{Type: "text", Text: "On"}, {Type: "text", Text: "ce"}}}}}, "Once", ""},
		{"a conversation", Request{Messages: []openai.ChatCompletionMessage{{Role: "system", Content: "Be brief."}, user("Hi"), {Role: "assistant", Content: "Ho"}, user("Hu")}},
			"Be brief.\n\nuser: Hi\n\nassistant: Ho\n\nuser: Hu\n\nassistant:", ""},
		{"image", Request{Messages: []openai.ChatCompletionMessage{{Role: "user", MultiContent: []openai.ChatMessagePart{image}}}}, "", "no images"},
		{"tools", Request{Tools: []openai.Tool{{}}}, "", "no tools"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newClient(t, func(config *Config) { config.API = CompletionsAPI })
			body, err := c.encode(&tc.request)
			var sent struct{ Prompt string }
			if (err != nil) != (tc.fails != "") || err == nil && (json.Unmarshal(body, &sent) != nil || sent.Prompt != tc.want) {
				t.Errorf("%v: %s", err, body)
			}
			if err != nil && !strings.Contains(err.Error(), tc.fails) {
				t.Error(err)
			}
		})
	}
}

func TestBodyThatCannotBeWritten(t *testing.T) {
	nan := math.NaN()
	for _, request := range []*Request{
		{Temperature: &nan},
		{ExtraBody: raw{"x": raws(`{`)}},
		{Tools: []openai.Tool{{Function: &openai.FunctionDefinition{Parameters: raws(`nonsense`)}}}},
	} {
		c := newClient(t, nil)
		var r Reply
		if err := c.Do(t.Context(), request, &r); err == nil || r.Class != "protocol" || r.Sent.Reached() {
			t.Errorf("%v: %+v", err, r.Request)
		}
	}
}

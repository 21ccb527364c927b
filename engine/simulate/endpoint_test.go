package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// ask makes one request without a network.
func ask(s *Server, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// said asks for a whole reply and gives its text.
func saidTo(t *testing.T, s *Server, body string) string {
	t.Helper()
	return *choiceOf(t, s, body).Message.Content
}

func choiceOf(t *testing.T, s *Server, body string) wireChoice {
	t.Helper()
	w := ask(s, http.MethodPost, "/v1/chat/completions", body)
	var reply wireReply
	if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil || len(reply.Choices) == 0 {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return reply.Choices[0]
}

func TestRefusedRequests(t *testing.T) {
	chat := func(more string) string {
		return `{"messages":[{"role":"user","content":"Hi"}]` + more + `}`
	}
	const path = "/v1/chat/completions"
	tests := []struct {
		name, method, path, body string
		status                   int
		param, code              string
	}{
		{"not JSON", "POST", path, `{`, 400, "", ""},
		{"not an object", "POST", path, `[]`, 400, "", ""},
		{"two values", "POST", path, chat("") + "{}", 400, "", ""},
		{"no messages", "POST", path, `{}`, 400, "messages", ""},
		{"messages of another type", "POST", path, `{"messages":"Hi"}`, 400, "messages", ""},
		{"unknown role", "POST", path, `{"messages":[{"role":"king","content":"Hi"}]}`, 400, "messages[0].role", ""},
		{"no content", "POST", path, `{"messages":[{"role":"user"}]}`, 400, "messages[0].content", ""},
		{"content of another type", "POST", path, `{"messages":[{"role":"user","content":5}]}`, 400, "messages[0].content", ""},
		{"unknown part", "POST", path, `{"messages":[{"role":"user","content":[{"type":"smell"}]}]}`, 400, "messages[0].content", ""},
		{"unknown model", "POST", path, chat(`,"model":"other"`), 404, "model", "model_not_found"},
		{"max_tokens", "POST", path, chat(`,"max_tokens":0`), 400, "max_tokens", ""},
		{"max_completion_tokens", "POST", path, chat(`,"max_completion_tokens":-1`), 400, "max_completion_tokens", ""},
		{"max_tokens of another type", "POST", path, chat(`,"max_tokens":"many"`), 400, "max_tokens", ""},
		{"min_tokens", "POST", path, chat(`,"min_tokens":-1`), 400, "min_tokens", ""},
		{"min above max", "POST", path, chat(`,"min_tokens":9,"max_tokens":8`), 400, "min_tokens", ""},
		{"n", "POST", path, chat(`,"n":0`), 400, "n", ""},
		{"too many choices", "POST", path, chat(`,"n":129`), 400, "n", ""},
		{"temperature", "POST", path, chat(`,"temperature":3`), 400, "temperature", ""},
		{"top_p", "POST", path, chat(`,"top_p":0`), 400, "top_p", ""},
		{"stop", "POST", path, chat(`,"stop":{}`), 400, "stop", ""},
		{"stream_options", "POST", path, chat(`,"stream_options":{}`), 400, "stream_options", ""},
		{"tool without a name", "POST", path, chat(`,"tools":[{"type":"function"}]`), 400, "tools[0]", ""},
		{"tool_choice", "POST", path, chat(`,"tool_choice":"perhaps"`), 400, "tool_choice", ""},
		{"tool_choice not offered", "POST", path, chat(`,"tool_choice":{"type":"function","function":{"name":"nod"}}`), 400, "tool_choice", ""},
		{"tool_choice without tools", "POST", path, chat(`,"tool_choice":"required"`), 400, "tool_choice", ""},
		{"response_format", "POST", path, chat(`,"response_format":{"type":"xml"}`), 400, "response_format", ""},
		{"no schema", "POST", path, chat(`,"response_format":{"type":"json_schema"}`), 400, "response_format", ""},
		{"broken schema", "POST", path, chat(`,"response_format":{"type":"json_schema","json_schema":{"schema":{"properties":[]}}}`), 400, "response_format", ""},
		{"deep schema", "POST", path, chat(`,"guided_json":` + strings.Repeat(`{"items":`, 200) + `{}` + strings.Repeat(`}`, 200)), 400, "response_format", ""},
		{"longer than the context", "POST", path, `{"messages":[{"role":"user","content":"` + strings.Repeat("a ", maxModelLen) + `"}]}`, 400, "messages", ""},
		{"too large", "POST", path, strings.Repeat(" ", maxBody+1), 413, "", "request_too_large"},
		{"two prompts", "POST", "/v1/completions", `{"prompt":["a","b"]}`, 400, "prompt", ""},
		{"prompt of another type", "POST", "/v1/completions", `{"prompt":{}}`, 400, "prompt", ""},
		{"no prompt", "POST", "/v1/completions", `{}`, 400, "prompt", ""},
		{"tokenize without anything", "POST", "/tokenize", `{}`, 400, "messages", ""},
		{"tokenize another model", "POST", "/tokenize", `{"model":"other","prompt":"a"}`, 404, "model", "model_not_found"},
		{"GET", "GET", path, ``, 405, "", "method_not_allowed"},
		{"POST of the models", "POST", "/v1/models", ``, 405, "", "method_not_allowed"},
		{"nothing there", "GET", "/v2", ``, 404, "", "not_found"},
		{"another model", "GET", "/v1/models/other", ``, 404, "", "not_found"},
	}
	s := New(Config{Model: "m"})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := ask(s, test.method, test.path, test.body)
			var got struct {
				Error struct {
					Message, Type string
					Param, Code   *string
				}
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatalf("%s: %v", w.Body, err)
			}
			text := func(s *string) string {
				if s == nil {
					return ""
				}
				return *s
			}
			if w.Code != test.status || text(got.Error.Param) != test.param || text(got.Error.Code) != test.code ||
				got.Error.Message == "" || got.Error.Type == "" {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	if n := s.number.Load(); n != 0 {
		t.Errorf("%d malformed requests were counted, and would change which of the others break", n)
	}
}

func TestKeyIsAskedFor(t *testing.T) {
	s := New(Config{APIKey: "secret"})
	for _, test := range []struct {
		path, header string
		status       int
	}{
		{"/v1/models", "", 401},
		{"/v1/models", "Authorization: Bearer wrong", 401},
		{"/v1/models", "Authorization: Basic secret", 401},
		{"/v1/models", "Authorization: Bearer secret", 200},
		{"/v1/models", "Authorization: bearer secret", 200},
		{"/health", "", 200},
		{"/metrics", "", 200},
	} {
		var headers []string
		if test.header != "" {
			headers = []string{test.header}
		}
		if w := ask(s, http.MethodGet, test.path, "", headers...); w.Code != test.status || bytes.Contains(w.Body.Bytes(), []byte("secret")) {
			t.Errorf("%s with %q: %d %s", test.path, test.header, w.Code, w.Body)
		}
	}
}

func TestModels(t *testing.T) {
	s := New(Config{Model: "org/m"})
	var list struct{ Data []wireModel }
	w := ask(s, http.MethodGet, "/v1/models", "")
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list.Data) != 1 || list.Data[0].ID != "org/m" || list.Data[0].MaxModelLen != maxModelLen {
		t.Errorf("%s: %v", w.Body, err)
	}
	if w := ask(s, http.MethodGet, "/v1/models/org/m", ""); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(s, http.MethodHead, "/health", ""); w.Code != http.StatusOK {
		t.Errorf("HEAD /health: %d", w.Code)
	}
}

func TestTokenize(t *testing.T) {
	s := New(Config{})
	for _, test := range []struct{ name, body, want string }{
		{"text", `{"prompt":"a b a"}`, `{"count":3,"max_model_len":131072,"tokens":[_,_,_],"token_strs":null}`},
		{"no text", `{"prompt":""}`, `{"count":0,"max_model_len":131072,"tokens":[],"token_strs":null}`},
		{"strings", `{"prompt":"a b","return_token_strs":true}`, `{"count":2,"max_model_len":131072,"tokens":[_,_],"token_strs":["a"," b"]}`},
		{"messages", `{"messages":[{"role":"user","content":"a"}],"add_generation_prompt":false,"return_token_strs":true}`,
			`{"count":5,"max_model_len":131072,"tokens":[_,_,_,_,_],"token_strs":["` + beginMessage + `","user","\n","a","` + endMessage + `"]}`},
	} {
		got := ask(s, http.MethodPost, "/tokenize", test.body).Body.String()
		head, rest, _ := strings.Cut(got, `"tokens":[`)
		numbers, tail, _ := strings.Cut(rest, "]")
		got = head + `"tokens":[` + regexp.MustCompile(`\d+`).ReplaceAllString(numbers, "_") + "]" + tail
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// The server's own count of a prompt is that of /tokenize, so that a prompt sized by the one is of that size.
func TestUsageAgreesWithTokenize(t *testing.T) {
	s := New(Config{})
	const messages = `"messages":[{"role":"system","content":"You are kind."},{"role":"user","content":[{"type":"text","text":"What is this, please?"},{"type":"image_url","image_url":{"url":"data:,"}}]}]`
	var counted struct{ Count int }
	var reply wireReply
	if err := json.Unmarshal(ask(s, http.MethodPost, "/tokenize", "{"+messages+"}").Body.Bytes(), &counted); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(ask(s, http.MethodPost, "/v1/chat/completions", "{"+messages+"}").Body.Bytes(), &reply); err != nil {
		t.Fatal(err)
	}
	if counted.Count != reply.Usage.Prompt || counted.Count < imageTokens {
		t.Errorf("/tokenize counts %d, usage %d", counted.Count, reply.Usage.Prompt)
	}
}

func TestCompletions(t *testing.T) {
	s := New(Config{Model: "m", Replies: []Reply{{When: regexp.MustCompile(`^Once`), Text: " upon a time"}}})
	for _, test := range []struct{ name, body, want string }{
		{"whole", `{"prompt":"Once","max_tokens":2}`,
			`"object":"text_completion"…"choices":[{"index":0,"text":" upon a","logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`},
		{"list of one", `{"prompt":["Once"]}`, `"text":" upon a time","logprobs":null,"finish_reason":"stop"`},
		{"numbers", `{"prompt":[1,2,3]}`, `"usage":{"prompt_tokens":3,`},
		{"list of numbers", `{"prompt":[[1,2,3,4]]}`, `"usage":{"prompt_tokens":4,`},
		{"streamed", `{"prompt":"Once","stream":true,"stream_options":{"include_usage":true}}`,
			`"object":"text_completion"…"choices":[{"index":0,"text":" upon","logprobs":null,"finish_reason":null}],"usage":null}` + "\n\n" +
				`…"text":" a",…"text":" time",…"choices":[{"index":0,"text":"","logprobs":null,"finish_reason":"stop"}],"usage":null}` + "\n\n" +
				`…"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":3,"total_tokens":4}}` + "\n\ndata: [DONE]\n\n"},
	} {
		rest := ask(s, http.MethodPost, "/v1/completions", test.body).Body.String()
		for part := range strings.SplitSeq(test.want, "…") {
			_, after, found := strings.Cut(rest, part)
			if !found {
				t.Errorf("%s: %q is not in %q", test.name, part, rest)
				break
			}
			rest = after
		}
	}
}

func TestChoicesGoInStep(t *testing.T) {
	s := New(Config{Replies: []Reply{{Text: "a b"}}})
	w := ask(s, http.MethodPost, "/v1/chat/completions", `{"messages":[{"role":"user","content":"Hi"}],"n":2,"stream":true,"stream_options":{"include_usage":true}}`)
	var got []string
	for line := range strings.SplitSeq(w.Body.String(), "\n\n") {
		var chunk struct {
			Choices []struct {
				Index  int
				Delta  struct{ Role, Content string }
				Finish string `json:"finish_reason"`
			}
			Usage *usage
		}
		if data, ok := strings.CutPrefix(line, "data: {"); ok {
			if err := json.Unmarshal([]byte("{"+data), &chunk); err != nil {
				t.Fatal(err)
			}
			for _, c := range chunk.Choices {
				got = append(got, fmt.Sprint(c.Index, c.Delta.Role, c.Delta.Content, c.Finish))
			}
			if chunk.Usage != nil && chunk.Usage.Completion != 4 {
				t.Errorf("%+v", chunk.Usage)
			}
		}
	}
	if want := "0assistant 1assistant 0a 1a 0 b 1 b 0stop 1stop"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, " "), want)
	}
}

func TestMetrics(t *testing.T) {
	s := New(Config{Model: "m", Cache: true, Replies: []Reply{{Text: "a b c"}}})
	long := `{"messages":[{"role":"user","content":"` + strings.Repeat("word ", 40) + `"}],"max_tokens":%d}`
	for _, limit := range []int{2, 8} {
		ask(s, http.MethodPost, "/v1/chat/completions", fmt.Sprintf(long, limit))
	}
	body, err := io.ReadAll(ask(s, http.MethodGet, "/metrics", "").Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`vllm:num_requests_running{model_name="m"} 0`,
		`vllm:num_requests_waiting{model_name="m"} 0`,
		`vllm:kv_cache_usage_perc{model_name="m"} 0`,
		`vllm:prefix_cache_queries_total{model_name="m"} 96`,
		`vllm:prefix_cache_hits_total{model_name="m"} 32`,
		`vllm:num_preemptions_total{model_name="m"} 0`,
		`vllm:prompt_tokens_total{model_name="m"} 96`,
		`vllm:generation_tokens_total{model_name="m"} 5`,
		`vllm:request_success_total{finished_reason="length",model_name="m"} 1`,
		`vllm:request_success_total{finished_reason="stop",model_name="m"} 1`,
		`vllm:time_to_first_token_seconds_count{model_name="m"} 2`,
		`vllm:inter_token_latency_seconds_count{model_name="m"} 3`,
		`vllm:request_queue_time_seconds_count{model_name="m"} 2`,
		`vllm:request_prefill_time_seconds_count{model_name="m"} 2`,
		`vllm:request_decode_time_seconds_count{model_name="m"} 2`,
		`vllm:e2e_request_latency_seconds_count{model_name="m"} 2`,
	} {
		if !bytes.Contains(body, []byte("\n"+line+"\n")) {
			t.Errorf("%s is missing", line)
		}
	}
	if t.Failed() {
		t.Logf("%s", regexp.MustCompile(`(?m)^(#.*|.*_bucket.*)\n`).ReplaceAll(body, nil))
	}
}

package simulate

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
)

// impatient is a client that leaves when it has enough: a reply may be as long as the context, which takes seconds to write.
type impatient struct {
	*httptest.ResponseRecorder
	leave func()
}

func (i *impatient) Write(p []byte) (int, error) {
	if i.Body.Len() > 1<<20 {
		i.leave()
	}
	return i.ResponseRecorder.Write(p)
}

// Whatever a client sends, the endpoint answers with JSON or events, and soon.
func FuzzRequest(f *testing.F) {
	for _, body := range []string{
		streamed, whole, offering, results, asking(3, 2), `{"prompt":[1,2],"stream":true}`, `{"prompt":"Once","stop":["x"]}`, `{`, `[]`, `null`,
		talk("system: You are kind.\nuser: Hi, I am Ada. Answer as JSON with keys room and side.\nassistant: No.\nuser: Say that again.", `,"n":2,"min_tokens":9`),
		talk("user: nod", `,"guided_json":{"type":"object","properties":{"a":{"type":"array","items":{"$ref":"#"}}}}`),
		talk("user: x 12", `,"response_format":{"type":"json_schema","json_schema":{"schema":{"type":"integer","multipleOf":1e-9,"minimum":1e300}}},"stop":"0"`),
		talk("user: nod \\xff\"", `,"tools":[{"type":"function","function":{"name":"a\"b","parameters":{"const":{}}}}],"tool_choice":"required","stream":true`),
	} {
		f.Add([]byte(body), true)
		f.Add([]byte(body), false)
	}
	s := New(Config{Model: "m", Cache: true, Replies: []Reply{
		{When: regexp.MustCompile(`nod(.*)`), ToolCalls: []ToolCall{{"nod", `{"how":"$1"}`}}},
		{When: regexp.MustCompile(`think`), Reasoning: "Hm.", Text: "$0"},
	}})
	f.Fuzz(func(t *testing.T, body []byte, chat bool) {
		path := "/v1/completions"
		if chat {
			path = "/v1/chat/completions"
		}
		ctx, leave := context.WithCancel(t.Context())
		defer leave()
		w := &impatient{httptest.NewRecorder(), leave}
		s.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, path, bytes.NewReader(body)))
		if w.Code != http.StatusOK && w.Code/100 != 4 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w.Header().Get("Content-Type") == "application/json" {
			if !json.Valid(w.Body.Bytes()) {
				t.Fatalf("not JSON: %s", w.Body)
			}
			return
		}
		lines := bufio.NewScanner(w.Body)
		lines.Buffer(nil, 4<<20)
		for lines.Scan() {
			data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
			if len(lines.Bytes()) > 0 && !ok || ok && string(data) != "[DONE]" && !json.Valid(data) {
				t.Fatalf("not an event: %s", lines.Bytes())
			}
		}
	})
}

package simulate

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// talk is a request's messages as "role: text" lines.
func talk(lines string, more string) string {
	type line struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	var messages []line
	for l := range strings.SplitSeq(lines, "\n") {
		role, text, _ := strings.Cut(l, ":")
		messages = append(messages, line{role, strings.TrimSpace(text)})
	}
	b, err := json.Marshal(messages)
	if err != nil {
		panic(err)
	}
	return `{"messages":` + string(b) + more + `}`
}

func TestSpeech(t *testing.T) {
	s := New(Config{Model: "m"})
	for _, test := range []struct{ name, talk, want string }{
		{"who are you", "system: You are Reachy Mini, a small friendly robot. Answer in one sentence.\nuser: Hello! Who are you?",
			"I am Reachy Mini, a small friendly robot. Hello!"},
		{"without a system prompt", "user: What's your name?", "I am m, an endpoint without a model behind it."},
		{"developer", "developer: You're a lamp.\nuser: Tell me about yourself.", "I am a lamp."},
		{"introduction", "user: Hi, I am Ada.", "Hello, Ada!"},
		{"introduction without a greeting", "user: My name is Grace", "Hello, Grace! It is good to meet you."},
		{"not a name", "user: I am tired.", "You say: I am tired. I have understood that."},
		{"remembered", "user: Hi, I am Ada.\nassistant: Hello, Ada!\nuser: What is my name?", "You are Ada."},
		{"not told", "user: Who am I?", "You have not told me your name yet."},
		{"thanks and goodbye", "user: I'm Ada\nassistant: Hello!\nuser: Thanks, bye!", "You are welcome, Ada. Goodbye, Ada!"},
		{"how are you", "user: Good morning, how are you?", "Hello! I am fine, thank you."},
		{"again", "user: Tell me a story.\nassistant: Once upon a time. There was more.\nuser: Say that again in one sentence.", "I said: Once upon a time."},
		{"question", "user: What is the capital of France?", "You ask about the capital of France. A model would know more about it than I do."},
		{"only a question", "user: Why?", "You ask about Why. A model would know more about it than I do."},
		{"statement", "user: The robot waves. Then it sleeps.", "You say: The robot waves. I have understood that."},
		{"nothing", "user: ", "I am listening."},
		{"keys in words", "user: Ada needs room 12. Answer as JSON with keys room and side.", `{"room": 12, "side": "some side"}`},
		{"no user", "system: You are kind.", "I am listening."},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := saidTo(t, s, talk(test.talk, "")); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	t.Run("an image", func(t *testing.T) {
		got := saidTo(t, s, `{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}}]}]}`)
		if got != "I see an image." {
			t.Error(got)
		}
	})
}

const results = `{"messages":[
	{"role":"user","content":"Nod, then look."},
	{"role":"assistant","content":null,"tool_calls":[
		{"id":"a","type":"function","function":{"name":"nod","arguments":"{}"}},
		{"id":"b","type":"function","function":{"name":"look","arguments":"{}"}}]},
	{"role":"tool","tool_call_id":"a","content":"done."},
	{"role":"tool","tool_call_id":"b","content":"a cup"}],
	"tools":[{"type":"function","function":{"name":"nod"}}]}`

func TestRules(t *testing.T) {
	s := New(Config{Replies: []Reply{
		{When: regexp.MustCompile(`(?i)my (?P<what>\w+) is (\w+)`), Text: "A ${what} of $2 costs $$5.", Reasoning: "$2?"},
		{When: regexp.MustCompile(`secret`), Refusal: "I must not say."},
		{When: regexp.MustCompile(`[Nn]od(.*)`), ToolCalls: []ToolCall{{"nod", `{"how": "$1"}`}, {"look", `{}`}}},
		{When: regexp.MustCompile(`wave`), ToolCalls: []ToolCall{{"wave", `{`}}, Text: "I have waved."},
		{When: regexp.MustCompile(`cost`), Text: "$1"},
	}})
	const tools = `,"tools":[{"type":"function","function":{"name":"nod"}}]`
	for _, test := range []struct {
		name, body              string
		text, reasoning, finish string
		refusal, calls          string
	}{
		{name: "expansion", body: talk("user: My hat is red", ""), text: "A hat of red costs $5.", reasoning: "red?", finish: "stop"},
		{name: "group that is not there", body: talk("user: cost", ""), text: "", finish: "stop"},
		{name: "refusal", body: talk("user: the secret", ""), refusal: "I must not say.", finish: "stop"},
		{name: "only the last of the user counts", body: talk("user: the secret\nassistant: no\nuser: Hello", ""), text: "Hello!", finish: "stop"},
		{name: "calls", body: talk(`user: Nod "twice"`, tools), calls: `nod {"how": " \"twice\""}; look {}; `, finish: "tool_calls"},
		{name: "no tools offered", body: talk("user: Nod", ""), text: "You say: Nod. I have understood that.", finish: "stop"},
		{name: "tools forbidden", body: talk("user: Nod", tools+`,"tool_choice":"none"`), text: "You say: Nod. I have understood that.", finish: "stop"},
		{name: "after the results", body: results, text: "nod answered: done. look answered: a cup.", finish: "stop"},
		{name: "broken arguments", body: talk("user: wave", tools), calls: "wave {; ", finish: "tool_calls"},
		{name: "text instead of calls", body: talk("user: wave", ""), text: "I have waved.", finish: "stop"},
		{name: "text after the results", body: strings.Replace(results, "Nod, then look.", "wave", 1), text: "I have waved.", finish: "stop"},
		{name: "required", body: talk("user: Hello", tools+`,"tool_choice":"required"`), calls: "nod {}; ", finish: "tool_calls"},
		{name: "one function", body: talk("user: Hello", `,"tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b",
			"parameters":{"type":"object","properties":{"side":{"enum":["left","right"]}}}}}],"tool_choice":{"type":"function","function":{"name":"b"}}`),
			calls: `b {"side": "left"}; `, finish: "tool_calls"},
		{name: "required, answered", body: strings.Replace(results, `"tools"`, `"tool_choice":"required","tools"`, 1), text: "nod answered: done. look answered: a cup.", finish: "stop"},
		{name: "not called unasked", body: talk("user: Hello", tools), text: "Hello!", finish: "stop"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := choiceOf(t, s, test.body)
			calls := ""
			for _, c := range got.Message.Calls {
				calls += c.Function.Name + " " + c.Function.Arguments + "; "
			}
			text := func(s *string) string {
				if s == nil {
					return ""
				}
				return *s
			}
			if text(got.Message.Content) != test.text || got.Message.Reasoning != test.reasoning || got.Finish != test.finish ||
				text(got.Message.Refusal) != test.refusal || calls != test.calls {
				t.Errorf("content %q, refusal %q, calls %q, %+v", text(got.Message.Content), text(got.Message.Refusal), calls, got.Message)
			}
		})
	}
}

func TestLengths(t *testing.T) {
	ruled := Config{Replies: []Reply{{Text: "one two three four five"}}}
	refusing := Config{Replies: []Reply{{Refusal: "no"}}}
	for _, test := range []struct {
		name   string
		config Config
		more   string
		tokens int
		finish string
		text   string // where it matters
	}{
		{"as it is", ruled, ``, 5, "stop", "one two three four five"},
		{"max_tokens", ruled, `,"max_tokens":2`, 2, "length", "one two"},
		{"max_completion_tokens", ruled, `,"max_completion_tokens":2`, 2, "length", "one two"},
		{"just long enough", ruled, `,"max_tokens":5`, 5, "stop", "one two three four five"},
		{"min_tokens", ruled, `,"min_tokens":7`, 7, "stop", "one two three four five There is"},
		{"exact", ruled, `,"min_tokens":3,"max_tokens":3,"ignore_eos":true`, 3, "length", "one two three"},
		{"exact and longer", ruled, `,"min_tokens":64,"max_tokens":64,"ignore_eos":true`, 64, "length", ""},
		{"exact as long as it is", ruled, `,"max_tokens":5,"ignore_eos":true`, 5, "length", ""},
		{"exact, another seed", ruled, `,"max_tokens":8,"ignore_eos":true,"seed":5`, 8, "length", ""},
		{"no limit at all", ruled, `,"ignore_eos":true`, maxModelLen - 9, "length", ""},
		{"shared context", ruled, `,"ignore_eos":true,"n":128`, (maxModelLen - 9) / 128, "length", ""},
		{"stop", ruled, `,"stop":" three"`, 2, "stop", "one two"},
		{"stop in a token", ruled, `,"stop":["x","ree"]`, 3, "stop", "one two th"},
		{"stop over tokens", ruled, `,"stop":["o three f"]`, 2, "stop", "one tw"},
		{"stop not yet", ruled, `,"stop":["e"],"min_tokens":2`, 3, "stop", "one two thr"},
		{"stop at the start", ruled, `,"stop":["one"]`, 0, "stop", ""},
		{"stop of nothing", ruled, `,"stop":[""]`, 5, "stop", ""},
		{"drawn", Config{Tokens: func(uint64) int { return 12 }}, ``, 12, "stop", ""},
		{"drawn shorter", Config{Tokens: func(uint64) int { return 1 }}, ``, 1, "stop", "Hello"},
		{"drawn, not positive", Config{Tokens: func(uint64) int { return -3 }}, ``, 1, "stop", "Hello"},
		{"drawn above max_tokens", Config{Tokens: func(uint64) int { return 12 }}, `,"max_tokens":4`, 4, "length", ""},
		{"a rule has its own length", Config{Tokens: func(uint64) int { return 12 }, Replies: ruled.Replies}, ``, 5, "stop", ""},
		{"JSON stays valid", Config{}, `,"min_tokens":40,"response_format":{"type":"json_object"}`, 40, "stop", ""},
		{"a longer refusal", refusing, `,"min_tokens":4`, 4, "stop", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := ask(New(test.config), http.MethodPost, "/v1/chat/completions", talk("user: Hello", test.more))
			var got wireReply
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			c := got.Choices[0]
			if n := got.Usage.Completion / len(got.Choices); n != test.tokens || c.Finish != test.finish {
				t.Errorf("%d tokens, %s; want %d, %s", n, c.Finish, test.tokens, test.finish)
			}
			if c.Message.Content != nil {
				text := *c.Message.Content
				if test.text != "" && text != test.text {
					t.Errorf("%q, want %q", text, test.text)
				}
				if strings.Contains(test.more, "json") && !json.Valid([]byte(text)) {
					t.Errorf("%q is not JSON", text)
				}
			}
		})
	}
}

func TestTokensAreTheText(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		"I am Reachy Mini.":            "I| am| Reachy| Mini|.",
		"conversations' 12345 a_b":     "conversa|tions'| 123|45| a_b",
		"  two\n\n\tlines \r\n":        "  |two|\n\n|\t|lines| \r\n",
		"Käse 日本語 ☃":                   "Käse| 日|本|語| ☃",
		"\xff\xfe":                     "\xff|\xfe",
		" ":                            " ",
		"a ":                           "a| ",
		"supercalifragilistic":         "supercal|ifragili|stic",
		`{"room": 12, "side": "left"}`: `{|"|room|"|:| 12|,| "|side|"|:| "|left|"|}`,
	} {
		if got := strings.Join(split(text), "|"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if count(text) != len(split(text)) {
			t.Errorf("%q: %d, but %d tokens", text, count(text), len(split(text)))
		}
	}
}

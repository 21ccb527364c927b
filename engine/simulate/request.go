package simulate

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// maxBody bounds a request's body: images come inline.
const maxBody = 32 << 20

// maxChoices is how many choices a request may ask for.
const maxChoices = 128

// A request asks for a reply, by either of the two interfaces.
type request struct {
	chat     bool
	model    string
	messages []message
	tools    []tool
	// force is how tool_choice restricts the model: "", "none", "required", or forced names the one function.
	force, forced string
	json          bool            // the reply is to be a JSON value
	schema        json.RawMessage // which satisfies this, unless empty
	choices       int
	maxTokens     int // 0 is no limit
	minTokens     int
	ignoreEOS     bool
	stop          []string
	seed          int64
	stream, usage bool
	promptIDs     int // tokens of a prompt that came as numbers
}

// A message of the conversation, with the text of all its parts in one.
type message struct {
	role, text, callID string
	calls              []calledFunction
	images             []string
}

type calledFunction struct {
	ID       string `json:"id"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

type tool struct {
	Type     string `json:"type"`
	Function struct {
		Name       string          `json:"name"`
		Parameters json.RawMessage `json:"parameters"`
	} `json:"function"`
}

// wireRequest is the body of both interfaces, and vLLM's additions.
type wireRequest struct {
	Model               string          `json:"model"`
	Messages            []wireMessage   `json:"messages"`
	Prompt              json.RawMessage `json:"prompt"`
	Tools               []tool          `json:"tools"`
	ToolChoice          json.RawMessage `json:"tool_choice"`
	ResponseFormat      *responseFormat `json:"response_format"`
	GuidedJSON          json.RawMessage `json:"guided_json"`
	N                   *int            `json:"n"`
	MaxTokens           *int            `json:"max_tokens"`
	MaxCompletionTokens *int            `json:"max_completion_tokens"`
	MinTokens           int             `json:"min_tokens"`
	IgnoreEOS           bool            `json:"ignore_eos"`
	Stop                json.RawMessage `json:"stop"`
	Seed                *int64          `json:"seed"`
	Temperature         *float64        `json:"temperature"`
	TopP                *float64        `json:"top_p"`
	Stream              bool            `json:"stream"`
	StreamOptions       *struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

type responseFormat struct {
	Type       string `json:"type"`
	JSONSchema *struct {
		Schema json.RawMessage `json:"schema"`
	} `json:"json_schema"`
}

type wireMessage struct {
	Role       string           `json:"role"`
	Content    json.RawMessage  `json:"content"`
	ToolCallID string           `json:"tool_call_id"`
	ToolCalls  []calledFunction `json:"tool_calls"`
}

// decode reads one JSON value and says in one sentence what is wrong with it.
func decode(body []byte, value any) error {
	err := json.Unmarshal(body, value)
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong) && wrong.Field == "":
		return invalid("", "The body must be a JSON object.")
	case errors.As(err, &wrong):
		return invalid(wrong.Field, fmt.Sprintf("%q is not to be a JSON %s.", wrong.Field, wrong.Value))
	default:
		return invalid("", "The body is not JSON: "+err.Error()+".")
	}
}

// parse turns the body of a request for a reply into a request.
func parse(body []byte, chat bool) (*request, error) {
	var wire wireRequest
	if err := decode(body, &wire); err != nil {
		return nil, err
	}
	q := &request{
		chat: chat, model: wire.Model, tools: wire.Tools, choices: 1, minTokens: wire.MinTokens, ignoreEOS: wire.IgnoreEOS,
		stream: wire.Stream, usage: wire.StreamOptions != nil && wire.StreamOptions.IncludeUsage,
	}
	if wire.Seed != nil {
		q.seed = *wire.Seed
	}
	steps := []func(*wireRequest) error{q.readPrompt, q.readLimits, q.readStop, q.readTools, q.readFormat}
	for _, step := range steps {
		if err := step(&wire); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func (q *request) readLimits(wire *wireRequest) error {
	if wire.N != nil {
		if q.choices = *wire.N; q.choices < 1 || q.choices > maxChoices {
			return invalid("n", fmt.Sprintf("n must be between 1 and %d.", maxChoices))
		}
	}
	limit, name := wire.MaxTokens, "max_tokens"
	if wire.MaxCompletionTokens != nil {
		limit, name = wire.MaxCompletionTokens, "max_completion_tokens"
	}
	if limit != nil {
		if q.maxTokens = *limit; q.maxTokens < 1 {
			return invalid(name, name+" must be at least 1.")
		}
	}
	switch {
	case q.minTokens < 0:
		return invalid("min_tokens", "min_tokens must not be negative.")
	case q.maxTokens > 0 && q.minTokens > q.maxTokens:
		return invalid("min_tokens", "min_tokens must not be above max_tokens.")
	case wire.Temperature != nil && (*wire.Temperature < 0 || *wire.Temperature > 2):
		return invalid("temperature", "temperature must be between 0 and 2.")
	case wire.TopP != nil && (*wire.TopP <= 0 || *wire.TopP > 1):
		return invalid("top_p", "top_p must be above 0 and at most 1.")
	case wire.StreamOptions != nil && !wire.Stream:
		return invalid("stream_options", "stream_options go with stream = true only.")
	}
	return nil
}

func (q *request) readStop(wire *wireRequest) error {
	texts, ok := textOrList(wire.Stop)
	if !ok {
		return invalid("stop", "stop must be a string or a list of strings.")
	}
	for _, text := range texts {
		if text != "" {
			q.stop = append(q.stop, text)
		}
	}
	return nil
}

// textOrList reads a string or a list of strings; null and nothing are the empty list.
func textOrList(raw json.RawMessage) (texts []string, ok bool) {
	if absent(raw) {
		return nil, true
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []string{text}, true
	}
	return texts, json.Unmarshal(raw, &texts) == nil
}

// absent reports whether a value is missing or null.
func absent(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

func (q *request) readTools(wire *wireRequest) error {
	for i, t := range q.tools {
		if t.Type != "function" || t.Function.Name == "" {
			return invalid(fmt.Sprintf("tools[%d]", i), "A tool must be of the type function and have a name.")
		}
	}
	if absent(wire.ToolChoice) {
		return nil
	}
	var one tool
	if json.Unmarshal(wire.ToolChoice, &q.force) != nil {
		if json.Unmarshal(wire.ToolChoice, &one) != nil || one.Function.Name == "" {
			return invalid("tool_choice", "tool_choice must be none, auto, required or one function.")
		}
		q.force, q.forced = "", one.Function.Name
	}
	switch q.force {
	case "", "none", "auto", "required":
	default:
		return invalid("tool_choice", "tool_choice must be none, auto, required or one function.")
	}
	if (q.force == "required" || q.forced != "") && q.tool(q.forced) == nil {
		return invalid("tool_choice", "tool_choice asks for a function that tools does not offer.")
	}
	return nil
}

// tool is the offered tool of that name, or the first where name is empty; nil where there is none.
func (q *request) tool(name string) *tool {
	for i := range q.tools {
		if name == "" || q.tools[i].Function.Name == name {
			return &q.tools[i]
		}
	}
	return nil
}

func (q *request) readFormat(wire *wireRequest) error {
	if !absent(wire.GuidedJSON) {
		q.json, q.schema = true, wire.GuidedJSON
	}
	if f := wire.ResponseFormat; f != nil {
		switch f.Type {
		case "text", "":
		case "json_object":
			q.json = true
		case "json_schema":
			if f.JSONSchema == nil || absent(f.JSONSchema.Schema) {
				return invalid("response_format", "response_format lacks json_schema.schema.")
			}
			q.json, q.schema = true, f.JSONSchema.Schema
		default:
			return invalid("response_format", "response_format must be of the type text, json_object or json_schema.")
		}
	}
	if len(q.schema) > 0 {
		if _, err := parseSchema(q.schema); err != nil {
			return invalid("response_format", "The JSON schema cannot be read: "+err.Error()+".")
		}
	}
	return nil
}

// last is the text of the last message of the role; empty where there is none.
func (q *request) last(role string) string {
	for i := len(q.messages) - 1; i >= 0; i-- {
		if q.messages[i].role == role {
			return q.messages[i].text
		}
	}
	return ""
}

// answersTool reports whether the model has just been given the result of a call.
func (q *request) answersTool() bool { return q.messages[len(q.messages)-1].role == "tool" }

// system is what the system prompts say.
func (q *request) system() string {
	var texts []string
	for _, m := range q.messages {
		if m.role == "system" {
			texts = append(texts, m.text)
		}
	}
	return strings.Join(texts, "\n")
}

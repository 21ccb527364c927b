package chat

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	openai "github.com/sashabaranov/go-openai"
)

// body writes a JSON object member by member.
type body struct {
	bytes.Buffer
	encoder   *json.Encoder
	constants *constants
	written   map[string]bool
	err       error
}

func newBody(c *constants) *body {
	b := &body{constants: c, written: map[string]bool{}}
	b.encoder = json.NewEncoder(b)
	b.encoder.SetEscapeHTML(false)
	return b
}

// set writes a member unless one of that name is there.
func (b *body) set(name string, value any) {
	if b.begin(name) {
		b.value(value)
	}
}

// begin writes the start of a member unless one of that name is there.
func (b *body) begin(name string) bool {
	if b.written[name] {
		return false
	}
	b.written[name] = true
	if len(b.written) == 1 {
		b.WriteByte('{')
	} else {
		b.WriteByte(',')
	}
	b.value(name)
	b.WriteByte(':')
	return true
}

// value writes any value.
func (b *body) value(v any) {
	if b.err != nil {
		return
	}
	if b.err = b.encoder.Encode(v); b.err == nil {
		b.Truncate(b.Len() - 1) // the encoder's line end
	}
}

// encode writes the body of a request. go-openai's own encoding leaves out a temperature of 0 and empty content, and
// has no place for further members.
func (c *Client) encode(request *Request) ([]byte, error) {
	b := newBody(&c.constants)
	if model := cmp.Or(request.Model, c.Model()); model != "" {
		b.set("model", model)
	}
	if c.config.API == CompletionsAPI {
		prompt, err := prompt(request)
		if err != nil {
			return nil, err
		}
		b.set("prompt", prompt)
	} else {
		b.messages(request.Messages)
	}
	b.set("stream", request.Stream)
	b.setWishes(request)
	for _, extra := range []map[string]json.RawMessage{request.ExtraBody, c.config.ExtraBody} {
		for _, name := range slices.Sorted(maps.Keys(extra)) {
			b.set(name, extra[name])
		}
	}
	if request.Stream {
		b.set("stream_options", openai.StreamOptions{IncludeUsage: true})
	}
	b.WriteByte('}')
	return b.Bytes(), b.err
}

// setWishes writes what the request says explicitly.
func (b *body) setWishes(request *Request) {
	switch {
	case request.OutputTokens > 0:
		b.set("max_tokens", request.OutputTokens)
		b.set("min_tokens", request.OutputTokens)
		b.set("ignore_eos", true)
	case request.MaxTokens > 0:
		b.set("max_tokens", request.MaxTokens)
	}
	if request.Temperature != nil {
		b.set("temperature", *request.Temperature)
	}
	if request.TopP != nil {
		b.set("top_p", *request.TopP)
	}
	if request.Seed != nil {
		b.set("seed", *request.Seed)
	}
	if len(request.Stop) > 0 {
		b.set("stop", request.Stop)
	}
	if len(request.Tools) > 0 {
		b.set("tools", request.Tools)
	}
	if request.ToolChoice != nil {
		b.set("tool_choice", request.ToolChoice)
	}
	if request.ResponseFormat != nil {
		b.set("response_format", request.ResponseFormat)
	}
}

// message is go-openai's message without its content, which is written apart: also where it is empty.
type message struct {
	Role             string               `json:"role"`
	Refusal          string               `json:"refusal,omitempty"`
	Name             string               `json:"name,omitempty"`
	ReasoningContent string               `json:"reasoning_content,omitempty"`
	FunctionCall     *openai.FunctionCall `json:"function_call,omitempty"`
	ToolCalls        []openai.ToolCall    `json:"tool_calls,omitempty"`
	ToolCallID       string               `json:"tool_call_id,omitempty"`
}

func (b *body) messages(all []openai.ChatCompletionMessage) {
	b.begin("messages")
	b.WriteByte('[')
	for i := range all {
		m := &all[i]
		if i > 0 {
			b.WriteByte(',')
		}
		b.value(message{
			Role: m.Role, Refusal: m.Refusal, Name: m.Name, ReasoningContent: m.ReasoningContent,
			FunctionCall: m.FunctionCall, ToolCalls: m.ToolCalls, ToolCallID: m.ToolCallID,
		})
		if b.err != nil {
			return
		}
		b.Truncate(b.Len() - 1) // the closing brace
		b.WriteString(`,"content":`)
		b.content(m)
		b.WriteByte('}')
	}
	b.WriteByte(']')
}

// content writes a message's content: null where the message consists of its tool calls.
func (b *body) content(m *openai.ChatCompletionMessage) {
	switch {
	case len(m.MultiContent) > 0:
		b.parts(m.MultiContent)
	case m.Content == "" && len(m.ToolCalls) > 0:
		b.WriteString("null")
	case m.Role == openai.ChatMessageRoleSystem:
		b.constant(m.Content)
	default:
		b.value(m.Content)
	}
}

func (b *body) parts(parts []openai.ChatMessagePart) {
	for i := range parts {
		p := &parts[i]
		b.WriteString([]string{`[`, `,`}[min(i, 1)])
		b.WriteString(`{"type":`)
		b.value(p.Type)
		if p.ImageURL == nil {
			b.WriteString(`,"text":`)
			b.value(p.Text)
			b.WriteByte('}')
			continue
		}
		b.WriteString(`,"image_url":{"url":`)
		b.constant(p.ImageURL.URL)
		if p.ImageURL.Detail != "" {
			b.WriteString(`,"detail":`)
			b.value(p.ImageURL.Detail)
		}
		b.WriteString("}}")
	}
	b.WriteByte(']')
}

// constants are long texts that one request after another repeats, such as system prompts and images, as JSON.
type constants struct {
	mu      sync.Mutex
	encoded map[string][]byte
	size    int
}

const (
	// shortestConstant: what is shorter is encoded as fast as it is found.
	shortestConstant = 256
	// allConstants bounds what is kept, in bytes of JSON.
	allConstants = 16 << 20
)

// constant writes a text that is likely to come again, and remembers how while there is room.
func (b *body) constant(text string) {
	if len(text) < shortestConstant || b.err != nil {
		b.value(text)
		return
	}
	c := b.constants
	c.mu.Lock()
	known, ok := c.encoded[text]
	c.mu.Unlock()
	if ok {
		b.Write(known)
		return
	}
	start := b.Len()
	b.value(text)
	c.mu.Lock()
	defer c.mu.Unlock()
	if fresh := bytes.Clone(b.Bytes()[start:]); b.err == nil && c.size+len(fresh) <= allConstants {
		if c.encoded == nil {
			c.encoded = map[string][]byte{}
		}
		c.encoded[text] = fresh
		c.size += len(fresh)
	}
}

// prompt makes one text of the messages, as Request says.
func prompt(request *Request) (string, error) {
	if len(request.Tools) > 0 {
		return "", errors.New(`api = completions takes no tools`)
	}
	var b strings.Builder
	for i := range request.Messages {
		m := &request.Messages[i]
		words := m.Content
		for _, p := range m.MultiContent {
			if p.ImageURL != nil {
				return "", errors.New(`api = completions takes no images`)
			}
			words += p.Text
		}
		if len(request.Messages) == 1 {
			return words, nil
		}
		if m.Role != openai.ChatMessageRoleSystem {
			b.WriteString(m.Role + ": ")
		}
		b.WriteString(words + "\n\n")
	}
	b.WriteString(openai.ChatMessageRoleAssistant + ":")
	return b.String(), nil
}

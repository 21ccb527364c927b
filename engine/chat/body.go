package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	openai "github.com/sashabaranov/go-openai"
)

// body writes a JSON object member by member.
type body struct {
	bytes.Buffer
	encoder *json.Encoder
	written map[string]bool
	err     error
}

func newBody() *body {
	b := &body{written: map[string]bool{}}
	b.encoder = json.NewEncoder(b)
	b.encoder.SetEscapeHTML(false)
	return b
}

// set writes a member unless one of that name is there.
func (b *body) set(name string, value any) {
	if b.written[name] || b.err != nil {
		return
	}
	b.written[name] = true
	if len(b.written) == 1 {
		b.WriteByte('{')
	} else {
		b.WriteByte(',')
	}
	b.err = b.encoder.Encode(name)
	b.Truncate(b.Len() - 1) // the encoder's line end
	b.WriteByte(':')
	if b.err == nil {
		b.err = b.encoder.Encode(value)
		b.Truncate(b.Len() - 1)
	}
}

// encode writes the body of a request. go-openai's own encoding leaves out a temperature of 0 and empty content, and
// has no place for further members.
func (c *Client) encode(request *Request) ([]byte, error) {
	b := newBody()
	b.set("model", c.Model())
	if c.config.API == CompletionsAPI {
		prompt, err := prompt(request)
		if err != nil {
			return nil, err
		}
		b.set("prompt", prompt)
	} else {
		messages := make([]message, len(request.Messages))
		for i := range request.Messages {
			messages[i] = newMessage(&request.Messages[i])
		}
		b.set("messages", messages)
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

// message is go-openai's message as it is sent: with its content also where that is empty.
type message struct {
	Role             string               `json:"role"`
	Content          any                  `json:"content"`
	Refusal          string               `json:"refusal,omitempty"`
	Name             string               `json:"name,omitempty"`
	ReasoningContent string               `json:"reasoning_content,omitempty"`
	FunctionCall     *openai.FunctionCall `json:"function_call,omitempty"`
	ToolCalls        []openai.ToolCall    `json:"tool_calls,omitempty"`
	ToolCallID       string               `json:"tool_call_id,omitempty"`
}

// part is one of several parts of a message's content.
type part struct {
	Type     openai.ChatMessagePartType  `json:"type"`
	Text     *string                     `json:"text,omitempty"`
	ImageURL *openai.ChatMessageImageURL `json:"image_url,omitempty"`
}

func newMessage(m *openai.ChatCompletionMessage) message {
	out := message{
		Role: m.Role, Content: m.Content, Refusal: m.Refusal, Name: m.Name, ReasoningContent: m.ReasoningContent,
		FunctionCall: m.FunctionCall, ToolCalls: m.ToolCalls, ToolCallID: m.ToolCallID,
	}
	switch {
	case len(m.MultiContent) > 0:
		parts := make([]part, len(m.MultiContent))
		for i := range m.MultiContent {
			p := &m.MultiContent[i]
			parts[i] = part{Type: p.Type, ImageURL: p.ImageURL}
			if p.ImageURL == nil {
				parts[i].Text = &p.Text
			}
		}
		out.Content = parts
	case m.Content == "" && len(m.ToolCalls) > 0:
		out.Content = nil // null: the message consists of its calls
	}
	return out
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

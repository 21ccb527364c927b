package scenario

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Message is a message of a recorded conversation.
type Message struct {
	// Role is system, developer, user, assistant or tool.
	Role string
	// Text is the whole content, where it is only text.
	Text string
	// Raw is the message as JSON, in OpenAI's shape, where there is more in it than its role and text; else nil.
	Raw json.RawMessage
}

func messageFunctions() map[string]builtin {
	return map[string]builtin{"messages": {Function: messagesFunc}, "user_turns": {Function: userTurnsFunc}}
}

// messagesFunc is a recorded conversation up to the user's last word, as a part.
var messagesFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(partType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(partType), nil
		}
		all, err := readMessages(args[0])
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		asked := untilAsked(all)
		if len(asked) == 0 {
			return cty.NilVal, function.NewArgErrorf(0, "no message in it is a user's")
		}
		return partValue(Part{Kind: PartMessages, Messages: asked}), nil
	},
})

// userTurnsFunc lists what the user of a recorded conversation says.
var userTurnsFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.List(cty.String)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(cty.List(cty.String)), nil
		}
		all, err := readMessages(args[0])
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		var said []cty.Value
		for _, m := range all {
			if m.Role == "user" {
				said = append(said, cty.StringVal(m.Text))
			}
		}
		if len(said) == 0 {
			return cty.ListValEmpty(cty.String), nil
		}
		return cty.ListVal(said), nil
	},
})

// untilAsked leaves out what the assistant says before the user does, and after the last message that it would answer.
func untilAsked(all []Message) []Message {
	first, last := -1, -1
	for i, m := range all {
		switch m.Role {
		case "user":
			if first < 0 {
				first = i
			}
			last = i
		case "tool":
			last = i
		}
	}
	if first < 0 {
		return nil
	}
	var out []Message
	for i, m := range all[:last+1] {
		if i >= first || m.Role == "system" || m.Role == "developer" {
			out = append(out, m)
		}
	}
	return out
}

// roles are the names that recordings have for who speaks.
var roles = map[string]string{
	"system": "system", "developer": "developer", "user": "user", "human": "user", "assistant": "assistant", "tool": "tool",
	"gpt": "assistant", "chatgpt": "assistant", "model": "assistant", "bot": "assistant", "bing": "assistant", "bard": "assistant",
}

// readMessages reads a list of OpenAI's messages, or of ShareGPT's: from and value.
func readMessages(v cty.Value) ([]Message, error) {
	if v.IsNull() || !isSequence(v.Type()) {
		return nil, errors.New("it must be a list of messages: { role, content } or { from, value }")
	}
	var out []Message
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		m, err := readMessage(element)
		if err != nil {
			return nil, fmt.Errorf("message %d %w", len(out)+1, err)
		}
		out = append(out, m)
	}
	return out, nil
}

func readMessage(v cty.Value) (Message, error) {
	if v.IsNull() || !v.Type().IsObjectType() && !v.Type().IsMapType() {
		return Message{}, errors.New("is not an object")
	}
	given := v.AsValueMap()
	speaker, content := "role", "content"
	if _, ok := given["from"]; ok {
		speaker, content = "from", "value"
	}
	who, ok := textOf(given[speaker])
	if !ok {
		return Message{}, fmt.Errorf("has no %s that is text", speaker)
	}
	role, ok := roles[who]
	if !ok {
		return Message{}, fmt.Errorf("has a %s that is none of system, user or human, assistant or gpt, and tool", speaker)
	}
	m := Message{Role: role}
	plain := false
	m.Text, plain = textOf(given[content])
	if content == "value" {
		if !plain {
			return m, errors.New("has no value that is text")
		}
		return m, nil
	}
	if plain && len(given) == 2 {
		return m, nil
	}
	if !plain {
		if m.Text, ok = partTexts(given["content"]); !ok {
			return m, errors.New("has a content that is neither text nor a list of parts")
		}
	}
	raw, err := jsonText(v)
	m.Raw = json.RawMessage(raw)
	return m, err
}

func textOf(v cty.Value) (string, bool) {
	if v == cty.NilVal || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

// partTexts are the texts of a content that is a list of parts; none of one that is null, as an assistant's may be.
func partTexts(v cty.Value) (string, bool) {
	if v == cty.NilVal || v.IsNull() {
		return "", true
	}
	if !isSequence(v.Type()) {
		return "", false
	}
	var texts []string
	for it := v.ElementIterator(); it.Next(); {
		_, part := it.Element()
		if part.IsNull() || !part.Type().IsObjectType() && !part.Type().IsMapType() {
			return "", false
		}
		if text, ok := textOf(part.AsValueMap()["text"]); ok {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n"), true
}

// unsaid reports whether a row is a recorded conversation in which no user says anything. Such are in every large
// recording, and nothing can be asked by them.
func unsaid(row map[string]cty.Value) bool {
	for _, field := range []string{"conversations", "messages"} {
		v, ok := row[field]
		if !ok || v.IsNull() || !isSequence(v.Type()) {
			continue
		}
		all, err := readMessages(v)
		return err == nil && untilAsked(all) == nil
	}
	return false
}

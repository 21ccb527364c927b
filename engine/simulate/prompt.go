package simulate

import (
	"encoding/json"
	"fmt"
	"strings"
)

// imageTokens is what an image adds to a prompt.
const imageTokens = 256

// The chat template's marks around a message: each is one token that no person types.
const (
	beginMessage = "\ue000"
	endMessage   = "\ue001"
)

func (q *request) readPrompt(wire *wireRequest) error {
	if !q.chat {
		return q.readText(wire.Prompt)
	}
	var err error
	q.messages, err = readMessages(wire.Messages)
	return err
}

// readMessages checks the messages of a conversation.
func readMessages(wire []wireMessage) ([]message, error) {
	if len(wire) == 0 {
		return nil, invalid("messages", "messages must hold at least one message.")
	}
	messages := make([]message, len(wire))
	for i, m := range wire {
		at := fmt.Sprintf("messages[%d]", i)
		switch m.Role {
		case "user", "assistant", "tool", "system":
		case "developer":
			m.Role = "system"
		default:
			return nil, invalid(at+".role", "A message's role must be system, developer, user, assistant or tool.")
		}
		messages[i] = message{role: m.Role, callID: m.ToolCallID, calls: m.ToolCalls}
		if err := messages[i].readContent(m.Content, at); err != nil {
			return nil, err
		}
	}
	return messages, nil
}

// readContent takes in a text, or a list of parts.
func (m *message) readContent(raw json.RawMessage, at string) error {
	if absent(raw) {
		if m.role == "assistant" {
			return nil
		}
		return invalid(at+".content", "Only an assistant's message may lack content.")
	}
	if json.Unmarshal(raw, &m.text) == nil {
		return nil
	}
	var parts []struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		ImageURL struct {
			URL string `json:"url"`
		} `json:"image_url"`
	}
	if json.Unmarshal(raw, &parts) != nil {
		return invalid(at+".content", "content must be a string or a list of parts.")
	}
	var texts []string
	for _, p := range parts {
		switch p.Type {
		case "text":
			texts = append(texts, p.Text)
		case "image_url":
			m.images = append(m.images, p.ImageURL.URL)
		default:
			return invalid(at+".content", "A part must be of the type text or image_url.")
		}
	}
	m.text = strings.Join(texts, "\n")
	return nil
}

// readText takes in the prompt of the older interface: a text, or token numbers, either also as a list of one.
func (q *request) readText(raw json.RawMessage) error {
	texts, ok := textOrList(raw)
	if !ok {
		var ids []int
		var lists [][]int
		switch {
		case json.Unmarshal(raw, &ids) == nil:
		case json.Unmarshal(raw, &lists) == nil && len(lists) == 1:
			ids = lists[0]
		default:
			return invalid("prompt", "prompt must be one text or one list of token numbers.")
		}
		q.promptIDs = len(ids)
		texts = []string{""}
	}
	if len(texts) != 1 {
		return invalid("prompt", "prompt must be one text: one prompt a request.")
	}
	q.messages = []message{{role: "user", text: texts[0]}}
	return nil
}

// render is the prompt as the model would read it, and the tokens that stand in it for what is no text.
func (q *request) render() (text string, more int) {
	if !q.chat {
		return q.messages[0].text, q.promptIDs
	}
	return renderMessages(q.messages, q.tools, true)
}

// renderMessages lays messages out as a chat template does. With open, the assistant's turn is begun.
func renderMessages(messages []message, tools []tool, open bool) (text string, more int) {
	var b strings.Builder
	for _, t := range tools {
		fmt.Fprintf(&b, "%stool\n%s %s%s", beginMessage, t.Function.Name, t.Function.Parameters, endMessage)
	}
	for _, m := range messages {
		fmt.Fprintf(&b, "%s%s\n%s", beginMessage, m.role, m.text)
		for _, c := range m.calls {
			fmt.Fprintf(&b, "\n%s %s", c.Function.Name, c.Function.Arguments)
		}
		for _, image := range m.images {
			// What tells images apart must be in the text, so that the prefix cache does.
			fmt.Fprintf(&b, "\n%016x", hash(0, image))
			more += imageTokens
		}
		b.WriteString(endMessage)
	}
	if open {
		b.WriteString(beginMessage + "assistant\n")
	}
	return b.String(), more
}

package run

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/scenario"
)

// Texts makes the text of a synthetic part. The same part and draw make the same text. It is called on the way to each
// request, by several sessions at once.
type Texts interface {
	Text(part *scenario.Part, draw uint64) string
}

// say adds what the user says to the history, and returns the text that stands for it in reports. The range is where it
// is said.
func (s *Session) say(parts []scenario.Part, at hcl.Range) (shown string, diags scenario.Diagnostics) {
	if parts[0].Kind != scenario.PartMessages {
		message, shown := s.userMessage(parts)
		s.history = append(s.history, message)
		return shown, nil
	}
	for i := range parts[0].Messages {
		recorded := &parts[0].Messages[i]
		m := openai.ChatCompletionMessage{Content: recorded.Text}
		if recorded.Raw != nil {
			m = openai.ChatCompletionMessage{}
			if err := json.Unmarshal(recorded.Raw, &m); err != nil {
				return "", scenario.Diagnostics{{
					Severity: hcl.DiagError, Summary: "Invalid user", Subject: &at,
					Detail: fmt.Sprintf("Message %d of the recorded conversation is not in OpenAI's shape: %s.", i+1, err),
				}}
			}
		}
		m.Role = recorded.Role
		s.history = append(s.history, m)
		shown = recorded.Text
	}
	return shown, nil
}

// userMessage is the message that the parts make, and the text that stands for it in reports. Without images it is one
// text, which every server takes.
func (s *Session) userMessage(parts []scenario.Part) (openai.ChatCompletionMessage, string) {
	m := openai.ChatCompletionMessage{Role: openai.ChatMessageRoleUser}
	if len(parts) == 1 && parts[0].Kind == scenario.PartText {
		m.Content = parts[0].Text
		return m, m.Content
	}
	var shown strings.Builder
	last := -1 // the part of m to which text is added
	for i := range parts {
		p := &parts[i]
		if p.Kind == scenario.PartImage {
			m.MultiContent = append(m.MultiContent, openai.ChatMessagePart{
				Type: openai.ChatMessagePartTypeImageURL, ImageURL: &openai.ChatMessageImageURL{URL: p.ImageURL},
			})
			shown.WriteString("[image]")
			last = -1
			continue
		}
		text := p.Text
		if p.Kind == scenario.PartSynthetic {
			text = s.Texts.Text(p, s.scope.Draw("synthetic "+strconv.Itoa(i)))
			fmt.Fprintf(&shown, "[%d tokens]", p.Tokens)
		} else {
			shown.WriteString(text)
		}
		if last < 0 {
			last = len(m.MultiContent)
			m.MultiContent = append(m.MultiContent, openai.ChatMessagePart{Type: openai.ChatMessagePartTypeText, Text: text})
			continue
		}
		apart := p.Kind == scenario.PartSynthetic || parts[i-1].Kind == scenario.PartSynthetic
		m.MultiContent[last].Text = join(m.MultiContent[last].Text, text, apart)
	}
	if len(m.MultiContent) == 1 && last == 0 {
		m.Content, m.MultiContent = m.MultiContent[0].Text, nil
	}
	return m, shown.String()
}

// join puts two texts together, apart by a space unless there is one: the words of a synthetic text are then the tokens
// that they were measured to be.
func join(a, b string, apart bool) string {
	end, _ := utf8.DecodeLastRuneInString(a)
	start, _ := utf8.DecodeRuneInString(b)
	if apart && a != "" && b != "" && !unicode.IsSpace(end) && !unicode.IsSpace(start) {
		return a + " " + b
	}
	return a + b
}

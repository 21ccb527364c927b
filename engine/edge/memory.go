package edge

import (
	"fmt"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

// What is reckoned for a message where nobody counts: four bytes to a token, what a template adds, and an image.
const (
	bytesPerToken  = 4
	tokensOfFrame  = 4
	tokensOfImage  = 600
	mostCorrection = 4
)

// cost estimates the tokens of a message.
func cost(m *openai.ChatCompletionMessage) int {
	n := tokensOfFrame + (len(m.Content)+bytesPerToken-1)/bytesPerToken
	for i := range m.MultiContent {
		if m.MultiContent[i].ImageURL != nil {
			n += tokensOfImage
		}
		n += (len(m.MultiContent[i].Text) + bytesPerToken - 1) / bytesPerToken
	}
	for i := range m.ToolCalls {
		n += tokensOfFrame + (len(m.ToolCalls[i].Function.Name)+len(m.ToolCalls[i].Function.Arguments))/bytesPerToken
	}
	return n
}

// learn takes from what the server counted how far the estimate is off.
func (c *Chat) learn(turn *event.Turn) {
	n := len(turn.Requests)
	if turn.Class != event.OK || n == 0 {
		return
	}
	u := turn.Requests[n-1].Usage
	estimated := 0
	history := c.talk.History()
	for i := range history {
		estimated += cost(&history[i])
	}
	if u.Source == event.FromServer && u.Input > 0 && estimated > 0 {
		c.ratio = min(mostCorrection, max(1.0/mostCorrection, float64(u.Input+u.Output)/float64(estimated)))
	}
}

// trim lets the oldest turns go where the history has become too long for what the model is to read.
func (c *Chat) trim() {
	most := int(float64(c.settings.HistoryMax.Value) / c.ratio)
	if n := c.talk.Trim(most, cost); n > 0 {
		c.view.Note(fmt.Sprintf("the oldest %s left the history, which may have %s tokens", measure.Count(n, "turn"),
			measure.Thousands(c.settings.HistoryMax.Value)))
	}
}

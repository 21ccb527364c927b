package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/event"
)

// errorBytes is how much is read of the body of an error.
const errorBytes = 64 << 10

const badBase = "Check that base_url names an OpenAI-compatible endpoint."

// whole reads a reply that is one JSON text; err is what the first read gave.
func (in *incoming) whole(err error) *Error {
	r := in.reply
	in.watch.enter(arriving)
	body, e := in.rest(err, in.client.config.MaxLine)
	if e != nil {
		return e
	}
	r.End = r.sse.stamp
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if trimmed := bytes.TrimSpace(body); len(trimmed) == 0 || trimmed[0] != '{' {
		return in.client.fault(event.Protocol, nil, in.client.excerpt(body), badBase)
	}
	if err := r.decode(body); errors.Is(err, errIsError) {
		return in.client.fault(event.Protocol, err, "status 200 with an error: "+in.client.errorText(body), "See the server's log.")
	} else if err != nil {
		return in.client.fault(event.Protocol, err, "a reply that cannot be read ("+err.Error()+"): "+string(body), badBase)
	}
	if in.request.Stream {
		r.note("a whole reply where a stream was asked for")
	}
	switch {
	case r.FinishReason == "" && r.empty():
		return in.client.fault(event.Protocol, nil, "no reply, but: "+in.client.errorText(body), badBase)
	case r.FinishReason == "":
		return in.client.fault(event.StreamTruncated, nil, "a reply without finish_reason", "See the server's log.")
	case r.empty():
		return in.client.fault(event.Empty, nil, "a complete reply without any content (finish_reason "+r.FinishReason+")",
			"Check the prompt, the chat template and max_tokens.")
	}
	return nil
}

// rest reads the body to its end, up to limit bytes.
func (in *incoming) rest(err error, limit int) ([]byte, *Error) {
	s := &in.reply.sse
	for err == nil && len(s.buf) <= limit {
		err = in.fill()
	}
	if len(s.buf) > limit {
		return s.buf, in.client.fault(event.Protocol, nil, "a reply that is longer than allowed: "+in.client.excerpt(s.buf), "")
	}
	if err != io.EOF {
		return s.buf, in.lost(err)
	}
	return s.buf, nil
}

var errIsError = errors.New("an error in place of a reply")

// decode fills the reply from a whole one: from the scan alone where it is one choice of plain text, as nearly all are,
// else with go-openai's types, and from the scan what they leave out.
func (r *Reply) decode(body []byte) error {
	scan := &r.chunk
	if scan.parse(body, inWhole) {
		if scan.tellsError() {
			return errIsError
		}
		if only := &scan.choice; scan.count == 1 && len(only.content.raw) > 0 && len(only.calls) == 0 {
			r.plain(scan)
			return nil
		}
	}
	var chat openai.ChatCompletionResponse
	if err := json.Unmarshal(body, &chat); err != nil {
		return err
	}
	r.Model = chat.Model
	if scan.hasUsage {
		r.Usage, r.hasUsage = scan.usage, true
	}
	if len(chat.Choices) == 0 {
		return nil
	}
	if len(chat.Choices) > 1 {
		r.note("several choices: only the first is kept")
	}
	first := &chat.Choices[0]
	r.FinishReason = string(first.FinishReason)
	if r.text = append(r.text, first.Message.Content...); len(r.text) == 0 {
		r.text = scan.choice.text.appendTo(r.text) // a completion's
	}
	for _, part := range first.Message.MultiContent {
		r.text = append(r.text, part.Text...)
	}
	r.refusal = append(r.refusal, first.Message.Refusal...)
	if r.reasoning = append(r.reasoning, first.Message.ReasoningContent...); len(r.reasoning) == 0 {
		r.reasoning = scan.choice.reasoning.appendTo(r.reasoning)
	}
	for i, c := range first.Message.ToolCalls {
		if i == maxCalls {
			return errors.New("more tool calls than a reply may have")
		}
		r.calls = append(r.calls, call{index: i, id: c.ID, name: c.Function.Name, args: []byte(c.Function.Arguments)})
	}
	return nil
}

// plain fills the reply from the scan of one whose only choice is text.
func (r *Reply) plain(scan *chunk) {
	only := &scan.choice
	r.Model, r.FinishReason = string(scan.model.appendTo(nil)), string(only.finish.appendTo(nil))
	if scan.hasUsage {
		r.Usage, r.hasUsage = scan.usage, true
	}
	r.text = only.content.appendTo(r.text)
	r.refusal = only.refusal.appendTo(r.refusal)
	r.reasoning = only.thought().appendTo(r.reasoning)
}

// refused is the error of a status that is not 2xx.
func (in *incoming) refused(response *http.Response) *Error {
	in.watch.enter(arriving)
	body, e := in.rest(nil, errorBytes)
	if e != nil && e.Class != event.Protocol && e.Class != event.StreamTruncated {
		return e
	}
	in.reply.End = in.client.clock.Now()
	return in.client.status(response, body)
}

// status is the error of a response by its status, with the message of its body.
func (c *Client) status(response *http.Response, body []byte) *Error {
	code := response.StatusCode
	e := c.fault(event.Protocol, nil, c.errorText(body), "")
	e.Status = code
	switch {
	case code == http.StatusTooManyRequests:
		e.Class = event.HTTP429
		e.RetryAfter = retryAfter(response.Header.Get("Retry-After"), c.clock)
		e.Hint = "Send less, or set retries."
	case code/100 == 4:
		e.Class = event.HTTP4xx
	case code/100 == 5:
		e.Class = event.HTTP5xx
		e.RetryAfter = retryAfter(response.Header.Get("Retry-After"), c.clock)
		e.Hint = "See the server's log."
	}
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Hint = "Check api_key."
		if c.config.APIKey == "" {
			e.Hint = "Set api_key: none was sent."
		}
	case http.StatusNotFound:
		e.Hint = "Check model and the path of base_url." + c.knownModels()
	}
	return e
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(value string, clock event.Clock) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		if seconds > 0 && seconds < 1e9 {
			return time.Duration(seconds * float64(time.Second))
		}
		return 0
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(clock.Start().Round(0).Add(time.Duration(clock.Now()))))
	}
	return 0
}

// errorText finds the message in a body that tells of an error: of OpenAI's shape and its relatives, else as excerpt.
func (c *Client) errorText(body []byte) string {
	var shape struct {
		Error   json.RawMessage `json:"error"`
		Message json.RawMessage `json:"message"`
		Detail  json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(body, &shape) != nil {
		return c.excerpt(body)
	}
	for _, found := range []json.RawMessage{shape.Error, shape.Message, shape.Detail} {
		var inner struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(found, &inner) == nil && inner.Message != "" {
			return c.printable(inner.Message)
		}
		var words string
		if json.Unmarshal(found, &words) == nil && words != "" {
			return c.printable(words)
		}
		if len(found) > 0 && string(found) != "null" {
			return c.printable(string(found))
		}
	}
	return c.excerpt(body)
}

var (
	htmlTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	htmlTag   = regexp.MustCompile(`(?s)<(script|style)\b.*?</(script|style)>|<[^>]*>?`)
)

// excerpt is the start of a body for a message: of HTML its title, else its words.
func (c *Client) excerpt(body []byte) string {
	body = body[:min(len(body), startBytes)]
	said := string(body)
	if !strings.HasPrefix(strings.TrimSpace(said), "<") {
		return c.printable(said)
	}
	if title := htmlTitle.FindStringSubmatch(said); title != nil && strings.TrimSpace(title[1]) != "" {
		return c.printable("HTML instead of JSON: " + html.UnescapeString(title[1]))
	}
	return c.printable("HTML instead of JSON: " + html.UnescapeString(htmlTag.ReplaceAllString(said, " ")))
}

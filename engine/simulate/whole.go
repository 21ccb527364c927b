package simulate

import (
	"compress/gzip"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// wireReply is a whole reply of either interface.
type wireReply struct {
	ID      string       `json:"id"`
	Object  string       `json:"object"`
	Created int64        `json:"created"`
	Model   string       `json:"model"`
	Choices []wireChoice `json:"choices"`
	Usage   *usage       `json:"usage,omitempty"`
}

type wireChoice struct {
	Index   int         `json:"index"`
	Message *wireAnswer `json:"message,omitempty"`
	Text    *string     `json:"text,omitempty"`
	Logs    *struct{}   `json:"logprobs"`
	Finish  string      `json:"finish_reason"`
}

type wireAnswer struct {
	Role      string         `json:"role"`
	Content   *string        `json:"content"`
	Reasoning string         `json:"reasoning_content,omitempty"`
	Refusal   *string        `json:"refusal"`
	Calls     []wireToolCall `json:"tool_calls,omitempty"`
}

type wireToolCall struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

// whole answers with one JSON object, once the last token is due.
func (j *job) whole(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	v := j.serve(ctx)
	if v == nil {
		return
	}
	defer v.end(ctx)
	w.Header().Set("Content-Type", "application/json")
	switch j.fault.Kind {
	case StallFirstToken:
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush() // it stalls, whether this arrives or not
		fallthrough
	case StallHeaders:
		<-ctx.Done()
		return
	}
	if !v.until(ctx, v.due) || !v.next(ctx, len(j.pieces)) {
		return
	}
	body, err := json.Marshal(j.reply(v))
	if err != nil { // our own structs of strings and numbers always encode
		panic(err)
	}
	switch j.fault.Kind {
	case StallIdle, StreamTruncated, HalfClose, Reset:
		j.half(w, r, body)
	case Gzip:
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write(body) // the client may have gone
		_ = z.Close()
	default:
		_, _ = w.Write(body) // the client may have gone
	}
}

// half sends the first half of a body, and ends as the kind says.
func (j *job) half(w http.ResponseWriter, r *http.Request, body []byte) {
	if j.fault.Kind != StreamTruncated {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	_, _ = w.Write(body[:len(body)/2]) // what comes next breaks the reply anyway
	_ = http.NewResponseController(w).Flush()
	switch j.fault.Kind {
	case StallIdle:
		<-r.Context().Done()
	case HalfClose:
		cut(w, false)
	case Reset:
		cut(w, true)
	}
}

// reply is the whole reply.
func (j *job) reply(v *service) wireReply {
	reply := wireReply{ID: j.id, Object: "text_completion", Created: j.created, Model: j.server.config.Model}
	choice := wireChoice{Finish: j.finish}
	if j.chat {
		reply.Object = "chat.completion"
		choice.Message = j.message()
	} else {
		text := j.textOf(pieceText)
		choice.Text = &text
	}
	for choice.Index = range j.choices {
		reply.Choices = append(reply.Choices, choice)
	}
	if j.fault.Kind != UsageMissing {
		u := usageOf(v)
		reply.Usage = &u
	}
	return reply
}

// message is the answer as an assistant's message.
func (j *job) message() *wireAnswer {
	m := &wireAnswer{Role: "assistant", Reasoning: j.textOf(pieceReasoning)}
	if refusal := j.textOf(pieceRefusal); refusal != "" {
		m.Refusal = &refusal
	}
	for i, c := range j.called() {
		m.Calls = append(m.Calls, wireToolCall{ID: j.server.callID(j.number, i), Type: "function", Function: c.Function})
	}
	if text := j.textOf(pieceText); text != "" || m.Calls == nil && m.Refusal == nil {
		m.Content = &text
	}
	return m
}

// wholeSeconds writes a duration in seconds, rounded up.
func wholeSeconds(d time.Duration) string {
	return strconv.FormatInt(int64((max(0, d)+time.Second-1)/time.Second), 10)
}

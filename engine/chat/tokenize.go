package chat

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"aimbench/engine/event"
)

// Tokenize asks how many tokens a text has, by the /tokenize route of vLLM and of the embedded endpoint; it stands
// beside /v1. Only the difference of two counts is sure: a server may count a mark at the text's start. The error is a
// *Error: not every server has the route, or answers in that form.
func (c *Client) Tokenize(ctx context.Context, text string) (int, error) {
	n, e := c.tokenize(ctx, text)
	if e != nil {
		return 0, c.named(e, "counting tokens", http.MethodPost, c.routes.tokenize)
	}
	return n, nil
}

func (c *Client) tokenize(ctx context.Context, text string) (int, *Error) {
	b := newBody(&c.constants)
	if model := c.Model(); model != "" {
		b.set("model", model)
	}
	b.set("prompt", text)
	b.WriteByte('}')
	if b.err != nil {
		return 0, c.fault(event.Protocol, b.err, "nothing, for the request cannot be written: "+b.err.Error(), "")
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	limits := Timeouts{Connect: c.config.Timeouts.Connect, Total: readyAnswer}
	w := &watch{clock: c.clock, limits: limits, total: c.clock.Now().Add(readyAnswer), cancel: cancel}
	defer w.stop()
	w.enter(connecting)
	a := &attempt{client: c, watch: w}
	response, e := a.send(ctx, http.MethodPost, c.routes.tokenize, b.Bytes())
	if e != nil {
		return 0, slow(e)
	}
	defer response.Body.Close() //nolint:errcheck // there is nothing left to learn from it
	in, e := c.decoded(response)
	if e != nil {
		return 0, e
	}
	answer, err := io.ReadAll(io.LimitReader(in, int64(c.config.MaxLine)))
	if e := c.interrupted(ctx); e != nil {
		return 0, slow(e)
	}
	if response.StatusCode/100 != 2 {
		return 0, c.status(response, answer)
	}
	if err != nil {
		return 0, c.broken(err, "in the middle of the reply")
	}
	var counted struct {
		Count *int `json:"count"`
	}
	err = json.Unmarshal(answer, &counted)
	if err == nil && counted.Count == nil {
		err = errors.New("no count")
	}
	if err != nil {
		return 0, c.fault(event.Protocol, err, "no count of tokens, but: "+c.errorText(answer), "")
	}
	return *counted.Count, nil
}

package chat

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/event"
)

// The pace of asking whether an endpoint is ready.
const (
	// readyAnswer bounds one question.
	readyAnswer  = 10 * time.Second
	firstPoll    = 100 * time.Millisecond
	longestPoll  = 2 * time.Second
	namesInError = 10
)

// Ready waits up to Config.WaitReady for the endpoint to answer GET /v1/models, and finds out the model where none is
// configured: it must then be the only one. An endpoint that lists no models is ready if the model is configured. The
// error is a *Error; the end of ctx gives event.Censored.
func (c *Client) Ready(ctx context.Context) error {
	deadline := c.clock.Now().Add(c.config.WaitReady)
	for pause := firstPoll; ; pause = min(2*pause, longestPoll) {
		e := c.resolve(ctx)
		if e == nil {
			return nil
		}
		left := time.Duration(deadline - c.clock.Now())
		if !passing(e) || left <= 0 {
			return c.named(e, "listing the models", http.MethodGet, c.routes.models)
		}
		if !sleep(ctx, min(pause, left)) {
			e = c.fault(event.Censored, context.Cause(ctx), "the run ended before the endpoint was ready: "+e.Message, "")
			return c.named(e, "listing the models", http.MethodGet, c.routes.models)
		}
	}
}

// passing reports whether a failure is one that a server which is starting up would give.
func passing(e *Error) bool {
	switch e.Class {
	case event.Dial, event.HTTP5xx, event.HTTP429, event.StreamTruncated:
		return true
	}
	return e.Class.TimedOut()
}

// resolve asks for the models once.
func (c *Client) resolve(ctx context.Context) *Error {
	models, e := c.list(ctx)
	switch {
	case e != nil && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed) && c.config.Model != "":
		return nil // not every server lists its models
	case e != nil:
		return e
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = models
	if c.config.Model != "" {
		return nil
	}
	switch len(models) {
	case 1:
		c.model = models[0]
		return nil
	case 0:
		return c.fault(event.Protocol, nil, "an empty list of models", "Set model, or load one into the server.")
	}
	return c.fault(event.Protocol, nil, "several models: "+enumerate(models), "Set model to one of them.")
}

// list gets the names of the models.
func (c *Client) list(ctx context.Context) ([]string, *Error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	limits := Timeouts{Connect: c.config.Timeouts.Connect, Total: readyAnswer}
	w := &watch{clock: c.clock, limits: limits, total: c.clock.Now().Add(readyAnswer), cancel: cancel}
	defer w.stop()
	w.enter(connecting)
	a := &attempt{client: c, watch: w}
	response, e := a.send(ctx, http.MethodGet, c.routes.models, nil)
	if e != nil {
		return nil, slow(e)
	}
	defer response.Body.Close() //nolint:errcheck // there is nothing left to learn from it
	in := &incoming{client: c, ctx: ctx, request: &Request{}, reply: &Reply{}, watch: w, arrivals: a.newArrivals(0)}
	if in.body, e = c.decoded(response); e != nil {
		return nil, e
	}
	body, e := in.rest(nil, c.config.MaxLine)
	if response.StatusCode/100 != 2 {
		return nil, c.status(response, body)
	}
	if e != nil {
		return nil, slow(e)
	}
	var list struct {
		Models []openai.Model `json:"data"`
	}
	if err := json.Unmarshal(body, &list); err != nil || list.Models == nil {
		return nil, c.fault(event.Protocol, err, "no list of models, but: "+c.errorText(body), badBase)
	}
	names := make([]string, len(list.Models))
	for i, m := range list.Models {
		names[i] = m.ID
	}
	return names, nil
}

// slow words the time-out of the question itself, which is no argument of the endpoint.
func slow(e *Error) *Error {
	if e.Class == event.TimeoutTotal {
		e.Message = "no answer within " + readyAnswer.String()
		e.Hint = "Check that the server is up and not overloaded, or set wait_ready."
	}
	return e
}

// knownModels ends a hint with the models that the server listed.
func (c *Client) knownModels() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) == 0 || slices.Contains(c.known, c.model) {
		return ""
	}
	return " The server lists " + c.printable(enumerate(c.known)) + "."
}

func enumerate(names []string) string {
	if len(names) > namesInError {
		return strings.Join(names[:namesInError], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

package chat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"aimbench/engine/event"
)

// Do makes one request and fills reply, which it resets first. It returns nil when the request succeeded: a 2xx status,
// a finish reason, content and no error. Otherwise it returns a *Error, whose class the reply has too; what had come
// until then is in the reply. The end of ctx gives event.Censored.
//
// Instants are those of the last attempt. Where the server sends several choices, the first is the reply; chunks of the
// others count, but their content is not kept.
func (c *Client) Do(ctx context.Context, request *Request, reply *Reply) error {
	reply.Reset()
	if c.pulse != nil && request.Stream {
		c.pulse.Hold()
		defer c.pulse.Release()
	}
	e := c.do(ctx, request, reply)
	if !reply.End.Reached() {
		reply.End = c.clock.Now()
	}
	reply.finish()
	if e == nil {
		return nil
	}
	reply.Class = e.Class
	reply.OwnFault = isOwn(e.Err)
	if e.Status == 0 {
		e.Status = reply.Status
	}
	return c.named(e, "asking for a reply", http.MethodPost, c.routes.reply)
}

// named completes an error with what was being done.
func (c *Client) named(e *Error, doing, method string, to *url.URL) *Error {
	e.Endpoint, e.Doing, e.Method, e.URL = c.config.Name, doing, method, shown(to)
	return e
}

func (c *Client) do(ctx context.Context, request *Request, reply *Reply) *Error {
	begun := c.clock.Now()
	body, err := c.encode(request)
	if err != nil {
		return c.fault(event.Protocol, err, "nothing, for the request cannot be written: "+err.Error(), "")
	}
	var total event.Instant
	if c.config.Timeouts.Total > 0 {
		total = begun.Add(c.config.Timeouts.Total)
	}
	for tried := 0; ; tried++ {
		retries := reply.Retries
		if tried > 0 {
			reply.Reset()
			reply.Retries = retries + 1
		}
		e := c.attempt(ctx, request, reply, body, begun, total)
		if e == nil || tried >= c.config.Retries || !repeatable(e) || reply.FirstToken.Reached() {
			return e
		}
		wait := backoff(tried, e.RetryAfter)
		if total > 0 && c.clock.Now().Add(wait) >= total {
			return e
		}
		if request.HangUpAfter > 0 && c.clock.Now().Add(wait) >= begun.Add(request.HangUpAfter) {
			return e
		}
		if !sleep(ctx, wait) {
			return c.fault(event.Censored, context.Cause(ctx), "the run ended before the reply did", "")
		}
	}
}

// attempt makes the request once.
func (c *Client) attempt(ctx context.Context, request *Request, reply *Reply, body []byte, begun, total event.Instant) *Error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := &watch{clock: c.clock, limits: c.config.Timeouts, total: total, cancel: cancel}
	if !request.Stream {
		w.limits.FirstToken = 0 // a whole reply's first token is its last
	}
	if request.HangUpAfter > 0 {
		w.leave = begun.Add(request.HangUpAfter)
	}
	defer w.stop()
	in := &incoming{client: c, ctx: ctx, request: request, reply: reply, watch: w}
	response, e := in.open(body)
	if e != nil {
		return e
	}
	defer response.Body.Close() //nolint:errcheck // there is nothing left to learn from it
	if in.body, e = c.decoded(response); e != nil {
		return e
	}
	in.packed = in.body != io.Reader(response.Body)
	if reply.Status/100 != 2 {
		return in.refused(response)
	}
	return in.read(strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream"))
}

// open sends the request and waits for the headers of the response.
func (in *incoming) open(body []byte) (*http.Response, *Error) {
	c, reply, w := in.client, in.reply, in.watch
	a := &attempt{client: c, watch: w}
	reply.Dispatched = c.clock.Now()
	w.enter(connecting)
	response, e := a.send(in.ctx, http.MethodPost, c.routes.reply, body)
	a.describe(&reply.Request)
	if e != nil {
		reply.Status = e.Status
		return nil, e
	}
	in.arrivals = a.newArrivals(reply.Sent)
	reply.Headers = in.arrivals.latest()
	reply.Status = response.StatusCode
	if w.limits.FirstToken == 0 {
		w.enter(arriving)
	}
	return response, nil
}

// The waits between attempts.
const (
	firstBackoff   = 250 * time.Millisecond
	longestBackoff = 8 * time.Second
	// longestRetryAfter caps what a server may ask for: a run is not to stand still for an hour.
	longestRetryAfter = 30 * time.Second
)

// repeatable reports whether a failure is one that Config.Retries is for.
func repeatable(e *Error) bool {
	switch e.Class {
	case event.HTTP429, event.HTTP5xx, event.Dial, event.TimeoutConnect:
		return true
	}
	return false
}

// backoff is how long to wait after an attempt, counted from 0, failed.
func backoff(tried int, retryAfter time.Duration) time.Duration {
	if retryAfter > 0 {
		return min(retryAfter, longestRetryAfter)
	}
	return min(firstBackoff<<min(tried, 10), longestBackoff)
}

// sleep waits, and reports false where ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// incoming is the body of a response as it comes in.
type incoming struct {
	client  *Client
	ctx     context.Context //nolint:containedctx // it lives as long as the attempt
	body    io.Reader
	request *Request
	reply   *Reply
	watch   *watch
	// arrivals stamps what comes.
	arrivals *arrivals
	// packed: the body is compressed, so that what a read brought and what it gave are not the same.
	packed bool
}

// read reads a reply of status 2xx, as a stream or whole, by what it begins with: servers answer a request for a stream
// with a whole reply or an error, under any content type.
func (in *incoming) read(declared bool) *Error {
	s := &in.reply.sse
	s.max = in.client.config.MaxLine
	var err error
	for s.opening() == 0 && err == nil {
		err = in.fill()
	}
	switch first := s.opening(); {
	case first == '{' || first == '[' || first == '<' || first == '"':
	case first == 0 && err == io.EOF:
		return in.client.fault(event.Protocol, nil, "an empty body", "Check that base_url names an OpenAI-compatible endpoint.")
	case in.request.Stream || declared:
		e := in.stream(err)
		in.reply.LateBound = in.arrivals.late
		return e
	}
	return in.whole(err)
}

// fill reads once.
func (in *incoming) fill() error {
	s := &in.reply.sse
	err := s.fill(in.body, in.arrivals.now)
	in.watch.arrived(s.stamp)
	in.arrivals.behind = in.packed || len(s.buf) == cap(s.buf)
	return err
}

// lost is the error of a body that could not be read to its end.
func (in *incoming) lost(err error) *Error {
	if e := in.client.interrupted(in.ctx); e != nil {
		return e
	}
	if errors.Is(err, errLongLine) || errors.Is(err, errLongStream) {
		return in.client.fault(event.Protocol, err, err.Error(), "")
	}
	return in.client.broken(err, "in the middle of the reply")
}

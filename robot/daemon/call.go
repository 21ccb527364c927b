package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"aimbench/robot/api"
)

const (
	callTimeout   = 5 * time.Second
	uploadTimeout = 30 * time.Second // the daemon probes a sound for up to 5 s
	// blockTimeout is for requests that may have the daemon fetch a library of moves. It answers nothing meanwhile.
	blockTimeout = time.Minute
	maxAnswer    = 1 << 20 // bytes; a state has some 500
)

// request is one question to the daemon.
type request struct {
	doing        string
	method, path string
	in           any // sent as JSON; nil sends none
	out          any // the answer goes there, from JSON; nil drops it
	body         io.Reader
	contentType  string        // of body
	timeout      time.Duration // 0 is callTimeout
	hint         string        // what to try where the daemon refuses
}

func (c *Client) get(ctx context.Context, doing, path string, out any) error {
	return c.call(ctx, request{doing: doing, method: http.MethodGet, path: path, out: out})
}

func (c *Client) post(ctx context.Context, doing, path string, in, out any) error {
	return c.call(ctx, request{doing: doing, method: http.MethodPost, path: path, in: in, out: out})
}

// call asks once. The error is an *Error.
func (c *Client) call(ctx context.Context, r request) error {
	if r.timeout == 0 {
		r.timeout = callTimeout
	}
	limited, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	url := c.base.String() + r.path
	fail := func(class Class, status int, err error, message, hint string) error {
		return &Error{Class: class, Doing: r.doing, Method: r.method, URL: url, Status: status, Message: printable(message), Hint: hint, Err: err}
	}
	if r.in != nil {
		body, err := json.Marshal(r.in)
		if err != nil {
			return fail(Protocol, 0, err, err.Error(), "")
		}
		r.body, r.contentType = bytes.NewReader(body), "application/json"
	}
	req, err := http.NewRequestWithContext(limited, r.method, url, r.body)
	if err != nil {
		return fail(Protocol, 0, err, err.Error(), "")
	}
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return c.unanswered(ctx, limited, r, err)
	}
	defer res.Body.Close() //nolint:errcheck // it is read
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return c.unanswered(ctx, limited, r, err)
	case len(answer) > maxAnswer:
		return fail(Protocol, res.StatusCode, nil, fmt.Sprintf("an answer of more than %d MiB", maxAnswer>>20), "")
	case res.StatusCode/100 != 2:
		class, message, hint := explain(res.StatusCode, answer, r.hint)
		return fail(class, res.StatusCode, nil, message, hint)
	}
	if r.out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, r.out); err != nil {
		return fail(NoDaemon, res.StatusCode, err, "an answer that is not a daemon's: "+err.Error(), "Is this the URL of a Reachy Mini's daemon?")
	}
	return nil
}

// unanswered is the error of a request to which no answer came.
func (c *Client) unanswered(ctx, limited context.Context, r request, err error) error {
	e := &Error{Class: Unreachable, Doing: r.doing, Method: r.method, URL: c.base.String() + r.path, Message: printable(root(err).Error()), Err: err,
		Hint: "Is the daemon running, and is this its URL?"}
	switch {
	case ctx.Err() != nil:
		e.Class, e.Message, e.Hint, e.Err = Cancelled, "nothing: it was given up", "", context.Cause(ctx)
	case limited.Err() != nil:
		e.Class, e.Message = Timeout, fmt.Sprintf("no answer within %s", r.timeout)
	}
	return e
}

// root is the innermost cause, which does not repeat the URL.
func root(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// explain reads an answer that is not of success.
func explain(status int, answer []byte, hint string) (class Class, message, try string) {
	var problem api.Problem
	if json.Unmarshal(answer, &problem) == nil && problem.Detail != nil {
		if text, ok := problem.Detail.(string); ok {
			message = text
		} else if b, err := json.Marshal(problem.Detail); err == nil {
			message = string(b)
		}
	} else if status != http.StatusInternalServerError {
		message = string(answer)
	}
	switch {
	case status/100 == 3:
		return NoDaemon, "", "A daemon does not redirect, and redirects are not followed: give its own URL."
	case status == http.StatusServiceUnavailable:
		return NotReady, message, "The daemon is starting, or its robot is off."
	case status/100 == 5:
		return Crashed, message, "The daemon's own log says why."
	}
	return Refused, message, hint
}

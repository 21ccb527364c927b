package chat

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"aimbench/engine/event"
)

// Error is why a request did not succeed. None of its texts holds the endpoint's key.
type Error struct {
	Class event.Class
	// Endpoint is the endpoint's name in the scenario; may be empty.
	Endpoint string
	// Doing says what was being done, such as "asking for a reply".
	Doing string
	// Method and URL are what was tried; the URL has neither user nor query. Empty where nothing was sent.
	Method, URL string
	// Status is the HTTP status; 0 where none came.
	Status int
	// Message says what came back: on one line, printable, of bounded length.
	Message string
	// RetryAfter is the server's wish; 0 where it had none.
	RetryAfter time.Duration
	// Hint says what to try; may be empty.
	Hint string
	// Err is the cause; may be nil.
	Err error
}

// Error is one paragraph: what was being done, what was tried, what came back, what to try.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Doing)
	if e.Endpoint != "" {
		fmt.Fprintf(&b, ", endpoint %q", e.Endpoint)
	}
	if e.URL != "" {
		fmt.Fprintf(&b, ": tried %s %s, got %s", e.Method, e.URL, strings.TrimSuffix(e.Got(), "."))
	} else {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, " (retry after %s)", e.RetryAfter)
	}
	b.WriteString(".")
	if e.Hint != "" {
		b.WriteString(" " + e.Hint)
	}
	return b.String()
}

// Got is what came back: the status, where it tells more than that a reply came, and the message.
func (e *Error) Got() string {
	if e.Status == 0 || e.Status/100 == 2 {
		return e.Message
	}
	status := strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	if e.Message == "" {
		return status
	}
	return status + ": " + e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// misconfigured is an error about the configuration: nothing was sent.
func (c *Client) misconfigured(argument string, err error, hint string) *Error {
	return &Error{
		Class: event.Protocol, Endpoint: c.config.Name, Doing: "reading " + argument,
		Message: c.printable(err.Error()), Hint: hint, Err: c.cause(err),
	}
}

// fault is an error whose cause may quote the server.
func (c *Client) fault(class event.Class, err error, message, hint string) *Error {
	return &Error{Class: class, Message: c.printable(message), Hint: hint, Err: c.cause(err)}
}

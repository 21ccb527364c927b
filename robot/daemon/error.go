package daemon

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"aimbench/robot/motion"
)

// Class is a kind of failure.
type Class string

// The classes of failure. docs/daemon.md describes them.
const (
	BadURL      Class = "bad_url"
	Unreachable Class = "unreachable"
	NotReady    Class = "not_ready"
	NoDaemon    Class = "no_daemon"
	Timeout     Class = "timeout"
	Cancelled   Class = "cancelled"
	Refused     Class = "refused"
	Crashed     Class = "crashed"
	Protocol    Class = "protocol"
)

// Error is why something did not work.
type Error struct {
	Class Class
	Doing string // what was being done, such as "waking the robot"
	// Method and URL are what was tried; Method is empty where the failure is not that of a request.
	Method, URL string
	Status      int    // of HTTP; 0 where none came
	Message     string // what came back: on one line, printable, of bounded length
	Hint        string // what to try; may be empty
	Err         error  // the cause; may be nil
}

// Error is one paragraph: what was being done, what was tried, what came back, what to try.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Doing)
	switch {
	case e.Method != "":
		fmt.Fprintf(&b, ": tried %s %s, got ", e.Method, e.URL)
	case e.URL != "":
		fmt.Fprintf(&b, " at %s: ", e.URL)
	default:
		b.WriteString(": ")
	}
	if e.Status != 0 && e.Status/100 != 2 {
		fmt.Fprintf(&b, "%d %s", e.Status, http.StatusText(e.Status))
		if e.Message != "" {
			b.WriteString(": ")
		}
	}
	b.WriteString(strings.TrimSuffix(e.Message, ".") + ".")
	if e.Hint != "" {
		b.WriteString(" " + e.Hint)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes a motion.ErrRefused of what the daemon answered that it did not do.
func (e *Error) Is(target error) bool {
	return target == motion.ErrRefused && (e.Class == Refused || e.Class == Crashed)
}

// closed is the error of a client that was closed.
func (c *Client) closed(doing string) error {
	return &Error{Class: Cancelled, Doing: doing, URL: c.URL(), Message: "the connection was closed", Err: context.Canceled}
}

const maxMessage = 200 // runes of what a daemon said

// printable puts what a daemon said on one line.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > maxMessage {
		return string(runes[:maxMessage]) + "…"
	}
	return string(runes)
}

package event

// Class says how a turn or a request ended. The zero value is success.
type Class string

// OK is success: a 2xx status, a finish reason, content, and no error event.
const OK Class = ""

// The classes of failure.
const (
	Dial              Class = "dial"
	TLS               Class = "tls"
	TimeoutConnect    Class = "timeout_connect"
	TimeoutFirstToken Class = "timeout_first_token"
	TimeoutIdle       Class = "timeout_idle"
	TimeoutTotal      Class = "timeout_total"
	HTTP4xx           Class = "http_4xx"
	HTTP429           Class = "http_429"
	HTTP5xx           Class = "http_5xx"
	StreamError       Class = "stream_error"
	StreamTruncated   Class = "stream_truncated"
	Empty             Class = "empty"
	Protocol          Class = "protocol"
	ToolRounds        Class = "tool_rounds"
)

// The classes that are neither success nor failure of the server.
const (
	// HungUp: the user left on purpose.
	HungUp Class = "hung_up"
	// Censored: the run ended before the turn did.
	Censored Class = "censored"
	// Dropped: the turn found the limit of conversations in flight reached and was never sent.
	Dropped Class = "dropped"
	// Unsent: an expression of the scenario could not be evaluated, so that there was nothing to send.
	Unsent Class = "unsent"
)

// Failures lists the classes of failure in the order in which reports show them.
var Failures = []Class{
	Dial, TLS, TimeoutConnect, TimeoutFirstToken, TimeoutIdle, TimeoutTotal, HTTP4xx, HTTP429, HTTP5xx, StreamError,
	StreamTruncated, Empty, Protocol, ToolRounds,
}

// Failed reports whether the class is a failure of the system under test.
func (c Class) Failed() bool {
	switch c {
	case OK, HungUp, Censored, Dropped, Unsent:
		return false
	}
	return true
}

// TimedOut reports whether the class is one of the time-outs.
func (c Class) TimedOut() bool {
	switch c {
	case TimeoutConnect, TimeoutFirstToken, TimeoutIdle, TimeoutTotal:
		return true
	}
	return false
}

package measure

import "aimbench/engine/event"

// Unexpected reports whether the turn breaks a promise: it failed though the scenario does not expect it to, succeeded
// though it expects a failure, or could not be sent.
func Unexpected(t *event.Turn) bool {
	switch {
	case t.Class == event.Unsent:
		return true
	case t.ExpectFailure:
		return t.Class == event.OK
	}
	return t.Class.Failed()
}

// unreachable reports whether the turn failed as if there were no endpoint for us.
func unreachable(t *event.Turn) bool {
	switch t.Class {
	case event.Dial, event.TLS:
		return true
	case event.HTTP4xx:
		if len(t.Requests) == 0 {
			return false
		}
		switch t.Requests[len(t.Requests)-1].Status {
		case 401, 403, 404:
			return true
		}
	}
	return false
}

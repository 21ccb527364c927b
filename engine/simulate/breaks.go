package simulate

import (
	"bytes"
	"net"
	"net/http"
	"strings"
	"time"
)

// keepAlive is the time between the comments of the kind stall_total.
const keepAlive = time.Second

// endlessBytes is how long the line of the kind endless_line gets before the endpoint gives up.
const endlessBytes = 64 << 20

// breaksStream reports whether a stream of the kind ends after Fault.After tokens.
func (k Kind) breaksStream() bool {
	switch k {
	case StallIdle, StallTotal, StreamError, StreamErrorSpaced, StreamErrorObject, StreamErrorEvent, StreamTruncated,
		HalfClose, Reset, EndlessLine:
		return true
	}
	return false
}

// breakOff ends the stream as the kind says. Headers that were held back are sent.
func (s *streamer) breakOff() {
	const message = "the engine died while it was generating"
	switch s.kind {
	case StallIdle:
		<-s.ctx.Done()
	case StallTotal:
		s.keepAlive()
	case StreamError:
		s.wire.event(string(apiError{Message: message, Type: "server_error", Code: "500"}.body()))
	case StreamErrorSpaced:
		s.wire.event(`{ "error" : { "message" : "` + message + `", "type" : "server_error", "code" : 500 } }`)
	case StreamErrorObject:
		s.wire.event(`{"object":"error","message":"` + message + `","type":"server_error","param":null,"code":500}`)
	case StreamErrorEvent:
		s.wire.buf = append(s.wire.buf, "event: error\n"...)
		s.wire.event(`{"message":"` + message + `"}`)
	case EndlessLine:
		s.endless()
	}
	s.wire.send()
	switch s.kind {
	case HalfClose:
		cut(s.wire.response, false)
	case Reset:
		cut(s.wire.response, true)
	}
}

// keepAlive sends a comment now and then until the client leaves.
func (s *streamer) keepAlive() {
	for at := s.service.due; ; {
		at = at.Add(keepAlive)
		if !s.service.until(s.ctx, at) {
			return
		}
		s.wire.buf = append(s.wire.buf, ": keep-alive\n\n"...)
		if !s.wire.send() {
			return
		}
	}
}

// endless sends a line without an end.
func (s *streamer) endless() {
	s.wire.buf = append(s.wire.buf, `data: {"padding":"`...)
	filling := bytes.Repeat([]byte("x"), 64<<10)
	for sent := 0; sent < endlessBytes && s.wire.send(); sent += len(filling) {
		s.wire.buf = append(s.wire.buf, filling...)
	}
}

// cut closes the connection under a response in the middle of it; with reset the peer is told so at once. Where the
// connection is not to be had (HTTP/2) the response's stream is reset.
func cut(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	under := conn
	if t, ok := conn.(interface{ NetConn() net.Conn }); ok {
		under = t.NetConn()
	}
	if l, ok := under.(interface{ SetLinger(int) error }); ok && reset {
		_ = l.SetLinger(0) // then it is a plain close, which breaks the reply as well
	}
	_ = under.Close() // the connection is gone either way
}

// refuse answers in the place of a reply where the kind wants that; else it reports false.
func (j *job) refuse(w http.ResponseWriter, r *http.Request) bool {
	failed := apiError{Message: "the engine failed", Type: "server_error", Code: "500"}
	switch j.fault.Kind {
	case HTTP400:
		writeError(w, http.StatusBadRequest, apiError{Message: "the engine does not like this request", Type: "invalid_request_error"})
	case HTTP401:
		_, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		refuse(w, http.StatusUnauthorized, "invalid_api_key", "Incorrect API key provided: "+key)
	case HTTP429, HTTP429Date:
		w.Header().Set("Retry-After", j.fault.retryAfter())
		writeError(w, http.StatusTooManyRequests, apiError{Message: "too many requests", Type: "rate_limit_error", Code: "rate_limit_exceeded"})
	case HTTP500:
		writeError(w, http.StatusInternalServerError, failed)
	case HTTP502:
		writePage(w, http.StatusBadGateway, "text/html", page("502 Bad Gateway", "The engine did not answer."))
	case HTTP503:
		writePage(w, http.StatusServiceUnavailable, "text/plain; charset=utf-8", "no engine is ready\n")
	case Redirect:
		w.Header().Set("Location", "http://elsewhere.invalid"+r.URL.Path)
		w.WriteHeader(http.StatusTemporaryRedirect)
	case JSONError:
		writeError(w, http.StatusOK, failed)
	case HTML:
		writePage(w, http.StatusOK, "text/html", page("Sign in", "Sign in to go on."))
	case EmptyBody:
		w.WriteHeader(http.StatusOK)
	default:
		return false
	}
	return true
}

// retryAfter is the header of that name.
func (f Fault) retryAfter() string {
	if f.Kind == HTTP429Date {
		return time.Now().Add(f.RetryAfter).UTC().Format(http.TimeFormat)
	}
	return wholeSeconds(f.RetryAfter)
}

// page is a page in HTML.
func page(title, text string) string {
	return "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body>" + text + "</body></html>\n"
}

func writePage(w http.ResponseWriter, status int, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // the client may have gone
}

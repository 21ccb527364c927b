package chat

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"aimbench/engine/event"
)

// attempt is one try at an HTTP request, with what its connection tells.
type attempt struct {
	client *Client
	watch  *watch

	// The transport may still write these when the attempt is over.
	conn      atomic.Pointer[conn]
	connected atomic.Int64
	passed    atomic.Int64 // the pulse's when it was connected
	sent      atomic.Int64
	written   atomic.Int64 // when that write had returned
	reused    atomic.Bool
	reads     atomic.Uint64 // of its connection, when it was given it
	conns     atomic.Int32  // how many connections it was given
	secured   atomic.Bool   // its connection is a TLS one
	securing  atomic.Bool   // a TLS handshake began and did not succeed
}

// send makes the request and returns the response with its body to be read. The error is a *Error.
func (a *attempt) send(ctx context.Context, method string, to *url.URL, body []byte) (*http.Response, *Error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:           a.gotConn,
		WroteRequest:      a.wroteRequest,
		TLSHandshakeStart: func() { a.securing.Store(true) },
		TLSHandshakeDone:  func(_ tls.ConnectionState, err error) { a.securing.Store(err != nil) },
	})
	for range maxRedirects {
		response, err := a.client.transport.RoundTrip(newHTTPRequest(ctx, a.client.header, method, to, body))
		if err != nil {
			return nil, a.failed(ctx, err)
		}
		location := response.Header.Get("Location")
		if response.StatusCode/100 != 3 || location == "" {
			return response, nil
		}
		_ = response.Body.Close()
		next, err := to.Parse(location)
		if err != nil || next.Scheme != to.Scheme || next.Host != to.Host || !keepsMethod(response.StatusCode, method) {
			return nil, a.client.redirected(response.StatusCode, next)
		}
		to = next
	}
	return nil, a.client.fault(event.Protocol, nil, "one redirect after another", "Check base_url.")
}

// maxRedirects bounds the redirects within a host.
const maxRedirects = 5

// keepsMethod reports whether a redirect asks for the same request elsewhere; others would turn a POST into a GET.
func keepsMethod(status int, method string) bool {
	return method == http.MethodGet || status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect
}

// newHTTPRequest makes a request that shares its URL and header with others: a transport does not write to them. It
// does what http.NewRequest would do for a URL that is to be parsed first.
func newHTTPRequest(ctx context.Context, h http.Header, method string, to *url.URL, body []byte) *http.Request {
	request := &http.Request{
		Method: method, URL: to, Host: to.Host, Header: h, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody,
	}
	if host := h.Get("Host"); host != "" {
		request.Host = host
	}
	if body != nil {
		request.ContentLength = int64(len(body))
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		request.Body, _ = request.GetBody()
	}
	return request.WithContext(ctx)
}

// redirected is the error of a redirect that is not followed: the key must not travel to another host.
func (c *Client) redirected(status int, next *url.URL) *Error {
	where := "elsewhere"
	if next != nil {
		where = shown(next)
	}
	e := c.fault(event.Protocol, nil, "a redirect to "+where+", which is not followed, so that the key stays here",
		"Set base_url to where the endpoint really is.")
	e.Status = status
	return e
}

func (a *attempt) gotConn(info httptrace.GotConnInfo) {
	a.passed.Store(int64(a.client.pulse.Passed()))
	a.connected.Store(int64(a.client.clock.Now()))
	if c := below(info.Conn); c != nil {
		a.reads.Store(c.Reading().Count)
		a.conn.Store(c)
	}
	_, secured := info.Conn.(*tls.Conn)
	a.secured.Store(secured)
	a.reused.Store(info.Reused)
	a.conns.Add(1)
	a.watch.enter(waiting)
}

func (a *attempt) wroteRequest(info httptrace.WroteRequestInfo) {
	if info.Err == nil {
		a.written.Store(int64(a.client.clock.Now()))
		a.sent.Store(int64(a.lastWrite()))
		a.watch.enter(waiting)
	}
}

// lastWrite is when the last write on the connection began; 0 where none did since the attempt was given it.
func (a *attempt) lastWrite() event.Instant {
	c := a.conn.Load()
	if c == nil {
		return 0
	}
	if at := c.wrote.Load(); at >= a.connected.Load() {
		return event.Instant(at)
	}
	return 0
}

// describe writes down what the connection told. The transport may report the write of a request after its response.
func (a *attempt) describe(r *event.Request) {
	r.Connected, r.Reused = event.Instant(a.connected.Load()), a.reused.Load()
	if r.Sent = event.Instant(a.sent.Load()); !r.Sent.Reached() {
		r.Sent = a.lastWrite()
	}
	r.SendBound = a.sendBound(r)
	if r.Sent.Reached() {
		written := event.Instant(a.written.Load())
		if !written.Reached() {
			written = a.client.clock.Now()
		}
		r.WriteBound = max(0, time.Duration(written-r.Sent))
	}
	if again := int(a.conns.Load()) - 1; again > 0 {
		r.Retries += again
	}
}

// sendBound is how much earlier the request may have been sent but for us.
func (a *attempt) sendBound(r *event.Request) time.Duration {
	if !r.Connected.Reached() || !r.Sent.Reached() {
		return 0
	}
	bound, connecting := max(0, time.Duration(r.Sent-r.Connected)), max(0, time.Duration(r.Connected-r.Dispatched))
	switch c := a.conn.Load(); {
	case r.Reused:
		bound += connecting
	case a.client.pulse != nil && c != nil:
		// The network's time is from when the connection was asked for until the pulse saw that it was not there yet.
		until := c.passed
		if a.secured.Load() {
			until = event.Instant(a.passed.Load())
		}
		bound += connecting - min(connecting, max(0, time.Duration(until-max(c.dialed, r.Dispatched))))
	}
	return bound
}

// failed classifies an error of the transport.
func (a *attempt) failed(ctx context.Context, err error) *Error {
	c := a.client
	if e := c.interrupted(ctx); e != nil {
		return e
	}
	if a.connected.Load() != 0 {
		return c.broken(err, "before a reply came")
	}
	said := err.Error()
	var (
		dns     *net.DNSError
		alert   tls.AlertError
		record  tls.RecordHeaderError
		invalid *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &invalid):
		return c.fault(event.TLS, err, "a certificate that is not trusted: "+invalid.Err.Error(),
			"Give its authority with ca_file, or use the name that the certificate is for.")
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return c.fault(event.TLS, err, "no TLS handshake, but something else",
			"The server may speak plain HTTP: try http:// in base_url.")
	case errors.As(err, &alert), a.securing.Load():
		return c.fault(event.TLS, err, "a failed TLS handshake: "+said, "Check the server's certificate; or it speaks plain HTTP: try http:// in base_url.")
	case isOwn(err):
		return c.fault(event.Dial, err, "nothing, for this machine could not connect: "+said,
			"Use fewer streams; or raise the limit of open files (ulimit -n) or the range of ports (net.ipv4.ip_local_port_range).")
	case errors.As(err, &dns):
		return c.fault(event.Dial, err, "no address for the host "+dns.Name+" ("+dns.Err+")", "Check the host in base_url.")
	case isRefused(err):
		return c.fault(event.Dial, err, "connection refused", "Start the server, or check the port in base_url.")
	}
	return c.fault(event.Dial, err, "no connection: "+said, "Check base_url, and whether the server can be reached from here.")
}

// interrupted is the error of a request that we ended ourselves: by a time-out, by hanging up, or with the run. It is
// nil where we did not.
func (c *Client) interrupted(ctx context.Context) *Error {
	if ctx.Err() == nil {
		return nil
	}
	cause := context.Cause(ctx)
	var gone expired
	if !errors.As(cause, &gone) {
		return c.fault(event.Censored, cause, "the run ended before the reply did", "")
	}
	limits, message, hint := c.config.Timeouts, "", ""
	switch gone.class {
	case event.TimeoutConnect:
		message = fmt.Sprintf("no connection within %s", limits.Connect)
		hint = "Check that the server can be reached from here, or raise timeout_connect."
	case event.TimeoutFirstToken:
		message = fmt.Sprintf("no first token within %s", limits.FirstToken)
		hint = "The server may be overloaded or still loading; or raise timeout_first_token."
	case event.TimeoutIdle:
		message = fmt.Sprintf("nothing more for %s in the middle of the reply", limits.Idle)
		hint = "The server stalled; or raise timeout_idle."
	case event.TimeoutTotal:
		message = fmt.Sprintf("no end of the reply within %s", limits.Total)
		hint = "Ask for fewer tokens, or raise timeout."
	case event.HungUp:
		message = "hung up on purpose"
	}
	return c.fault(gone.class, cause, message, hint)
}

// broken is the error of a connection that failed after it was made.
func (c *Client) broken(err error, when string) *Error {
	switch said := err.Error(); {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), strings.Contains(said, "server closed"):
		return c.fault(event.StreamTruncated, err, "the end of the connection "+when, "See the server's log: it may have crashed.")
	case isReset(err):
		return c.fault(event.StreamTruncated, err, "a reset connection "+when, "See the server's log: it may have crashed.")
	default:
		return c.fault(event.Protocol, err, "something other than a well-formed HTTP reply "+when+": "+said,
			"Check that base_url names an HTTP server, and http = 1 or 2.")
	}
}

// decoded is the response's body, decompressed where the server compressed it unasked.
func (c *Client) decoded(response *http.Response) (io.Reader, *Error) {
	switch encoding := strings.ToLower(response.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
		return response.Body, nil
	case "gzip", "x-gzip":
		reader, err := gzip.NewReader(response.Body)
		if err != nil {
			return nil, c.fault(event.Protocol, err, "a body that is not gzip though its header says so", "")
		}
		return reader, nil
	default:
		return nil, c.fault(event.Protocol, nil, "a body in the encoding "+encoding+", which was not asked for", "")
	}
}

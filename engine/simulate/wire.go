package simulate

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"
)

// earlyComments is how many comments the kind comments begins with: more than some clients bear.
const earlyComments = 400

// A wire puts events on a response. Events are collected and sent together, with one flush.
type wire struct {
	response http.ResponseWriter
	out      io.Writer
	flusher  func()
	zip      *gzip.Writer
	buf      []byte
	kind     Kind
	// eol ends a line; field is "data: " or what stands for it; before comes before each event.
	eol, field, before string
	started            int // where the event in buf begins
	lost               bool
}

func newWire(w http.ResponseWriter, kind Kind) *wire {
	o := &wire{response: w, out: w, kind: kind, eol: "\n", field: "data: ", flusher: func() {}}
	if f, ok := w.(http.Flusher); ok {
		o.flusher = f.Flush
	}
	switch kind {
	case LineEndCR:
		o.eol = "\r"
	case LineEndCRLF:
		o.eol = "\r\n"
	case NoSpace:
		o.field = "data:"
	case Comments:
		o.before = ": keep-alive\n\n"
	case EventFields:
		o.before = "event: message\nid: 1\nretry: 3000\n"
	case Gzip:
		o.zip = gzip.NewWriter(w)
		o.out = o.zip
	}
	return o
}

// open sends the headers, and what comes before all events.
func (o *wire) open() {
	h := o.response.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	if o.zip != nil {
		h.Set("Content-Encoding", "gzip")
	}
	o.response.WriteHeader(http.StatusOK)
	switch o.kind {
	case BOM:
		o.buf = append(o.buf, "\ufeff"...)
	case Comments:
		o.buf = append(o.buf, strings.Repeat(": keep-alive\n\n", earlyComments)...)
		o.send()
	}
	o.flusher()
}

// begin opens an event; its data is then appended to buf.
func (o *wire) begin() {
	o.buf = append(append(o.buf, o.before...), o.field...)
	o.started = len(o.buf)
}

// end closes the event.
func (o *wire) end() {
	if o.kind == SeveralLines {
		// Every payload of several members has a comma before any string that could hold one.
		if i := bytes.IndexByte(o.buf[o.started:], ','); i >= 0 {
			rest := string(o.buf[o.started+i+1:])
			o.buf = append(append(append(o.buf[:o.started+i+1], o.eol...), o.field...), rest...)
		}
	}
	o.buf = append(append(o.buf, o.eol...), o.eol...)
}

// event adds a whole event.
func (o *wire) event(data string) {
	o.begin()
	o.buf = append(o.buf, data...)
	o.end()
}

// send writes what was collected and flushes it; false when the client has gone.
func (o *wire) send() bool {
	if o.kind == SplitEvents {
		at := middle(o.buf)
		o.write(o.buf[:at])
		o.write(o.buf[at:])
	} else {
		o.write(o.buf)
	}
	o.buf = o.buf[:0]
	return !o.lost
}

// middle is the worst place to cut an event in two: in a character of several bytes, else in an escape.
func middle(b []byte) int {
	if i := bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }); i >= 0 {
		return i + 1
	}
	if i := bytes.IndexByte(b, '\\'); i >= 0 {
		return i + 1
	}
	return len(b) / 2
}

func (o *wire) write(b []byte) {
	if o.lost {
		return
	}
	if _, err := o.out.Write(b); err != nil {
		o.lost = true
		return
	}
	if o.zip != nil && o.zip.Flush() != nil {
		o.lost = true
		return
	}
	o.flusher()
}

// close ends the body.
func (o *wire) close() {
	if o.zip != nil && !o.lost {
		_ = o.zip.Close() // it writes the last bytes; if that fails the client has gone
	}
}

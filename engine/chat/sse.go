package chat

import (
	"bytes"
	"errors"
	"io"

	"aimbench/engine/event"
)

// sse reads server-sent events. Lines end with LF, CRLF or CR; an event ends with an empty line or with the stream.
// The zero sse is ready; its buffers may be those of an earlier one.
type sse struct {
	buf []byte // what was read and is not yet done with
	// line is where the current line begins in buf, and scanned up to where it is known not to end.
	line, scanned int
	// afterCR: an LF at the start of the next line belongs to the line end before it.
	afterCR bool
	// dataAt and dataEnd bound the event's data in buf where it is one line; joined holds it where it is several.
	dataAt, dataEnd int
	lines           int
	joined          []byte
	failed          bool // the event's name is "error"
	first           bool // the first line, which may begin with a byte order mark, is past

	stamp   event.Instant // of the last read
	dataRcv event.Instant // of the read that completed the event's last data line
	// start is a copy of the stream's first bytes, for a message if they turn out to be no stream; the last fresh bytes
	// of buf are not in it yet.
	start []byte
	fresh int
	total int64
	// max bounds a line, an event's data, and by 16 times as much the stream; 0 means DefaultMaxLine.
	max int
	err error // a line was too long
	// any: the stream held an event or a comment.
	any bool
	eof bool
}

// sseEvent is one event; its data is valid until the next fill.
type sseEvent struct {
	data   []byte
	failed bool          // the event's name is "error"
	at     event.Instant // when its data had arrived
	cut    bool          // the stream ended within the last line
}

// startBytes is how much of a stream's start is kept for messages.
const startBytes = 1 << 10

// firstBuffer is the size of the read buffer to begin with, which holds a few chunks of a stream.
const firstBuffer = 1 << 10

var (
	errLongLine   = errors.New("a line of the stream is longer than allowed")
	errLongStream = errors.New("the stream is longer than allowed")
)

// fill reads once from r. Everything that one read brings shares its stamp, which is taken before any of it is looked
// at. At the end of the stream it returns io.EOF.
func (s *sse) fill(r io.Reader, now func() event.Instant) error {
	s.remember()
	s.room()
	n, err := r.Read(s.buf[len(s.buf):cap(s.buf)])
	if n > 0 {
		s.stamp = now()
		s.buf, s.fresh = s.buf[:len(s.buf)+n], n
		if s.total += int64(n); s.total > 16*int64(s.limit()) {
			return errLongStream
		}
	}
	s.eof = err == io.EOF
	return err
}

// remember keeps the stream's first bytes before they are overwritten, while nothing says that it is one.
func (s *sse) remember() []byte {
	if !s.any && len(s.start) < startBytes {
		fresh := s.buf[len(s.buf)-s.fresh:]
		s.start = append(s.start, fresh[:min(len(fresh), startBytes-len(s.start))]...)
	}
	s.fresh = 0
	return s.start
}

// room makes place for a read: by moving what is still needed to the front, else by growing.
func (s *sse) room() {
	keep := s.line
	if s.lines == 1 {
		keep = s.dataAt
	}
	if keep == len(s.buf) || cap(s.buf)-len(s.buf) < cap(s.buf)/4 {
		n := copy(s.buf, s.buf[keep:])
		s.buf = s.buf[:n]
		s.line, s.scanned, s.dataAt, s.dataEnd = s.line-keep, s.scanned-keep, s.dataAt-keep, s.dataEnd-keep
	}
	if cap(s.buf)-len(s.buf) >= max(1, cap(s.buf)/4) {
		return
	}
	grown := make([]byte, len(s.buf), max(firstBuffer, 2*cap(s.buf)))
	copy(grown, s.buf)
	s.buf = grown
}

// spent reports whether everything that was read has been taken.
func (s *sse) spent() bool {
	rest := s.buf[s.line:]
	return len(rest) == 0 || s.afterCR && string(rest) == "\n"
}

func (s *sse) limit() int {
	if s.max == 0 {
		return DefaultMaxLine
	}
	return s.max
}

// next returns the next event that is complete. At the end of the stream it returns what is left as an event. After a
// line that is too long there is none, and err is set.
func (s *sse) next() (ev sseEvent, ok bool) {
	for {
		line, ended, ok := s.nextLine()
		if !ok || s.err != nil {
			break
		}
		if len(line) > 0 {
			s.field(line)
			if ended {
				continue
			}
		}
		if ev, ok := s.dispatch(); ok {
			ev.cut = !ended
			return ev, true
		}
	}
	if s.eof && s.err == nil {
		return s.dispatch()
	}
	return ev, false
}

// nextLine takes the next line off the buffer, without its end. At the end of the stream the rest is a line that did
// not end.
func (s *sse) nextLine() (line []byte, ended, ok bool) {
	if s.afterCR && s.line < len(s.buf) {
		if s.buf[s.line] == '\n' {
			s.line++
		}
		s.afterCR = false
		s.scanned = s.line
	}
	rest := s.buf[s.scanned:]
	end := bytes.IndexByte(rest, '\n')
	if end >= 0 {
		rest = rest[:end]
	}
	if cr := bytes.IndexByte(rest, '\r'); cr >= 0 {
		end = cr
		s.afterCR = true
	}
	if end < 0 {
		s.scanned = len(s.buf)
		if len(s.buf)-s.line > s.limit() {
			s.err = errLongLine
		}
		if !s.eof || s.line == len(s.buf) || s.err != nil {
			return nil, false, false
		}
		line, s.line = s.buf[s.line:], len(s.buf)
	} else {
		ended = true
		end += s.scanned
		line, s.line = s.buf[s.line:end], end+1
		s.scanned = s.line
	}
	if len(line) > s.limit() || len(s.joined) > s.limit() {
		s.err = errLongLine
		return nil, false, false
	}
	if !s.first {
		s.first = true
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	return line, ended, true
}

// field takes in one line that is not empty.
func (s *sse) field(line []byte) {
	colon := bytes.IndexByte(line, ':')
	name, value := line, line[len(line):]
	if colon >= 0 {
		name, value = line[:colon], line[colon+1:]
		if len(value) > 0 && value[0] == ' ' {
			value = value[1:]
		}
	}
	switch string(name) {
	case "": // a comment
		s.any = true
	case "event":
		s.any = true
		s.failed = string(value) == "error"
	case "data":
		s.any = true
		s.data(value)
	}
}

// data adds a line to the event's data.
func (s *sse) data(value []byte) {
	s.dataRcv = s.stamp
	switch s.lines++; s.lines {
	case 1:
		s.dataAt = cap(s.buf) - cap(value)
		s.dataEnd = s.dataAt + len(value)
		return
	case 2:
		s.joined = append(s.joined[:0], s.buf[s.dataAt:s.dataEnd]...)
	}
	s.joined = append(append(s.joined, '\n'), value...)
}

// dispatch ends the event; an event without data and name is none.
func (s *sse) dispatch() (ev sseEvent, ok bool) {
	ev = sseEvent{failed: s.failed, at: s.dataRcv}
	switch s.lines {
	case 0:
		ev.at = s.stamp
	case 1:
		ev.data = s.buf[s.dataAt:s.dataEnd]
	default:
		ev.data = s.joined
	}
	ok = s.lines > 0 || s.failed
	s.lines, s.failed, s.joined = 0, false, s.joined[:0]
	return ev, ok
}

// opening is the first byte of the stream that is neither white space nor of a byte order mark; 0 where it is still to
// come.
func (s *sse) opening() byte {
	rest := s.buf
	if mark := []byte("\xef\xbb\xbf"); bytes.HasPrefix(rest, mark) {
		rest = rest[len(mark):]
	} else if bytes.HasPrefix(mark, rest) {
		return 0
	}
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if len(rest) == 0 {
		return 0
	}
	return rest[0]
}

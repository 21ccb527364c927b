package simulate

import (
	"context"
	"net/http"
)

// tokensTogether is how many tokens a chunk of the kind several_tokens has.
const tokensTogether = 4

// A streamer sends one job's reply as events.
type streamer struct {
	job     *job
	service *service
	wire    *wire
	encode  *encoder
	ctx     context.Context
	kind    Kind
}

// stream answers with events.
func (j *job) stream(w http.ResponseWriter, r *http.Request) {
	s := &streamer{job: j, wire: newWire(w, j.fault.Kind), encode: newEncoder(j), ctx: r.Context(), kind: j.fault.Kind}
	defer s.wire.close()
	if s.kind != SlowHeaders && s.kind != StallHeaders {
		s.wire.open()
	}
	if s.kind == RoleOnly {
		s.roles()
		s.wire.send()
	}
	if s.service = j.serve(s.ctx); s.service == nil {
		return
	}
	defer s.service.end(s.ctx)
	if s.kind == StallFirstToken || s.kind == StallHeaders {
		<-s.ctx.Done()
		return
	}
	if s.tokens() {
		s.finish()
	}
}

// tokens sends the tokens; false when the stream ends with them, for whatever reason.
func (s *streamer) tokens() bool {
	pieces := s.job.pieces
	breaks := s.kind.breaksStream()
	for at := 0; at < len(pieces); {
		if breaks && at >= s.job.fault.After {
			break
		}
		n := s.together(at)
		if !s.service.next(s.ctx, n) {
			return false
		}
		if at == 0 {
			s.start()
		}
		if !s.chunk(pieces[at : at+n]) {
			return false
		}
		at += n
	}
	if breaks {
		s.breakOff()
		return false
	}
	if len(pieces) == 0 {
		if !s.service.until(s.ctx, s.service.due) {
			return false
		}
		s.start()
	}
	return true
}

// start sends what comes just before the first token, and in one write with it.
func (s *streamer) start() {
	if s.kind == SlowHeaders {
		s.wire.open()
	}
	if s.kind != RoleOnly {
		s.roles()
	}
}

// roles collects the delta with the role, for each choice.
func (s *streamer) roles() {
	for choice := 0; s.job.chat && choice < s.job.choices; choice++ {
		s.wire.begin()
		s.wire.buf = s.encode.role(s.wire.buf, choice)
		s.wire.end()
	}
}

// chunk sends the same pieces for each choice: the choices of a request go in step.
func (s *streamer) chunk(pieces []piece) bool {
	for choice := range s.job.choices {
		if s.kind == EmptyDeltas {
			s.wire.begin()
			s.wire.buf = s.encode.nothing(s.wire.buf, choice)
			s.wire.end()
		}
		s.wire.begin()
		s.wire.buf = s.encode.tokens(s.wire.buf, choice, pieces)
		s.wire.end()
	}
	return s.wire.send()
}

// together is how many of the pieces from at on go into one chunk.
func (s *streamer) together(at int) int {
	pieces := s.job.pieces
	if s.kind != SeveralTokens || pieces[at].kind == pieceCall {
		return 1
	}
	n := 1
	for n < tokensTogether && at+n < len(pieces) && pieces[at+n].kind == pieces[at].kind && pieces[at+n].call == pieces[at].call {
		n++
	}
	return n
}

// finish sends what comes after the last token, in one write.
func (s *streamer) finish() {
	text, within := "", ""
	if s.job.usage && s.kind != UsageMissing {
		text = usageOf(s.service).text()
	}
	if s.kind == UsageLast || s.kind == NoBlankLine {
		text, within = "", text
	}
	for choice := range s.job.choices {
		s.wire.begin()
		last := ""
		if choice == s.job.choices-1 {
			last = within
		}
		s.wire.buf = s.encode.finish(s.wire.buf, choice, last)
		s.wire.end()
	}
	if text != "" {
		s.wire.begin()
		s.wire.buf = s.encode.usage(s.wire.buf, text)
		s.wire.end()
	}
	switch s.kind {
	case NoDone:
	case NoBlankLine:
		s.wire.buf = s.wire.buf[:len(s.wire.buf)-len(s.wire.eol)]
	default:
		s.wire.event("[DONE]")
	}
	s.wire.send()
	if s.kind == ResetAfterDone {
		cut(s.wire.response, true)
	}
}

package chat

import (
	"bytes"
	"io"

	"aimbench/engine/event"
)

// outcome is what an event means for the stream.
type outcome int

const (
	goesOn outcome = iota
	done           // [DONE]
	malformed
	erroneous
	overflowing
	left // the user has heard enough
)

// stream reads events until [DONE], the end, or a failure; err is what the first read gave. It is what thousands of users
// wait in: what else there is to do is in functions of their own, so that their stacks stay small.
func (in *incoming) stream(err error) *Error {
	in.reply.Streamed = true
	for {
		if ended, e := in.events(err); ended {
			return e
		}
		err = in.fill()
	}
}

// events takes in what the last read brought, and reports whether the stream has ended with it; err is what the read gave.
func (in *incoming) events(err error) (ended bool, e *Error) {
	r, s := in.reply, &in.reply.sse
	for ev, ok := s.next(); ok; ev, ok = s.next() {
		before := r.FirstToken
		switch r.take(&ev, in.request) {
		case goesOn:
		case done:
			r.End = s.stamp
			in.drain(err)
			return true, in.judge(true)
		case erroneous:
			return true, in.client.fault(event.StreamError, nil, "an error in the middle of the stream: "+in.client.errorText(ev.data),
				"See the server's log.")
		case malformed:
			if ev.cut {
				return true, in.judge(false)
			}
			return true, in.client.fault(event.Protocol, nil, "an event that is not a JSON object: "+string(ev.data), "")
		case overflowing:
			return true, in.client.fault(event.Protocol, nil, "more tool calls than a reply may have", "")
		case left:
			return true, in.client.fault(event.HungUp, nil, "hung up on purpose", "")
		}
		if !before.Reached() && r.FirstToken.Reached() {
			in.watch.enter(arriving)
			r.came(in.arrivals.token(ev.at, ev.at == s.stamp && s.spent() && !in.arrivals.behind))
		}
	}
	switch {
	case s.err != nil:
		return true, in.lost(s.err)
	case err == io.EOF:
		r.End = in.client.clock.Now()
		return true, in.judge(false)
	case err != nil:
		return true, in.lost(err)
	}
	return false, nil
}

// drainReads bounds what is read of a stream after its end.
const drainReads = 4

// drain reads a finished stream to its end, for a moment, so that its connection can carry the next request.
func (in *incoming) drain(err error) {
	if err != nil {
		return
	}
	in.watch.enter(draining)
	s := &in.reply.sse
	for reads := 0; err == nil && reads < drainReads; reads++ {
		s.buf, s.fresh, s.line, s.scanned, s.lines = s.buf[:0], 0, 0, 0, 0
		err = s.fill(in.body, in.arrivals.now)
	}
}

// judge says what became of a stream that ended.
func (in *incoming) judge(sawDone bool) *Error {
	r := in.reply
	switch {
	case !sawDone && !r.sse.any:
		return in.client.fault(event.Protocol, nil, "no stream of events, but: "+in.client.excerpt(r.sse.remember()), badBase)
	case r.FinishReason == "" && !sawDone:
		return in.client.fault(event.StreamTruncated, nil, "the end of the stream without finish_reason and [DONE]",
			"See the server's log: it may have crashed.")
	case r.FinishReason == "":
		return in.client.fault(event.StreamTruncated, nil, "[DONE] without a finish_reason", "See the server's log.")
	case r.empty():
		return in.client.fault(event.Empty, nil, "a complete reply without any content (finish_reason "+r.FinishReason+")",
			"Check the prompt, the chat template and max_tokens.")
	}
	if !sawDone {
		r.note("no [DONE]")
	}
	return nil
}

// take adds an event to the reply.
func (r *Reply) take(ev *sseEvent, request *Request) outcome {
	if !r.FirstEvent.Reached() {
		r.FirstEvent = ev.at
	}
	data := ev.data
	if len(data) < 32 {
		switch string(bytes.TrimSpace(data)) {
		case "":
			if !ev.failed {
				return goesOn
			}
		case "[DONE]":
			return done
		}
	}
	if ev.failed {
		return erroneous
	}
	k := &r.chunk
	if !k.parse(data, inStream) {
		return malformed
	}
	if k.tellsError() {
		return erroneous
	}
	if r.Model == "" && len(k.model.raw) > 0 {
		r.Model = string(k.model.appendTo(nil))
	}
	if k.hasUsage {
		r.Usage, r.hasUsage = k.usage, true
	}
	if len(k.choice.finish.raw) > 0 {
		r.FinishReason = string(k.choice.finish.appendTo(nil))
	}
	return r.add(k, ev.at, request)
}

// add appends the generated content of a chunk.
func (r *Reply) add(k *chunk, at event.Instant, request *Request) outcome {
	ch := &k.choice
	answer, thought := ch.answer(), ch.thought()
	content := k.others
	if k.others {
		r.note("several choices: only the first is kept")
	}
	if len(thought.raw) > 0 {
		r.reasoning, content = thought.appendTo(r.reasoning), true
		r.live(request, Reasoning, thought)
	}
	if len(answer.raw) > 0 {
		r.text, content = answer.appendTo(r.text), true
		if !r.FirstAnswer.Reached() {
			r.FirstAnswer = at
		}
		r.live(request, Answer, answer)
	}
	if len(ch.refusal.raw) > 0 {
		r.refusal, content = ch.refusal.appendTo(r.refusal), true
		r.live(request, Refusal, ch.refusal)
	}
	if len(ch.calls) > 0 {
		called, ok := r.addCalls(ch.calls, request)
		if !ok {
			return overflowing
		}
		content = content || called
	}
	if !content {
		return goesOn
	}
	r.Chunks++
	r.Arrivals = append(r.Arrivals, at)
	r.LastToken = at
	if !r.FirstToken.Reached() {
		r.FirstToken = at
	}
	if request.HangUpAfterTokens > 0 && r.Chunks >= request.HangUpAfterTokens {
		return left
	}
	return goesOn
}

// addCalls adds pieces of tool calls to the calls that they belong to. ok is false where there are too many calls.
func (r *Reply) addCalls(pieces []byte, request *Request) (content, ok bool) {
	ok = true
	eachPiece(pieces, func(p piece) {
		if !p.hasContent() || !ok {
			return
		}
		content = true
		r.scratch = p.id.appendTo(r.scratch[:0])
		c := r.callAt(p.index, r.scratch)
		if c == nil {
			ok = false
			return
		}
		if c.id == "" && len(r.scratch) > 0 {
			c.id = string(r.scratch)
		}
		if c.name == "" && len(p.name.raw) > 0 {
			c.name = string(p.name.appendTo(nil))
		}
		c.args = p.args.appendTo(c.args)
		r.live(request, ToolCall, p.args)
	})
	return content, ok
}

// came corrects the instant of the first token.
func (r *Reply) came(at event.Instant) {
	if r.FirstAnswer == r.FirstToken {
		r.FirstAnswer = at
	}
	r.FirstToken, r.LastToken, r.Arrivals[0] = at, at, at
}

// live hands a piece to whoever listens.
func (r *Reply) live(request *Request, kind DeltaKind, piece text) {
	if request.Live == nil || len(piece.raw) == 0 {
		return
	}
	r.scratch = piece.appendTo(r.scratch[:0])
	request.Live(Delta{Kind: kind, Text: string(r.scratch)})
}

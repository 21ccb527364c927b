package simulate

import (
	"context"
	"fmt"
	"time"
)

// A job is one request with everything that was decided about its reply.
type job struct {
	*request
	answer
	server  *Server
	number  uint64
	fault   Fault
	id      string
	created int64
	arrived time.Time
	prompt  string
	blocks  []uint64
	// in and cached count the prompt's tokens, and those of them that the cache knew.
	in, cached int
}

// newJob decides what is answered to a request; an error is a *badRequest.
func (s *Server) newJob(q *request, arrived time.Time) (*job, error) {
	j := &job{request: q, server: s, arrived: arrived}
	var more int
	j.prompt, more = q.render()
	j.in = max(1, count(j.prompt)+more)
	if j.in >= maxModelLen {
		return nil, invalid("messages", fmt.Sprintf("The prompt has %d tokens; the model's context has %d.", j.in, maxModelLen))
	}
	j.number = s.number.Add(1) - 1
	j.fault = s.faultOf(j.number)
	j.answer = s.answer(q, j.number, j.fault.Kind, max(1, (maxModelLen-j.in)/q.choices))
	j.created = arrived.Unix()
	j.id = s.replyID(j.number, q.chat)
	return j, nil
}

// out is how many tokens the reply has, over all choices.
func (j *job) out() int { return len(j.pieces) * j.choices }

// A service is a job in one of the server's slots. Its tokens are due at instants that follow from one another, never
// from when the one before was written: a late write delays no other.
type service struct {
	*job
	timer *time.Timer
	// due is when the last token that was waited for was due; granted is when the slot was.
	due, granted, first time.Time
	made                int
}

// serve waits for a slot. It returns nil when the client left first.
func (j *job) serve(ctx context.Context) *service {
	if !j.server.slots.take(ctx) {
		j.server.metrics.ended(j, "abort")
		return nil
	}
	v := &service{job: j, granted: time.Now()}
	v.blocks = j.server.cache.blocks(j.prompt)
	v.cached = j.server.cache.hit(v.blocks, j.in)
	j.server.metrics.admitted(v)
	c := &j.server.config
	v.due = v.granted.Add(j.server.duration(c.TTFT, j.number, siteTTFT, 0))
	v.due = v.due.Add(j.server.duration(c.Prefill, j.number, sitePrefill, 0) * time.Duration(j.in-v.cached))
	return v
}

// next waits until n more tokens are due; false when the client left first.
func (v *service) next(ctx context.Context, n int) bool {
	for ; n > 0; n-- {
		before := v.due
		if v.made > 0 {
			v.due = v.due.Add(v.gap())
		}
		// A gap depends on how many requests are in service when it begins, so each is waited for where that matters.
		if (n == 1 || v.made == 0 || v.server.config.BatchSlowdown != 0) && !v.until(ctx, v.due) {
			return false
		}
		v.token(before)
	}
	return true
}

// token takes note of a token that has become due.
func (v *service) token(before time.Time) {
	if v.made++; v.made == 1 {
		v.first = v.due
		v.server.cache.add(v.blocks)
		v.server.metrics.first(v)
		return
	}
	v.server.metrics.gap(v.due.Sub(before))
}

// gap is the time to the next token.
func (v *service) gap() time.Duration {
	c := &v.server.config
	d := v.server.duration(c.ITL, v.number, siteITL, v.made)
	if c.BatchSlowdown == 0 || d == 0 {
		return d
	}
	running, _ := v.server.slots.load()
	return time.Duration(float64(d) * (1 + max(0, c.BatchSlowdown)*float64(running-1)))
}

// until waits for an instant; false when the client left first.
func (v *service) until(ctx context.Context, at time.Time) bool {
	wait := time.Until(at)
	if wait <= 0 {
		return !gone(ctx)
	}
	if v.timer == nil {
		v.timer = time.NewTimer(wait)
	} else {
		v.timer.Reset(wait)
	}
	select {
	case <-v.timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// end frees the slot.
func (v *service) end(ctx context.Context) {
	if v.timer != nil {
		v.timer.Stop()
	}
	finish := v.finish
	if gone(ctx) || v.made < len(v.pieces) {
		finish = "abort"
	} else {
		v.remember()
	}
	v.server.metrics.ended(v.job, finish)
	v.server.metrics.served(v)
	v.server.slots.give()
}

// remember puts the reply into the cache too: the next turn's prompt begins with it.
func (v *service) remember() {
	if !v.server.config.Cache || !v.chat {
		return
	}
	said := message{role: "assistant", text: v.textOf(pieceText), calls: v.called()}
	text, _ := renderMessages(append(v.messages[:len(v.messages):len(v.messages)], said), v.tools, false)
	v.server.cache.add(v.server.cache.blocks(text))
}

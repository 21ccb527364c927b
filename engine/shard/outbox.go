package shard

import (
	"bytes"
	"sync"

	"aimbench/engine/event"
	"aimbench/engine/results"
)

// Outbox is the sink of a follower: it keeps what its leader wants to have besides the measures until it is taken.
type Outbox struct {
	turns Turns

	mu      sync.Mutex
	lines   bytes.Buffer
	writer  *results.Writer
	windows []event.Window
}

// NewOutbox keeps turns as the leader wants them. Every text goes through redact.
func NewOutbox(turns Turns, redact func(string) string) *Outbox {
	o := &Outbox{turns: turns}
	o.writer = results.NewLines(&o.lines, redact)
	return o
}

// Record makes it an event.Sink.
func (o *Outbox) Record(t *event.Turn) {
	if o.turns == NoTurns {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.turns == WholeTurns {
		o.writer.Record(t)
		return
	}
	bare := *t
	bare.User, bare.Text, bare.Reasoning, bare.Refusal, bare.Message = "", "", "", "", ""
	bare.ToolCalls, bare.Assertions, bare.Judgements = nil, nil, nil
	o.writer.Record(&bare)
}

// Windows makes it an engine.Windower.
func (o *Outbox) Windows(of []event.Window) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.windows = append(o.windows, of...)
}

// Take returns the windows since it was called before and the turns that fit in an upload, and whether there are more.
func (o *Outbox) Take() (turns []byte, windows []event.Window, more bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	windows, o.windows = o.windows, nil
	n := o.lines.Len()
	if n > mostTurns {
		if end := bytes.LastIndexByte(o.lines.Bytes()[:mostTurns], '\n'); end >= 0 {
			n = end + 1
		} else if end := bytes.IndexByte(o.lines.Bytes(), '\n'); end >= 0 {
			n = end + 1
		}
	}
	turns = bytes.Clone(o.lines.Next(n))
	return turns, windows, o.lines.Len() > 0
}

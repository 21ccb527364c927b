package chat

import (
	"cmp"
	"slices"
	"strconv"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/event"
)

// DeltaKind says what a piece of a reply is.
type DeltaKind int

// The kinds of a piece of a reply.
const (
	Answer DeltaKind = iota
	Reasoning
	Refusal
	// ToolCall pieces carry what the model writes of a call's arguments.
	ToolCall
)

// Delta is one piece of a reply as it arrived.
type Delta struct {
	Kind DeltaKind
	Text string
}

// Reply is what came back: facts, texts and tool calls. The zero Reply is ready. The caller owns it and may use it for
// one request after another, which spares the allocation of its buffers; what was read from it before stays valid,
// but for Arrivals and ToolCalls, which share memory with the next reply.
type Reply struct {
	event.Request
	// ToolCalls are in the order of their index in the stream, each with an ID.
	ToolCalls []event.ToolCall

	text, reasoning, refusal []byte
	calls                    []call
	sse                      sse
	chunk                    chunk
	scratch                  []byte // a live delta's text
	hasUsage                 bool
}

// Text is the answer, as the server sent it.
func (r *Reply) Text() string { return string(r.text) }

// Reasoning is what a reasoning model wrote before its answer.
func (r *Reply) Reasoning() string { return string(r.reasoning) }

// Refusal is what the model wrote instead of an answer.
func (r *Reply) Refusal() string { return string(r.refusal) }

// Message is the reply as a message of the conversation's history. Reasoning is left out, as models want it.
func (r *Reply) Message() openai.ChatCompletionMessage {
	m := openai.ChatCompletionMessage{Role: openai.ChatMessageRoleAssistant, Content: r.Text(), Refusal: r.Refusal()}
	for _, c := range r.ToolCalls {
		m.ToolCalls = append(m.ToolCalls, openai.ToolCall{
			ID: c.ID, Type: openai.ToolTypeFunction,
			Function: openai.FunctionCall{Name: c.Name, Arguments: c.Arguments},
		})
	}
	return m
}

// keepBuffer is the size up to which a reply's buffers outlive it: one long reply must not be paid for ever after.
const keepBuffer = 64 << 10

// Reset empties the reply and keeps its buffers.
func (r *Reply) Reset() {
	clear(r.ToolCalls)
	*r = Reply{
		Request:   event.Request{Arrivals: r.Arrivals[:0], Usage: event.Usage{Source: event.FromNone}},
		ToolCalls: r.ToolCalls[:0],
		text:      emptied(r.text), reasoning: emptied(r.reasoning), refusal: emptied(r.refusal),
		calls:   r.calls[:0],
		chunk:   chunk{scratch: emptied(r.chunk.scratch)},
		scratch: emptied(r.scratch),
		sse:     sse{buf: emptied(r.sse.buf), joined: emptied(r.sse.joined), start: r.sse.start[:0]},
	}
}

func emptied(b []byte) []byte {
	if cap(b) > keepBuffer {
		return nil
	}
	return b[:0]
}

// empty reports whether the reply carries no generated content.
func (r *Reply) empty() bool {
	return len(r.text)+len(r.reasoning)+len(r.refusal)+len(r.calls) == 0 && r.Chunks == 0
}

// call is a tool call that is being assembled.
type call struct {
	index    int
	id, name string
	args     []byte
}

// maxCalls bounds the tool calls of one reply, so that a server cannot make assembling them slow.
const maxCalls = 1024

// callAt returns the call that a piece with the given index and ID belongs to, or nil where there are too many. A
// piece without an index continues the last call unless it brings an ID of its own.
func (r *Reply) callAt(index int, id []byte) *call {
	for i := len(r.calls) - 1; i >= 0; i-- {
		c := &r.calls[i]
		if index >= 0 && c.index != index {
			continue
		}
		if len(id) > 0 && c.id != "" && c.id != string(id) {
			break // servers that number every call 0 tell them apart by their IDs
		}
		return c
	}
	if len(r.calls) == maxCalls {
		return nil
	}
	if index < 0 {
		index = len(r.calls)
	}
	if len(r.calls) < cap(r.calls) {
		r.calls = r.calls[:len(r.calls)+1]
	} else {
		r.calls = append(r.calls, call{})
	}
	c := &r.calls[len(r.calls)-1]
	*c = call{index: index, args: c.args[:0]}
	return c
}

// finish completes the facts that only the end of a reply settles.
func (r *Reply) finish() {
	slices.SortStableFunc(r.calls, func(a, b call) int { return cmp.Compare(a.index, b.index) })
	for i, c := range r.calls {
		if c.id == "" {
			c.id = "call_" + strconv.Itoa(i)
		}
		r.ToolCalls = append(r.ToolCalls, event.ToolCall{ID: c.id, Name: c.name, Arguments: string(c.args)})
	}
	// A count of 0 for a reply that has content is a server that does not count.
	if r.hasUsage && (r.Usage.Output > 0 || r.Chunks == 0) {
		r.Usage.Source = event.FromServer
	} else if r.Streamed && r.Chunks > 0 {
		r.Usage.Output, r.Usage.Source = r.Chunks, event.FromChunks
	}
}

// note remembers a peculiarity of the reply that is no failure.
func (r *Reply) note(text string) {
	if !slices.Contains(r.Notes, text) {
		r.Notes = append(r.Notes, text)
	}
}

package chat

import (
	"aimbench/engine/event"
)

// chunk is what one event of a stream says, in slices of the event. Where a key stands twice the last one counts, as
// in encoding/json; a value of another type than expected counts as absent.
type chunk struct {
	model, object text
	choice        choice // the last with index 0
	others        bool   // another choice brought content
	count         int    // of the choices
	usage         event.Usage
	hasUsage      bool
	err           []byte // the value of "error", where it says something
	scratch       []byte // the cursor's
}

// choice is one of a chunk's choices.
type choice struct {
	index                               int
	content, text, refusal              text
	reasoningContent, reasoning, finish text
	calls                               []byte // the array of tool call pieces
}

// The member of a choice that holds its content: in a stream, and in a whole reply.
const (
	inStream = "delta"
	inWhole  = "message"
)

// parse reads data into the chunk, its content from the given member of each choice. It reports whether data is one
// JSON object.
func (k *chunk) parse(data []byte, content string) bool {
	*k = chunk{scratch: k.scratch}
	c := cursor{b: data, scratch: k.scratch}
	if !c.enter('{') {
		return false
	}
	for key, more := c.member(true); more; key, more = c.member(false) {
		switch string(key) {
		case "choices":
			k.choices(&c, content)
		case "model":
			k.model = c.text()
		case "object":
			k.object = c.text()
		case "usage":
			k.parseUsage(&c)
		case "error":
			k.err = c.raw()
			if s := string(k.err); s == "null" || s == `""` {
				k.err = nil
			}
		default:
			c.skip()
		}
	}
	k.scratch = c.scratch
	return c.end()
}

// tellsError reports whether the chunk is an error rather than a piece of a reply.
func (k *chunk) tellsError() bool {
	return k.err != nil || !k.object.escaped && string(k.object.raw) == "error"
}

func (k *chunk) choices(c *cursor, content string) {
	k.choice, k.others, k.count = choice{}, false, 0
	if !c.enter('[') {
		return
	}
	for more := c.more(true, ']'); more; more = c.more(false, ']') {
		k.count++
		switch ch := parseChoice(c, content); {
		case ch.index == 0:
			k.choice = ch
		case ch.hasContent():
			k.others = true
		}
	}
}

func parseChoice(c *cursor, content string) (ch choice) {
	if !c.enter('{') {
		return choice{index: -1}
	}
	for key, more := c.member(true); more; key, more = c.member(false) {
		switch string(key) {
		case "index":
			ch.index = max(0, c.count())
		case content:
			ch.parseContent(c)
		case "text":
			ch.text = c.text()
		case "finish_reason":
			ch.finish = c.text()
		default:
			c.skip()
		}
	}
	return ch
}

func (ch *choice) parseContent(c *cursor) {
	*ch = choice{index: ch.index, text: ch.text, finish: ch.finish}
	if !c.enter('{') {
		return
	}
	for key, more := c.member(true); more; key, more = c.member(false) {
		switch string(key) {
		case "content":
			ch.content = c.text()
		case "reasoning_content":
			ch.reasoningContent = c.text()
		case "reasoning":
			ch.reasoning = c.text()
		case "refusal":
			ch.refusal = c.text()
		case "tool_calls":
			if ch.calls = c.raw(); len(ch.calls) > 0 && ch.calls[0] != '[' {
				ch.calls = nil
			}
		default:
			c.skip()
		}
	}
}

// answer is the text of a chat's delta, or of a completion.
func (ch *choice) answer() text {
	if len(ch.content.raw) > 0 {
		return ch.content
	}
	return ch.text
}

// thought is the reasoning, under either of its names: servers that send both send the same.
func (ch *choice) thought() text {
	if len(ch.reasoningContent.raw) > 0 {
		return ch.reasoningContent
	}
	return ch.reasoning
}

// hasContent reports whether the choice carries generated content.
func (ch *choice) hasContent() bool {
	return len(ch.answer().raw)+len(ch.thought().raw)+len(ch.refusal.raw) > 0 || ch.hasCalls()
}

func (ch *choice) hasCalls() bool {
	found := false
	eachPiece(ch.calls, func(p piece) { found = found || p.hasContent() })
	return found
}

func (k *chunk) parseUsage(c *cursor) {
	k.usage, k.hasUsage = event.Usage{}, false
	if !c.enter('{') {
		return
	}
	for key, more := c.member(true); more; key, more = c.member(false) {
		switch string(key) {
		case "prompt_tokens":
			k.usage.Input = max(0, c.count())
		case "completion_tokens":
			n := c.count()
			k.usage.Output, k.hasUsage = max(0, n), n >= 0
		case "prompt_tokens_details":
			k.usage.Cached = cached(c)
		default:
			c.skip()
		}
	}
}

func cached(c *cursor) (n int) {
	if !c.enter('{') {
		return 0
	}
	for key, more := c.member(true); more; key, more = c.member(false) {
		if string(key) == "cached_tokens" {
			n = max(0, c.count())
		} else {
			c.skip()
		}
	}
	return n
}

// piece is a part of a tool call.
type piece struct {
	index          int // -1 where it has none
	id, name, args text
}

func (p *piece) hasContent() bool { return len(p.id.raw)+len(p.name.raw)+len(p.args.raw) > 0 }

// eachPiece calls do with the pieces of an array that was checked before.
func eachPiece(array []byte, do func(piece)) {
	if len(array) == 0 {
		return
	}
	c := cursor{b: array}
	if !c.enter('[') {
		return
	}
	for more := c.more(true, ']'); more; more = c.more(false, ']') {
		p := piece{index: -1}
		if !c.enter('{') {
			continue
		}
		for key, more := c.member(true); more; key, more = c.member(false) {
			switch string(key) {
			case "index":
				p.index = c.count()
			case "id":
				p.id = c.text()
			case "function":
				p.parseFunction(&c)
			default:
				c.skip()
			}
		}
		do(p)
	}
}

func (p *piece) parseFunction(c *cursor) {
	p.name, p.args = text{}, text{}
	if !c.enter('{') {
		return
	}
	for key, more := c.member(true); more; key, more = c.member(false) {
		switch string(key) {
		case "name":
			p.name = c.text()
		case "arguments":
			p.args = c.text()
		default:
			c.skip()
		}
	}
}

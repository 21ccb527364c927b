package simulate

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An encoder writes the chunks of one stream. What all chunks have in common is encoded once.
type encoder struct {
	job  *job
	chat bool
	// head is everything up to a choice's index, tail everything after a choice that goes on, end what closes a chunk.
	head, tail, end string
	reasoning       string // the key of thoughts
	padding         int    // bytes to add to the next token's chunk
}

func newEncoder(j *job) *encoder {
	object := "text_completion"
	if j.chat {
		object = "chat.completion.chunk"
	}
	e := &encoder{job: j, chat: j.chat, end: "}", reasoning: "reasoning_content"}
	e.head = `{"id":` + quote(j.id) + `,"object":"` + object + `","created":` + strconv.FormatInt(j.created, 10) +
		`,"model":` + quote(j.server.config.Model) + `,"choices":[`
	if j.usage {
		e.end = `,"usage":null}`
	}
	e.tail = `,"logprobs":null,"finish_reason":null}]` + e.end
	switch j.fault.Kind {
	case ReasoningField:
		e.reasoning = "reasoning"
	case HugeLine:
		e.padding = 1 << 20
	}
	return e
}

// begin writes a chunk up to its one choice's content.
func (e *encoder) begin(b []byte, choice int) []byte {
	b = append(b, e.head...)
	b = append(b, `{"index":`...)
	b = strconv.AppendInt(b, int64(choice), 10)
	if e.chat {
		return append(b, `,"delta":{`...)
	}
	return append(b, ',')
}

// role is the delta with which a chat reply begins; the other interface has none.
func (e *encoder) role(b []byte, choice int) []byte {
	b = append(e.begin(b, choice), `"role":"assistant","content":""}`...)
	return append(b, e.tail...)
}

// nothing is a delta without content.
func (e *encoder) nothing(b []byte, choice int) []byte {
	b = e.begin(b, choice)
	if e.chat {
		b = append(b, '}')
	} else {
		b = append(b, `"text":""`...)
	}
	return append(b, e.tail...)
}

// tokens is a delta with pieces of one kind.
func (e *encoder) tokens(b []byte, choice int, pieces []piece) []byte {
	b = e.begin(b, choice)
	switch first := pieces[0]; {
	case !e.chat:
		b = append(b, `"text":"`...)
		b = append(appendPieces(b, pieces), '"')
	case first.kind == pieceCall:
		b = append(b, `"tool_calls":[{"index":`...)
		b = strconv.AppendInt(b, int64(first.call), 10)
		b = append(b, `,"id":"`...)
		b = append(b, e.job.server.callID(e.job.number, int(first.call))...)
		b = append(b, `","type":"function","function":{"name":"`...)
		b = append(appendPieces(b, pieces), `","arguments":""}}]}`...)
	case first.kind == pieceArguments:
		b = append(b, `"tool_calls":[{"index":`...)
		b = strconv.AppendInt(b, int64(first.call), 10)
		b = append(b, `,"function":{"arguments":"`...)
		b = append(appendPieces(b, pieces), `"}}]}`...)
	default:
		b = append(append(append(b, '"'), e.key(first.kind)...), `":"`...)
		b = append(appendPieces(b, pieces), `"}`...)
	}
	if e.padding == 0 {
		return append(b, e.tail...)
	}
	b = append(b, `,"padding":"`+strings.Repeat("x", e.padding)+`"`...)
	e.padding = 0
	return append(b, e.tail...)
}

// key is the delta's field for pieces of the kind.
func (e *encoder) key(kind pieceKind) string {
	switch kind {
	case pieceReasoning:
		return e.reasoning
	case pieceRefusal:
		return "refusal"
	}
	return "content"
}

// finish is the chunk that ends a choice. Usage goes with it unless it is empty.
func (e *encoder) finish(b []byte, choice int, usage string) []byte {
	b = e.begin(b, choice)
	if e.chat {
		b = append(b, '}')
	} else {
		b = append(b, `"text":""`...)
	}
	b = append(b, `,"logprobs":null,"finish_reason":"`...)
	b = append(append(b, e.job.finish...), `"}]`...)
	if usage == "" {
		return append(b, e.end...)
	}
	return append(append(append(b, `,"usage":`...), usage...), '}')
}

// usage is the chunk without choices that says what the request took.
func (e *encoder) usage(b []byte, usage string) []byte {
	b = append(append(b, e.head...), `],"usage":`...)
	return append(append(b, usage...), '}')
}

// usageOf is a finished job's usage.
func usageOf(v *service) usage {
	u := usage{Prompt: v.in, Completion: v.out(), Total: v.in + v.out()}
	if v.server.config.Cache {
		u.PromptDetails = &promptDetails{v.cached}
	}
	if v.reasoning > 0 {
		u.CompletionDetails = &completionDetails{v.reasoning * v.choices}
	}
	return u
}

type usage struct {
	Prompt            int                `json:"prompt_tokens"`
	Completion        int                `json:"completion_tokens"`
	Total             int                `json:"total_tokens"`
	PromptDetails     *promptDetails     `json:"prompt_tokens_details,omitempty"`
	CompletionDetails *completionDetails `json:"completion_tokens_details,omitempty"`
}

type promptDetails struct {
	Cached int `json:"cached_tokens"`
}

type completionDetails struct {
	Reasoning int `json:"reasoning_tokens"`
}

// text is the usage as JSON.
func (u usage) text() string {
	b, err := json.Marshal(u)
	if err != nil { // numbers always encode
		panic(err)
	}
	return string(b)
}

// appendPieces writes the text of pieces as it stands within a JSON string.
func appendPieces(b []byte, pieces []piece) []byte {
	for _, p := range pieces {
		b = appendEscaped(b, p.text)
	}
	return b
}

const hexDigits = "0123456789abcdef"

// appendEscaped writes a text as it stands within a JSON string: the least that JSON asks for, since this runs for every
// token.
func appendEscaped(b []byte, text string) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			b = utf8.AppendRune(b, r) // what is no UTF-8 becomes the replacement character
			i += size
			continue
		}
		i++
	}
	return b
}

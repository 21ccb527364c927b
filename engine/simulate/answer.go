package simulate

import (
	"fmt"
	"strings"
)

// What a piece of an answer is part of.
type pieceKind uint8

const (
	pieceText pieceKind = iota
	pieceReasoning
	pieceRefusal
	pieceCall      // begins a tool call: the function's name
	pieceArguments // of the tool call that was begun last
)

// A piece is one token of an answer.
type piece struct {
	kind pieceKind
	call uint8 // which tool call, from 0
	text string
}

// An answer is what the model says, token by token.
type answer struct {
	pieces []piece
	finish string
	// reasoning is how many of the pieces are thoughts.
	reasoning int
}

// said is what there is to say, before it is cut into tokens and to length.
type said struct {
	reasoning, text, refusal string
	calls                    []ToolCall
	// ruled: a rule gives it, so that it has its own length.
	ruled bool
}

// maxCalls bounds the tool calls of a reply, so that a piece can number them.
const maxCalls = 128

// answer makes the reply to a request: limit is the most tokens it may have.
func (s *Server) answer(q *request, number uint64, kind Kind, limit int) answer {
	if kind == Empty {
		return answer{finish: "stop"}
	}
	what := s.say(q, kind)
	a := answer{finish: "stop"}
	a.add(pieceReasoning, what.reasoning)
	a.reasoning = len(a.pieces)
	a.add(pieceText, what.text)
	a.add(pieceRefusal, what.refusal)
	for i, c := range what.calls[:min(len(what.calls), maxCalls)] {
		a.finish = "tool_calls"
		a.pieces = append(a.pieces, piece{pieceCall, uint8(i), c.Name})
		for _, token := range split(c.Arguments) {
			a.pieces = append(a.pieces, piece{pieceArguments, uint8(i), token})
		}
	}
	if q.maxTokens > 0 {
		limit = min(limit, q.maxTokens)
	}
	if len(what.calls) == 0 {
		// One more than the limit shows below that there was more to say.
		a.lengthen(min(s.wanted(q, what, number, &a, limit), limit+1), q)
		a.stopAt(q.stop, q.minTokens)
	}
	if len(a.pieces) > limit || q.ignoreEOS && len(a.pieces) == limit {
		a.pieces, a.finish = a.pieces[:limit], "length"
	}
	a.reasoning = min(a.reasoning, len(a.pieces))
	return a
}

// wanted is how many tokens the answer is to have. It also cuts an answer that may be cut.
func (s *Server) wanted(q *request, what said, number uint64, a *answer, limit int) int {
	want := len(a.pieces)
	if s.config.Tokens != nil && !what.ruled && !q.json {
		want = max(1, s.config.Tokens(s.seed(number, siteTokens, 0)))
		a.pieces = a.pieces[:min(want, len(a.pieces))]
	}
	if q.ignoreEOS {
		return limit
	}
	return max(want, q.minTokens)
}

// add appends the tokens of a text.
func (a *answer) add(kind pieceKind, text string) {
	for _, token := range split(text) {
		a.pieces = append(a.pieces, piece{kind: kind, text: token})
	}
}

// lengthen appends tokens until there are want: white space to JSON, which stays valid, else sentences. The request's
// seed says with which sentence they begin.
func (a *answer) lengthen(want int, q *request) {
	kind := pieceText
	if n := len(a.pieces); n > 0 && a.pieces[n-1].kind == pieceRefusal {
		kind = pieceRefusal
	}
	at := int(mix(uint64(q.seed)) % uint64(len(filler)))
	for sentence := 0; len(a.pieces) < want; sentence++ {
		if q.json {
			a.pieces = append(a.pieces, piece{kind: kind, text: "\n"})
			continue
		}
		tokens := filler[(at+sentence)%len(filler)]
		if len(a.pieces) == 0 {
			// A text does not begin with a space, and this one has no other to follow.
			tokens = split(strings.TrimPrefix(strings.Join(tokens, ""), " "))
		}
		for _, token := range tokens[:min(len(tokens), want-len(a.pieces))] {
			a.pieces = append(a.pieces, piece{kind: kind, text: token})
		}
	}
}

// stopAt ends the answer's text before the first of the stop texts that comes after the first atLeast tokens.
func (a *answer) stopAt(stops []string, atLeast int) {
	if len(stops) == 0 {
		return
	}
	var text strings.Builder
	floor := 0
	for i, p := range a.pieces {
		if p.kind == pieceText {
			text.WriteString(p.text)
		}
		if i+1 == atLeast {
			floor = text.Len()
		}
	}
	all, end := text.String(), -1
	for _, stop := range stops {
		from := max(0, floor-len(stop)+1)
		if i := strings.Index(all[min(from, len(all)):], stop); i >= 0 && (end < 0 || from+i < end) {
			end = from + i
		}
	}
	if end >= 0 {
		a.cutText(end)
	}
}

// cutText keeps that many bytes of the text.
func (a *answer) cutText(end int) {
	for i, p := range a.pieces {
		if p.kind != pieceText {
			continue
		}
		if len(p.text) >= end {
			a.pieces[i].text = p.text[:end]
			if end > 0 {
				i++
			}
			a.pieces = a.pieces[:i]
			return
		}
		end -= len(p.text)
	}
}

// say decides what to say.
func (s *Server) say(q *request, kind Kind) said {
	if kind == ToolRounds && len(q.tools) > 0 {
		return said{calls: []ToolCall{s.call(q, q.tool(""))}}
	}
	rule, ok := s.rule(q)
	if ok {
		return rule
	}
	if !q.answersTool() && (q.force == "required" || q.forced != "") {
		return said{calls: []ToolCall{s.call(q, q.tool(q.forced))}}
	}
	if q.json {
		return said{text: structured(q)}
	}
	return said{text: speech(q, s.config.Model)}
}

// call makes up a call of the tool.
func (s *Server) call(q *request, t *tool) ToolCall {
	return ToolCall{Name: t.Function.Name, Arguments: fulfil(t.Function.Parameters, q)}
}

// rule finds the reply whose turn it is.
func (s *Server) rule(q *request) (said, bool) {
	prompt := q.last("user")
	for _, r := range s.config.Replies {
		m := match{text: prompt}
		if r.When != nil {
			if m.at = r.When.FindStringSubmatchIndex(prompt); m.at == nil {
				continue
			}
			m.rule = r.When
		}
		what := said{
			reasoning: m.expand(r.Reasoning), text: m.expand(r.Text), refusal: m.expand(r.Refusal), ruled: true,
		}
		if len(r.ToolCalls) == 0 {
			return what, true
		}
		return s.ruledCalls(q, r, m, what)
	}
	return said{}, false
}

// ruledCalls is what a rule with tool calls says: the calls, and once their results have come, its text.
func (s *Server) ruledCalls(q *request, r Reply, m match, what said) (said, bool) {
	if len(q.tools) > 0 && q.force != "none" && !q.answersTool() {
		for _, c := range r.ToolCalls {
			what.calls = append(what.calls, ToolCall{Name: c.Name, Arguments: m.expandJSON(c.Arguments)})
		}
		what.text, what.refusal = "", ""
		return what, true
	}
	what.reasoning = ""
	return what, what.text != "" || what.refusal != ""
}

// callID is the identifier of a tool call: the same in every run.
func (s *Server) callID(number uint64, call int) string {
	return fmt.Sprintf("call_%016x", s.seed(number, siteID, 1+call))
}

// textOf is the text of all pieces of a kind.
func (a *answer) textOf(kind pieceKind) string {
	var b strings.Builder
	for _, p := range a.pieces {
		if p.kind == kind {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// called are the tool calls that the pieces make up, without their ids.
func (a *answer) called() []calledFunction {
	var calls []calledFunction
	var arguments strings.Builder // of the last call
	for i, p := range a.pieces {
		switch p.kind {
		case pieceCall:
			calls = append(calls, calledFunction{})
			calls[p.call].Function.Name = p.text
			arguments.Reset()
		case pieceArguments:
			arguments.WriteString(p.text)
			if i+1 == len(a.pieces) || a.pieces[i+1].kind != pieceArguments {
				calls[p.call].Function.Arguments = arguments.String()
			}
		}
	}
	return calls
}

package run

import (
	"context"
	"fmt"
	"slices"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

func toolsOf(tools []*scenario.Tool) []openai.Tool {
	out := make([]openai.Tool, len(tools))
	for i, t := range tools {
		definition := &openai.FunctionDefinition{Name: t.Name, Description: t.Description}
		if len(t.Parameters) > 0 {
			definition.Parameters = t.Parameters
		} else {
			definition.Parameters = map[string]any{"type": "object", "properties": map[string]any{}}
		}
		out[i] = openai.Tool{Type: openai.ToolTypeFunction, Function: definition}
	}
	return out
}

// rounds sends the request and, as long as the model calls tools that have a result, sends the results back.
func (s *Session) rounds(ctx context.Context, t *scenario.Turn, request *chat.Request, fact *event.Turn, a *act) error {
	var called map[string]int
	for round := 0; ; round++ {
		request.Messages = s.history
		err := s.Endpoint.Do(ctx, request, &s.reply)
		s.keep(fact)
		if err != nil {
			return err
		}
		if called == nil && len(s.reply.ToolCalls) > 0 {
			called = map[string]int{}
		}
		if again, err := s.answer(t, fact, round, called, a); !again || err != nil {
			return err
		}
	}
}

// answer takes the reply into the history, and the results of the tools that it calls. It reports whether they are to be
// sent back.
func (s *Session) answer(t *scenario.Turn, fact *event.Turn, round int, called map[string]int, a *act) (again bool, err error) {
	s.history = append(s.history, s.reply.Message())
	calls := fact.ToolCalls[len(fact.ToolCalls)-len(s.reply.ToolCalls):]
	s.cueCalls(calls, a)
	if len(calls) == 0 || !s.answerable(calls) {
		return false, nil
	}
	if round == t.MaxToolRounds {
		return false, &chat.Error{
			Class: event.ToolRounds, Endpoint: s.Conversation.Endpoint.Name, Doing: "answering tool calls",
			Message: fmt.Sprintf("the model still calls tools after %d rounds of results", round),
			Hint:    "Raise max_tool_rounds, or say in the system prompt when to stop.",
		}
	}
	for i := range calls {
		result := s.result(&calls[i], called, a)
		calls[i].Result = result
		if s.Live != nil {
			s.Live.ToolCall(calls[i])
		}
		s.history = append(s.history, openai.ChatCompletionMessage{
			Role: openai.ChatMessageRoleTool, ToolCallID: calls[i].ID, Name: calls[i].Name, Content: result,
		})
	}
	return true, nil
}

// keep takes the facts of the reply into the turn.
func (s *Session) keep(fact *event.Turn) {
	r := &s.reply
	request := r.Request
	request.Arrivals = slices.Clone(request.Arrivals) // the next request of the turn reuses the reply's memory
	fact.Requests = append(fact.Requests, request)
	fact.Text, fact.Reasoning = joined(fact.Text, r.Text()), joined(fact.Reasoning, r.Reasoning())
	fact.Refusal = r.Refusal()
	fact.FinishReason = r.FinishReason
	fact.ToolCalls = append(fact.ToolCalls, r.ToolCalls...)
}

// joined puts what the model wrote before a tool call and after it together.
func joined(before, after string) string {
	if before == "" || after == "" {
		return before + after
	}
	return before + "\n" + after
}

// cueCalls says that the model called functions.
func (s *Session) cueCalls(calls []event.ToolCall, a *act) {
	if a == nil {
		return
	}
	for i := range calls {
		s.scope.SetCall(calls[i].Name, calls[i].Arguments)
		a.cue("tool_call")
	}
}

// answerable reports whether every call is of a tool that has a result; without one, the calls are the turn's end.
func (s *Session) answerable(calls []event.ToolCall) bool {
	for _, c := range calls {
		if t := s.tool(c.Name); t != nil && !t.Result.Present() && t.Gesture == nil {
			return false
		}
	}
	return true
}

func (s *Session) tool(name string) *scenario.Tool {
	for _, t := range s.Conversation.Tools {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// result is what is sent back for a call. A mistake of the model's is told to the model, as a person would.
func (s *Session) result(c *event.ToolCall, called map[string]int, a *act) string {
	t := s.tool(c.Name)
	if t == nil {
		return fmt.Sprintf("error: there is no tool named %q", c.Name)
	}
	called[c.Name]++
	if t.MaxCalls > 0 && called[c.Name] > t.MaxCalls {
		return fmt.Sprintf("error: %s may be called %d times a turn", c.Name, t.MaxCalls)
	}
	s.scope.SetCall(c.Name, c.Arguments)
	a.tool(t)
	if !t.Result.Present() {
		return "ok: " + t.Gesture.Name
	}
	text, diags := t.Result.String(s.scope)
	if diags.HasErrors() {
		return "error: the arguments do not fit: " + diags[0].Summary
	}
	return text
}

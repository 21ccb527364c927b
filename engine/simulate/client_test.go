package simulate

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"testing"

	"github.com/sashabaranov/go-openai"

	"aimbench/engine/listen"
)

// A client that is not ours judges what the endpoint says.
func independent(t *testing.T, config Config) *openai.Client {
	l, err := listen.Start(t.Context(), "", New(config))
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	c := openai.DefaultConfig(config.APIKey)
	c.BaseURL = l.URL() + "/v1"
	c.HTTPClient = &http.Client{Transport: transport}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return openai.NewClientWithConfig(c)
}

func userSays(text string) openai.ChatCompletionRequest {
	return openai.ChatCompletionRequest{Model: "m", Messages: []openai.ChatCompletionMessage{{Role: "user", Content: text}}}
}

func TestIndependentClient(t *testing.T) {
	c := independent(t, Config{Model: "m", APIKey: "k", Cache: true, Replies: []Reply{
		{When: regexp.MustCompile("think"), Text: "An answer.", Reasoning: "A thought."},
		{When: regexp.MustCompile("nod"), ToolCalls: []ToolCall{{"nod", `{"times": 2}`}}},
	}})
	ctx := t.Context()

	t.Run("models", func(t *testing.T) {
		list, err := c.ListModels(ctx)
		if err != nil || len(list.Models) != 1 || list.Models[0].ID != "m" {
			t.Errorf("%+v, %v", list, err)
		}
		if one, err := c.GetModel(ctx, "m"); err != nil || one.ID != "m" {
			t.Errorf("%+v, %v", one, err)
		}
	})
	t.Run("chat", func(t *testing.T) {
		reply, err := c.CreateChatCompletion(ctx, userSays("think"))
		if err != nil {
			t.Fatal(err)
		}
		got := reply.Choices[0]
		if got.Message.Content != "An answer." || got.Message.ReasoningContent != "A thought." || got.FinishReason != "stop" ||
			reply.Usage.CompletionTokens != 6 || reply.Usage.CompletionTokensDetails.ReasoningTokens != 3 || reply.Usage.PromptTokensDetails == nil {
			t.Errorf("%+v", reply)
		}
	})
	t.Run("completion", func(t *testing.T) {
		reply, err := c.CreateCompletion(ctx, openai.CompletionRequest{Model: "m", Prompt: "think"})
		if err != nil || reply.Choices[0].Text != "An answer." {
			t.Errorf("%+v, %v", reply, err)
		}
	})
	t.Run("stream", func(t *testing.T) {
		q := userSays("think")
		q.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
		m, finish, usage := streamedMessage(t, c, q)
		if m.Content != "An answer." || m.ReasoningContent != "A thought." || finish != "stop" || usage == nil || usage.CompletionTokens != 6 {
			t.Errorf("%+v, %s, %+v", m, finish, usage)
		}
	})
	t.Run("tools", func(t *testing.T) { toolRounds(t, c) })
	t.Run("errors", func(t *testing.T) {
		q := userSays("Hi")
		q.Model = "other"
		_, err := c.CreateChatCompletion(ctx, q)
		var failed *openai.APIError
		if !errors.As(err, &failed) || failed.HTTPStatusCode != 404 || failed.Code != "model_not_found" || *failed.Param != "model" {
			t.Errorf("%#v", err)
		}
	})
}

// toolRounds asks for a nod, streamed and whole, and then gives its result.
func toolRounds(t *testing.T, c *openai.Client) {
	q := userSays("nod")
	q.Tools = []openai.Tool{{Type: "function", Function: &openai.FunctionDefinition{Name: "nod", Parameters: map[string]any{"type": "object"}}}}
	m, finish, _ := streamedMessage(t, c, q)
	if finish != "tool_calls" || len(m.ToolCalls) != 1 || m.ToolCalls[0].Function.Name != "nod" || m.ToolCalls[0].Function.Arguments != `{"times": 2}` {
		t.Fatalf("%+v, %s", m, finish)
	}
	reply, err := c.CreateChatCompletion(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	inOne := reply.Choices[0].Message.ToolCalls
	if len(inOne) != 1 || !reflect.DeepEqual(inOne[0].Function, m.ToolCalls[0].Function) || inOne[0].ID == "" || inOne[0].ID == m.ToolCalls[0].ID {
		t.Errorf("whole %+v, streamed %+v", inOne, m.ToolCalls)
	}
	q.Messages = append(q.Messages, reply.Choices[0].Message,
		openai.ChatCompletionMessage{Role: "tool", ToolCallID: inOne[0].ID, Content: "done"})
	m, finish, _ = streamedMessage(t, c, q)
	if m.Content != "nod answered: done." || finish != "stop" {
		t.Errorf("%+v, %s", m, finish)
	}
}

// streamedMessage puts a stream's deltas together.
func streamedMessage(t *testing.T, c *openai.Client, q openai.ChatCompletionRequest) (m openai.ChatCompletionMessage, finish openai.FinishReason, usage *openai.Usage) {
	t.Helper()
	stream, err := c.CreateChatCompletionStream(context.WithoutCancel(t.Context()), q)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return m, finish, usage
		}
		if err != nil {
			t.Fatal(err)
		}
		if chunk.Usage != nil {
			usage = chunk.Usage
		}
		for _, choice := range chunk.Choices {
			m.Content += choice.Delta.Content
			m.ReasoningContent += choice.Delta.ReasoningContent
			for _, call := range choice.Delta.ToolCalls {
				if *call.Index == len(m.ToolCalls) {
					m.ToolCalls = append(m.ToolCalls, openai.ToolCall{ID: call.ID, Type: call.Type})
				}
				m.ToolCalls[*call.Index].Function.Name += call.Function.Name
				m.ToolCalls[*call.Index].Function.Arguments += call.Function.Arguments
			}
			if choice.FinishReason != "" {
				finish = choice.FinishReason
			}
		}
	}
}

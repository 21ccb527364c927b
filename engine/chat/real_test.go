package chat_test

import (
	"os"
	"testing"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/chat"
	"aimbench/engine/event"
)

// TestReal asks a real server: the one that AIM_BASE_URL names.
func TestReal(t *testing.T) {
	base := os.Getenv("AIM_BASE_URL")
	if base == "" {
		t.Skip("AIM_BASE_URL is not set")
	}
	zero := 0.0
	for _, api := range []string{chat.ChatAPI, chat.CompletionsAPI} {
		for _, stream := range []bool{true, false} {
			c, err := chat.New(chat.Config{
				Name: "real", BaseURL: base, API: api, APIKey: os.Getenv("AIM_API_KEY"), Model: os.Getenv("AIM_MODEL"),
				WaitReady: 10 * time.Second,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := c.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			request := &chat.Request{
				Messages:  []openai.ChatCompletionMessage{{Role: "user", Content: "Once upon a time"}},
				MaxTokens: 24, Temperature: &zero, Stream: stream,
			}
			var reply chat.Reply
			if err := c.Do(t.Context(), request, &reply); err != nil {
				t.Fatal(err)
			}
			t.Logf("%s, stream %v: %q %+v", api, stream, reply.Text(), reply.Request)
			if reply.Usage.Source != event.FromServer || reply.Usage.Output == 0 || reply.Streamed != stream {
				t.Errorf("usage %+v, streamed %v", reply.Usage, reply.Streamed)
			}
		}
	}
}

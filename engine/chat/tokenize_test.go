package chat_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aimbench/engine/chat"
	"aimbench/engine/event"
)

func TestTokenize(t *testing.T) {
	for _, tc := range []struct {
		name, answer string
		status       int
		want         int
		class        event.Class
		message      string
	}{
		{"counted", `{"count":3,"max_model_len":4096,"tokens":[1,2,3]}`, 200, 3, event.OK, ""},
		{"nothing to count", `{"count":0}`, 200, 0, event.OK, ""},
		{"no such route", `{"detail":"Not Found"}`, 404, 0, event.HTTP4xx, "tried POST http://HOST/prefix/tokenize, got 404 Not Found: Not Found"},
		{"another server's form", `{"tokens":[]}`, 200, 0, event.Protocol, `no count of tokens, but: {"tokens":[]}`},
		{"a page", `<html><title>Sign in</title>`, 200, 0, event.Protocol, "no count of tokens, but: HTML"},
		{"loading", `starting`, 503, 0, event.HTTP5xx, "503 Service Unavailable: starting"},
		{"the key sent back", `{"error":"bad key sk-123456"}`, 401, 0, event.HTTP4xx, "bad key (sensitive). Check api_key."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var asked struct{ Model, Prompt string }
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPost || r.URL.Path != "/prefix/tokenize" || r.Header.Get("Authorization") != "Bearer sk-123456" {
					t.Errorf("asked %s %s with %s", r.Method, r.URL, r.Header)
				}
				if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
					t.Error(err)
				}
				w.WriteHeader(tc.status)
				_, _ = w.Write([]byte(tc.answer))
			}))
			defer server.Close()
			c, err := chat.New(chat.Config{BaseURL: server.URL + "/prefix/v1", Model: "m", APIKey: "sk-123456", Name: "aim"})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			got, err := c.Tokenize(t.Context(), "one <two> three")
			if asked.Model != "m" || asked.Prompt != "one <two> three" {
				t.Errorf("asked %+v", asked)
			}
			if tc.class == event.OK {
				if err != nil || got != tc.want {
					t.Errorf("%d, %v", got, err)
				}
				return
			}
			var failure *chat.Error
			if !errors.As(err, &failure) || failure.Class != tc.class {
				t.Fatalf("got %v", err)
			}
			if want := strings.ReplaceAll(tc.message, "http://HOST", server.URL); !strings.Contains(err.Error(), want) {
				t.Errorf("got %s\nwant %s", err, want)
			}
		})
	}
}

func TestTokenizeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then is the client's leaving seen
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	c, err := chat.New(chat.Config{BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Tokenize(ctx, "text")
	var failure *chat.Error
	if !errors.As(err, &failure) || failure.Class != event.Censored {
		t.Errorf("got %v", err)
	}
}

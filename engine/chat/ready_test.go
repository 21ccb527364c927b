package chat

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/event"
)

func TestReady(t *testing.T) {
	list := func(names ...string) string {
		return status("200 OK", "", `{"object":"list","data":[{"id":"`+strings.Join(names, `"},{"id":"`)+`"}]}`)
	}
	for _, tc := range []struct {
		name, model string
		wait        time.Duration
		replies     []string // one a question, the last for all further ones; "" refuses the connection
		class       event.Class
		found       string
		message     []string
		asked       int
	}{
		{"the only model", "", 0, []string{list("llm-prod")}, event.OK, "llm-prod", nil, 1},
		{"several models", "", 0, []string{list("a", "b")}, event.Protocol, "", []string{"several models: a, b", "Set model"}, 1},
		{"no models", "", 0, []string{status("200 OK", "", `{"data":[]}`)}, event.Protocol, "", []string{"empty list"}, 1},
		{"a configured model", "m", 0, []string{list("a", "b")}, event.OK, "m", nil, 1},
		{"a configured model without a list", "m", 0, []string{status("404 Not Found", "", "")}, event.OK, "m", nil, 1},
		{"no list", "", 0, []string{status("404 Not Found", "", "nothing here")}, event.HTTP4xx, "", []string{"GET http://aim.test/v1/models", "404 Not Found: nothing here", "base_url"}, 1},
		{"a wrong key", "", time.Minute, []string{status("401 Unauthorized", "", `{"error":{"message":"bad key"}}`)}, event.HTTP4xx, "", []string{"401 Unauthorized: bad key", "api_key"}, 1},
		{"HTML", "", time.Minute, []string{status("200 OK", "", "<html><title>Welcome to nginx!</title>")}, event.Protocol, "", []string{"HTML instead of JSON: Welcome to nginx!", "base_url"}, 1},
		{"another JSON", "", time.Minute, []string{status("200 OK", "", `{"status":"ok"}`)}, event.Protocol, "", []string{"no list of models", "base_url"}, 1},
		{"refused", "", 0, []string{""}, event.Dial, "", []string{`endpoint "aim"`, "tried GET", "Check base_url"}, 1},
		{"refused until it is up", "", time.Minute, []string{"", "", "", list("m")}, event.OK, "m", nil, 4},
		{"loading until it is up", "", time.Minute, []string{status("503 Service Unavailable", "", "loading"), list("m")}, event.OK, "m", nil, 2},
		{"never up", "", 10 * time.Second, []string{status("503 Service Unavailable", "", "loading")}, event.HTTP5xx, "", []string{"503 Service Unavailable: loading"}, 10},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				next := func() string { asked++; return tc.replies[min(asked, len(tc.replies))-1] }
				var reply string
				dial := pipes(func(conn net.Conn, _ *http.Request) {
					_, _ = io.WriteString(conn, reply)
					_ = conn.Close()
				})
				c := newClient(t, func(config *Config) {
					config.BaseURL, config.Model, config.WaitReady = "http://aim.test", tc.model, tc.wait
					config.NewConnections = true
					config.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
						if reply = next(); reply == "" {
							return nil, errors.New("refused")
						}
						return dial(ctx, network, addr)
					}
				})
				time.Sleep(time.Second) // no instant is 0
				begun := time.Now()
				err := c.Ready(t.Context())
				if e := new(Error); (err == nil) != (tc.class == event.OK) || errors.As(err, &e) && e.Class != tc.class {
					t.Fatalf("%v", err)
				}
				for _, part := range tc.message {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%q lacks %q", err, part)
					}
				}
				if took := time.Since(begun); c.Model() != tc.found || asked != tc.asked || took > tc.wait {
					t.Errorf("model %q, asked %d times in %s", c.Model(), asked, took)
				}
			})
		})
	}
}

func TestReadyIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, func(config *Config) { config.Dial = pipes(play(t, []step{{time.Hour, "x"}})) })
		begun := time.Now()
		err := c.Ready(t.Context())
		if e := new(Error); !errors.As(err, &e) || e.Class != event.TimeoutTotal || time.Since(begun) > readyAnswer+time.Second {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if e := new(Error); !errors.As(c.Ready(ctx), &e) || e.Class != event.Censored {
			t.Errorf("cut by its context: %v", e)
		}
	})
}

func TestUnknownModel(t *testing.T) {
	base := serve(t, func(conn *net.TCPConn, r *http.Request, _ []byte) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(conn, status("200 OK", "", `{"data":[{"id":"llm-prod"}]}`))
			return
		}
		_, _ = io.WriteString(conn, status("404 Not Found", "", `{"error":{"message":"The model does not exist."}}`))
	})
	c := newClient(t, func(config *Config) { config.BaseURL, config.Model = base, "llm-prd" })
	if err := c.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := c.Do(t.Context(), ask(), new(Reply))
	if err == nil || !strings.Contains(err.Error(), "404 Not Found: The model does not exist.") || !strings.Contains(err.Error(), "The server lists llm-prod.") {
		t.Errorf("%v", err)
	}
}

func TestBadBaseURLs(t *testing.T) {
	for base, message := range map[string]string{
		"": "it is empty", "aim.example:8000": "http://", "ftp://aim": "http://", "http://": "no host", "http://a b/": "no URL",
		"http://u:s3cret@[::1": "no URL", "http://aim/#x": "fragment", "http://aim:port": "no URL",
	} {
		_, err := New(Config{Name: "aim", BaseURL: base})
		if err == nil || !strings.Contains(err.Error(), message) || !strings.Contains(err.Error(), `endpoint "aim"`) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestRoutes(t *testing.T) {
	for _, tc := range []struct{ base, api, path, reply, models string }{
		{"http://h:1", "", "", "http://h:1/v1/chat/completions", "http://h:1/v1/models"},
		{"http://h:1/", "", "", "http://h:1/v1/chat/completions", "http://h:1/v1/models"},
		{"http://h/v1", "", "", "http://h/v1/chat/completions", "http://h/v1/models"},
		{"http://h/v1//", CompletionsAPI, "", "http://h/v1/completions", "http://h/v1/models"},
		{"https://h/a/b/v1/", "", "", "https://h/a/b/v1/chat/completions", "https://h/a/b/v1/models"},
		{"https://h/a/b", "", "", "https://h/a/b/v1/chat/completions", "https://h/a/b/v1/models"},
		{"https://h/api/v3", "", "", "https://h/api/v3/chat/completions", "https://h/api/v3/models"},
		{"https://h/v1beta", "", "", "https://h/v1beta/chat/completions", "https://h/v1beta/models"},
		{"https://h/v1/chat/completions", "", "", "https://h/v1/chat/completions", "https://h/v1/models"},
		{"https://h/v1/completions/", CompletionsAPI, "", "https://h/v1/completions", "https://h/v1/models"},
		{"https://h/chat", "", "", "https://h/chat/v1/chat/completions", "https://h/chat/v1/models"},
		{"https://h/p/v1", "", "/generate", "https://h/p/generate", "https://h/p/v1/models"},
		{"https://h/p", "", "generate", "https://h/p/generate", "https://h/p/v1/models"},
		{"https://h/p?api-version=2", "", "", "https://h/p/v1/chat/completions?api-version=2", "https://h/p/v1/models?api-version=2"},
		{"https://user:pw@h", "", "", "https://h/v1/chat/completions", "https://h/v1/models"},
	} {
		base, err := parseBase(tc.base)
		if err != nil {
			t.Fatal(err)
		}
		if r := newRoutes(base, tc.api, tc.path); r.reply.String() != tc.reply || r.models.String() != tc.models {
			t.Errorf("%s: %s and %s", tc.base, r.reply, r.models)
		}
	}
}

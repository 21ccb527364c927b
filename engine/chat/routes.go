package chat

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// routes are the URLs of an endpoint.
type routes struct {
	reply, models, tokenize *url.URL
}

var versionSegment = regexp.MustCompile(`^v[0-9]+((alpha|beta)[0-9]*)?$`)

// parseBase reads a base URL. Its errors do not quote it: it may hold a password.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case text == "":
		return nil, errors.New("it is empty")
	case err != nil:
		var bad *url.Error
		if errors.As(err, &bad) {
			err = bad.Err
		}
		return nil, fmt.Errorf("it is no URL: %w", err)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("it does not begin with http:// or https://")
	case u.Hostname() == "":
		return nil, errors.New("it names no host")
	case u.Fragment != "":
		return nil, errors.New("it has a fragment (#…)")
	}
	return u, nil
}

// newRoutes derives the URLs from the base URL, which may also be that of the chat itself.
func newRoutes(base *url.URL, api, chatPath string) routes {
	path := strings.TrimRight(base.Path, "/")
	path = strings.TrimSuffix(path, "/completions")
	path = strings.TrimRight(strings.TrimSuffix(path, "/chat"), "/")
	if !strings.HasSuffix(strings.TrimRight(base.Path, "/"), "/completions") {
		path = strings.TrimRight(base.Path, "/")
	}
	root, version := path, "/v1"
	if slash := strings.LastIndexByte(path, '/'); slash >= 0 && versionSegment.MatchString(path[slash+1:]) {
		root, version = path[:slash], path[slash:]
	}
	reply := version + "/chat/completions"
	if api == CompletionsAPI {
		reply = version + "/completions"
	}
	if chatPath != "" {
		reply = "/" + strings.TrimLeft(chatPath, "/")
	}
	at := func(path string) *url.URL {
		return &url.URL{Scheme: base.Scheme, Host: base.Host, Path: root + path, RawQuery: base.RawQuery}
	}
	return routes{reply: at(reply), models: at(version + "/models"), tokenize: at("/tokenize")}
}

// shown is a URL as it may be shown: without user, query and fragment.
func shown(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// newHeader makes the header that every request shares.
func newHeader(base *url.URL, config *Config) (http.Header, error) {
	agent := config.UserAgent
	if agent == "" {
		agent = "aimbench"
	}
	h := http.Header{
		"User-Agent":   {agent},
		"Accept":       {"application/json, text/event-stream"},
		"Content-Type": {"application/json"},
	}
	switch {
	case config.APIKey != "":
		h.Set("Authorization", "Bearer "+config.APIKey)
	case base.User != nil:
		h.Set("Authorization", "Basic "+basic(base.User))
	}
	for name, value := range config.Headers {
		h.Set(name, value)
	}
	for name, values := range h {
		if strings.ContainsFunc(values[0], func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			if name == "Authorization" {
				return nil, errors.New("the key holds a control character")
			}
			return nil, fmt.Errorf("the value of %s holds a control character", name)
		}
	}
	// An empty list is not sent. It lets the transport repeat a request on a fresh connection where a kept one turns out
	// to be dead before a byte of the response: some servers close each connection after its reply, and the next request
	// can cross that on its way. attempt.describe counts the repetition.
	if _, given := h[idempotencyKey]; !given {
		h[idempotencyKey] = []string{}
	}
	return h, nil
}

const idempotencyKey = "Idempotency-Key"

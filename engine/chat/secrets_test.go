package chat

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"aimbench/engine/event"
)

// TestKeyNeverShows has servers echo the key in every place that may end in an error.
func TestKeyNeverShows(t *testing.T) {
	const key = `sk-"päss\word&1234567890`
	quoted := forms(key)[0]
	for name, response := range map[string]string{
		"JSON error":        status("401 Unauthorized", "", `{"error":{"message":"wrong key `+quoted+`"}}`),
		"odd JSON error":    status("401 Unauthorized", "", `{"error":{"key":"`+quoted+`"}}`),
		"text error":        status("403 Forbidden", "", "Bearer "+key),
		"HTML error":        status("500 Oops", "", "<title>"+key+"</title>"),
		"cut in the key":    status("500 Oops", "", strings.Repeat(" ", startBytes-9)+key),
		"location":          status("307 Elsewhere", "Location: http://elsewhere.test/"+url.PathEscape(key)+"?key="+url.QueryEscape(key)+"\r\n", ""),
		"status 200, JSON":  status("200 OK", "", `{"error":"`+quoted+`"}`),
		"status 200, words": status("200 OK", "", key),
		"mid-stream error":  chunked("", hello+`data: {"error":{"message":"`+quoted+`"}}`+"\n\n"),
		"malformed event":   chunked("", hello+"data: "+key+"\n\n"),
		"malformed header":  key + "\r\n\r\n",
		"encoding":          chunked("Content-Encoding: "+key+"\r\n", "x"),
		"another header":    status("400 Bad", "", "s3cret-header"),
	} {
		t.Run(name, func(t *testing.T) {
			base := serve(t, func(conn *net.TCPConn, r *http.Request, _ []byte) {
				if r.Header.Get("Authorization") != "Bearer "+key || r.Header.Get("X-Extra") != "s3cret-header" {
					t.Errorf("the request has %q", r.Header)
				}
				_, _ = io.WriteString(conn, response)
				_ = conn.Close()
			})
			_, err := do(t, base, func(c *Config) { c.APIKey, c.Headers = key, map[string]string{"X-Extra": "s3cret-header"} })
			if err == nil {
				t.Fatal("no error")
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				said := fmt.Sprintf("%v %+v", e, e)
				for _, form := range []string{key, quoted, "päss", "s3cret-header"} {
					if strings.Contains(said, form) {
						t.Errorf("%T says %q", e, said)
					}
				}
			}
		})
	}
}

func TestRedactionBesidesTheKey(t *testing.T) {
	base := serve(t, func(conn *net.TCPConn, r *http.Request, _ []byte) {
		if r.Header.Get("Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("me:passw0rd")) || r.URL.Query().Get("code") != "qu3ry" {
			t.Errorf("the request has %q, %s", r.Header, r.URL)
		}
		_, _ = io.WriteString(conn, status("400 Bad", "", "no passw0rd, no qu3ry, no "+strings.TrimPrefix(r.Header.Get("Authorization"), "Basic ")+", no other"))
	})
	_, err := do(t, strings.Replace(base, "http://", "http://me:passw0rd@", 1)+"/?code=qu3ry", func(c *Config) {
		c.Redact = func(s string) string { return strings.ReplaceAll(s, "other", "(hidden)") }
	})
	want := "400 Bad Request: no (sensitive), no (sensitive), no (sensitive), no (hidden)"
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "passw0rd") {
		t.Errorf("%v", err)
	}
}

func TestPrintable(t *testing.T) {
	c := newClient(t, func(c *Config) { c.APIKey = "0123456789abcdef" })
	for in, want := range map[string]string{
		" a\n\tb \x1b[31mred\x00 \u202e\xff!": "a b [31mred !",
		"key 0123456789abcdef.":               "key (sensitive).",
		"half a key 0123456789":               "half a key (sensitive)",
		"short 012":                           "short 012",
	} {
		if said := c.printable(in); said != want {
			t.Errorf("%q: %q, want %q", in, said, want)
		}
	}
	if long := c.printable(strings.Repeat("ü", 1000)); utf8.RuneCountInString(long) != longestMessage+1 || !strings.HasSuffix(long, "…") {
		t.Errorf("%d characters", utf8.RuneCountInString(long))
	}
}

func TestHeaders(t *testing.T) {
	var seen http.Header
	var host string
	base := serve(t, func(conn *net.TCPConn, r *http.Request, _ []byte) {
		seen, host = r.Header, r.Host
		_, _ = io.WriteString(conn, chunked("", plain))
	})
	if _, err := do(t, base, func(c *Config) {
		c.UserAgent = "aimbench/1.0"
		c.Headers = map[string]string{"authorization": "Token abc", "x-route": "canary", "host": "aim.example"}
		c.APIKey = "sk-key"
	}); err != nil {
		t.Fatal(err)
	}
	if seen.Get("User-Agent") != "aimbench/1.0" || seen.Get("Authorization") != "Token abc" || seen.Get("X-Route") != "canary" || host != "aim.example" {
		t.Errorf("%v, host %s", seen, host)
	}
	_, err := New(Config{BaseURL: "http://aim", APIKey: "sk-key\n"})
	if e := new(Error); !errors.As(err, &e) || e.Class != event.Protocol || strings.Contains(err.Error(), "sk-key") {
		t.Errorf("a key with a line end: %v", err)
	}
}

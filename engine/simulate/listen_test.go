package simulate

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"aimbench/engine/listen"
)

// On a real connection too, resets and half-closes reach the client as such.
func TestStartOnLoopback(t *testing.T) {
	for kind, want := range map[Kind]string{
		"": "", Reset: "connection reset", HalfClose: "unexpected EOF", ResetAfterDone: "connection reset",
	} {
		l, err := listen.Start(t.Context(), "", New(Config{Faults: []Fault{{Kind: kind, Share: 1, After: 1}}}))
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Transport: &http.Transport{}}
		response, err := client.Post(l.URL()+"/v1/chat/completions", "application/json", strings.NewReader(asking(3, 1)))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", kind, err)
		}
		if done := strings.Contains(string(body), "[DONE]"); done != (kind == "" || kind == ResetAfterDone) {
			t.Errorf("%s: %q", kind, body)
		}
		client.CloseIdleConnections()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := listen.Start(t.Context(), "256.0.0.1:0", New(Config{})); err == nil {
		t.Error("an address that is none was taken")
	}
}

// Over HTTP/2 a stream that breaks ends with an error, and the connection goes on.
func TestHTTP2(t *testing.T) {
	l, err := listen.Start(t.Context(), "127.0.0.1:0", New(Config{Faults: []Fault{{Kind: Reset, Share: 1, After: 1}}}))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	client := &http.Client{Transport: &http.Transport{Protocols: &protocols}}
	defer client.CloseIdleConnections()
	response, err := client.Post(l.URL()+"/v1/chat/completions", "application/json", strings.NewReader(asking(3, 1)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(response.Body)
	response.Body.Close()
	if response.ProtoMajor != 2 || err == nil {
		t.Errorf("%s: %v", response.Proto, err)
	}
	if response, err = client.Get(l.URL() + "/v1/models"); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("the connection did not go on: %v", err)
	} else {
		response.Body.Close()
	}
}

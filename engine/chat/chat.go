// Package chat makes one request to an OpenAI-compatible endpoint and says what became of it: the reply, the instants
// of its parts, and the class of its failure.
//
// A Client is safe for use by several goroutines. A Reply belongs to one request at a time and is reused, so that a
// stream allocates nothing for each chunk. What a server sends is data: texts are kept as they came, and whatever of
// them enters an error is cut short, made printable, and stripped of the key.
package chat

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"aimbench/engine/chat/stamp"
	"aimbench/engine/event"
)

// The values of Config.API.
const (
	// ChatAPI asks /chat/completions.
	ChatAPI = "chat"
	// CompletionsAPI asks /completions with one prompt made from the messages; see Request.
	CompletionsAPI = "completions"
)

// DefaultMaxLine bounds one line of a stream where Config says nothing: 16 MiB.
const DefaultMaxLine = 16 << 20

// Config describes an endpoint. Only BaseURL is required.
type Config struct {
	// Name is the endpoint's name in the scenario, for messages.
	Name string
	// BaseURL is http or https, with or without a path prefix, a version segment (/v1) and trailing slashes. A user and
	// password in it are sent as basic authentication unless there is an APIKey. A query is kept.
	BaseURL string
	// ChatPath replaces the path of requests for a reply, /v1/chat/completions or /v1/completions. It is appended to
	// BaseURL without its version segment.
	ChatPath string
	// API is ChatAPI or CompletionsAPI; empty means ChatAPI.
	API string
	// Model is sent with each request; empty means the only one that the server lists, which Ready finds out.
	Model string
	// APIKey is sent as a bearer token. It never appears in an error.
	APIKey string
	// HTTP is 1 or 2; 0 means 1. With 2 and an http URL, HTTP/2 is spoken without TLS and without an upgrade.
	HTTP int
	// NewConnections opens a connection for each request instead of keeping them alive.
	NewConnections bool
	// Headers are sent with each request, over those that the client sets.
	Headers map[string]string
	// ExtraBody is merged into the body of each request for a reply; see Request.ExtraBody.
	ExtraBody map[string]json.RawMessage
	// CAPEM adds certificate authorities to the system's, in PEM.
	CAPEM []byte
	// InsecureSkipVerify accepts any certificate.
	InsecureSkipVerify bool
	// WaitReady is how long Ready waits for the endpoint to answer; 0 means that it asks once.
	WaitReady time.Duration
	Timeouts  Timeouts
	// Retries is how often a request is repeated after 429, 5xx or a failure to connect. Nothing is repeated after the
	// first token.
	Retries int
	// MaxLine bounds one line of a stream and a whole reply, in bytes; 0 means DefaultMaxLine. A stream is bounded by 16
	// times as much.
	MaxLine int
	// Dial opens connections; nil means the network's own.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Clock is the run's; the zero Clock means one of the client's own.
	Clock event.Clock
	// UserAgent names the client to the server; empty means "aimbench".
	UserAgent string
	// Redact is applied to every text of the server that enters an error, besides the redaction of the key. It may be
	// nil and must be safe for concurrent use.
	Redact func(string) string
}

// Timeouts bound the parts of one request. 0 means no bound.
type Timeouts struct {
	// Connect bounds the time until there is a connection, TLS included.
	Connect time.Duration
	// FirstToken bounds the time from the request's being written to the first generated content of a stream.
	FirstToken time.Duration
	// Idle bounds the time between two arrivals of any bytes, comments included: of a stream after its first token (from
	// its headers where FirstToken is 0), of a whole reply after its headers.
	Idle time.Duration
	// Total bounds the request from its dispatch to its end, with its retries.
	Total time.Duration
}

// Request is what is asked for.
//
// With CompletionsAPI the prompt is made from the messages: a single message is its text alone. Otherwise each message
// is a paragraph, system messages as they are and others after their role ("user: …"), and "assistant:" ends the
// prompt. Images and tools are refused there.
type Request struct {
	Messages []openai.ChatCompletionMessage
	Tools    []openai.Tool
	// Model goes over the client's; empty is the client's.
	Model string
	// ToolChoice and ResponseFormat are sent as they are; nil means not sent.
	ToolChoice, ResponseFormat json.RawMessage
	// MaxTokens bounds the reply; 0 means the server's own bound.
	MaxTokens int
	// OutputTokens asks for a reply of exactly so many tokens, by max_tokens, min_tokens and ignore_eos together; 0
	// means no such wish. It goes before MaxTokens.
	OutputTokens int
	// Temperature, TopP and Seed are sent where they are not nil, 0 included.
	Temperature, TopP *float64
	Seed              *int64
	Stop              []string
	// Stream asks for the reply as a stream of events.
	Stream bool
	// ExtraBody holds further members of the body. What the request says explicitly (with the fields above, the model
	// and whether to stream) goes before it, and it goes before the endpoint's extra body. stream_options, which the
	// client adds to streams to be told the usage, gives way to both.
	ExtraBody map[string]json.RawMessage
	// Live is called with each piece of a stream as it arrives, on the goroutine of Do; nil under load.
	Live func(Delta)
	// HangUpAfterTokens leaves after so many chunks with generated content; 0 means never.
	HangUpAfterTokens int
	// HangUpAfter leaves that long after the dispatch; 0 means never.
	HangUpAfter time.Duration
}

// Client asks one endpoint.
type Client struct {
	config    Config
	clock     event.Clock
	stamps    *stamp.Clock
	pulse     *stamp.Pulse // nil where connections are not the network's
	routes    routes
	header    http.Header
	transport *http.Transport
	secrets   secrets
	constants constants

	mu    sync.Mutex
	model string
	known []string // the models that the server listed
}

// New prepares a client; it sends nothing. An error is a *Error and says what is wrong with the configuration.
func New(config Config) (*Client, error) {
	c := &Client{config: config, clock: config.Clock, model: config.Model}
	if c.clock.Start().IsZero() {
		c.clock = event.NewClock()
	}
	if c.config.MaxLine <= 0 {
		c.config.MaxLine = DefaultMaxLine
	}
	base, err := parseBase(config.BaseURL)
	if err != nil {
		return nil, c.misconfigured("base_url", err, "Write it as http://host:port or https://host, with or without /v1.")
	}
	c.routes = newRoutes(base, config.API, config.ChatPath)
	c.secrets = newSecrets(base, &config)
	if c.header, err = newHeader(base, &config); err != nil {
		return nil, c.misconfigured("headers", err, "Look for a line break or another control character.")
	}
	authorities, err := newAuthorities(config.CAPEM)
	if err != nil {
		return nil, c.misconfigured("ca_file", err, "It must hold at least one PEM block of type CERTIFICATE.")
	}
	c.stamps = stamp.NewClock(c.clock.Start())
	if config.Dial == nil {
		c.pulse = stamp.NewPulse(c.stamps)
	}
	c.transport = newTransport(&c.config, base.Scheme, c.clock, c.stamps, c.pulse, &tls.Config{
		RootCAs:            authorities,
		InsecureSkipVerify: config.InsecureSkipVerify, //nolint:gosec // only where the scenario asks for it; it is warned about
	})
	return c, nil
}

// Model is the model that requests name: the configured one, or the one that Ready found.
func (c *Client) Model() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.model
}

// Clock says who stamps the arrivals: KernelClock under HTTP/1.1 where the kernel can and there is no Config.Dial, else
// UserClock.
func (c *Client) Clock() string {
	if c.config.kernelClock() {
		return KernelClock
	}
	return UserClock
}

// ClockSteps are the jumps of the wall clock so far. They change no duration: stamps of about their moment are not used.
func (c *Client) ClockSteps() stamp.Steps { return c.stamps.Steps() }

// Close closes the idle connections. Requests in flight go on.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

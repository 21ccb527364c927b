// Package simulate is an OpenAI-compatible endpoint without a model: it answers by rules, at the pace it is told, and
// breaks in the ways it is told. It is an http.Handler, which package embedded serves.
package simulate

import (
	"context"
	"net/http"
	"regexp"
	"sync/atomic"
	"time"
)

// DefaultModel is the name of the model where Config gives none.
const DefaultModel = "aimbench-simulator"

// maxModelLen is how many tokens a prompt and its reply may have together.
const maxModelLen = 131_072

// Config says how a Server behaves. The zero Config answers at once and never breaks.
//
// What is drawn gets a seed that differs from draw to draw and is the same in every run with the same Seed.
type Config struct {
	// TTFT is the time to the first token, besides the queue and the prompt. ITL is the time between tokens while no
	// other request is served. Prefill is the time a prompt token takes, drawn once a request. nil is 0, and what is
	// negative counts as 0.
	TTFT, ITL, Prefill func(seed uint64) time.Duration
	// Tokens is how many tokens a reply has that no rule gives; nil leaves each reply its own length.
	Tokens func(seed uint64) int
	// Slots is how many requests are served at once; the others wait in the order in which they came. 0 is no limit.
	Slots int
	// BatchSlowdown is the share of ITL by which each further request in service lengthens the time between tokens.
	BatchSlowdown float64
	// Cache: the blocks of 16 tokens with which a prompt starts as an earlier request did take no time.
	Cache bool
	Seed  int64
	// Model is the name of the one model; DefaultModel where empty.
	Model string
	// Replies are tried in order; the first that matches is given.
	Replies []Reply
	Faults  []Fault
	// APIKey is asked for under /v1 where it is not empty.
	APIKey string
}

// Reply is a rule: what is said to a prompt.
type Reply struct {
	// When matches what the user said last; nil matches everything. The other fields may refer to the match by $1 or
	// ${name}; in the arguments of a tool call the value is escaped as in a JSON string.
	When *regexp.Regexp
	// Reasoning comes before the answer. Refusal comes in the place of Text.
	Text, Reasoning, Refusal string
	// ToolCalls are made where the request offers tools. Once their results have come, Text is the answer, or a sentence
	// about the results where Text is empty.
	ToolCalls []ToolCall
}

// ToolCall is a call of a function.
type ToolCall struct {
	Name string
	// Arguments are sent as they are, so that they may be broken on purpose.
	Arguments string
}

// Fault breaks a share of the requests, drawn by seed and the request's number.
type Fault struct {
	Kind Kind
	// Share is between 0 and 1. The shares of all faults add up to at most 1; what is above never happens.
	Share float64
	// After is how many tokens come before the reply breaks, where Kind breaks it in the middle.
	After int
	// RetryAfter is what the kinds http_429 and http_429_date ask for, in seconds, rounded up.
	RetryAfter time.Duration
}

// Server is the endpoint. It may be used by many goroutines at once, and by several listeners.
type Server struct {
	config  Config
	routes  map[string]route
	slots   *slots
	cache   *cache
	metrics *metrics
	started time.Time
	faults  atomic.Pointer[[]Fault]
	// number counts the requests for a reply that were well-formed.
	number atomic.Uint64
}

// New makes a server. It starts nothing.
func New(config Config) *Server {
	if config.Model == "" {
		config.Model = DefaultModel
	}
	s := &Server{config: config, slots: newSlots(config.Slots), started: time.Now()}
	s.SetFaults(config.Faults...)
	s.cache = newCache(config.Cache)
	s.metrics = newMetrics(config.Model, s)
	s.routes = s.table()
	return s
}

// SetFaults puts other faults in the place of those that there were: the requests from now on break by them.
func (s *Server) SetFaults(faults ...Fault) { s.faults.Store(&faults) }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, ok := s.routes[r.URL.Path]
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "not_found", "There is nothing at "+r.URL.Path+".")
	case r.Method != found.method && (r.Method != http.MethodHead || found.method != http.MethodGet):
		w.Header().Set("Allow", found.method)
		refuse(w, http.StatusMethodNotAllowed, "method_not_allowed", r.URL.Path+" takes "+found.method+", not "+r.Method+".")
	case found.guarded && !s.authorized(r):
		w.Header().Set("WWW-Authenticate", "Bearer")
		refuse(w, http.StatusUnauthorized, "invalid_api_key", "The API key is missing or wrong.")
	default:
		found.serve(w, r)
	}
}

// gone reports whether the client has left.
func gone(ctx context.Context) bool { return ctx.Err() != nil }

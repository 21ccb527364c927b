package simulate

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// A route is what is served at a path.
type route struct {
	method string
	// guarded: the key is asked for, as vLLM does for everything under /v1.
	guarded bool
	serve   http.HandlerFunc
}

func (s *Server) table() map[string]route {
	return map[string]route{
		"/v1/chat/completions":         {http.MethodPost, true, s.chatCompletions},
		"/v1/completions":              {http.MethodPost, true, s.completions},
		"/v1/models":                   {http.MethodGet, true, s.models},
		"/v1/models/" + s.config.Model: {http.MethodGet, true, s.model},
		"/tokenize":                    {http.MethodPost, false, s.tokenize},
		"/health":                      {http.MethodGet, false, func(http.ResponseWriter, *http.Request) {}},
		"/metrics":                     {http.MethodGet, false, s.metrics.handler.ServeHTTP},
	}
}

func (s *Server) chatCompletions(w http.ResponseWriter, r *http.Request) { s.generate(w, r, true) }

func (s *Server) completions(w http.ResponseWriter, r *http.Request) { s.generate(w, r, false) }

// generate answers a request for a reply.
func (s *Server) generate(w http.ResponseWriter, r *http.Request, chat bool) {
	body, err := readAll(w, r)
	arrived := time.Now()
	if err != nil {
		refuseRequest(w, err)
		return
	}
	q, err := parse(body, chat)
	if err == nil {
		err = s.knows(q.model)
	}
	if err != nil {
		refuseRequest(w, err)
		return
	}
	j, err := s.newJob(q, arrived)
	switch {
	case err != nil:
		refuseRequest(w, err)
	case j.refuse(w, r):
	case q.stream && j.fault.Kind != WholeReply:
		j.stream(w, r)
	default:
		j.whole(w, r)
	}
}

// readAll reads a request's body.
func readAll(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &badRequest{http.StatusRequestEntityTooLarge, apiError{
			Message: fmt.Sprintf("The body is larger than %d bytes.", large.Limit), Type: "invalid_request_error", Code: "request_too_large"}}
	case err != nil:
		return nil, invalid("", "The body could not be read.")
	}
	return body, nil
}

// refuseRequest writes a *badRequest.
func refuseRequest(w http.ResponseWriter, err error) {
	var bad *badRequest
	if !errors.As(err, &bad) {
		bad = invalid("", err.Error())
	}
	writeError(w, bad.status, bad.apiError)
}

// knows checks the name of the model. Leaving it out is allowed, as with vLLM.
func (s *Server) knows(model string) error {
	if model == "" || model == s.config.Model {
		return nil
	}
	message := fmt.Sprintf("The model %q does not exist; there is %q.", model, s.config.Model)
	return &badRequest{http.StatusNotFound, apiError{
		Message: message, Type: "invalid_request_error", Param: "model", Code: "model_not_found"}}
}

type wireModel struct {
	ID          string `json:"id"`
	Object      string `json:"object"`
	Created     int64  `json:"created"`
	OwnedBy     string `json:"owned_by"`
	MaxModelLen int    `json:"max_model_len"`
}

// model describes the one model.
func (s *Server) model(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.wireModel()) }

func (s *Server) wireModel() wireModel {
	return wireModel{s.config.Model, "model", s.started.Unix(), "aimbench", maxModelLen}
}

// models lists the one model.
func (s *Server) models(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, struct {
		Object string      `json:"object"`
		Data   []wireModel `json:"data"`
	}{"list", []wireModel{s.wireModel()}})
}

// tokenize counts the tokens of a text, or of a conversation as the chat template lays it out, in the shape of vLLM's
// route.
func (s *Server) tokenize(w http.ResponseWriter, r *http.Request) {
	body, err := readAll(w, r)
	if err != nil {
		refuseRequest(w, err)
		return
	}
	var wire struct {
		Model    string        `json:"model"`
		Prompt   *string       `json:"prompt"`
		Messages []wireMessage `json:"messages"`
		Tools    []tool        `json:"tools"`
		Open     *bool         `json:"add_generation_prompt"`
		Strings  bool          `json:"return_token_strs"`
	}
	if err = decode(body, &wire); err == nil {
		err = s.knows(wire.Model)
	}
	if err != nil {
		refuseRequest(w, err)
		return
	}
	text, more := "", 0
	if wire.Prompt != nil {
		text = *wire.Prompt
	} else {
		messages, err := readMessages(wire.Messages)
		if err != nil {
			refuseRequest(w, err)
			return
		}
		text, more = renderMessages(messages, wire.Tools, wire.Open == nil || *wire.Open)
	}
	writeTokens(w, split(text), more, wire.Strings)
}

// vocabulary is how many numbers tokens may have.
const vocabulary = 1 << 17

// writeTokens lists tokens; more are counted that stand for what is no text.
func writeTokens(w http.ResponseWriter, tokens []string, more int, withStrings bool) {
	reply := struct {
		Count       int      `json:"count"`
		MaxModelLen int      `json:"max_model_len"`
		Tokens      []uint64 `json:"tokens"`
		Strings     []string `json:"token_strs"`
	}{len(tokens) + more, maxModelLen, make([]uint64, len(tokens)), nil}
	for i, token := range tokens {
		reply.Tokens[i] = tokenNumber(token)
	}
	if withStrings {
		reply.Strings = tokens
	}
	writeJSON(w, reply)
}

// tokenNumber gives equal tokens equal numbers, in every run.
func tokenNumber(token string) uint64 {
	h := uint64(len(token))
	for i := range len(token) {
		h = mix(h ^ uint64(token[i]))
	}
	return h % vocabulary
}

// replyID is the identifier of a reply: the same in every run with the same seed.
func (s *Server) replyID(number uint64, chat bool) string {
	prefix := "cmpl-"
	if chat {
		prefix = "chatcmpl-"
	}
	return fmt.Sprintf("%s%016x", prefix, s.seed(number, siteID, 0))
}

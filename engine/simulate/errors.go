package simulate

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"
)

// apiError is the body of an OpenAI error. An empty Param or Code is null.
type apiError struct {
	Message, Type, Param, Code string
}

// MarshalJSON writes the error as OpenAI does: with null for what is not said.
func (e apiError) MarshalJSON() ([]byte, error) {
	optional := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	return json.Marshal(struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    *string `json:"code"`
	}{e.Message, e.Type, optional(e.Param), optional(e.Code)})
}

// body is the whole error response.
func (e apiError) body() []byte {
	b, err := json.Marshal(map[string]apiError{"error": e})
	if err != nil { // four strings always encode
		panic(err)
	}
	return b
}

// badRequest is what is wrong with a request, and the status that says so.
type badRequest struct {
	status int
	apiError
}

func (b *badRequest) Error() string { return b.Message }

// invalid is a request that does not say what it should.
func invalid(param, message string) *badRequest {
	return &badRequest{http.StatusBadRequest, apiError{Message: message, Type: "invalid_request_error", Param: param}}
}

// refuse answers a request that cannot be served.
func refuse(w http.ResponseWriter, status int, code, message string) {
	writeError(w, status, apiError{Message: message, Type: "invalid_request_error", Code: code})
}

func writeError(w http.ResponseWriter, status int, e apiError) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(e.body()) // the client may have gone, and nobody else wants to know
}

func writeJSON(w http.ResponseWriter, value any) {
	body, err := json.Marshal(value)
	if err != nil { // only our own structs come here
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// authorized reports whether the request carries the key, where one is asked for.
func (s *Server) authorized(r *http.Request) bool {
	if s.config.APIKey == "" {
		return true
	}
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare([]byte(key), []byte(s.config.APIKey)) == 1
}

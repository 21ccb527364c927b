package scenario

import (
	"strings"
	"sync"
)

type mark string

// sensitive marks values that must not be printed, and all that is made of them.
const sensitive = mark("sensitive")

// Secrets is what a scenario knows and must not tell.
type Secrets struct {
	mu    sync.RWMutex
	known map[string]bool
}

// Add makes a text known as a secret.
func (s *Secrets) Add(text string) {
	if s == nil || len(text) < 4 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]bool{}
	}
	s.known[text] = true
}

// Redact replaces every secret.
func (s *Secrets) Redact(text string) string {
	if s == nil {
		return text
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for k := range s.known {
		text = strings.ReplaceAll(text, k, "(sensitive)")
	}
	return text
}

package scenario

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/zclconf/go-cty/cty"
)

type mark string

// sensitive marks values that must not be printed, and all that is made of them.
const sensitive = mark("sensitive")

const (
	// minSecret is the length in bytes from which a text counts as a secret: a shorter one stands in every other word, and
	// to take it out would tell it.
	minSecret = 4
	// Redacted stands in the place of a secret.
	Redacted = "(sensitive)"
)

// Secrets is what a scenario knows and must not tell. A nil Secrets knows nothing. It may be used by several goroutines
// at once.
type Secrets struct {
	mu    sync.Mutex
	forms map[string]bool
	// ready is what to do about the present forms; nil where there are none.
	ready atomic.Pointer[redaction]
}

// redaction takes forms out of texts.
type redaction struct {
	forms    []string // the longest first
	replacer *strings.Replacer
}

// Add makes a text known as a secret, with the forms it takes in JSON, in URLs and in base64. One of fewer than 4 bytes,
// white space around it aside, is ignored.
func (s *Secrets) Add(text string) {
	text = strings.TrimSpace(text)
	if s == nil || len(text) < minSecret {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forms[text] {
		return
	}
	if s.forms == nil {
		s.forms = map[string]bool{}
	}
	for _, form := range formsOf(text) {
		if len(form) >= minSecret {
			s.forms[form] = true
		}
	}
	longestFirst := slices.SortedFunc(maps.Keys(s.forms), func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	var pairs []string
	for _, form := range longestFirst { // of those that match at one place, a Replacer takes the first
		pairs = append(pairs, form, Redacted)
	}
	s.ready.Store(&redaction{longestFirst, strings.NewReplacer(pairs...)})
}

// AddValue makes every marked text within a value known as a secret.
func (s *Secrets) AddValue(v cty.Value) {
	if s == nil || !v.ContainsMarked() {
		return
	}
	if v.IsMarked() {
		plain, _ := v.UnmarkDeep()
		addTexts(plain, s)
		return
	}
	if v.IsKnown() && !v.IsNull() && v.CanIterateElements() {
		for it := v.ElementIterator(); it.Next(); {
			_, element := it.Element()
			s.AddValue(element)
		}
	}
}

// Redact replaces every secret in a text, in each of its forms. Where one begins at the same place as another, the longer
// goes.
func (s *Secrets) Redact(text string) string {
	if s == nil {
		return text
	}
	r := s.ready.Load()
	if r == nil {
		return text
	}
	return r.replacer.Replace(text)
}

// Settled returns how many bytes of a text's start are the same, once redacted, whatever follows the text: none of them
// may yet turn out to be of a secret.
func (s *Secrets) Settled(text string) int {
	if s == nil {
		return len(text)
	}
	r := s.ready.Load()
	if r == nil {
		return len(text)
	}
	for i := 0; i < len(text); {
		whole, begun := r.at(text[i:])
		if begun {
			return i
		}
		i += max(1, whole)
	}
	return len(text)
}

// at returns how long the form is with which a text begins, or that the text is the beginning of one.
func (r *redaction) at(text string) (whole int, begun bool) {
	for _, form := range r.forms {
		switch {
		case len(form) > len(text):
			if strings.HasPrefix(form, text) {
				return 0, true
			}
		case strings.HasPrefix(text, form):
			return len(form), false
		}
	}
	return 0, false
}

// formsOf are the ways in which a server or an encoder may write a text.
func formsOf(text string) []string {
	forms := []string{text, url.QueryEscape(text), url.PathEscape(text)}
	for _, escapeHTML := range []bool{true, false} {
		var out strings.Builder
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(escapeHTML)
		if enc.Encode(text) == nil {
			forms = append(forms, strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(out.String(), "\n"), `"`), `"`))
		}
	}
	raw := []byte(text)
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		forms = append(forms, enc.EncodeToString(raw))
	}
	return forms
}

// Logger writes a log in which no secret shows, whoever sent it.
func (s *Secrets) Logger(w io.Writer) *slog.Logger {
	redacted := func(_ []string, a slog.Attr) slog.Attr {
		if kind := a.Value.Kind(); kind == slog.KindString || kind == slog.KindAny && a.Key != slog.LevelKey {
			a.Value = slog.StringValue(s.Redact(a.Value.String()))
		}
		return a
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: redacted}))
}

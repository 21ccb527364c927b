package chat

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// secrets are the texts that must not appear in an error, the longest first.
type secrets []string

// shortestSecret: what is shorter cannot be told from ordinary text.
const shortestSecret = 4

// newSecrets collects the key, the password in the base URL, the values of headers and of the URL's query, each also
// as JSON and as a URL would quote it.
func newSecrets(base *url.URL, config *Config) secrets {
	values := []string{config.APIKey}
	if password, ok := base.User.Password(); ok {
		values = append(values, password, basic(base.User))
	}
	for _, query := range base.Query() {
		values = append(values, query...)
	}
	for _, v := range config.Headers {
		values = append(values, v, strings.TrimPrefix(v, "Bearer "))
	}
	var s secrets
	for _, v := range values {
		for _, form := range forms(v) {
			if len(form) >= shortestSecret && !slices.Contains(s, form) {
				s = append(s, form)
			}
		}
	}
	slices.SortFunc(s, func(a, b string) int { return len(b) - len(a) })
	return s
}

func basic(user *url.Userinfo) string {
	password, _ := user.Password()
	return base64.StdEncoding.EncodeToString([]byte(user.Username() + ":" + password))
}

// forms are the ways in which a text is quoted by servers, and by Go's own errors.
func forms(s string) []string {
	inJSON, _ := json.Marshal(s) // a string always encodes
	quoted := []string{string(inJSON), strconv.Quote(s), strconv.QuoteToASCII(s)}
	for i, q := range quoted {
		quoted[i] = q[1 : len(q)-1]
	}
	return append(quoted, s, url.QueryEscape(s), url.PathEscape(s))
}

// redact replaces the secrets in text. Where text was cut off at its end, a secret's beginning there goes too.
func (s secrets) redact(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, "(sensitive)")
	}
	for _, secret := range s {
		for n := len(secret) - 1; n >= shortestSecret; n-- {
			if strings.HasSuffix(text, secret[:n]) {
				return text[:len(text)-n] + "(sensitive)"
			}
		}
	}
	return text
}

// cause keeps the error for errors.Is and As, unless its own text would give a secret away.
func (c *Client) cause(err error) error {
	if err == nil {
		return nil
	}
	if said := err.Error(); c.redact(said) != said {
		return errors.New(c.redact(said))
	}
	return err
}

func (c *Client) redact(text string) string {
	text = c.secrets.redact(text)
	if c.config.Redact != nil {
		text = c.config.Redact(text)
	}
	return text
}

// longestMessage is how many characters of a server's text enter a message.
const longestMessage = 300

// printable makes a server's text fit for a message: redacted, on one line, without control characters, cut short.
func (c *Client) printable(text string) string {
	text = c.redact(text) // before it is cut: half a key is a secret, too
	var b strings.Builder
	count, space := 0, false
	for _, r := range text {
		if unicode.IsSpace(r) || r == utf8.RuneError || !unicode.IsPrint(r) {
			space = b.Len() > 0
			continue
		}
		if count >= longestMessage {
			b.WriteString("…")
			break
		}
		if space {
			b.WriteByte(' ')
			count++
			space = false
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}

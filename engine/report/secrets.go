package report

import "unicode/utf8"

// Redactor takes secrets out of texts.
type Redactor interface {
	// Redact replaces every secret in a text.
	Redact(text string) string
	// Settled returns how many bytes of a text's start are the same, once redacted, whatever follows the text.
	Settled(text string) int
}

// redactor is a Redactor that may be nil, and then knows no secrets.
type redactor struct{ secrets Redactor }

func (r redactor) redact(text string) string {
	if r.secrets == nil {
		return text
	}
	return r.secrets.Redact(text)
}

// settled is how much of a text can be shown: no secret, and no character, goes on in what follows.
func (r redactor) settled(text string) int {
	n := len(text)
	for i := n - 1; i >= max(0, n-utf8.UTFMax); i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRuneInString(text[i:]) {
				n = i
			}
			break
		}
	}
	if r.secrets != nil {
		n = min(n, r.secrets.Settled(text))
	}
	return n
}

// pending is the end of a text that comes in pieces, for as long as it may be the start of a secret or of a character.
type pending struct {
	text string
	told int // how many bytes of it are shown all the same
}

// more returns what can be shown when the next piece of the text has come.
func (p *pending) more(r redactor, piece string) string {
	all := p.text + piece
	n := r.settled(all)
	shown := untold(r.redact(all[:n]), all[:p.told])
	p.text, p.told = all[n:], max(0, p.told-n)
	return shown
}

// rest returns what is left to show where no piece may follow. A secret is recognized also where one follows.
func (p *pending) rest(r redactor) string {
	shown := untold(r.redact(p.text), p.text[:p.told])
	p.told = len(p.text)
	return shown
}

// harmless reports that what is pending tells nothing of a secret that it may be the start of.
func (p *pending) harmless() bool {
	const tells = 4
	return len(p.text) < tells
}

// untold is a text without the start that it shares with what was told.
func untold(text, told string) string {
	n := 0
	for n < len(text) && n < len(told) && text[n] == told[n] {
		n++
	}
	return text[n:]
}

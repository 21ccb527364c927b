package simulate

import (
	"unicode"
	"unicode/utf8"
)

// longestWord is how many letters a token may have; longer words are cut into sub-words.
const longestWord = 8

// nextToken is the length in bytes of the token with which text begins. A token is a word or a piece of one with the
// space before it, up to three digits, a run of line ends or of spaces, or one other character. The tokens of a text
// put together are the text.
func nextToken(text string) int {
	at := 0
	if text[0] == ' ' {
		at = 1
	}
	if at == len(text) {
		return at
	}
	r, size := utf8.DecodeRuneInString(text[at:])
	switch {
	case letter(r):
		return at + run(text[at:], longestWord, letter)
	case unicode.IsDigit(r):
		return at + run(text[at:], 3, unicode.IsDigit)
	case r == '\n' || r == '\r':
		return at + run(text[at:], len(text), func(r rune) bool { return r == '\n' || r == '\r' })
	case r == ' ' || r == '\t':
		return at + run(text[at:], 16, func(r rune) bool { return r == ' ' || r == '\t' })
	}
	return at + size
}

// letter reports whether r is part of a word written with spaces around it; of scripts without spaces each character is
// a token.
func letter(r rune) bool {
	return r < 0x2e80 && (unicode.IsLetter(r) || unicode.IsMark(r) || r == '\'' || r == '_')
}

// run is the length in bytes of the longest start of text of at most limit runes that all satisfy ok.
func run(text string, limit int, ok func(rune) bool) int {
	count := 0
	for i, r := range text {
		if count == limit || !ok(r) {
			return i
		}
		count++
	}
	return len(text)
}

// split cuts a text into its tokens.
func split(text string) []string {
	tokens := make([]string, 0, len(text)/4+1)
	for len(text) > 0 {
		n := nextToken(text)
		tokens, text = append(tokens, text[:n]), text[n:]
	}
	return tokens
}

// count is the number of tokens of a text.
func count(text string) int {
	n := 0
	for len(text) > 0 {
		text = text[nextToken(text):]
		n++
	}
	return n
}

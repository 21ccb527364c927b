package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape shows the characters of a text that could act on a terminal or hide what is written: control and format
// characters, those that turn the direction of writing among them, and bytes that are no UTF-8. Line ends and tabs are
// escaped too.
func Escape(text string) string { return escape(text, true) }

func escape(text string, utf8Too bool) string {
	clean := true
	for i := 0; i < len(text); i++ {
		if text[i] < 0x20 || text[i] >= 0x7f {
			clean = false
			break
		}
	}
	if clean {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		default:
			escapeRune(&b, r, utf8Too)
		}
		i += n
	}
	return b.String()
}

func escapeRune(b *strings.Builder, r rune, utf8Too bool) {
	switch {
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case r < 0x20 || r == 0x7f:
		fmt.Fprintf(b, `\x%02x`, r)
	case r < 0x7f || utf8Too && visible(r):
		b.WriteRune(r)
	case r > 0xffff:
		fmt.Fprintf(b, `\U%08x`, r)
	default:
		fmt.Fprintf(b, `\u%04x`, r)
	}
}

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

// visible reports whether a character beyond ASCII shows as itself. The joiners, which spell some scripts and emoji,
// count as visible.
func visible(r rune) bool {
	if r == zeroWidthJoiner || r == zeroWidthNonJoiner {
		return true
	}
	return !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}

package speech

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	// lineMark is what markdown puts at the start of a line: quotes, bullets, headings, boxes to tick.
	lineMark = regexp.MustCompile(`^(?:>\s*)*(?:[-*+•]\s+|#{1,6}\s+)?(?:\[[ xX]\]\s+)?`)
	target   = regexp.MustCompile(`\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+(?:"[^"]*"|'[^']*'))?\)`)
	tag      = regexp.MustCompile(`</?[a-zA-Z][^<>]*>|<!--.*?-->`)
	url      = regexp.MustCompile(`(?i)<?\b(?:[a-z][a-z0-9+.-]*://|www\.|mailto:)[^\s.,;:!?…)]\S*`)
	empty    = regexp.MustCompile(`(^|\s)\(\s*\)`)
	space    = regexp.MustCompile(`\s+`)
	loose    = regexp.MustCompile(`(?: [.,;:!?…)]+)+(?: |$)`)
)

// clean makes what can be said of a sentence as a model writes it; empty where nothing can. fresh says that it begins a
// line. The words of links and of code within a sentence stay.
func clean(piece string, fresh bool) string {
	piece = strings.TrimSpace(strings.ToValidUTF8(piece, " "))
	if fresh {
		piece = lineMark.ReplaceAllString(piece, "")
	}
	piece = target.ReplaceAllString(piece, "]")
	piece = url.ReplaceAllStringFunc(piece, dropURL)
	piece = tag.ReplaceAllString(piece, " ")
	piece = tidy(unmark([]rune(piece)))
	for url.MatchString(piece) { // marks were within it
		piece = tidy(url.ReplaceAllStringFunc(piece, dropURL))
	}
	if !strings.ContainsFunc(piece, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return strings.TrimSpace(piece)
}

// tidy closes the gaps that were left, also before punctuation, but joins no words, which might become a URL.
func tidy(piece string) string {
	piece = space.ReplaceAllString(empty.ReplaceAllString(piece, " "), " ")
	return loose.ReplaceAllStringFunc(piece, func(gap string) string {
		rest := strings.ReplaceAll(gap, " ", "")
		if strings.HasSuffix(gap, " ") {
			rest += " "
		}
		return rest
	})
}

// dropURL keeps the punctuation after a URL.
func dropURL(found string) string {
	if i := strings.IndexByte(found, '>'); found[0] == '<' && i > 0 {
		return " " + found[i+1:]
	}
	return " " + found[len(strings.TrimRight(found, `.,;:!?)]}'">*_…`)):]
}

// unmark drops the marks of emphasis, code and links, pictures, and what cannot be seen.
func unmark(text []rune) string {
	at := func(i int) rune {
		if i < 0 || i >= len(text) {
			return ' '
		}
		return text[i]
	}
	var b strings.Builder
	for i, r := range text {
		before, after := at(i-1), at(i+1)
		switch {
		case r == '*' && !(unicode.IsDigit(before) && unicode.IsDigit(after)) && !(unicode.IsSpace(before) && unicode.IsSpace(after)):
		case r == '~' && (before == '~' || after == '~'):
		case r == '\\' && unicode.IsPunct(after):
		case r == '!' && after == '[':
		case strings.ContainsRune("`[]\u20e3", r), r >= 0xfe00 && r <= 0xfe0f, unicode.Is(unicode.Cf, r):
		case r == '_' || strings.ContainsRune("{}|", r), pictured(r), unicode.IsControl(r), unicode.IsSpace(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// pictured tells whether a character is a picture: an emoji, an arrow, a box. Signs that have a name as a word, such as
// ° and ™, are not.
func pictured(r rune) bool {
	switch {
	case r < 0x2190:
		return false
	case r >= 0x1f000 && r <= 0x1faff || r >= 0x2190 && r <= 0x21ff || r >= 0x2500 && r <= 0x27bf || r >= 0xe000 && r <= 0xf8ff:
		return true
	}
	return unicode.In(r, unicode.So, unicode.Sk, unicode.Co)
}

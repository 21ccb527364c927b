package report

import "strings"

// How much text the page takes, in bytes as they stand in it.
const (
	roomForTexts   = 300 << 10
	roomForSources = 120 << 10
	roomForOne     = 8 << 10
)

// room is what is left for texts of users, models and servers, which may be of any length.
type room struct{ texts, sources int }

func newRoom() *room { return &room{texts: roomForTexts, sources: roomForSources} }

// text is the text as the page shows it, cut to what there is room for.
func (r *room) text(text string) string { return fit(text, min(r.texts, roomForOne), &r.texts) }

// source is text of the scenario.
func (r *room) source(text string) string { return fit(text, r.sources, &r.sources) }

// fit shows a text of several lines, cut where it would take more than most bytes of the page, and takes from left what
// it does take.
func fit(text string, most int, left *int) string {
	var b strings.Builder
	used := 0
	for len(text) > 0 {
		line, rest, more := strings.Cut(text, "\n")
		line = strings.ReplaceAll(strings.TrimSuffix(line, "\r"), "\t", "    ")
		for _, c := range Escape(line) {
			if used += cost(c); used > most {
				*left -= most
				return b.String() + "… (cut)"
			}
			b.WriteRune(c)
		}
		if more {
			b.WriteByte('\n')
			used++
		}
		text = rest
	}
	*left -= used
	return b.String()
}

// cost is how many bytes a character takes in HTML at most.
func cost(c rune) int {
	switch {
	case strings.ContainsRune(`<>&'"`+"`+=", c):
		return len("&quot;")
	case c < 0x80:
		return 1
	}
	return 4
}

// Package report shows a run to people and machines: as text, JSON, CSV, JUnit and Markdown.
package report

import (
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"
)

// The widths that text is laid out for.
const (
	narrowest = 40
	widest    = 120
)

// Style says what the reader's terminal can show.
type Style struct {
	// Width is the number of columns; 0 is the widest that is used.
	Width int
	// Color: verdicts may be coloured and reasoning dimmed.
	Color bool
	// Unicode: characters beyond ASCII may be shown.
	Unicode bool
	// Terminal: the output is one, so that text may be shown as it comes.
	Terminal bool
}

// Detect finds the style for an output by what it is and by the environment: NO_COLOR, TERM, COLUMNS and the locale.
func Detect(w io.Writer, getenv func(string) string) Style {
	s := Style{Width: widest, Unicode: utf8Locale(getenv)}
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		s.Width = n
	}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return s
	}
	s.Terminal = getenv("TERM") != "dumb"
	s.Color = s.Terminal && getenv("NO_COLOR") == ""
	if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
		s.Width = n
	}
	return s
}

// utf8Locale reports whether the locale's character set is UTF-8. The first variable that is set decides.
func utf8Locale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

func (s Style) width() int {
	if s.Width <= 0 {
		return widest
	}
	return min(max(s.Width, narrowest), widest)
}

// glyphs are the characters of the layout.
type glyphs struct {
	pass, fail, open, dot, bar, faint, call, result, most, least, ellipsis, micro, times, none string
}

func (s Style) glyphs() glyphs {
	if s.Unicode {
		return glyphs{"✓", "✗", "?", " · ", "▏ ", "┊ ", "→ ", "← ", "≤", "≥", "…", "µs", "×", "–"}
	}
	return glyphs{"+", "x", "?", " - ", "| ", ": ", "-> ", "<- ", "<=", ">=", "...", "us", "x", "-"}
}

// The colours, as the parameters of an SGR sequence.
const (
	green  = "32"
	red    = "31"
	yellow = "33"
	bold   = "1"
	dim    = "2"
)

func (s Style) paint(text string, codes ...string) string {
	if !s.Color || text == "" || len(codes) == 0 {
		return text
	}
	return "\x1b[" + strings.Join(codes, ";") + "m" + text + "\x1b[0m"
}

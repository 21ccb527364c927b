package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// flow lays text out in lines of a width as the text comes: what it writes does not depend on how the text was cut.
// Words that fit on a line are not broken; line ends of the text are kept, blank lines at its edges are not.
type flow struct {
	style Style
	out   *strings.Builder
	// first stands before the first line and next before each other.
	first, next string
	// codes paint the text.
	codes []string
	// width is the number of columns for the text, past the prefixes. most is the number of lines after which the rest
	// is left out; 0 is all.
	width, most int

	begun    bool // something was written
	full     bool // the rest is left out
	lines    int
	column   int
	spaces   int
	newlines int
	word     strings.Builder
	columns  int  // of the word
	long     bool // the word is longer than a line, and its start is written
	wide     bool // the word ends in a character after which a line may end
	joined   bool // the word ends in a joiner
	carriage bool
}

// longestWord is how many bytes of a word are kept to be laid out together: marks that take no column have no other end.
const longestWord = 1 << 10

var widths = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

// Add lays out more of the text.
func (f *flow) Add(text string) {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		f.add(r, text[i:i+n])
		i += n
	}
}

func (f *flow) add(r rune, raw string) {
	if f.carriage {
		f.carriage = false
		if r != '\n' {
			f.append('\r', "\r")
		}
	}
	switch r {
	case '\r':
		f.carriage = true
	case '\n':
		f.flush()
		f.newlines++
		f.spaces = 0
	case ' ':
		f.flush()
		f.spaces++
	case '\t':
		f.flush()
		f.spaces += 4
	default:
		f.append(r, raw)
	}
}

// append adds a character to the word. Before and after wide characters, which stand without spaces, a line may end.
func (f *flow) append(r rune, raw string) {
	joins := unicode.In(r, unicode.M) || r == zeroWidthJoiner || r >= 0x1f3fb && r <= 0x1f3ff
	wide := widths.RuneWidth(r) == 2
	if f.word.Len() > 0 && !joins && !f.joined && (wide || f.wide) {
		f.flush()
	}
	shown := escape(raw, f.style.Unicode)
	f.word.WriteString(shown)
	f.columns += widths.StringWidth(shown)
	f.joined = r == zeroWidthJoiner
	f.wide = wide || f.wide && joins
	if f.long || !f.wide && f.columns > f.width || f.word.Len() > longestWord {
		f.write() // it is broken anyway: nothing to wait for
		f.long = true
	}
}

// flush writes the word and ends it.
func (f *flow) flush() {
	f.write()
	f.wide, f.joined, f.long = false, false, false
}

// write writes what there is of the word.
func (f *flow) write() {
	word := f.word.String()
	f.word.Reset()
	f.columns = 0
	if word == "" || f.full {
		return
	}
	switch {
	case f.long:
	case !f.begun:
		f.out.WriteString(f.first)
		f.begun = true
	case f.newlines > 0:
		f.breakLine(min(f.newlines, 2))
		f.indent(min(f.spaces, f.width/2))
	case f.column > 0 && f.column+f.spaces+widths.StringWidth(word) > f.width:
		f.breakLine(1)
	default:
		f.indent(f.spaces)
	}
	f.spaces, f.newlines = 0, 0
	f.place(word)
}

// place writes a word, over several lines where it is longer than one.
func (f *flow) place(word string) {
	for word != "" && !f.full {
		head := word
		if f.column+widths.StringWidth(word) > f.width {
			head = widths.Truncate(word, max(0, f.width-f.column), "")
			if head == "" && f.column == 0 {
				_, n := utf8.DecodeRuneInString(word)
				head = word[:n] // wider than a whole line
			}
		}
		f.out.WriteString(f.style.paint(head, f.codes...))
		f.column += widths.StringWidth(head)
		if word = word[len(head):]; word != "" {
			f.breakLine(1)
		}
	}
}

func (f *flow) indent(n int) {
	if f.full {
		return
	}
	f.out.WriteString(strings.Repeat(" ", n))
	f.column += n
}

// breakLine begins the n-th next line.
func (f *flow) breakLine(n int) {
	for i := range n {
		if f.lines++; f.lines == f.most {
			f.out.WriteString(" " + f.style.glyphs().ellipsis)
			f.full = true
			return
		}
		f.out.WriteByte('\n')
		if i < n-1 {
			f.out.WriteString(strings.TrimRight(f.next, " "))
		}
	}
	f.out.WriteString(f.next)
	f.column = 0
}

// Close writes what is left and ends the line. It reports whether there was any text.
func (f *flow) Close() bool {
	if f.carriage {
		f.append('\r', "\r")
	}
	f.flush()
	if f.begun {
		f.out.WriteByte('\n')
	}
	return f.begun
}

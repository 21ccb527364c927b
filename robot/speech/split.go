package speech

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sizes of a piece of text that is said in one go, in bytes.
const (
	longPiece = 200 // from here on, a clause's end is an end as well: the first sound must not wait for a long sentence
	maxPiece  = 400 // from here on, a space is
)

// Splitter cuts a text that is still coming into sentences to be said, cleaned of what cannot be: markdown, blocks of
// code, emoji, URLs, and thoughts between <think> and </think>. What it gives does not depend on how the text was cut
// into deltas. The end of a line ends a sentence, for models do not wrap lines. The zero value is ready.
type Splitter struct {
	pending []byte // what is not yet known to be whole
	began   bool   // pending does not begin at the start of a line
	skip    func(*Splitter, bool) bool
	fence   string // the mark that ends the block of code that is skipped
}

// Feed takes more of the text, and returns the sentences that are whole now.
func (s *Splitter) Feed(delta string) []string {
	s.pending = append(s.pending, delta...)
	return s.take(false)
}

// End says that the text has ended. It returns what is left, and makes the splitter ready for the next text.
func (s *Splitter) End() []string {
	sentences := s.take(true)
	*s = Splitter{}
	return sentences
}

func (s *Splitter) take(final bool) []string {
	var sentences []string
	for {
		if s.skip != nil {
			if !s.skip(s, final) {
				return sentences
			}
			continue
		}
		if !s.begin(final) {
			return sentences
		}
		if s.skip != nil {
			continue
		}
		fresh := !s.began
		piece, ok := s.piece(final)
		if !ok {
			return sentences
		}
		if clean := clean(piece, fresh); clean != "" {
			sentences = append(sentences, clean)
		}
	}
}

// begin drops the space before a piece and, where it is the first of a line, what opens a block that is not said. It
// reports whether enough has come to tell.
func (s *Splitter) begin(final bool) bool {
	trimmed := bytes.TrimLeftFunc(s.pending, unicode.IsSpace)
	if bytes.ContainsRune(s.pending[:len(s.pending)-len(trimmed)], '\n') {
		s.began = false
	}
	s.pending = trimmed
	switch {
	case len(s.pending) == 0:
		return false
	case s.began:
		return true
	}
	return s.opensThought(final) && (s.skip != nil || s.opensCode(final))
}

// opensThought looks for the mark of reasoning that some servers leave in the text.
func (s *Splitter) opensThought(final bool) bool {
	const open = "<think>"
	if bytes.HasPrefix(s.pending, []byte(open)) {
		s.skip = (*Splitter).skipThought
		return true
	}
	return final || !strings.HasPrefix(open, string(s.pending[:min(len(s.pending), len(open))]))
}

func (s *Splitter) skipThought(final bool) bool {
	const end = "</think>"
	if _, after, ok := bytes.Cut(s.pending, []byte(end)); ok {
		s.pending, s.skip = after, nil
		return true
	}
	keep := min(len(s.pending), len(end)-1)
	if final {
		keep = 0
	}
	s.pending = s.pending[len(s.pending)-keep:]
	return false
}

// opensCode looks for the fence of a block of code. Three backticks that a fourth follows on the same line are no
// fence: they mark code within a sentence.
func (s *Splitter) opensCode(final bool) bool {
	mark := s.pending[0]
	if mark != '`' && mark != '~' {
		return true
	}
	run := len(s.pending) - len(bytes.TrimLeft(s.pending, string(mark)))
	if run == len(s.pending) && !final && run < maxPiece {
		return false
	}
	if run < 3 {
		return true
	}
	line, _, ended := bytes.Cut(s.pending[:min(len(s.pending), maxPiece)], []byte("\n"))
	if !ended && !final && len(s.pending) < maxPiece {
		return false
	}
	if !ended && !final || mark == '`' && bytes.IndexByte(line[min(run, len(line)):], '`') >= 0 {
		return true
	}
	s.fence = strings.Repeat(string(mark), run)
	s.pending = s.pending[min(len(line)+1, len(s.pending)):]
	s.skip = (*Splitter).skipCode
	return true
}

// skipCode drops a line of a block of code, and ends with the block.
func (s *Splitter) skipCode(final bool) bool {
	line, after, ended := bytes.Cut(s.pending, []byte("\n"))
	text := bytes.TrimSpace(line)
	closes := len(text) >= len(s.fence) && len(bytes.Trim(text, s.fence[:1])) == 0
	switch {
	case closes && (ended || final):
		s.skip = nil
	case !ended && len(bytes.Trim(text, s.fence[:1])) > 0:
		s.skip = (*Splitter).skipLine // it is no fence whatever follows, and may be long
		return true
	case !ended && !final:
		return false
	}
	s.pending = after
	return ended
}

// skipLine drops the rest of a line of a block of code.
func (s *Splitter) skipLine(bool) bool {
	_, after, ended := bytes.Cut(s.pending, []byte("\n"))
	s.pending = after
	if ended {
		s.skip = (*Splitter).skipCode
	}
	return ended
}

// skipWord drops what is left of a URL that was longer than a piece.
func (s *Splitter) skipWord(bool) bool {
	i := bytes.IndexFunc(s.pending, unicode.IsSpace)
	if i < 0 {
		s.pending = nil
		return false
	}
	s.pending, s.skip = s.pending[i:], nil
	return true
}

// piece takes a sentence off what is pending, if it is whole.
func (s *Splitter) piece(final bool) (string, bool) {
	text := s.pending
	if !final {
		text = text[:fullRunes(text)]
	}
	sc := scanner{text: text, final: final, fresh: !s.began}
	end := sc.sentence()
	if end < 0 {
		return "", false
	}
	piece := string(text[:end])
	s.pending = slices.Clone(s.pending[end:])
	s.began = text[end-1] != '\n'
	if sc.cutWord && strings.Contains(piece[strings.LastIndexFunc(piece, unicode.IsSpace)+1:], "://") {
		s.skip = (*Splitter).skipWord
	}
	return piece, true
}

// fullRunes is how much of a text is whole characters, or none whatever follows.
func fullRunes(text []byte) int {
	for i := max(0, len(text)-utf8.UTFMax+1); i < len(text); i++ {
		if utf8.RuneStart(text[i]) && !utf8.FullRune(text[i:]) {
			return i
		}
	}
	return len(text)
}

// scanner looks for the end of the first sentence of a text.
type scanner struct {
	text    []byte
	final   bool // nothing follows
	fresh   bool // the text begins a line
	code    int  // how many backticks opened the code that the scan is in; 0 outside
	link    int  // how many brackets the scan is in of a link's target; 0 outside
	cutWord bool // the end is within a word
}

// sentence is where the first sentence ends; -1 where that is still to come.
func (sc *scanner) sentence() int {
	space := 0 // the end of the latest space
	for i := 0; i < len(sc.text); {
		if i >= maxPiece {
			if space > 0 {
				return space
			}
			sc.cutWord = true
			return i
		}
		r, size := utf8.DecodeRune(sc.text[i:])
		next := i + size
		switch {
		case r == '\n':
			return next
		case r == '\\' && next < len(sc.text) && sc.text[next] != '\n':
			next++
		case r == '`':
			if next = i + run(sc.text[i:], "`"); next == len(sc.text) && !sc.final {
				return -1
			}
			sc.tick(next - i)
		case r == '(' && (sc.link > 0 || i > 0 && sc.text[i-1] == ']'):
			sc.link++
		case r == ')' && sc.link > 0:
			sc.link--
		case unicode.IsSpace(r):
			space = next
		}
		if sc.code == 0 && sc.link == 0 {
			switch end := sc.endsAt(i, r); {
			case end == unknown:
				return -1
			case end > 0:
				return end
			}
		}
		i = next
	}
	if sc.final && len(sc.text) > 0 {
		return len(sc.text)
	}
	return -1
}

// tick opens or closes code within a sentence.
func (sc *scanner) tick(n int) {
	switch sc.code {
	case 0:
		sc.code = n
	case n:
		sc.code = 0
	}
}

// unknown says that more has to come to tell.
const unknown = -1

const (
	stops     = ".!?…"
	wideStops = "。！？" // no space follows these
	clauses   = ",;:—、，；："
	closers   = `)]}"'”’»*_` + "」』"
)

// endsAt is where the sentence ends that the character at i ends; 0 where it ends none.
func (sc *scanner) endsAt(i int, r rune) int {
	stop := strings.ContainsRune(stops+wideStops, r)
	if !stop && (i < longPiece || !strings.ContainsRune(clauses, r)) {
		return 0
	}
	end := i + utf8.RuneLen(r)
	if stop {
		end += run(sc.text[end:], stops+wideStops)
	}
	end += run(sc.text[end:], closers)
	if end-i > longPiece {
		return 0 // a line of dots rather than an end
	}
	if end == len(sc.text) {
		if sc.final {
			return end
		}
		return unknown
	}
	follows, _ := utf8.DecodeRune(sc.text[end:])
	switch {
	case strings.ContainsRune(wideStops, r) || r > unicode.MaxLatin1 && strings.ContainsRune("、，；：", r):
		return end
	case !unicode.IsSpace(follows) && !pictured(follows):
		return 0
	case stop && !sc.ends(i, r):
		return 0
	}
	return end
}

// abbreviations are words that a full stop follows within a sentence, besides single letters and what has full stops
// within. None is a word that ends sentences too, such as "no.".
var abbreviations = []string{
	"approx", "bspw", "bzw", "ca", "capt", "cf", "col", "dept", "dr", "est", "etc", "evtl", "fig", "gen", "ggf", "hr",
	"jr", "lt", "mr", "mrs", "ms", "mt", "nr", "prof", "resp", "rev", "sen", "sgt", "sr", "st", "usw", "vgl", "vol", "vs",
}

// ends tells whether a stop that a space follows ends a sentence.
func (sc *scanner) ends(i int, r rune) bool {
	if r != '.' {
		return r != '…'
	}
	if i+1 < len(sc.text) && sc.text[i+1] == '.' || i > 0 && sc.text[i-1] == '.' {
		return false // three of them are a pause
	}
	from := bytes.LastIndexFunc(sc.text[:i], unicode.IsSpace) + 1
	word := bytes.TrimLeftFunc(sc.text[from:i], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	switch {
	case len(word) == 0:
		return true
	case sc.fresh && from == 0 && len(bytes.Trim(word, "0123456789")) == 0:
		return false // the number of an item in a list
	case utf8.RuneCount(word) == 1:
		return !unicode.IsLetter(rune(word[0])) || word[0] == 'I'
	}
	return !dotted(word) && !slices.Contains(abbreviations, strings.ToLower(string(word)))
}

// dotted tells whether a word is single letters with full stops between, as in "e.g".
func dotted(word []byte) bool {
	parts := bytes.Split(word, []byte("."))
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(p []byte) bool {
		r, size := utf8.DecodeRune(p)
		return size != len(p) || !unicode.IsLetter(r)
	})
}

// run is how many bytes at the start of a text are characters of the set.
func run(text []byte, set string) int {
	return len(text) - len(bytes.TrimLeft(text, set))
}

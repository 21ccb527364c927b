package scenario

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// checkBoundsJSON is checkBounds for a file in JSON syntax, where every text is also a template.
func checkBoundsJSON(src []byte, filename string) hcl.Diagnostics {
	if diags := checkFileSize(src, filename); diags.HasErrors() {
		return diags
	}
	var found *hcl.Diagnostic
	tokens := 0
	scan := jsonScan{src: src, pos: hcl.InitialPos}
	scan.text = func(key, text string, rng hcl.Range) error {
		inner := rng.Start
		inner.Column, inner.Byte = inner.Column+1, inner.Byte+1
		lexed, _ := hclsyntax.LexTemplate([]byte(text), filename, inner)
		if tokens += len(lexed); tokens > maxTokens {
			found = problemAt(rng, "File too large", fmt.Sprintf("A scenario file has at most %d words and signs.", maxTokens))
			return errOutOfBounds
		}
		diags := checkTokens(lexed)
		if key == "type" && !diags.HasErrors() { // a type is read as an expression
			lexed, _ = hclsyntax.LexExpression([]byte(text), filename, inner)
			diags = checkTokens(lexed)
		}
		if len(diags) == 0 {
			return nil
		}
		found = diags[0]
		if rng.End.Byte-rng.Start.Byte != len(text)+2 { // escapes: places within the text are not those of the file
			found.Subject = &rng
		}
		return errOutOfBounds
	}
	err := scan.run()
	switch {
	case err == nil:
		return nil
	case found == nil:
		found = problemAt(scan.rng(scan.at, scan.at+1), "Out of bounds", fmt.Sprintf("The file %s.", err))
	}
	found.Subject.Filename = filename
	return hcl.Diagnostics{found}
}

var errOutOfBounds = errors.New("is out of bounds")

// jsonScan goes through JSON, right or wrong, without recursion, and stops at what is out of bounds. It takes texts and
// numbers for what HCL's own scanner takes them for.
type jsonScan struct {
	src []byte
	// text is called for each text with the key of the object that it is a value of, and with its range.
	text func(key, text string, rng hcl.Range) error
	// values counts what stands in lists and objects.
	values int

	// at is the byte where the scan is; pos is the last place in its line whose column was counted.
	at, depth int
	pos       hcl.Pos
	key       string
}

func (s *jsonScan) run() error {
	for s.at < len(s.src) {
		c := s.src[s.at]
		switch {
		case c == '\n':
			s.pos = hcl.Pos{Line: s.pos.Line + 1, Column: 1, Byte: s.at + 1}
		case c == '{' || c == '[':
			if s.depth++; s.depth > maxDepth {
				return fmt.Errorf("has lists and objects that are nested more than %d deep", maxDepth)
			}
			s.values++
		case c == '}' || c == ']':
			s.depth--
		case c == ',':
			s.values++
		case c == '"':
			if err := s.string(); err != nil {
				return err
			}
			continue
		case c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.':
			if err := s.number(); err != nil {
				return err
			}
			continue
		}
		s.at++
	}
	return nil
}

// string passes over a text.
func (s *jsonScan) string() error {
	start := s.at
	escaped := false
	for s.at++; s.at < len(s.src); s.at++ {
		c := s.src[s.at]
		if c == '"' && !escaped {
			s.at++
			break
		}
		if c < ' ' {
			break
		}
		escaped = c == '\\' && !escaped
	}
	if s.text == nil {
		return nil
	}
	var text string
	if json.Unmarshal(s.src[start:s.at], &text) != nil {
		return nil // the parser says so
	}
	key := s.key
	s.key = text
	return s.text(key, text, s.rng(start, s.at))
}

func (s *jsonScan) number() error {
	start := s.at
	for s.at < len(s.src) && (s.src[s.at] >= '0' && s.src[s.at] <= '9' || s.src[s.at] == '-' || s.src[s.at] == '+' || s.src[s.at] == '.' || s.src[s.at]|0x20 == 'e') {
		s.at++
	}
	if numberInBounds(string(s.src[start:s.at])) {
		return nil
	}
	s.at = start
	return fmt.Errorf("has a number of more than %d characters, or with an exponent beyond %d", maxNumber, maxExponent)
}

// rng is a range that begins at or after the last one. Its columns count characters.
func (s *jsonScan) rng(from, to int) hcl.Range {
	return hcl.Range{Start: s.position(from), End: s.position(to)}
}

func (s *jsonScan) position(at int) hcl.Pos {
	at = min(at, len(s.src))
	s.pos.Column += utf8.RuneCount(s.src[s.pos.Byte:at])
	s.pos.Byte = at
	return s.pos
}

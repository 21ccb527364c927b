package chat

import (
	"unicode/utf16"
	"unicode/utf8"
)

// cursor walks over one JSON text without allocating. It accepts exactly what encoding/json accepts; after a fault it
// stands still and bad is set.
type cursor struct {
	b     []byte
	i     int
	depth int
	bad   bool
	// scratch holds the current key where it was written with escapes.
	scratch []byte
}

// maxDepth is encoding/json's bound on nesting.
const maxDepth = 10000

// text is a JSON string as it stands between its quotes.
type text struct {
	raw     []byte
	escaped bool
}

// appendTo appends the string's value to dst.
func (t text) appendTo(dst []byte) []byte {
	if !t.escaped {
		return append(dst, t.raw...)
	}
	return unescape(dst, t.raw)
}

func (c *cursor) fail() { c.bad, c.i = true, len(c.b) }

// next is the byte at the cursor after white space; 0 at the end.
func (c *cursor) next() byte {
	for c.i < len(c.b) {
		switch ch := c.b[c.i]; ch {
		case ' ', '\t', '\n', '\r':
			c.i++
		default:
			return ch
		}
	}
	return 0
}

// enter steps into an object or an array where one begins with open here; else it skips the value.
func (c *cursor) enter(open byte) bool {
	if c.next() != open {
		c.skip()
		return false
	}
	return c.deeper()
}

func (c *cursor) deeper() bool {
	c.i++
	if c.depth++; c.depth > maxDepth {
		c.fail()
		return false
	}
	return true
}

// more steps to the next element of the array or object that shuts with end, and out of it after the last.
func (c *cursor) more(first bool, end byte) bool {
	switch ch := c.next(); {
	case c.bad:
		return false
	case ch == end:
		c.i++
		c.depth--
		return false
	case first:
		return true
	case ch == ',':
		c.i++
		if c.next() == end { // a comma before the end
			c.fail()
		}
		return !c.bad
	}
	c.fail()
	return false
}

// member steps to the next member of the object and returns its key, valid until the next call; false at the end.
func (c *cursor) member(first bool) ([]byte, bool) {
	if !c.more(first, '}') {
		return nil, false
	}
	key := c.str()
	if c.next() != ':' {
		c.fail()
	}
	if c.bad {
		return nil, false
	}
	c.i++
	if key.escaped {
		c.scratch = unescape(c.scratch[:0], key.raw)
		return c.scratch, true
	}
	return key.raw, true
}

// str reads the string that must begin here.
func (c *cursor) str() text {
	if c.next() != '"' {
		c.fail()
		return text{}
	}
	c.i++
	start, escaped := c.i, false
	for c.i < len(c.b) {
		switch ch := c.b[c.i]; {
		case ch == '"':
			c.i++
			return text{c.b[start : c.i-1], escaped}
		case ch == '\\':
			escaped = true
			if !c.escape() {
				c.fail()
				return text{}
			}
		case ch < 0x20:
			c.fail()
			return text{}
		default:
			c.i++
		}
	}
	c.fail()
	return text{}
}

// escape steps over one escape sequence.
func (c *cursor) escape() bool {
	if c.i+1 >= len(c.b) {
		return false
	}
	switch c.b[c.i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		c.i += 2
		return true
	case 'u':
		if _, ok := hex4(c.b[c.i+2:]); ok {
			c.i += 6
			return true
		}
	}
	return false
}

// text reads a string; a value of another type is skipped and gives none.
func (c *cursor) text() text {
	if c.next() == '"' {
		return c.str()
	}
	c.skip()
	return text{}
}

// raw skips the value and returns it as it stands.
func (c *cursor) raw() []byte {
	c.next()
	start := c.i
	c.skip()
	if c.bad {
		return nil
	}
	return c.b[start:c.i]
}

// count reads a whole number that is not negative and has at most 15 digits; other values are skipped and give -1.
func (c *cursor) count() int {
	raw := c.raw()
	if len(raw) == 0 || len(raw) > 15 {
		return -1
	}
	n := 0
	for _, ch := range raw {
		if ch < '0' || ch > '9' {
			return -1
		}
		n = n*10 + int(ch-'0')
	}
	return n
}

// skip steps over one value of any type.
func (c *cursor) skip() {
	switch ch := c.next(); ch {
	case '"':
		c.str()
	case '{':
		if c.deeper() {
			for _, more := c.member(true); more; _, more = c.member(false) {
				c.skip()
			}
		}
	case '[':
		if c.deeper() {
			for more := c.more(true, ']'); more; more = c.more(false, ']') {
				c.skip()
			}
		}
	case 't':
		c.word("true")
	case 'f':
		c.word("false")
	case 'n':
		c.word("null")
	default:
		c.number()
	}
}

func (c *cursor) word(w string) {
	if len(c.b)-c.i < len(w) || string(c.b[c.i:c.i+len(w)]) != w {
		c.fail()
		return
	}
	c.i += len(w)
}

// number steps over a number as JSON's grammar has it.
func (c *cursor) number() {
	if c.i < len(c.b) && c.b[c.i] == '-' {
		c.i++
	}
	if c.i < len(c.b) && c.b[c.i] == '0' {
		c.i++
	} else if !c.digits() {
		return
	}
	if c.i < len(c.b) && c.b[c.i] == '.' {
		c.i++
		if !c.digits() {
			return
		}
	}
	if c.i < len(c.b) && (c.b[c.i] == 'e' || c.b[c.i] == 'E') {
		c.i++
		if c.i < len(c.b) && (c.b[c.i] == '+' || c.b[c.i] == '-') {
			c.i++
		}
		c.digits()
	}
}

// digits steps over one or more digits; none is a fault.
func (c *cursor) digits() bool {
	start := c.i
	for c.i < len(c.b) && c.b[c.i] >= '0' && c.b[c.i] <= '9' {
		c.i++
	}
	if c.i == start {
		c.fail()
		return false
	}
	return true
}

// end reports whether nothing but white space is left, and nothing was at fault.
func (c *cursor) end() bool { return c.next() == 0 && c.i == len(c.b) && !c.bad }

// unescape appends the value of a well-formed JSON string to dst. Half a surrogate pair becomes U+FFFD; bytes that are
// not UTF-8 stay as they are.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			dst = append(dst, raw[i])
			i++
			continue
		}
		switch ch := raw[i+1]; ch {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, size := escapedRune(raw[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
			continue
		default:
			dst = append(dst, ch)
		}
		i += 2
	}
	return dst
}

// escapedRune reads \uXXXX, and the second half of a surrogate pair after it.
func escapedRune(raw []byte) (r rune, size int) {
	r, _ = hex4(raw[2:])
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
		low, _ := hex4(raw[8:])
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

// hex4 reads four hexadecimal digits.
func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, ch := range b[:4] {
		switch {
		case ch >= '0' && ch <= '9':
			ch -= '0'
		case ch >= 'a' && ch <= 'f':
			ch -= 'a' - 10
		case ch >= 'A' && ch <= 'F':
			ch -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(ch)
	}
	return r, true
}

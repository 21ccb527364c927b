package scenario

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// An evaluation cannot be cancelled and the parser recurses as deep as its input, so that what a file may ask for is
// bounded before it is parsed, on its tokens: the scanner alone takes time and memory in proportion to its input.
const (
	// maxFileSize bounds a scenario file, in bytes; longer texts stand in files of their own.
	maxFileSize = 1 << 20
	// maxWords bounds the words and signs of all files together: a token takes some hundred bytes of memory.
	maxWords = 250_000
	// maxTokens bounds the tokens of one file.
	maxTokens = 100_000
	// maxDepth bounds how deep expressions, templates and blocks stand within each other.
	maxDepth = 100
	// maxChain bounds the operators of one expression, which nest in each other though nothing in the text shows it.
	maxChain = 200
	// maxUnary bounds how many signs stand before one operand.
	maxUnary = 16
	// maxLines bounds the lines of a text, which the parser puts together one by one.
	maxLines = 2000
	// maxForDepth bounds how deep one `for` stands within another.
	maxForDepth = 2
	// maxNumber bounds the characters of a number, and maxExponent its exponent, to what a float64 can say.
	maxNumber, maxExponent = 400, 308
)

// checkBounds refuses a file in the native syntax that would take too long, or too much memory, to parse and to
// evaluate.
func checkBounds(src []byte, filename string) hcl.Diagnostics {
	if diags := checkFileSize(src, filename); diags.HasErrors() {
		return diags
	}
	tokens, _ := hclsyntax.LexConfig(src, filename, hcl.InitialPos) // the parser says what is wrong with them
	return checkTokens(tokens)
}

func checkFileSize(src []byte, filename string) hcl.Diagnostics {
	start := hcl.Range{Filename: filename, Start: hcl.InitialPos, End: hcl.InitialPos}
	if len(src) > maxFileSize {
		return hcl.Diagnostics{problemAt(start, "File too large", fmt.Sprintf("A scenario file has at most %d bytes. Long texts can stand in files of their own, which file() reads.", maxFileSize))}
	}
	if countWords(src) > maxWords {
		return hcl.Diagnostics{problemAt(start, "File too large", fmt.Sprintf("A scenario has at most %d words and signs.", maxWords))}
	}
	return nil
}

// countWords counts words and single signs, of which there are at least as many as tokens.
func countWords(src []byte) int {
	n, inWord := 0, false
	for _, c := range src {
		word := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
		if !word && c != ' ' && c != '\t' || word && !inWord {
			n++
		}
		inWord = word
	}
	return n
}

// checkTokens holds tokens to the bounds. It says the first thing that is too much.
func checkTokens(tokens hclsyntax.Tokens) hcl.Diagnostics {
	if len(tokens) > maxTokens {
		return hcl.Diagnostics{problemAt(tokens[maxTokens].Range, "File too large", fmt.Sprintf("A scenario file has at most %d words and signs.", maxTokens))}
	}
	c := tokenCheck{stack: []nesting{{lines: true}}}
	for i, token := range tokens {
		if diag := c.token(token, tokens[i+1:]); diag != nil {
			return hcl.Diagnostics{diag}
		}
	}
	return nil
}

// nesting is one level of what stands within each other.
type nesting struct {
	// closer is the token that ends the level.
	closer hclsyntax.TokenType
	// lines: a line end ends an expression here.
	lines bool
	// loop: a `for`.
	loop bool
	// chain counts the operators of the present expression, choices those of them that are `?`.
	chain, choices int
	// literals counts the pieces of a text.
	literals int
}

// directive closes a template's `%{ if }` or `%{ for }`, for which there is no token.
const directive = hclsyntax.TokenNil

var closers = map[hclsyntax.TokenType]hclsyntax.TokenType{
	hclsyntax.TokenOBrace: hclsyntax.TokenCBrace, hclsyntax.TokenOBrack: hclsyntax.TokenCBrack, hclsyntax.TokenOParen: hclsyntax.TokenCParen,
	hclsyntax.TokenOQuote: hclsyntax.TokenCQuote, hclsyntax.TokenOHeredoc: hclsyntax.TokenCHeredoc,
	hclsyntax.TokenTemplateInterp: hclsyntax.TokenTemplateSeqEnd, hclsyntax.TokenTemplateControl: hclsyntax.TokenTemplateSeqEnd,
}

// tokenCheck follows the nesting of a file.
type tokenCheck struct {
	stack []nesting
	unary int
	// total sums chain and choices over the stack.
	chain, choices int
	// last is the token before, line ends and comments aside.
	last hclsyntax.TokenType
}

func (c *tokenCheck) top() *nesting { return &c.stack[len(c.stack)-1] }

func (c *tokenCheck) token(token hclsyntax.Token, rest hclsyntax.Tokens) *hcl.Diagnostic {
	c.countUnary(token)
	switch token.Type {
	case hclsyntax.TokenComment:
		return nil
	case hclsyntax.TokenNewline:
		if c.top().lines {
			c.endExpression()
		}
		return nil
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc,
		hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		c.open(token, rest)
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
		c.close(token.Type)
	case hclsyntax.TokenComma:
		c.endExpression()
	case hclsyntax.TokenStringLit, hclsyntax.TokenQuotedLit:
		c.top().literals++
	case hclsyntax.TokenNumberLit:
		if diag := checkNumber(token.Bytes, token.Range); diag != nil {
			return diag
		}
	default:
		c.operator(token.Type)
	}
	c.last = token.Type
	return c.tooMuch(token)
}

func (c *tokenCheck) countUnary(token hclsyntax.Token) {
	switch token.Type {
	case hclsyntax.TokenBang, hclsyntax.TokenMinus:
		c.unary++
	case hclsyntax.TokenNewline, hclsyntax.TokenComment:
	default:
		c.unary = 0
	}
}

func (c *tokenCheck) operator(ty hclsyntax.TokenType) {
	switch ty {
	case hclsyntax.TokenQuestion:
		c.top().choices++
		c.choices++
	case hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenPercent, hclsyntax.TokenEqualOp,
		hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq,
		hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenDot:
		c.top().chain++
		c.chain++
	}
}

// endExpression begins a new expression on the same level.
func (c *tokenCheck) endExpression() {
	n := c.top()
	c.chain, c.choices = c.chain-n.chain, c.choices-n.choices
	n.chain, n.choices = 0, 0
}

func (c *tokenCheck) open(token hclsyntax.Token, rest hclsyntax.Tokens) {
	if token.Type == hclsyntax.TokenOBrack { // an index nests what it stands behind
		c.top().chain++
		c.chain++
	}
	word := firstWord(rest)
	n := nesting{closer: closers[token.Type], lines: token.Type == hclsyntax.TokenOBrace && word != "for"}
	n.loop = word == "for" && (token.Type == hclsyntax.TokenOBrace || token.Type == hclsyntax.TokenOBrack)
	if token.Type == hclsyntax.TokenTemplateControl {
		switch word {
		case "if", "for":
			c.stack = append(c.stack, nesting{closer: directive, loop: word == "for"})
		case "endif", "endfor":
			if c.top().closer == directive {
				c.pop()
			}
		}
	}
	c.stack = append(c.stack, n)
}

// firstWord is the first token if it is a name; line ends and comments are passed over.
func firstWord(tokens hclsyntax.Tokens) string {
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenIdent:
			return string(t.Bytes)
		case hclsyntax.TokenNewline, hclsyntax.TokenComment:
		default:
			return ""
		}
	}
	return ""
}

// close ends the innermost level that ty closes. A closer of nothing is ignored: the parser gives up there.
func (c *tokenCheck) close(ty hclsyntax.TokenType) {
	for i := len(c.stack) - 1; i > 0; i-- {
		if c.stack[i].closer == ty {
			for len(c.stack) > i {
				c.pop()
			}
			return
		}
	}
}

func (c *tokenCheck) pop() {
	c.endExpression()
	c.stack = c.stack[:len(c.stack)-1]
}

func (c *tokenCheck) tooMuch(token hclsyntax.Token) *hcl.Diagnostic {
	switch loops := c.loops(); {
	case len(c.stack)-1+c.choices > maxDepth:
		return problemAt(token.Range, "Nested too deep", fmt.Sprintf("Blocks, expressions and templates stand at most %d deep in each other.", maxDepth))
	case c.chain > maxChain:
		return problemAt(token.Range, "Expression too long", fmt.Sprintf("An expression has at most %d operators. Locals can hold parts of it.", maxChain))
	case c.top().literals > maxLines:
		return problemAt(token.Range, "Text too long", fmt.Sprintf("A text in a scenario has at most %d lines. A longer one can stand in a file of its own, which file() reads.", maxLines))
	case c.unary > maxUnary:
		return problemAt(token.Range, "Too many signs", fmt.Sprintf("At most %d signs stand before one operand.", maxUnary))
	case loops > maxForDepth:
		return problemAt(token.Range, "Loops nested too deep", fmt.Sprintf("A for stands at most %d deep: in another, but in no third. A local can hold the inner list.", maxForDepth))
	}
	return nil
}

func (c *tokenCheck) loops() int {
	loops := 0
	for _, n := range c.stack {
		if n.loop {
			loops++
		}
	}
	return loops
}

// checkNumber refuses numbers whose digits would take memory and time without end.
func checkNumber(text []byte, rng hcl.Range) *hcl.Diagnostic {
	if numberInBounds(string(text)) {
		return nil
	}
	return problemAt(rng, "Number out of bounds", fmt.Sprintf("A number has at most %d characters, and an exponent from -%d to %d.", maxNumber, maxExponent, maxExponent))
}

// numberInBounds looks at a number's text, right or not.
func numberInBounds(text string) bool {
	if len(text) > maxNumber {
		return false
	}
	i := strings.IndexAny(text, "eE")
	if i < 0 {
		return true
	}
	exponent, err := strconv.Atoi(strings.TrimPrefix(text[i+1:], "+"))
	return err != nil && !isDigits(text[i+1:]) || err == nil && exponent >= -maxExponent && exponent <= maxExponent
}

// isDigits reports whether text is a whole number, perhaps too long for an int.
func isDigits(text string) bool {
	text = strings.TrimLeft(text, "+-")
	return text != "" && strings.Trim(text, "0123456789") == ""
}

package acceptance

import (
	"fmt"
	"regexp"
	"strings"
)

// expression is a sentence with parameters.
type expression struct {
	text   string
	re     *regexp.Regexp
	params []*Parameter
}

// compile makes an expression ready. One that is not right is a mistake of this package.
func compile(text string) *expression {
	e := &expression{text: text}
	var b strings.Builder
	b.WriteString("^")
	for rest := text; rest != ""; {
		i := strings.IndexAny(rest, "{(")
		if i < 0 {
			b.WriteString(literal(rest))
			break
		}
		b.WriteString(literal(rest[:i]))
		end := map[byte]string{'{': "}", '(': ")"}[rest[i]]
		inner, after, _ := strings.Cut(rest[i+1:], end)
		if rest[i] == '(' {
			b.WriteString("(?:" + regexp.QuoteMeta(inner) + ")?")
		} else {
			p := parameter(inner)
			e.params = append(e.params, p)
			b.WriteString("(" + p.Pattern + ")")
		}
		rest = after
	}
	b.WriteString("$")
	e.re = regexp.MustCompile(b.String())
	return e
}

var alternatives = regexp.MustCompile(`\w+(?:/\w+)+`)

// literal is the pattern of a text, in which one of several words may be written: say/ask.
func literal(text string) string {
	return alternatives.ReplaceAllStringFunc(regexp.QuoteMeta(text), func(words string) string {
		return "(?:" + strings.ReplaceAll(words, "/", "|") + ")"
	})
}

// match takes a sentence apart. ok says that it is of this form; the error is that of a value that means nothing.
func (e *expression) match(sentence string) (values []any, ok bool, err error) {
	groups := e.re.FindStringSubmatch(sentence)
	if groups == nil {
		return nil, false, nil
	}
	for i, p := range e.params {
		v, wrong := p.parse(groups[i+1])
		if wrong != nil && err == nil {
			err = fmt.Errorf("%s: %w", groups[i+1], wrong)
		}
		values = append(values, v)
	}
	return values, true, err
}

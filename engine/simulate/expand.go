package simulate

import (
	"encoding/json"
	"regexp"
)

// match is where a rule's expression was found; without one there is nothing to expand.
type match struct {
	rule *regexp.Regexp
	text string
	at   []int
}

// expand puts the match into a text that refers to it by $1 or ${name}.
func (m match) expand(text string) string {
	if m.rule == nil {
		return text
	}
	return string(m.rule.ExpandString(nil, text, m.text, m.at))
}

// expandJSON does so within JSON, where the match stands in a string.
func (m match) expandJSON(text string) string {
	if m.rule == nil {
		return text
	}
	escaped := match{rule: m.rule, at: make([]int, len(m.at))}
	for i := 0; i+1 < len(m.at); i += 2 {
		if m.at[i] < 0 { // the group took no part
			escaped.at[i], escaped.at[i+1] = -1, -1
			continue
		}
		quoted, err := json.Marshal(m.text[m.at[i]:m.at[i+1]])
		if err != nil { // strings always encode
			panic(err)
		}
		escaped.at[i] = len(escaped.text)
		escaped.text += string(quoted[1 : len(quoted)-1])
		escaped.at[i+1] = len(escaped.text)
	}
	return escaped.expand(text)
}

package simulate

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

var (
	reKeys = regexp.MustCompile(`(?i)\bas json with (?:the )?(?:keys?|fields?) ([\p{L}\p{N}_ ,]+)`)
	reKey  = regexp.MustCompile(`[\p{L}_][\p{L}\p{N}_]*`)
)

// structured is a JSON value that satisfies the request's format.
func structured(q *request) string {
	if len(q.schema) > 0 {
		return fulfil(q.schema, q)
	}
	if keys := askedKeys(heard(q.last("user"))); len(keys) > 0 {
		return objectOf(keys, q)
	}
	return `{"answer": ` + quote(speech(q, "a simulator")) + `}`
}

// askedKeys are the keys that a prompt asks for in words.
func askedKeys(prompt string) []string {
	found := reKeys.FindStringSubmatch(prompt)
	if found == nil {
		return nil
	}
	var keys []string
	for _, key := range reKey.FindAllString(found[1], 64) {
		if key != "and" {
			keys = append(keys, key)
		}
	}
	return keys
}

// objectOf is an object of those keys, with the numbers that the conversation gives them.
func objectOf(keys []string, q *request) string {
	members := make([]string, len(keys))
	for i, key := range keys {
		value := quote(word(key, q))
		if n, ok := mentioned(key, q); ok {
			value = strconv.FormatFloat(n, 'f', -1, 64)
		}
		members[i] = quote(key) + ": " + value
	}
	return "{" + strings.Join(members, ", ") + "}"
}

// mentioned is the number that stands after the key in what the user said last, as in "room 12".
func mentioned(key string, q *request) (float64, bool) {
	text := heard(q.last("user"))
	lower, wanted := strings.ToLower(text), strings.ToLower(strings.ReplaceAll(key, "_", " "))
	if len(lower) != len(text) || wanted == "" { // a few letters change their length
		return 0, false
	}
	for from := 0; ; {
		i := strings.Index(lower[from:], wanted)
		if i < 0 {
			return 0, false
		}
		from += i + len(wanted)
		rest := strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(lower[from:], " :="), "is "), " #")
		end := run(rest, 15, func(r rune) bool { return r >= '0' && r <= '9' || r == '.' || r == '-' })
		if n, err := strconv.ParseFloat(strings.TrimRight(rest[:end], "."), 64); err == nil {
			return n, true
		}
	}
}

// word is a text for a key: the person's name where that is asked for and known.
func word(key string, q *request) string {
	if s := (&speaker{q: q}); strings.EqualFold(key, "name") {
		if name := s.introduced(); name != "" {
			return name
		}
	}
	return "some " + strings.ReplaceAll(key, "_", " ")
}

// quote writes a text as a JSON string.
func quote(text string) string {
	b, err := json.Marshal(text)
	if err != nil { // strings always encode
		panic(err)
	}
	return string(b)
}

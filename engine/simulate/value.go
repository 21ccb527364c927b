package simulate

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

const (
	// deepestValue is how far values are nested; what is deeper is null.
	deepestValue = 24
	// largestValue is how many values are made for one schema, and largestJSON how many bytes; what is further is null.
	largestValue = 4096
	largestJSON  = 1 << 20
)

// fulfil is a value that satisfies the schema, as far as the endpoint understands it; {} where there is none.
func fulfil(raw json.RawMessage, q *request) string {
	root := &schema{}
	if !absent(raw) {
		if parsed, err := parseSchema(raw); err == nil {
			root = parsed
		}
	}
	if len(root.Type) == 0 && root.Properties == nil && root.plain() {
		return "{}"
	}
	w := &valueWriter{root: root, q: q}
	w.value(root, "", 0)
	return w.out.String()
}

// plain reports whether the schema has no other keyword that determines a value.
func (s *schema) plain() bool {
	return s.Const == nil && s.Enum == nil && s.Ref == "" && s.AnyOf == nil && s.OneOf == nil && s.AllOf == nil &&
		s.Items == nil && s.Default == nil && s.Examples == nil
}

// resolve follows a reference within the schema, and takes the first of alternatives.
func (w *valueWriter) resolve(s *schema) *schema {
	for range deepestValue {
		next := w.step(s)
		if next == nil {
			return s
		}
		s = next
	}
	return &schema{}
}

func (w *valueWriter) step(s *schema) *schema {
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		return w.root.Defs[name]
	}
	if name, ok := strings.CutPrefix(s.Ref, "#/definitions/"); ok {
		return w.root.Definitions[name]
	}
	if s.Ref == "#" {
		return w.root
	}
	for _, of := range [][]*schema{s.AnyOf, s.OneOf, s.AllOf} {
		if len(of) > 0 && s.Properties == nil {
			return of[0]
		}
	}
	return nil
}

// valueWriter writes a value that satisfies a schema.
type valueWriter struct {
	root *schema
	q    *request
	out  strings.Builder
	// made counts the values.
	made int
}

// value writes one value; key is the property it is for.
func (w *valueWriter) value(s *schema, key string, depth int) {
	w.made++
	if s == nil || depth > deepestValue || w.made > largestValue || w.out.Len() > largestJSON {
		w.out.WriteString("null")
		return
	}
	s = w.resolve(s)
	switch {
	case s.Const != nil:
		w.out.Write(s.Const)
	case len(s.Enum) > 0:
		w.out.Write(s.Enum[0])
	case s.Default != nil:
		w.out.Write(s.Default)
	case len(s.Examples) > 0:
		w.out.Write(s.Examples[0])
	default:
		w.typed(s, key, depth)
	}
}

func (w *valueWriter) typed(s *schema, key string, depth int) {
	switch s.kind() {
	case "object":
		w.object(s, depth)
	case "array":
		w.array(s, key, depth)
	case "integer":
		w.out.WriteString(s.number(key, w.q, true))
	case "number":
		w.out.WriteString(s.number(key, w.q, false))
	case "boolean":
		w.out.WriteString("true")
	case "null":
		w.out.WriteString("null")
	default:
		w.out.WriteString(quote(s.text(key, w.q)))
	}
}

// kind is the type of the value to make.
func (s *schema) kind() string {
	for _, t := range s.Type {
		if t != "null" {
			return t
		}
	}
	switch {
	case len(s.Type) > 0:
		return "null"
	case s.Properties != nil || s.Required != nil:
		return "object"
	case s.Items != nil || s.PrefixItems != nil:
		return "array"
	case s.Minimum != nil || s.Maximum != nil || s.MultipleOf != 0:
		return "number"
	}
	return "string"
}

func (w *valueWriter) object(s *schema, depth int) {
	w.out.WriteByte('{')
	first := true
	member := func(name string, of *schema) {
		if !first {
			w.out.WriteString(", ")
		}
		first = false
		w.out.WriteString(quote(name) + ": ")
		w.value(of, name, depth+1)
	}
	known := make(map[string]bool)
	for _, p := range s.Properties {
		known[p.name] = true
		if depth < deepestValue/2 || s.requires(p.name) { // a schema that refers to itself has to end somewhere
			member(p.name, p.schema)
		}
	}
	for _, name := range s.Required {
		if !known[name] {
			known[name] = true
			member(name, &schema{})
		}
	}
	w.out.WriteByte('}')
}

func (s *schema) requires(name string) bool {
	for _, r := range s.Required {
		if r == name {
			return true
		}
	}
	return false
}

func (w *valueWriter) array(s *schema, key string, depth int) {
	n := max(1, s.MinItems, len(s.PrefixItems))
	if s.MaxItems != nil {
		n = min(n, *s.MaxItems)
	}
	if depth >= deepestValue/2 {
		n = s.MinItems
	}
	w.out.WriteByte('[')
	for i := 0; i < n && w.made <= largestValue; i++ {
		if i > 0 {
			w.out.WriteString(", ")
		}
		item := s.Items
		if i < len(s.PrefixItems) {
			item = s.PrefixItems[i]
		}
		if item == nil {
			item = &schema{}
		}
		w.value(item, key, depth+1)
	}
	w.out.WriteByte(']')
}

// number is one within the bounds: what the prompt mentions for the key, where that fits.
func (s *schema) number(key string, q *request, whole bool) string {
	low, high := math.Inf(-1), math.Inf(1)
	step := s.MultipleOf
	if whole && (step <= 0 || step != math.Trunc(step)) {
		step = 1
	}
	raise := func(v *float64, by float64) {
		if v != nil {
			low = max(low, *v+by)
		}
	}
	inside := step
	if inside <= 0 {
		inside = 1e-3
	}
	raise(s.Minimum, 0)
	raise(s.ExclusiveMinimum, inside)
	if s.Maximum != nil {
		high = *s.Maximum
	}
	if s.ExclusiveMaximum != nil {
		high = min(high, *s.ExclusiveMaximum-inside)
	}
	n, ok := mentioned(key, q)
	if !ok || n < low || n > high || whole && n != math.Trunc(n) {
		n = max(low, min(1, high))
	}
	if step > 0 {
		if n = math.Ceil(n/step) * step; n > high {
			n = math.Floor(high/step) * step
		}
	}
	if math.IsNaN(n) || math.IsInf(n, 0) { // bounds at the edge of what a number can be
		n = 0
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// formats are texts of the formats that validators check.
var formats = map[string]string{
	"date-time": "2026-01-02T03:04:05Z", "date": "2026-01-02", "time": "03:04:05Z", "duration": "PT1M",
	"email": "someone@example.org", "hostname": "example.org", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
	"uri": "https://example.org/", "uuid": "00000000-0000-4000-8000-000000000000",
}

// longestText is the longest text that is made for a minLength.
const longestText = 1 << 16

func (s *schema) text(key string, q *request) string {
	if text, ok := formats[s.Format]; ok {
		return text
	}
	runes := []rune(word(key, q))
	for len(runes) < min(s.MinLength, longestText) {
		runes = append(runes, '.')
	}
	if s.MaxLength != nil && len(runes) > *s.MaxLength {
		runes = runes[:max(0, *s.MaxLength)]
	}
	return string(runes)
}

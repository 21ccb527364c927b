package simulate

import (
	"bytes"
	"encoding/json"
	"errors"
)

const (
	// A schema that is nested deeper or is longer is refused, for it would take long to read.
	deepestNesting = 128
	longestSchema  = 1 << 20
)

// A schema is the part of JSON Schema that the endpoint satisfies.
type schema struct {
	Const            json.RawMessage    `json:"const"`
	Enum             []json.RawMessage  `json:"enum"`
	Default          json.RawMessage    `json:"default"`
	Examples         []json.RawMessage  `json:"examples"`
	Type             types              `json:"type"`
	Properties       members            `json:"properties"`
	Required         []string           `json:"required"`
	Items            *schema            `json:"items"`
	PrefixItems      []*schema          `json:"prefixItems"`
	MinItems         int                `json:"minItems"`
	MaxItems         *int               `json:"maxItems"`
	MinLength        int                `json:"minLength"`
	MaxLength        *int               `json:"maxLength"`
	Format           string             `json:"format"`
	Minimum          *float64           `json:"minimum"`
	Maximum          *float64           `json:"maximum"`
	ExclusiveMinimum *float64           `json:"exclusiveMinimum"`
	ExclusiveMaximum *float64           `json:"exclusiveMaximum"`
	MultipleOf       float64            `json:"multipleOf"`
	AnyOf            []*schema          `json:"anyOf"`
	OneOf            []*schema          `json:"oneOf"`
	AllOf            []*schema          `json:"allOf"`
	Ref              string             `json:"$ref"`
	Defs             map[string]*schema `json:"$defs"`
	Definitions      map[string]*schema `json:"definitions"`
}

// UnmarshalJSON also takes true and false, which say nothing of use here.
func (s *schema) UnmarshalJSON(b []byte) error {
	if t := string(bytes.TrimSpace(b)); t == "true" || t == "false" {
		return nil
	}
	type plain schema
	return json.Unmarshal(b, (*plain)(s))
}

// types is one type or several.
type types []string

func (t *types) UnmarshalJSON(b []byte) error {
	texts, ok := textOrList(b)
	if !ok {
		return errors.New("type must be a string or a list of strings")
	}
	*t = texts
	return nil
}

// members are an object's properties in the order in which they stand.
type members []property

type property struct {
	name   string
	schema *schema
}

func (m *members) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("properties must be an object")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		p := property{name: name.(string), schema: &schema{}}
		if err := d.Decode(p.schema); err != nil {
			return err
		}
		*m = append(*m, p)
	}
	return nil
}

// parseSchema reads a schema.
func parseSchema(raw json.RawMessage) (*schema, error) {
	s := &schema{}
	if len(raw) > longestSchema || nesting(raw) > deepestNesting {
		return nil, errors.New("it is too long or nested too deep")
	}
	if err := json.Unmarshal(raw, s); err != nil {
		return nil, err
	}
	return s, nil
}

// nesting is how deep the arrays and objects of a JSON text are nested.
func nesting(raw json.RawMessage) (deepest int) {
	depth, inside := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inside && c == '\\':
			i++
		case c == '"':
			inside = !inside
		case inside:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

package simulate

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Another implementation of JSON Schema judges the values.
func TestValuesSatisfyTheirSchema(t *testing.T) {
	for _, test := range []struct{ name, schema, want string }{
		{"object in order", `{"type":"object","properties":{"room":{"type":"integer"},"floor":{"type":"number"},"Name":{"type":"string"}},"required":["room"]}`,
			`{"room": 12, "floor": 2.5, "Name": "Ada"}`},
		{"bounds beat the prompt", `{"type":"object","properties":{"room":{"type":"integer","maximum":9}}}`, `{"room": 1}`},
		{"enum", `{"enum":["left","right"]}`, `"left"`},
		{"const", `{"const":{"a":[1]}}`, `{"a":[1]}`},
		{"boolean", `{"type":"boolean"}`, `true`},
		{"null", `{"type":"null"}`, `null`},
		{"several types", `{"type":["null","string"]}`, `"some "`},
		{"array", `{"type":"array","items":{"type":"integer","minimum":3},"minItems":2}`, `[3, 3]`},
		{"tuple", `{"type":"array","prefixItems":[{"const":1},{"type":"string"}]}`, `[1, "some "]`},
		{"array of nothing", `{"type":"array","maxItems":0}`, `[]`},
		{"nested", `{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"array","items":{"enum":[7]}}},"required":["b"]}},"required":["a"],"additionalProperties":false}`, ``},
		{"required only", `{"type":"object","required":["x","y"]}`, `{"x": "some x", "y": "some y"}`},
		{"without a type", `{"properties":{"x":{"minimum":2}}}`, `{"x": 2}`},
		{"exclusive", `{"type":"number","exclusiveMinimum":1,"exclusiveMaximum":1.1}`, ``},
		{"exclusive integers", `{"type":"integer","exclusiveMinimum":1,"exclusiveMaximum":3}`, `2`},
		{"negative", `{"type":"integer","maximum":-7}`, `-7`},
		{"multiple", `{"type":"integer","minimum":5,"multipleOf":4}`, `8`},
		{"half steps", `{"type":"number","minimum":0.6,"multipleOf":0.5}`, `1`},
		{"length", `{"type":"string","minLength":20,"maxLength":21}`, ``},
		{"short", `{"type":"string","maxLength":2}`, `"so"`},
		{"date", `{"type":"string","format":"date-time"}`, ``},
		{"default", `{"type":"integer","default":4}`, `4`},
		{"example", `{"type":"string","examples":["cup"]}`, `"cup"`},
		{"alternatives", `{"anyOf":[{"type":"integer"},{"type":"null"}]}`, `1`},
		{"reference", `{"type":"object","properties":{"p":{"$ref":"#/$defs/point"}},"required":["p"],"$defs":{"point":{"type":"object","properties":{"x":{"type":"number"}},"required":["x"]}}}`, `{"p": {"x": 1}}`},
		{"tree", `{"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"value":{"type":"integer"},"next":{"$ref":"#/$defs/node"}},"required":["value"]}}}`, ``},
		{"anything", `{}`, `{}`},
		{"true", `{"type":"object","properties":{"x":true}}`, `{"x": "some x"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := talk("user: Hello, I am Ada. I need room 12, floor 2.5.",
				`,"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":`+test.schema+`}}`)
			got := saidTo(t, New(Config{}), body)
			if test.want != "" && got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			schema, err := jsonschema.UnmarshalJSON(strings.NewReader(test.schema))
			if err != nil {
				t.Fatal(err)
			}
			c := jsonschema.NewCompiler()
			c.AssertFormat()
			if err := c.AddResource("x.json", schema); err != nil {
				t.Fatal(err)
			}
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(got))
			if err != nil {
				t.Fatalf("%s: %v", got, err)
			}
			if err := c.MustCompile("x.json").Validate(value); err != nil {
				t.Errorf("%s: %v", got, err)
			}
		})
	}
}

// A schema that asks for more than there is room for still ends, in JSON.
func TestValuesAreBounded(t *testing.T) {
	wide := `{"type":"array","minItems":1000000,"items":{"type":"array","minItems":1000000,"items":{"type":"string","minLength":1000000}}}`
	loop := `{"$ref":"#"}`
	long := `{"type":"array","minItems":4000,"items":{"const":"` + strings.Repeat("x", 1<<19) + `"}}`
	edge := `{"type":"number","minimum":1e308,"multipleOf":1e-308}`
	for _, schema := range []string{wide, loop, long, edge} {
		got := fulfil(json.RawMessage(schema), &request{})
		if !json.Valid([]byte(got)) || len(got) > 4<<20 {
			t.Errorf("%.80s: %d bytes: %.80s", schema, len(got), got)
		}
	}
}

package scenario

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// satisfiesFunction holds a value, or JSON text, to a JSON schema.
var satisfiesFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType}, {Name: "schema", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		schema, err := compileSchema(args[1])
		if err != nil {
			return cty.NilVal, err
		}
		text, err := toText(args[0])
		if err != nil {
			return cty.NilVal, errors.New("the value cannot be written as JSON")
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text.AsString()))
		return cty.BoolVal(err == nil && schema.Validate(value) == nil), nil
	},
})

// noRemote refuses schemas from elsewhere: a scenario's check must not depend on a network.
type noRemote struct{}

func (noRemote) Load(string) (any, error) {
	return nil, errors.New("a schema cannot refer to another document")
}

func compileSchema(v cty.Value) (*jsonschema.Schema, error) {
	text, err := jsonText(v)
	if err != nil {
		return nil, errors.New("the schema cannot be written as JSON")
	}
	var document any
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return nil, errors.New("the schema is not JSON")
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noRemote{})
	if err := c.AddResource("schema.json", document); err != nil {
		return nil, errors.New("the schema is not a JSON schema")
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		return nil, errors.New("the schema is not a JSON schema")
	}
	return schema, nil
}

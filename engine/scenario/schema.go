package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

func schemaFunctions() map[string]builtin {
	return map[string]builtin{"satisfies": {Function: satisfiesFunc}, "schema_errors": {Function: schemaErrorsFunc}}
}

var schemaParameters = []function.Parameter{
	{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true},
	{Name: "schema", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true},
}

var satisfiesFunc = function.New(&function.Spec{
	Params: schemaParameters,
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() || !args[1].IsWhollyKnown() {
			return cty.UnknownVal(cty.Bool), nil
		}
		problems, err := schemaProblems(args[0], args[1])
		return cty.BoolVal(len(problems) == 0), err
	},
})

var schemaErrorsFunc = function.New(&function.Spec{
	Params: schemaParameters,
	Type:   function.StaticReturnType(cty.List(cty.String)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() || !args[1].IsWhollyKnown() {
			return cty.UnknownVal(cty.List(cty.String)), nil
		}
		problems, err := schemaProblems(args[0], args[1])
		if err != nil || len(problems) == 0 {
			return cty.ListValEmpty(cty.String), err
		}
		out := make([]cty.Value, len(problems))
		for i, p := range problems {
			out[i] = cty.StringVal(p)
		}
		return cty.ListVal(out), nil
	},
})

// Bounds of a validation, which cannot be cancelled: the steps that a schema takes for one value, with every reference
// counted as often as it is followed, and those times the elements of the value.
const (
	maxSchemaSteps = 10_000
	maxValidation  = 5_000_000
)

// schemaProblems lists how a value misses a schema. Text is taken for JSON. The error is about the schema.
func schemaProblems(value, schema cty.Value) ([]string, error) {
	compiled, err := schemas.compile(schema)
	if err != nil {
		return nil, function.NewArgError(1, err)
	}
	text, err := asJSON(value)
	if err != nil {
		return []string{"it is not JSON"}, nil
	}
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return []string{"it is not JSON"}, nil
	}
	if steps(instance)*compiled.steps > maxValidation {
		return nil, errors.New("value and schema together are too large")
	}
	err = compiled.Validate(instance)
	var invalid *jsonschema.ValidationError
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &invalid):
		return problems(invalid, nil), nil
	}
	return nil, errors.New("the value cannot be checked against the schema")
}

// asJSON is the JSON of a value; text is JSON already, held to the bounds of jsondecode.
func asJSON(v cty.Value) (string, error) {
	if v.Type() != cty.String || v.IsNull() {
		return jsonText(v)
	}
	text := v.AsString()
	_, err := decodeJSON(text)
	return text, err
}

// maxProblems bounds how many ways of missing a schema are listed.
const maxProblems = 20

var english = message.NewPrinter(language.English)

// problems lists what is at the root of a validation's failure, each with its place as a JSON pointer.
func problems(e *jsonschema.ValidationError, out []string) []string {
	for _, cause := range e.Causes {
		if out = problems(cause, out); len(out) >= maxProblems {
			return out
		}
	}
	if len(e.Causes) > 0 {
		return out
	}
	return append(out, fmt.Sprintf("/%s: %s", strings.Join(e.InstanceLocation, "/"), e.ErrorKind.LocalizedString(english)))
}

// compiledSchema is a schema with the steps that it takes.
type compiledSchema struct {
	*jsonschema.Schema
	steps int
}

// schemaCache keeps compiled schemas: under load the same one is asked for at every turn.
type schemaCache struct {
	mu    sync.Mutex
	known map[string]compiledSchema
}

var schemas = schemaCache{known: map[string]compiledSchema{}}

// maxSchemas bounds the schemas that are kept.
const maxSchemas = 64

func (c *schemaCache) compile(v cty.Value) (compiledSchema, error) {
	text, err := asJSON(v)
	if err != nil {
		return compiledSchema{}, errors.New("the schema is not JSON")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.known[text]; ok {
		return s, nil
	}
	s, err := compileSchema(text)
	if err != nil {
		return s, err
	}
	if len(c.known) >= maxSchemas {
		clear(c.known)
	}
	c.known[text] = s
	return s, nil
}

// nowhere refuses to load schemas from elsewhere.
type nowhere struct{}

func (nowhere) Load(string) (any, error) { return nil, errors.New("not loaded") }

func compileSchema(text string) (compiledSchema, error) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return compiledSchema{}, errors.New("the schema is not JSON")
	}
	w := schemaWalk{root: doc, open: map[string]bool{}}
	if err := w.schema(doc); err != nil {
		return compiledSchema{}, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(nowhere{})
	if err := c.AddResource("schema.json", doc); err != nil {
		return compiledSchema{}, errors.New("the schema is not a JSON schema")
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		return compiledSchema{}, fmt.Errorf("the schema is not a JSON schema: %s", schemaMistake(err))
	}
	return compiledSchema{s, w.steps}, nil
}

// schemaMistake says what is wrong with a schema without the machinery's own words around it.
func schemaMistake(err error) string {
	var wrong *jsonschema.SchemaValidationError
	var invalid *jsonschema.ValidationError
	if errors.As(err, &wrong) && errors.As(wrong.Err, &invalid) {
		return strings.Join(problems(invalid, nil), "; ")
	}
	return "a keyword has a value that it cannot have"
}

// steps counts what a JSON value consists of.
func steps(v any) int {
	n := 1
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			n += steps(e)
		}
	case map[string]any:
		for _, e := range v {
			n += steps(e)
		}
	}
	return n
}

// schemaWalk counts a schema's steps as a validation would take them, following references.
type schemaWalk struct {
	root  any
	steps int
	// open are the references that are being followed.
	open map[string]bool
}

// byNameKeywords hold schemas by names of the author's own; dataKeywords hold values that are no schemas.
var (
	byNameKeywords = []string{"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}
	dataKeywords   = []string{"enum", "const", "default", "examples"}
	otherKeywords  = []string{"$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor"}
)

func (w *schemaWalk) step(n int) error {
	if w.steps += n; w.steps > maxSchemaSteps {
		return fmt.Errorf("the schema takes more than %d steps with its references followed", maxSchemaSteps)
	}
	return nil
}

// schema walks through what is a schema, or a list of schemas.
func (w *schemaWalk) schema(v any) error {
	if err := w.step(1); err != nil {
		return err
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if err := w.schema(e); err != nil {
				return err
			}
		}
	case map[string]any:
		for key, e := range v {
			if err := w.keyword(key, e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *schemaWalk) keyword(key string, v any) error {
	text, isText := v.(string)
	switch {
	case key == "$ref" && isText:
		return w.follow(text)
	case key == "$schema" && isText:
		if strings.Contains(text, "draft-03") || strings.Contains(text, "draft-04") {
			return errors.New("the schema is of draft 4 or older; draft 6 and newer are known")
		}
		return nil
	case slices.Contains(otherKeywords, key):
		return fmt.Errorf("the schema uses %s: only references within it, such as #/$defs/name, are followed", key)
	case slices.Contains(dataKeywords, key):
		return w.step(steps(v))
	}
	if byName, ok := v.(map[string]any); ok && slices.Contains(byNameKeywords, key) {
		for _, e := range byName {
			if err := w.schema(e); err != nil {
				return err
			}
		}
		return nil
	}
	return w.schema(v)
}

func (w *schemaWalk) follow(ref string) error {
	pointer, local := strings.CutPrefix(ref, "#")
	switch {
	case !local || pointer != "" && !strings.HasPrefix(pointer, "/") || strings.Contains(pointer, "%"):
		return errors.New("the schema refers to something outside it: only references such as #/$defs/name are followed")
	case w.open[pointer]:
		return errors.New("the schema refers to itself, which has no bound")
	}
	target, ok := w.root, true
	for _, step := range strings.Split(pointer, "/")[1:] {
		if target, ok = child(target, strings.NewReplacer("~1", "/", "~0", "~").Replace(step)); !ok {
			return errors.New("the schema refers to something that it does not have")
		}
	}
	w.open[pointer] = true
	defer delete(w.open, pointer)
	return w.schema(target)
}

// child is what an object has by that name, or a list at that index.
func child(v any, name string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		c, ok := v[name]
		return c, ok
	case []any:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(v) {
			return v[i], true
		}
	}
	return nil, false
}

// SchemaProblems lists how a JSON text misses a JSON schema, as schema_errors does. The error is about the schema.
func SchemaProblems(text, schema string) ([]string, error) {
	return schemaProblems(cty.StringVal(text), cty.StringVal(schema))
}

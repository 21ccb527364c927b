package scenario

import (
	"bytes"
	"encoding/json"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// Response is what a turn came to, as `response` and turn.NAME.response show it to expressions.
type Response struct {
	Text, Reasoning, Refusal string
	// FinishReason is empty where none came; ErrorClass is empty where the turn succeeded.
	FinishReason, Model, ErrorClass string
	// Status is the last HTTP status, 0 where none came.
	Status    int
	ToolCalls []ToolCall
	// TTFT, TTFA, E2E and TPOT are in seconds; nil, which the language sees as null, where they are not defined.
	TTFT, TTFA, E2E, TPOT *float64
	// Token counts are nil where nobody counted.
	OutputTokens, InputTokens, CachedTokens *int
}

// ToolCall is a function that the model called, with its arguments as the JSON text it wrote.
type ToolCall struct{ Name, Arguments string }

// A field of `response`, perform.NAME or robot.state: its name, its type, what it means.
type field struct {
	name string
	typ  cty.Type
	doc  string
}

var toolCallType = cty.Object(map[string]cty.Type{"name": cty.String, "arguments": cty.DynamicPseudoType})

// responseFields is the one list of what `response` has.
var responseFields = []field{
	{"text", cty.String, "the answer; empty where none came"},
	{"reasoning", cty.String, "the thoughts before it, where the model gives them"},
	{"refusal", cty.String, "the refusal, where the model gives one"},
	{"finish_reason", cty.String, "why the reply ended: stop, length, tool_calls, …; empty where it did not say"},
	{"model", cty.String, "the model that the server named"},
	{"error_class", cty.String, "class of the failure; empty where the turn succeeded"},
	{"status", cty.Number, "HTTP status; 0 where none came"},
	{"tool_calls", cty.List(toolCallType), "functions the model called, each with name and arguments (null where they are not JSON)"},
	{"ttft", cty.Number, "time to first token in seconds, from sent; null where none came"},
	{"ttfa", cty.Number, "time to first answer token in seconds; null where none came"},
	{"e2e", cty.Number, "time to the end in seconds; null where the turn failed"},
	{"tpot", cty.Number, "seconds per output token after the first; null with fewer than two"},
	{"output_tokens", cty.Number, "tokens of the reply; null where nobody counted"},
	{"input_tokens", cty.Number, "tokens of the prompt; null where the server did not count"},
	{"cached_tokens", cty.Number, "tokens of the prompt from the server's cache; null where it did not say"},
}

var responseType = typeOf(responseFields)

func typeOf(fields []field) cty.Type {
	types := map[string]cty.Type{}
	for _, f := range fields {
		types[f.name] = f.typ
	}
	return cty.Object(types)
}

func (r *Response) value() cty.Value {
	calls := make([]cty.Value, len(r.ToolCalls))
	for i, c := range r.ToolCalls {
		calls[i] = cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(c.Name), "arguments": decodedJSON(c.Arguments)})
	}
	return cty.ObjectVal(map[string]cty.Value{
		"text":          cty.StringVal(r.Text),
		"reasoning":     cty.StringVal(r.Reasoning),
		"refusal":       cty.StringVal(r.Refusal),
		"finish_reason": cty.StringVal(r.FinishReason),
		"model":         cty.StringVal(r.Model),
		"error_class":   cty.StringVal(r.ErrorClass),
		"status":        cty.NumberIntVal(int64(r.Status)),
		"tool_calls":    cty.TupleVal(calls),
		"ttft":          number(r.TTFT),
		"ttfa":          number(r.TTFA),
		"e2e":           number(r.E2E),
		"tpot":          number(r.TPOT),
		"output_tokens": count(r.OutputTokens),
		"input_tokens":  count(r.InputTokens),
		"cached_tokens": count(r.CachedTokens),
	})
}

func number(x *float64) cty.Value {
	if x == nil {
		return cty.NullVal(cty.Number)
	}
	return cty.NumberFloatVal(*x)
}

func count(n *int) cty.Value {
	if n == nil {
		return cty.NullVal(cty.Number)
	}
	return cty.NumberIntVal(int64(*n))
}

// decodedJSON is the value of a text by the language's own jsondecode, with its bounds; null where it is no JSON.
func decodedJSON(text string) cty.Value {
	v, err := decodeJSON(text)
	if err != nil {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return v
}

// jsonText writes an unmarked, known value as JSON, leaving <, > and & as they are.
func jsonText(v cty.Value) (string, error) {
	raw, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		return "", err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var any any
	if err := dec.Decode(&any); err != nil {
		return "", err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(any); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(out.Bytes(), []byte("\n"))), nil
}

// rawJSON is jsonText for a request's body; nil where the value is null.
func rawJSON(v cty.Value) (json.RawMessage, error) {
	if v == cty.NilVal || v.IsNull() {
		return nil, nil
	}
	text, err := jsonText(v)
	return json.RawMessage(text), err
}

func texts(v cty.Value) []string {
	var out []string
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		out = append(out, e.AsString())
	}
	return out
}

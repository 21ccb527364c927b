package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aimbench/robot"
	"aimbench/robot/api"
)

// mostBody is how long a JSON body may be.
const mostBody = 1 << 20

// object is a body that is read as the daemon's framework (pydantic, in its lax mode) reads it: what is unknown is
// ignored, a number may be text, and everything that is wrong is told at once.
type object struct {
	fields  map[string]any
	loc     []any
	invalid *[]api.Invalid
}

// read gives the body of a request, or answers 422 and gives false.
func read(w http.ResponseWriter, r *http.Request) (*object, bool) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "the body is too long")
		return nil, false
	}
	var faults []api.Invalid
	var value any = string(text)
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media == "application/json" && len(text) > 0 {
		if value, err = decode(text); err != nil {
			faults = append(faults, api.Invalid{
				Type: "json_invalid", Loc: []any{"body", 0}, Msg: "JSON decode error", In: struct{}{}, Ctx: map[string]any{"error": err.Error()},
			})
		}
	}
	o := &object{loc: []any{"body"}, invalid: &faults}
	switch fields, ok := value.(map[string]any); {
	case err != nil:
	case len(text) == 0:
		o.fault("missing", "Field required", nil)
	case !ok:
		o.fault("model_attributes_type", "Input should be a valid dictionary or object to extract fields from", value)
	default:
		o.fields = fields
	}
	return o, !o.refused(w)
}

// parse reads a message of a WebSocket.
func parse(text []byte) (*object, error) {
	var faults []api.Invalid
	value, err := decode(text)
	if err != nil {
		return nil, err
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("a message is an object")
	}
	return &object{fields: fields, invalid: &faults}, nil
}

func decode(text []byte) (any, error) {
	var value any
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the value")
	}
	return value, nil
}

// refused answers with what was found wrong, and reports whether there was anything.
func (o *object) refused(w http.ResponseWriter) bool {
	if len(*o.invalid) == 0 {
		return false
	}
	refuse(w, http.StatusUnprocessableEntity, *o.invalid)
	return true
}

// err is the first thing that was found wrong.
func (o *object) err() error {
	if len(*o.invalid) == 0 {
		return nil
	}
	first := (*o.invalid)[0]
	return fmt.Errorf("%d validation error(s): %v: %s", len(*o.invalid), first.Loc, first.Msg)
}

func (o *object) fault(kind, msg string, in any, at ...any) {
	*o.invalid = append(*o.invalid, api.Invalid{Type: kind, Loc: append(slices.Clone(o.loc), at...), Msg: msg, In: in})
}

// optional gives a field, and whether it is there and not null.
func (o *object) optional(name string) (any, bool) {
	v := o.fields[name]
	return v, v != nil
}

// required gives a field, and whether it is there; null counts.
func (o *object) required(name string) (any, bool) {
	v, ok := o.fields[name]
	if !ok {
		o.fault("missing", "Field required", o.fields, name)
	}
	return v, ok
}

// number reads a value as a float.
func (o *object) number(v any, at ...any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case string:
		if f, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil {
			return f, true
		}
		o.fault("float_parsing", "Input should be a valid number, unable to parse string as a number", v, at...)
	default:
		o.fault("float_type", "Input should be a valid number", v, at...)
	}
	return 0, false
}

func (o *object) optionalNumber(name string) *float64 {
	v, ok := o.optional(name)
	if !ok {
		return nil
	}
	f, ok := o.number(v, name)
	if !ok {
		return nil
	}
	return &f
}

// pair reads two numbers.
func (o *object) pair(name string) *[2]float64 {
	v, ok := o.optional(name)
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		o.fault("tuple_type", "Input should be a valid tuple", v, name)
		return nil
	}
	var p [2]float64
	for i := range p {
		if i >= len(list) {
			o.fault("missing", "Field required", v, name, i)
			continue
		}
		p[i], _ = o.number(list[i], name, i)
	}
	if len(list) > len(p) {
		*o.invalid = append(*o.invalid, api.Invalid{
			Type: "too_long", Loc: append(slices.Clone(o.loc), name), In: v,
			Msg: fmt.Sprintf("Tuple should have at most 2 items after validation, not %d", len(list)),
		})
	}
	return &p
}

// poseAxes are the names of a pose's numbers.
var poseAxes = []string{"x", "y", "z", "roll", "pitch", "yaw"}

// pose reads a head pose of either form. What is wrong is told once for each form.
func (o *object) pose(name string) *robot.Head {
	v, ok := o.optional(name)
	if !ok {
		return nil
	}
	fields, ok := v.(map[string]any)
	if !ok {
		for _, form := range []string{"XYZRPYPose", "Matrix4x4Pose"} {
			o.fault("model_attributes_type", "Input should be a valid dictionary or object to extract fields from", v, name, form)
		}
		return nil
	}
	if m, ok := matrixOf(fields["m"]); ok {
		h := robot.Head(m.Head())
		return &h
	}
	before := len(*o.invalid)
	var axes [6]float64
	for i, axis := range poseAxes {
		if v, ok := fields[axis]; ok {
			axes[i], _ = o.number(v, name, "XYZRPYPose", axis)
		}
	}
	if len(*o.invalid) > before {
		if _, ok := fields["m"]; ok {
			o.fault("tuple_type", "Input should be a valid tuple of 16 numbers", fields["m"], name, "Matrix4x4Pose", "m")
		} else {
			o.fault("missing", "Field required", v, name, "Matrix4x4Pose", "m")
		}
		return nil
	}
	return &robot.Head{X: axes[0], Y: axes[1], Z: axes[2], Roll: axes[3], Pitch: axes[4], Yaw: axes[5]}
}

// matrixOf reads 16 numbers.
func matrixOf(v any) (api.Matrix, bool) {
	var m api.Matrix
	list, ok := v.([]any)
	if !ok || len(list) != len(m) {
		return m, false
	}
	var faults []api.Invalid
	o := &object{invalid: &faults}
	for i, v := range list {
		if m[i], ok = o.number(v); !ok {
			return m, false
		}
	}
	return m, true
}

// choice reads one of some names.
func (o *object) choice(name, byDefault string, names ...string) string {
	v, ok := o.fields[name]
	if !ok {
		return byDefault
	}
	if text, ok := v.(string); ok && slices.Contains(names, text) {
		return text
	}
	*o.invalid = append(*o.invalid, oneOf(append(slices.Clone(o.loc), name), v, names))
	return byDefault
}

// oneOf says that a value is none of some names.
func oneOf(loc []any, v any, names []string) api.Invalid {
	last := len(names) - 1
	list := "'" + strings.Join(names[:last], "', '") + "' or '" + names[last] + "'"
	return api.Invalid{Type: "enum", Loc: loc, Msg: "Input should be " + list, In: v, Ctx: map[string]any{"expected": list}}
}

var uuidForm = regexp.MustCompile(`(?i)^(urn:uuid:)?\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$`)

// uuid reads an identifier.
func (o *object) uuid(name string) string {
	v, ok := o.required(name)
	if !ok {
		return ""
	}
	text, ok := v.(string)
	switch {
	case !ok:
		o.fault("uuid_type", "UUID input should be a string, bytes or UUID object", v, name)
	case !uuidForm.MatchString(text):
		o.fault("uuid_parsing", "Input should be a valid UUID", v, name)
	}
	return strings.ToLower(text)
}

// text reads a string.
func (o *object) text(name string) string {
	v, ok := o.required(name)
	if !ok {
		return ""
	}
	text, ok := v.(string)
	if !ok {
		o.fault("string_type", "Input should be a valid string", v, name)
	}
	return text
}

// whole reads an integer of a range.
func (o *object) whole(name string, least, most float64) int {
	v, ok := o.required(name)
	if !ok {
		return 0
	}
	f, ok := v.(float64)
	switch {
	case !ok:
		o.fault("int_type", "Input should be a valid integer", v, name)
	case f != math.Trunc(f):
		o.fault("int_from_float", "Input should be a valid integer, got a number with a fractional part", v, name)
	case f < least:
		o.fault("greater_than_equal", fmt.Sprintf("Input should be greater than or equal to %v", least), v, name)
	case f > most:
		o.fault("less_than_equal", fmt.Sprintf("Input should be less than or equal to %v", most), v, name)
	default:
		return int(f)
	}
	return 0
}

// flag reads a boolean of a query.
func (o *object) flag(query map[string][]string, name string, byDefault bool) bool {
	values := query[name]
	if len(values) == 0 {
		return byDefault
	}
	text := values[len(values)-1]
	switch strings.ToLower(text) {
	case "1", "true", "t", "yes", "y", "on":
		return true
	case "0", "false", "f", "no", "n", "off":
		return false
	}
	o.fault("bool_parsing", "Input should be a valid boolean, unable to interpret input", text, name)
	return byDefault
}

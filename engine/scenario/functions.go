package scenario

import (
	"errors"
	"fmt"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// functionEnv is what the functions of a file may use of the world.
type functionEnv struct {
	// open reads a file beside the scenario file.
	open     func(string) ([]byte, error)
	getenv   func(string) (string, bool)
	allowEnv []string
	secrets  *Secrets
	// work counts what the functions do; nil does not count.
	work *work
}

// builtin is a function as the table of functions has it.
type builtin struct {
	function.Function
	// fits refuses arguments that would make the result too large, or take too long. It sees them known and unmarked.
	fits func(args []cty.Value) error
	// cost is the work beside that of reading the arguments and of making the result.
	cost func(args []cty.Value) int
}

// baseFunctions are the functions of the language, each held to the bounds of every value. What one of them says of a
// sensitive argument does not quote it.
func baseFunctions(env functionEnv) map[string]function.Function {
	out := map[string]function.Function{}
	for _, group := range []map[string]builtin{
		textFunctions(), collectionFunctions(), numberFunctions(), encodingFunctions(), timeFunctions(), tryFunctions(),
		drawFunctions(), partFunctions(env), messageFunctions(), schemaFunctions(), likenessFunctions(), measureFunctions(env), environmentFunctions(env),
	} {
		for name, f := range group {
			out[name] = bounded(f, env)
		}
	}
	for _, doc := range Functions {
		out[doc.Name] = described(out[doc.Name], doc.Doc)
	}
	return out
}

func described(f function.Function, doc string) function.Function {
	params := make([]string, len(f.Params()))
	if f.VarParam() != nil {
		params = append(params, "")
	}
	return f.WithNewDescriptions(doc, params)
}

// bounded wraps a function so that its arguments and its result keep within the bounds of values. The wrapper says
// nothing of its result's type beforehand, as HCL asks for it by evaluating: the inner function is called once.
func bounded(f builtin, env functionEnv) function.Function {
	spec := &function.Spec{
		Type: function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.call(args, env)
			if err != nil {
				return cty.NilVal, discreet(err, args, env.secrets)
			}
			return v, nil
		},
	}
	for _, p := range f.Params() {
		spec.Params = append(spec.Params, lenient(p))
	}
	if p := f.VarParam(); p != nil {
		v := lenient(*p)
		spec.VarParam = &v
	}
	return function.New(spec)
}

// lenient lets every kind of value through to the inner function, and keeps HCL from conversions without bounds: a text of
// a million digits read as a number takes it seconds, and so does a long list.
func lenient(p function.Parameter) function.Parameter {
	p.AllowUnknown, p.AllowMarked, p.AllowDynamicType = true, true, true
	if converted(p.Type) {
		p.Type = cty.DynamicPseudoType
	}
	return p
}

// converted reports whether arguments of a type are converted here, and not by HCL.
func converted(ty cty.Type) bool { return ty == cty.Number || ty.IsCollectionType() }

func (f builtin) call(args []cty.Value, env functionEnv) (cty.Value, error) {
	if err := env.work.add(1); err != nil {
		return cty.NilVal, err
	}
	args, err := f.convert(args)
	if err != nil {
		return cty.NilVal, err
	}
	if err := f.check(args, env.work); err != nil {
		return cty.NilVal, err
	}
	v, err := f.Call(args)
	if err != nil {
		return cty.NilVal, err
	}
	if err := checkSize(v); err != nil {
		return cty.NilVal, fmt.Errorf("the result is too large: %w", err)
	}
	return v, env.work.addValue(v)
}

// check holds the arguments to the function's own bounds, and counts the work that they mean.
func (f builtin) check(args []cty.Value, w *work) error {
	if f.fits == nil && !w.counts() {
		return nil
	}
	plain, ok := knownArguments(args)
	if !ok {
		return nil
	}
	if f.fits != nil {
		if err := f.fits(plain); err != nil {
			return err
		}
	}
	if !w.counts() {
		return nil
	}
	var s valueSize
	for _, v := range plain {
		if err := s.add(v, 0); err != nil {
			return err
		}
	}
	n := 2 * s.work()
	if f.cost != nil {
		n += f.cost(plain)
	}
	return w.add(n)
}

// convert makes of the arguments what the function takes.
func (f builtin) convert(args []cty.Value) ([]cty.Value, error) {
	params, out := f.Params(), slices.Clone(args)
	for i := range out {
		p := f.VarParam()
		if i < len(params) {
			p = &params[i]
		}
		if p == nil || !converted(p.Type) {
			continue
		}
		if tooLongNumber(out[i]) {
			return nil, function.NewArgErrorf(i, "a number is required")
		}
		v, err := convertTo(out[i], p.Type)
		if err != nil {
			return nil, function.NewArgError(i, err)
		}
		out[i] = v
	}
	return out, nil
}

// tooLongNumber reports whether a value is text too long to be read as a number.
func tooLongNumber(v cty.Value) bool {
	v, _ = v.Unmark()
	return v.Type() == cty.String && v.IsKnown() && !v.IsNull() && len(v.AsString()) > maxNumber
}

// knownArguments takes the marks off; false where something is not known.
func knownArguments(args []cty.Value) ([]cty.Value, bool) {
	out := make([]cty.Value, len(args))
	for i, v := range args {
		v, _ = v.UnmarkDeep()
		if !v.IsWhollyKnown() || v.IsNull() {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

var errSensitive = errors.New("it is not what the function takes (as the value is sensitive, no more is said)")

// discreet takes out of an error what it may quote of sensitive arguments.
func discreet(err error, args []cty.Value, secrets *Secrets) error {
	quiet := error(nil)
	for _, v := range args {
		if v.ContainsMarked() {
			quiet = errSensitive
		}
	}
	if quiet == nil {
		text := err.Error()
		if redacted := secrets.Redact(text); redacted != text {
			quiet = errors.New(redacted)
		}
	}
	if quiet == nil {
		return err
	}
	var arg function.ArgError
	if errors.As(err, &arg) {
		return function.NewArgError(arg.Index, quiet)
	}
	return quiet
}

// textAt is the i-th argument's text; empty where it is none.
func textAt(args []cty.Value, i int) string {
	if i >= len(args) || args[i].Type() != cty.String {
		return ""
	}
	return args[i].AsString()
}

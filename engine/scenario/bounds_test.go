package scenario

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

func TestBounds(t *testing.T) {
	times := strings.Repeat
	for name, c := range map[string]struct{ src, want string }{
		"plain":                    {`a = [for x in [1, 2] : x + 1]`, ""},
		"many values":              {"a = [" + times("1,", 40_000) + "]", ""},
		"wide":                     {"a = [" + times("(1),", 20_000) + "]", ""},
		"unbalanced":               {times("a = ((1)\nb {\n}\n", 60), ""},
		"parentheses":              {"a = " + times("(", 101) + "1", "1,105-106: Nested too deep"},
		"parentheses kept":         {"a = " + times("(", 100) + "1" + times(")", 100), ""},
		"parentheses a line each":  {"a = " + times("(\n", 101) + "1", "Nested too deep"},
		"lists":                    {"a = " + times("[", 90_000), "Nested too deep"},
		"blocks":                   {times("a {\n", 101), "Nested too deep"},
		"templates":                {"a = " + times(`"${`, 60), "Nested too deep"},
		"heredocs":                 {"a = " + times("<<A\n${", 60), "Nested too deep"},
		"directives":               {`a = "` + times("%{ if true }", 120) + `"`, "Nested too deep"},
		"directives after another": {`a = "` + times("%{ if true }x%{ endif }", 120) + `"`, ""},
		"choices":                  {"a = " + times("true ? 1 : ", 101) + "1", "Nested too deep"},
		"mismatched":               {"a = " + times("([", 60) + times(")", 60), "Nested too deep"},
		"not":                      {"a = " + times("!", 17) + "true", "Too many signs"},
		"not, apart":               {"a = (" + times("! \n", 17) + "true)", "Too many signs"},
		"minus":                    {"a = " + times("-", 400_000) + "1", "File too large"},
		"sum":                      {"a = " + times("1 + ", 201) + "1", "Expression too long"},
		"sums":                     {"a = [" + times("1 + 1,", 500) + "]\n" + times("b = 1 + 1\n", 500), ""},
		"sum a line each":          {"a = (" + times("1 +\n", 201) + "1)", "Expression too long"},
		"indexes":                  {"a = b" + times("[0]", 201), "Expression too long"},
		"splats":                   {"a = b" + times("[*]", 201), "Expression too long"},
		"for in for":               {"a = [for x in [1] : [for y in [1] : x]]", ""},
		"for in for in for":        {"a = [for x in [1] : [for y in [1] : [for z in [1] : z]]]", "1,37-38: Loops nested too deep"},
		"for in objects":           {"a = { for x in [1] : x => { for y in [1] : y => {\nfor z in [1] : z => 1 } } }", "Loops nested too deep"},
		"for in template":          {`a = "%{ for x in [1] }%{ for y in [1] }%{ for z in [1] }1%{ endfor }%{ endfor }%{ endfor }"`, "Loops nested too deep"},
		"for one after another":    {"a = [[for x in [1] : x], [for x in [1] : x], [for x in [1] : x]]", ""},
		"large exponent":           {"a = 1e309", "1,5-10: Number out of bounds"},
		"huge exponent":            {"a = 1e99999999999999999999", "Number out of bounds"},
		"small exponent":           {"a = 1e-309", "Number out of bounds"},
		"long number":              {"a = " + times("9", 401), "Number out of bounds"},
		"numbers":                  {"a = [1e308, 1.5e-300, " + times("9", 400) + "]", ""},
		"too many tokens":          {"a = [" + times("1,", 60_000) + "]", "File too large"},
		"too many signs":           {times(",", 250_001), "File too large"},
		"too many bytes":           {"# " + times("a", maxFileSize), "File too large"},
		"a long text":              {"a = \"" + times("word, ", 80_000) + "\"", ""},
		"garbage":                  {"\x00\xff{{{\"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			diags := checkBounds([]byte(c.src), "f.hcl")
			if c.want == "" && diags.HasErrors() || c.want != "" && !strings.Contains(diags.Error(), c.want) {
				t.Errorf("got %.300s, want %q", diags, c.want)
			}
		})
	}
}

func TestBoundsJSON(t *testing.T) {
	times := strings.Repeat
	for name, c := range map[string]struct{ src, want string }{
		"plain":                  {`{"a": {"b": [1, "x ${1 + 1}"]}}`, ""},
		"lists":                  {`{"a": ` + times("[", 100_000), `f.json:1,106-107: Out of bounds`},
		"objects":                {times(`{"a":`, 101), `nested more than 100 deep`},
		"number":                 {`{"a": 1e309}`, `f.json:1,7-8: Out of bounds; The file has a number`},
		"template":               {"{\n \"a\": \"${" + times("(", 101) + "}\"}", `f.json:2,109-110: Nested too deep`},
		"template after escapes": {"{\n \"a\": \"\\n${" + times("(", 101) + "}\"}", `f.json:2,7-115: Nested too deep`},
		"escaped sign":           {"{\"a\": \"\\u0024{" + times("(", 101) + "}\"}", `Nested too deep`},
		"name":                   {`{"${` + times("(", 101) + `}": 1}`, `Nested too deep`},
		"type":                   {`{"variable": {"a": {"type": "` + times("list(", 101) + `"}}}`, `Nested too deep`},
		"prose":                  {`{"user": "` + times(":( ", 101) + `"}`, ``},
		"bare text":              {`{"a": "` + times("(", 101), ``},
		"for":                    {`{"a": "${[for x in [1] : [for y in [1] : [for z in [1] : z]]]}"}`, `Loops nested too deep`},
		"tokens":                 {`{"a": [` + times(`"${1}",`, 25_000) + `""]}`, `File too large`},
		"not JSON":               {"{\"a\" \x01 (", ``},
		"line ends in text":      {"{\"a\": \"x\n[[\"}", ``},
	} {
		t.Run(name, func(t *testing.T) {
			diags := checkBoundsJSON([]byte(c.src), "f.json")
			if c.want == "" && diags.HasErrors() || c.want != "" && !strings.Contains(diags.Error(), c.want) {
				t.Errorf("got %.300s, want %q", diags, c.want)
			}
		})
	}
}

// process does with a file what reading a scenario does with it: bounds, syntax, values. It returns what is wrong, and
// how many bytes of text the values have.
func process(src []byte, json bool) (hcl.Diagnostics, int) {
	w := &work{}
	ctx := &hcl.EvalContext{
		Functions: baseFunctions(functionEnv{secrets: &Secrets{}, work: w, open: func(string) ([]byte, error) { return []byte("x"), nil }}),
		Variables: map[string]cty.Value{},
	}
	var attrs hcl.Attributes
	if json {
		if diags := checkBoundsJSON(src, "f.json"); diags.HasErrors() {
			return diags, 0
		}
		file, diags := hcljson.Parse(src, "f.json")
		if diags.HasErrors() {
			return diags, 0
		}
		attrs, _ = file.Body.JustAttributes()
		d := &decoder{work: w}
		for _, attr := range attrs {
			if attr.Expr, diags = d.fromJSON(attr.Expr); diags.HasErrors() {
				return diags, 0
			}
		}
	} else {
		if diags := checkBounds(src, "f.hcl"); diags.HasErrors() {
			return diags, 0
		}
		file, diags := hclsyntax.ParseConfig(src, "f.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			return diags, 0
		}
		guardBody(file.Body.(*hclsyntax.Body), w)
		attrs, _ = file.Body.JustAttributes()
	}
	return evaluateInOrder(attrs, ctx)
}

// evaluateInOrder gives each attribute the values of those before it in the alphabet.
func evaluateInOrder(attrs hcl.Attributes, ctx *hcl.EvalContext) (hcl.Diagnostics, int) {
	var all hcl.Diagnostics
	total := 0
	for name := 'a'; name <= 'z'; name++ {
		attr, ok := attrs[string(name)]
		if !ok {
			continue
		}
		v, diags := attr.Expr.Value(ctx)
		all = append(all, diags...)
		if err := checkSize(v); err != nil {
			all = append(all, problemAt(attr.Range, "Value too large", err.Error()))
			continue
		}
		ctx.Variables[string(name)] = v
		var s valueSize
		_ = s.add(v, 0)
		total += s.bytes
	}
	return all, total
}

// What a small file can make grow is refused.
func TestValuesAreBounded(t *testing.T) {
	doubling := `a = "0123456789abcdef"` + "\n"
	for c := 'b'; c <= 'y'; c++ {
		doubling += fmt.Sprintf("%c = \"${%c}${%c}\"\n", c, c-1, c-1)
	}
	lists := "a = [1, 1]\n"
	squares := "a = 1e300 * 1e8\n"
	for c := 'b'; c <= 'y'; c++ {
		lists += fmt.Sprintf("%c = [%c, %c]\n", c, c-1, c-1)
		squares += fmt.Sprintf("%c = %c * %c\n", c, c-1, c-1)
	}
	numbers := `a = [for x in range(1000) : 1]` + "\n"
	for name, c := range map[string]struct{ src, want string }{
		"doubling texts":          {doubling, "Value too large"},
		"doubling lists":          {lists, "Value too large"},
		"squares":                 {squares, "beyond 1e308"},
		"squares written out":     {`a = "${1e300 * 1e300}"`, "beyond 1e308"},
		"text as a number":        {`a = "${"1e300000" * 1}"`, "beyond 1e308"},
		"negative text":           {`a = "${-"1e300000"}"`, "beyond 1e308"},
		"number of digits":        {`a = "${"` + strings.Repeat("9", 500) + `" * 1}"`, "more than 400 digits"},
		"number from JSON":        {`a = jsondecode("1e300000")`, "exponent"},
		"number from text":        {`a = tonumber("1e300000")`, "beyond 1e308"},
		"loops":                   {"a = [for x in range(1000) : [for y in range(1000) : 1]]", "more than the 300 elements"},
		"loops of work":           {"a = [for x in range(300) : [for y in range(300) : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]]", "too much work"},
		"loop over long text":     {numbers + `b = [for x in a : "` + strings.Repeat("x", 200_000) + `"]`, "too much work"},
		"many long templates":     {doubling[:len(`a = "0123456789abcdef"`)+1+17*15] + "z = [" + strings.Repeat(`"${q}",`, 1000) + "]", "too much work"},
		"directive loop":          {numbers + `b = "%{ for x in a }%{ for y in a }x%{ endfor }%{ endfor }"`, "more than the 300 elements"},
		"format":                  {`a = format("%1001d", 1)`, "a width or a precision is at most 1000"},
		"precision":               {`a = format("%.99999999999f", 1)`, "a width or a precision is at most 1000"},
		"format of long texts":    {`a = format("` + strings.Repeat("%[1]s", 1000) + `", format("%1000s", format("%1000s", "x")))`, ""},
		"range":                   {`a = range(0, 1e9)`, "1024"},
		"join":                    {`a = join("` + strings.Repeat("x", 100_000) + `", range(1000))`, "8 MiB"},
		"replace":                 {`a = replace("` + strings.Repeat("x", 100_000) + `", "", "` + strings.Repeat("y", 1000) + `")`, "8 MiB"},
		"regexreplace":            {`a = regexreplace("` + strings.Repeat("x", 100_000) + `", "", "` + strings.Repeat("y", 1000) + `")`, "8 MiB"},
		"regexreplace of groups":  {`a = regexreplace("` + strings.Repeat("x", 100_000) + `", "x*", "` + strings.Repeat("$0", 1000) + `")`, "8 MiB"},
		"pattern":                 {`a = regex("` + strings.Repeat("(a?){100}", 100) + `", "` + strings.Repeat("a", 100_000) + `")`, "pattern is too large"},
		"indent":                  {`a = indent(1000, "` + strings.Repeat(`\n`, 100_000) + `")`, "8 MiB"},
		"indent far":              {`a = indent(1e9, "\n")`, "from 0 to 1000"},
		"split":                   {`a = split("", "` + strings.Repeat("x", 200_000) + `")`, "100000 elements"},
		"nested JSON":             {`a = jsondecode("` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `")`, "nested more than 100"},
		"wide JSON":               {`a = jsondecode("[` + strings.Repeat("1,", 100_001) + `1]")`, "100000 elements"},
		"csv":                     {`a = csvdecode("` + strings.Repeat(`,,,,,,,,\n`, 20_000) + `")`, "100000 elements"},
		"concat":                  {numbers + "b = concat(" + strings.Repeat("a,", 101) + "a)", "100000 elements"},
		"many results":            {numbers + "b = [" + strings.Repeat("concat(a, a, a),", 1000) + "]", "too much work"},
		"distinct":                {numbers + "b = distinct(concat(a, a, a))", "too long to compare"},
		"comparisons":             {numbers + "b = [" + strings.Repeat("a == a,", 10_000) + "]", "too much work"},
		"try in try":              {"a = " + strings.Repeat("try(", 90) + "1" + strings.Repeat(")", 90), ""},
		"can in can":              {"a = " + strings.Repeat("can(", 90) + "1" + strings.Repeat(")", 90), ""},
		"schema that doubles":     {"a = satisfies(1, { \"$ref\" = \"#/$defs/a30\", \"$defs\" = {" + schemaChain(30) + "} })", "more than 10000 steps"},
		"schema names by pointer": {`a = satisfies([[[]]], { items = { allOf = [{ "$ref" = "#" }, { "$ref" = "#" }] } })`, "refers to itself"},
		"a word in a long text":   {`a = mentions_any("` + strings.Repeat("a", 200_000) + `", ["` + strings.Repeat("a", 100_000) + `b"])`, "too many words for a text of this length"},
		"a long way":              {`a = distance("` + strings.Repeat("a", 100_000) + `", "` + strings.Repeat("b", 100_000) + `")`, "too long to compare character by character"},
		"many long ways":          {`a = [` + strings.Repeat(`similarity("`+strings.Repeat("a", 1000)+`", "`+strings.Repeat("b", 1000)+`"),`, 100) + `]`, "too much work"},
		"figures in a long text":  {`a = numbers("` + strings.Repeat("1 ", 150_000) + `")`, "at most 256 KiB"},
		"many figures":            {`a = numbers("` + strings.Repeat("1,", 120_000) + `")`, "100000 elements"},
		"setproduct":              {`a = setproduct([1], [2])`, "no function named"},
	} {
		t.Run(name, func(t *testing.T) {
			diags, total := process([]byte(c.src), false)
			if c.want == "" && diags.HasErrors() || c.want != "" && !strings.Contains(diags.Error(), c.want) {
				t.Errorf("got %.400s, want %q", diags, c.want)
			}
			if total > 4*maxBytes*8 {
				t.Errorf("%d bytes of values", total)
			}
		})
	}
}

// schemaChain declares schemas of which each uses the one before twice.
func schemaChain(n int) string {
	out := "a0 = {}\n"
	for i := 1; i <= n; i++ {
		out += fmt.Sprintf("a%d = { allOf = [{ \"$ref\" = \"#/$defs/a%d\" }, { \"$ref\" = \"#/$defs/a%d\" }] }\n", i, i-1, i-1)
	}
	return out
}

// Guards change nothing of what is read statically, nor of which names an expression uses.
func TestGuardsAreTransparent(t *testing.T) {
	parse := func(text string) hclsyntax.Expression {
		expr, diags := hclsyntax.ParseExpression([]byte(text), "f.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		return expr
	}
	for _, text := range []string{
		`endpoint.aim`, `poisson`, `"x"`, `"a ${b.c} ${[for x in y : x.z + w]}"`, `{ (a) = b, c = "d${e}", "f" = g }`, `[a.b, c[d], e.*.f, g[*].h]`,
		`a ? b : !c`, `try(a.b, -c)`, `"%{ if a }${b}%{ else }c%{ endif }"`, `f(a...)`, `(a)`,
	} {
		plain, guarded := parse(text), guardExpr(parse(text), &work{})
		if got, want := fmt.Sprint(references(guarded.Variables())), fmt.Sprint(references(plain.Variables())); got != want {
			t.Errorf("%s: variables %s, want %s", text, got, want)
		}
		if hcl.ExprAsKeyword(plain) != hcl.ExprAsKeyword(guarded) {
			t.Errorf("%s: not the same keyword", text)
		}
		_, before := hcl.AbsTraversalForExpr(plain)
		_, after := hcl.AbsTraversalForExpr(guarded)
		if before.HasErrors() != after.HasErrors() {
			t.Errorf("%s: %s", text, after)
		}
		if plain.Range() != guarded.Range() || plain.StartRange() != guarded.StartRange() {
			t.Errorf("%s: at %s, want %s", text, guarded.Range(), plain.Range())
		}
	}
	pairs, diags := hcl.ExprMap(guardExpr(parse(`{ a = b + c }`), nil))
	if diags.HasErrors() || hcl.ExprAsKeyword(pairs[0].Key) != "a" {
		t.Error(pairs, diags)
	}
}

func references(traversals []hcl.Traversal) []string {
	var out []string
	for _, t := range traversals {
		out = append(out, dotted(t))
	}
	return out
}

// What a reply says is bounded in the run, when no work is counted any more.
func TestReleasedGuardsStillBound(t *testing.T) {
	w := &work{}
	w.release()
	elements := make([]cty.Value, 301)
	for i := range elements {
		elements[i] = cty.StringVal("1e300000")
	}
	ctx := &hcl.EvalContext{
		Variables: map[string]cty.Value{"list": cty.TupleVal(elements), "text": cty.StringVal("1e300000"), "digits": cty.StringVal(strings.Repeat("9", 1<<20))},
		Functions: testFunctions(nil),
	}
	for text, want := range map[string]string{
		`[for x in list : [for y in list : 1]]`: "300 elements",
		`"${text + 1}"`:                         "beyond 1e308",
		`text > 5`:                              "",
		`digits > 5`:                            "400 digits",
		`max(digits, 5)`:                        "a number is required",
		`tonumber(digits)`:                      "at most 400 characters",
		`[for x in list : x]`:                   "",
	} {
		expr, _ := hclsyntax.ParseExpression([]byte(text), "f.hcl", hcl.InitialPos)
		_, diags := guardExpr(expr, w).Value(ctx)
		if want == "" && diags.HasErrors() || want != "" && !strings.Contains(diags.Error(), want) {
			t.Errorf("%s: got %.300s, want %q", text, diags, want)
		}
	}
}

func FuzzBounds(f *testing.F) {
	for _, seed := range []string{
		`a = [for x in range(3) : "${x}${x}"]`, `a = try(jsondecode("{}").a, format("%5d", 2))`, "a = <<A\n%{ if true }x%{ endif }\nA\n", `b { c = 1 }`,
		`{"a": "${1 + 1}", "b": [1, {"c": "${a}"}]}`, `a = { for k, v in { x = 1 } : k => v... }`, `a = "x"[*].b[0].c == null ? -1 : !true`,
	} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, src []byte, json bool) {
		hang := time.AfterFunc(20*time.Second, func() { panic(fmt.Sprintf("evaluating goes on and on: %q", src)) })
		defer hang.Stop()
		_, total := process(src, json)
		if total > 256<<20 {
			t.Errorf("%d bytes of values from %d bytes", total, len(src))
		}
	})
}

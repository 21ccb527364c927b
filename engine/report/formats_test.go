package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

const schemaPath = "../../docs/report.schema.json"

// schema compiles the published schema. A strict one refuses keys that the schema does not describe.
func schema(t *testing.T, strict bool) *jsonschema.Schema {
	t.Helper()
	raw, err := os.ReadFile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if strict {
		closeObjects(doc)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeObjects(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			closeObjects(x)
		}
	case map[string]any:
		if _, ok := v["properties"].(map[string]any); ok && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for _, x := range v {
			closeObjects(x)
		}
	}
}

func asJSON(t *testing.T, run *results.Run) (raw []byte, value any) {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, run); err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), value
}

func TestJSONKeepsItsSchema(t *testing.T) {
	strict := schema(t, true)
	for _, r := range slices.Concat(runs, loads) {
		if _, v := asJSON(t, r.run()); strict.Validate(v) != nil {
			t.Errorf("%s: %v", r.name, strict.Validate(v))
		}
	}
	load := finished(nil, measure.Ending{})
	load.Rules.Single, load.Turns = false, nil
	if _, v := asJSON(t, load); strict.Validate(v) != nil || v.(map[string]any)["turns"] != nil {
		t.Errorf("a load: %v", strict.Validate(v))
	}
	none := finished(nil, measure.Ending{})
	none.Endpoints = nil
	if _, v := asJSON(t, none); strict.Validate(v) != nil || v.(map[string]any)["turns"] == nil {
		t.Errorf("a run without turns: %v", strict.Validate(v))
	}
}

// A report in which every field of every struct is set has no key that the schema does not describe.
func TestTheSchemaDescribesEveryKey(t *testing.T) {
	run := passing()
	run.Turns = make([]event.Turn, 1)
	set(reflect.ValueOf(&run.Turns[0]).Elem())
	set(reflect.ValueOf(run.Summary).Elem())
	run.Endpoints = make([]results.Endpoint, 1)
	set(reflect.ValueOf(&run.Endpoints[0]).Elem())
	_, v := asJSON(t, run)
	err := schema(t, true).Validate(v)
	if err != nil && strings.Contains(err.Error(), "additional properties") {
		t.Error(err)
	}
}

// set gives every field a value that is not the zero one.
func set(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				set(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		set(v.Index(0))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		set(v.Elem())
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		set(value)
		v.SetMapIndex(reflect.ValueOf("x").Convert(v.Type().Key()), value)
	}
}

// The schema's lists of words are those of the program.
func TestTheSchemaKnowsTheWords(t *testing.T) {
	raw, err := os.ReadFile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Properties struct {
			SchemaVersion struct{ Const int }  `json:"schema_version"`
			ExitCode      struct{ Enum []int } `json:"exit_code"`
			Errors        struct {
				PropertyNames struct{ Enum []event.Class }
			}
		}
		Defs struct {
			Class struct{ Enum []event.Class }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Properties.SchemaVersion.Const != SchemaVersion {
		t.Errorf("the schema is of version %d", doc.Properties.SchemaVersion.Const)
	}
	if got := doc.Properties.Errors.PropertyNames.Enum; !slices.Equal(got, event.Failures) {
		t.Errorf("classes of errors: %q", got)
	}
	every := append([]event.Class{event.OK}, event.Failures...)
	if got := doc.Defs.Class.Enum; !slices.Equal(got, append(every, event.HungUp, event.Censored, event.Dropped, event.Unsent)) {
		t.Errorf("classes: %q", got)
	}
	for _, row := range measure.ExitCodes {
		if got := slices.Contains(doc.Properties.ExitCode.Enum, row.Code); got != (row.Code != measure.ExitUsage) {
			t.Errorf("exit code %d in the schema: %v", row.Code, got)
		}
	}
}

// parsed is a JUnit file as a viewer reads it.
type parsed struct {
	counts
	Suites []struct {
		counts
		Name  string `xml:"name,attr"`
		Cases []struct {
			Name      string  `xml:"name,attr"`
			Classname string  `xml:"classname,attr"`
			Time      float64 `xml:"time,attr"`
			Failure   *read   `xml:"failure"`
			Error     *read   `xml:"error"`
			Skipped   *read   `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type counts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type read struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func asJUnit(t *testing.T, run *results.Run) parsed {
	t.Helper()
	var b bytes.Buffer
	if err := JUnit(&b, run); err != nil {
		t.Fatal(err)
	}
	if !utf8.Valid(b.Bytes()) {
		t.Error("not UTF-8")
	}
	var p parsed
	d := xml.NewDecoder(&b)
	d.Strict = true
	if err := d.Decode(&p); err != nil {
		t.Fatal(err)
	}
	for {
		after, err := d.Token()
		if err == io.EOF {
			break
		}
		if text, ok := after.(xml.CharData); !ok || len(bytes.TrimSpace(text)) > 0 || err != nil {
			t.Fatalf("after the end: %v %v", after, err)
		}
	}
	return p
}

func TestJUnitCountsItsCases(t *testing.T) {
	for _, r := range slices.Concat(runs, loads) {
		run := r.run()
		p := asJUnit(t, run)
		var sum counts
		cases := 0
		for _, s := range p.Suites {
			var own counts
			for _, c := range s.Cases {
				own.Tests++
				own.Failures += present(c.Failure)
				own.Errors += present(c.Error)
				own.Skipped += present(c.Skipped)
				for _, d := range []*read{c.Failure, c.Error} {
					if d != nil && (d.Message == "" || !strings.Contains(d.Text, d.Message)) {
						t.Errorf("%s: the text of %s does not read alone: %q, %q", r.name, c.Name, d.Message, d.Text)
					}
				}
			}
			if own != s.counts {
				t.Errorf("%s: suite %s counts %+v, has %+v", r.name, s.Name, s.counts, own)
			}
			sum.Tests += own.Tests
			sum.Failures += own.Failures
			sum.Errors += own.Errors
			sum.Skipped += own.Skipped
			if s.Name != "run" {
				cases += own.Tests
			}
		}
		if sum != p.counts {
			t.Errorf("%s: counts %+v, has %+v", r.name, p.counts, sum)
		}
		want := len(run.Turns) + len(run.Summary.Objectives) + len(run.Summary.Checks)
		for i := range run.Summary.Objectives {
			want += len(run.Summary.Objectives[i].Stages)
		}
		if cases != want {
			t.Errorf("%s: %d cases, want %d", r.name, cases, want)
		}
		if green := p.Failures+p.Errors == 0; green != (run.Summary.Verdict == measure.Pass) {
			t.Errorf("%s is %s, and its JUnit file says green: %v", r.name, run.Summary.Verdict, green)
		}
	}
}

func present(r *read) int {
	if r == nil {
		return 0
	}
	return 1
}

func TestCSVIsReadBack(t *testing.T) {
	for _, r := range runs {
		run := r.run()
		var b bytes.Buffer
		if err := CSV(&b, run); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		if len(rows) != 1+len(run.Turns) || len(rows[0]) != len(columns) {
			t.Errorf("%s: %d rows of %d cells", r.name, len(rows), len(rows[0]))
		}
		for _, row := range rows[1:] {
			for i, cell := range row {
				if _, err := strconv.ParseFloat(cell, 64); err != nil && strings.HasPrefix(cell, "=") {
					t.Errorf("%s: %s is a formula: %q", r.name, rows[0][i], cell)
				}
			}
		}
	}
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+cmd": "'+cmd", "-1.5": "-1.5", "-x": "'-x", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1",
		"plain": "plain", "": "", "a\x00\x1b[2Jb": "a[2Jb", "\x1b=1": "'=1", "\xff": "\ufffd",
	} {
		if got := inert(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

// Whatever a model says, a table's row has the cells of its head, and no line outside a fence is a heading of its own.
func TestMarkdownTablesHoldTogether(t *testing.T) {
	for _, r := range slices.Concat(runs, loads) {
		var b bytes.Buffer
		if err := Markdown(&b, r.run()); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if !strings.HasPrefix(text, "## ") {
			t.Errorf("%s: the verdict is not first", r.name)
		}
		harmless(t, text, Style{Unicode: true})
		bars, fence := 0, ""
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			switch {
			case fence != "":
				if line == fence {
					fence = ""
				}
				continue
			case strings.HasPrefix(line, "```"):
				fence = strings.TrimSuffix(line, "text")
				continue
			case !strings.HasPrefix(line, "|"):
				bars = 0
				continue
			case bars == 0:
				bars = strings.Count(line, "|")
			}
			if strings.Count(line, "|") != bars || strings.Contains(line, "<") {
				t.Errorf("%s: %s", r.name, line)
			}
		}
		if fence != "" {
			t.Errorf("%s: a fence is open at the end", r.name)
		}
	}
	if got := fenced("a\n````\nb"); got != "`````text\na\n````\nb\n`````\n" {
		t.Errorf("%q", got)
	}
}

func TestJUnitWithoutAnything(t *testing.T) {
	p := asJUnit(t, finished(nil, measure.Ending{Cause: "the endpoint does not answer"}))
	if len(p.Suites) != 1 || p.Errors != 1 || !strings.Contains(p.Suites[0].Cases[0].Error.Text, "the endpoint does not answer") {
		t.Errorf("%+v", p)
	}
}

// Any text makes a valid JUnit file.
func FuzzJUnit(f *testing.F) {
	f.Add(hostile)
	f.Add("]]>]]&gt;\ufffe\uffff\U0001ffff\x0b\xed\xa0\x80")
	f.Fuzz(func(t *testing.T, text string) {
		turn := reply("smoke", "greet", text, text)
		turn.Class, turn.Message = event.Protocol, text
		turn.Assertions = []event.Assertion{failed(text, text)}
		asJUnit(t, finished([]event.Turn{turn}, measure.Ending{}))
	})
}

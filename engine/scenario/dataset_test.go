package scenario

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

func openData(name string) ([]byte, error) { return os.ReadFile("testdata/datasets/" + name) }

func TestDatasets(t *testing.T) {
	for name, c := range map[string]struct{ rows, types string }{
		"questions.jsonl": {
			`{"max":20,"prompt":"What is the capital of France?","tags":null} {"max":40,"prompt":"Name three rivers.","tags":["geo"]} {"max":null,"prompt":"Sing.","tags":["art","fun"]}`,
			"max number, prompt string, tags dynamic",
		},
		"sharegpt.json": {
			`{"conversations":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Hello!"}],"id":"one"} {"conversations":[{"from":"human","value":"Bye"}],"id":"two"}`,
			"conversations dynamic, id string",
		},
		"messages.jsonl": {
			`{"messages":[{"content":"Be brief.","role":"system"},{"content":"Hi","role":"user"}]} {"messages":[{"content":"Bye","role":"user"}]}`,
			"messages dynamic",
		},
		"trace.csv": {
			`{"empty":"","input_length":512,"name":"a, b","output_length":80,"timestamp":0,"zip":"007"} {"empty":"","input_length":1024,"name":"two\nlines","output_length":12,"timestamp":1200,"zip":"123"} {"empty":"","input_length":null,"name":"c","output_length":9,"timestamp":1350.5,"zip":"9"}`,
			"empty string, input_length number, name string, output_length number, timestamp number, zip string",
		},
		"lines.txt": {`{"text":"first"} {"text":"second line"} {"text":"third"}`, "text string"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := loadDataset(openData, name)
			if err != nil {
				t.Fatal(err)
			}
			if got := rowsText(t, rows); got != c.rows {
				t.Errorf("got  %s\nwant %s", got, c.rows)
			}
			var types []string
			for name, ty := range rows.Type().AttributeTypes() {
				types = append(types, name+" "+ty.FriendlyName())
			}
			slices.Sort(types)
			if got := strings.Join(types, ", "); got != c.types {
				t.Errorf("got  %s\nwant %s", got, c.types)
			}
		})
	}
}

func rowsText(t testing.TB, rows Rows) string {
	var out []string
	for i := range rows.Len() {
		text, err := jsonText(rows.Row(i))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func TestDatasetForms(t *testing.T) {
	for name, c := range map[string]struct{ source, text, want string }{
		"JSON by content":  {"data", ` {"a":1}`, `{"a":1}`},
		"list by content":  {"data", `[{"a":1},{"a":2}]`, `{"a":1} {"a":2}`},
		"text by content":  {"data", "a,b\n1,2\n", `{"text":"a,b"} {"text":"1,2"}`},
		"texts in JSON":    {"d.jsonl", "\"a\"\n\"b\"", `{"text":"a"} {"text":"b"}`},
		"over lines":       {"d.json", "{\n\"a\":\n1}\n{\"a\":2}", `{"a":1} {"a":2}`},
		"byte order mark":  {"d.csv", "\xef\xbb\xbfa,b\n1,x\n", `{"a":1,"b":"x"}`},
		"tabs":             {"d.tsv", "a\tb\n1,5\tx\n", `{"a":"1,5","b":"x"}`},
		"exponents":        {"d.csv", "a,b\n1e3,1e999\n", `{"a":1000,"b":"1e999"}`},
		"only a header":    {"d.csv", "a,b\n", ``},
		"nothing":          {"d.csv", "", ``},
		"nothing in JSON":  {"d.jsonl", "\n\n", ``},
		"empty list":       {"d.json", "[]", ``},
		"unlike types":     {"d.jsonl", `{"a":1} {"a":"x"} {"b":{"c":1}}`, `{"a":1,"b":null} {"a":"x","b":null} {"a":null,"b":{"c":1}}`},
		"capital ending":   {"D.CSV", "a\n1\n", `{"a":1}`},
		"broken JSON":      {"d.jsonl", "{\"a\":1}\n{\"a\":\n", `d.jsonl:2: the row is not JSON`},
		"no object":        {"d.jsonl", "{\"a\":1}\n\n[1]", `d.jsonl:3: a row must be a JSON object`},
		"null":             {"d.jsonl", "null", `d.jsonl:1: a row must be a JSON object`},
		"list without end": {"d.json", "[\n{\"a\":1}\n", `d.json:2: the list of rows does not end here as it should`},
		"more than a list": {"d.json", "[]\n[]", `d.json:2: the list of rows does not end here as it should`},
		"short record":     {"d.csv", "a,b\n1,2\n3\n", `d.csv:3: the record cannot be read: wrong number of fields`},
		"quotes":           {"d.csv", "a\n\"x\n", `d.csv:2: the record cannot be read: extraneous or missing " in quoted-field`},
		"name twice":       {"d.csv", "a,a\n1,2\n", `d.csv:1: column 2 of the header has no name of its own`},
		"no name":          {"d.csv", "a,\n1,2\n", `d.csv:1: column 2 of the header has no name of its own`},
		"not UTF-8":        {"d.txt", "a\nb\xff", `d.txt:2: it is not text in UTF-8`},
		"deep":             {"d.jsonl", "{\"a\":" + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}", `d.jsonl:1: the row cannot be read: the text has lists and objects that are nested more than 100 deep`},
		"number":           {"d.jsonl", "{\"a\":1}\n{\"a\":1e99999}", `d.jsonl:2: the row cannot be read: the text has a number`},
		"too many fields":  {"d.jsonl", "{" + fieldNames(1001) + "}", `d.jsonl:1: the rows of a dataset have at most 1000 fields together`},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := loadDataset(func(string) ([]byte, error) { return []byte(c.text), nil }, c.source)
			if err != nil {
				if !strings.HasPrefix(err.Error(), c.want) || c.want == "" {
					t.Errorf("got %s, want %s", err, c.want)
				}
				return
			}
			if got := rowsText(t, rows); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if _, err := loadDataset(sourceFile{dir: "testdata/datasets"}.open, "qestions.jsonl"); err == nil || !strings.Contains(err.Error(), `is "questions.jsonl" meant?`) {
		t.Error(err)
	}
	if ty := (Rows{}).Type(); ty != cty.DynamicPseudoType {
		t.Errorf("rows that could not be read have the type %#v", ty)
	}
}

func fieldNames(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf(`"f%d":1`, i)
	}
	return strings.Join(names, ",")
}

// A shuffled order has every place once, differs by seed, and does not keep places together.
func TestShuffled(t *testing.T) {
	for n := range 70 {
		checkOrder(t, n, 42)
	}
	checkOrder(t, 100_000, 1)
	const n = 1000
	same, followed := 0, 0
	for i := range n {
		if shuffled(i, n, 1) == shuffled(i, n, 2) {
			same++
		}
		if i > 0 && shuffled(i, n, 1) == shuffled(i-1, n, 1)+1 {
			followed++
		}
	}
	if same > 20 || followed > 20 {
		t.Errorf("%d places are the same with another seed, %d follow on each other", same, followed)
	}
}

func checkOrder(t *testing.T, n int, seed uint64) {
	seen := make([]bool, n)
	for i := range n {
		j := shuffled(i, n, seed)
		if j < 0 || j >= n || seen[j] {
			t.Fatalf("of %d, %d goes to %d", n, i, j)
		}
		seen[j] = true
	}
}

func TestRowsAreDrawnInOrder(t *testing.T) {
	rows, err := loadDataset(openData, "lines.txt")
	if err != nil {
		t.Fatal(err)
	}
	draw := func(d Dataset) string {
		var out []string
		for n := range int64(7) {
			row, ok := d.Row(n)
			if !ok {
				return strings.Join(append(out, "end"), " ")
			}
			out = append(out, row.GetAttr("text").AsString()[:1])
		}
		return strings.Join(out, " ")
	}
	if got := draw(Dataset{Rows: rows, Wrap: true}); got != "f s t f s t f" {
		t.Error(got)
	}
	if got := draw(Dataset{Rows: rows}); got != "f s t end" {
		t.Error(got)
	}
	shuffled := draw(Dataset{Rows: rows, Wrap: true, Shuffled: true, Seed: 7})
	if shuffled != draw(Dataset{Rows: rows, Wrap: true, Shuffled: true, Seed: 7}) {
		t.Error("the same seed gives another order")
	}
	first := strings.Fields(shuffled)[:3]
	slices.Sort(first)
	if strings.Join(first, " ") != "f s t" {
		t.Errorf("the first pass is %s", shuffled)
	}
}

func FuzzDataset(f *testing.F) {
	for _, name := range []string{"questions.jsonl", "sharegpt.json", "messages.jsonl", "trace.csv", "lines.txt"} {
		text, err := openData(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, text)
	}
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		rows, err := loadDataset(func(string) ([]byte, error) { return text, nil }, name)
		if err != nil {
			return
		}
		for i := range rows.Len() {
			row := rows.Row(i)
			if row.LengthInt() != len(rows.Type().AttributeTypes()) || !row.IsWhollyKnown() {
				t.Fatalf("row %d is %#v", i, row)
			}
			for name, ty := range rows.Type().AttributeTypes() {
				if v := row.GetAttr(name); ty != cty.DynamicPseudoType && !v.Type().Equals(ty) {
					t.Fatalf("row %d: %s is %#v, not %s", i, name, v, ty.FriendlyName())
				}
			}
		}
	})
}

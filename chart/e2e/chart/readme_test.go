package chart

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The chart's README lists every value: its default from values.yaml, in that order, and its meaning from the schema.
func TestReadmeListsEveryValue(t *testing.T) {
	const begin, end = "<!-- values: generated from values.yaml and values.schema.json -->\n", "<!-- end -->"
	var values yaml.Node
	if err := yaml.Unmarshal([]byte(read(t, directory, "values.yaml")), &values); err != nil {
		t.Fatal(err)
	}
	table := "\n| value | default | meaning |\n|---|---|---|\n" + rows(t, values.Content[0], schema(t), "") + "\n"
	path := filepath.Join(directory, "README.md")
	text := read(t, path)
	before, rest, ok := strings.Cut(text, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the values", path)
	}
	want := before + begin + table + end + after
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text != want {
		t.Errorf("%s does not list the values as they are; go test ./chart -update writes it anew", path)
	}
}

func rows(t *testing.T, node *yaml.Node, schema any, path string) string {
	t.Helper()
	var b strings.Builder
	for pair := range slices.Chunk(node.Content, 2) {
		name, value, below := path+pair[0].Value, pair[1], at(schema, "properties", pair[0].Value)
		if at(below, "properties") != nil && len(value.Content) > 0 {
			b.WriteString(rows(t, value, below, name+"."))
			continue
		}
		meaning, _ := at(below, "description").(string)
		if meaning == "" {
			t.Errorf("the schema does not say what %s means", name)
		}
		var fallback any
		if err := value.Decode(&fallback); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(fallback)
		if err != nil {
			t.Fatal(err)
		}
		if allowed, ok := at(below, "enum").([]any); ok {
			meaning += ": " + list(allowed)
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", name, text, meaning)
	}
	return b.String()
}

func list(of []any) string {
	quoted := make([]string, len(of))
	for i, v := range of {
		quoted[i] = fmt.Sprintf("`%v`", v)
	}
	return strings.Join(quoted, ", ")
}

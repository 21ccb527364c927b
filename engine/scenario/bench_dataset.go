package scenario

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// BenchDataset is a file of prompts, and how they are asked.
type BenchDataset struct {
	// name is the file's, below the scenario's directory.
	name string
	// beside: the scenario belongs into the file's own directory, rather than the working directory.
	beside bool
	// user and output are expressions over its rows; output is empty where it does not say how long replies are.
	user, output string
	timed        bool
}

// promptFields are the names that a prompt is likely to have, the likeliest first.
var promptFields = []string{"prompt", "question", "user", "query", "instruction", "input", "text", "content"}

// ReadBenchDataset looks at a file to see how its rows are asked: ShareGPT's by what the user said first, OpenAI's messages
// as they are, a trace's by texts of its lengths, and others by the field that has the prompt. The directory is where a
// scenario that names the file must be.
func ReadBenchDataset(path string) (d *BenchDataset, dir string, err error) {
	d, dir = &BenchDataset{name: filepath.ToSlash(filepath.Clean(path))}, "."
	if !filepath.IsLocal(path) {
		d.name, dir, d.beside = filepath.Base(path), filepath.Dir(path), true
	}
	rows, err := loadDataset(sourceFile{dir: dir}.open, d.name)
	if err != nil {
		return nil, "", err
	}
	if rows.Len() == 0 {
		return nil, "", fmt.Errorf("%s has no rows that could be asked", d.name)
	}
	fields := rows.types
	is := func(name string, ty cty.Type) bool { t, ok := fields[name]; return ok && t == ty }
	row := func(name string) string { return "row.prompts" + member(name) }
	_, recorded := fields["messages"]
	_, shared := fields["conversations"]
	switch {
	case recorded:
		d.user = fmt.Sprintf("messages(%s)", row("messages"))
		return d, dir, nil
	case shared:
		d.user = fmt.Sprintf("user_turns(%s)[0]", row("conversations"))
		return d, dir, nil
	case is("input_length", cty.Number):
		d.trace(fields)
		return d, dir, nil
	}
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if fields[name] == cty.String {
			texts = append(texts, name)
		}
	}
	for _, name := range promptFields {
		if is(name, cty.String) {
			d.user = row(name)
			return d, dir, nil
		}
	}
	if len(texts) == 1 {
		d.user = row(texts[0])
		return d, dir, nil
	}
	return nil, "", fmt.Errorf("%s: its rows have %s, and none of them is known to be the prompt: name it prompt, or take --print without --dataset and write the scenario on from there",
		d.name, listed(quoted(slices.Sorted(maps.Keys(fields))), "and"))
}

// trace asks by the lengths of a recorded trace, whose texts nobody has.
func (d *BenchDataset) trace(fields map[string]cty.Type) {
	parts := []string{"tokens = row.prompts.input_length"}
	if _, ok := fields["hash_ids"]; ok {
		parts = append(parts, "shared_by = row.prompts.hash_ids")
	}
	d.user = fmt.Sprintf("synthetic({ %s })", strings.Join(parts, ", "))
	if fields["output_length"] == cty.Number {
		d.output = "row.prompts.output_length"
	}
	d.timed = fields["timestamp"] == cty.Number
}

// Timed reports whether the rows say when they arrived, so that they can be replayed.
func (d *BenchDataset) Timed() bool { return d.timed }

// SaysLength reports whether the rows say how long replies are.
func (d *BenchDataset) SaysLength() bool { return d.output != "" }

// member is how a field is taken out of an object: by its name, or where that is none of the language's, by a text.
func member(name string) string {
	for i, r := range name {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return "[" + quote(name) + "]"
		}
	}
	return "." + name
}

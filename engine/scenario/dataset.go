package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
)

const (
	// maxRows bounds the rows of a dataset, maxRowBytes the bytes of each.
	maxRows     = 5_000_000
	maxRowBytes = 4 << 20
	// maxFields bounds the fields of all rows together.
	maxFields = 1000
)

// Rows are the rows of a dataset. The zero Rows have none. They are immutable: the file's bytes are kept, and a row is
// decoded when it is drawn.
type Rows struct {
	text   []byte
	spans  []span
	types  map[string]cty.Type
	decode func(row []byte) (map[string]cty.Value, error)
}

// span is where a row stands in the text.
type span struct{ from, to uint32 }

// Type is the type of every row: an object with the fields of all. A field whose values are of several types is dynamic.
func (r Rows) Type() cty.Type {
	if r.types == nil {
		return cty.DynamicPseudoType
	}
	return cty.Object(r.types)
}

// Len is the number of rows.
func (r Rows) Len() int { return len(r.spans) }

// Row is the i-th row, from 0, with null for the fields that it lacks.
func (r Rows) Row(i int) cty.Value {
	s := r.spans[i]
	fields, err := r.decode(r.text[s.from:s.to])
	row := make(map[string]cty.Value, len(r.types))
	for name, ty := range r.types {
		v, ok := fields[name]
		if !ok || err != nil || v.IsNull() {
			v = cty.NullVal(ty)
		}
		row[name] = v
	}
	return cty.ObjectVal(row)
}

// loadDataset reads a dataset by the ending of its name: .jsonl, .ndjson and .json hold JSON objects, a line each or in
// one list; .csv and .tsv a header and records; .txt one text a line. Where the ending says nothing, a file that begins
// with { or [ is JSON, and any other is text. The error names file and line, and quotes nothing.
func loadDataset(open func(string) ([]byte, error), source string) (Rows, error) {
	text, err := open(source)
	if err != nil {
		return Rows{}, fmt.Errorf("%s cannot be read: %w", source, err)
	}
	r, err := readRows(text, source)
	var at rowError
	switch {
	case errors.As(err, &at):
		return Rows{}, fmt.Errorf("%s:%d: %w", source, at.line, at.err)
	case err != nil:
		return Rows{}, fmt.Errorf("%s: %w", source, err)
	}
	return r, nil
}

// rowError is what is wrong at a line, from 1.
type rowError struct {
	line int
	err  error
}

func (e rowError) Error() string { return e.err.Error() }

func readRows(text []byte, source string) (Rows, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(text) {
		return Rows{}, rowError{lineOf(text, firstInvalid(text)), errors.New("it is not text in UTF-8")}
	}
	switch strings.ToLower(path.Ext(source)) {
	case ".jsonl", ".ndjson", ".json":
		return jsonRows(text)
	case ".csv":
		return csvRows(text, ',')
	case ".tsv":
		return csvRows(text, '\t')
	case ".txt", ".text", ".md":
		return textRows(text)
	}
	if start := bytes.TrimLeft(text, " \t\r\n"); len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		return jsonRows(text)
	}
	return textRows(text)
}

func firstInvalid(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return len(text)
}

// lineOf is the number of the line that a byte stands in, from 1.
func lineOf(text []byte, at int) int { return 1 + bytes.Count(text[:min(at, len(text))], []byte("\n")) }

// rowsBuilder takes rows in, each of which has been decoded once to see its types.
type rowsBuilder struct {
	spans  []span
	fields map[string]fieldType
}

// fieldType is the type of a field's values: unset where all so far were null.
type fieldType struct {
	typ   cty.Type
	set   bool
	mixed bool
}

func (b *rowsBuilder) add(from, to int, row map[string]cty.Value) error {
	switch {
	case to-from > maxRowBytes:
		return fmt.Errorf("a row has at most %d MiB", maxRowBytes>>20)
	case len(b.spans) == maxRows:
		return fmt.Errorf("a dataset has at most %d rows", maxRows)
	}
	for name, v := range row {
		f, ok := b.fields[name]
		if !ok && len(b.fields) == maxFields {
			return fmt.Errorf("the rows of a dataset have at most %d fields together", maxFields)
		}
		if !v.IsNull() {
			f.mixed = f.mixed || f.set && !f.typ.Equals(v.Type())
			f.typ, f.set = v.Type(), true
		}
		if b.fields == nil {
			b.fields = map[string]fieldType{}
		}
		b.fields[name] = f
	}
	b.spans = append(b.spans, span{uint32(from), uint32(to)})
	return nil
}

func (b *rowsBuilder) rows(text []byte, decode func([]byte) (map[string]cty.Value, error)) Rows {
	r := Rows{text: text, spans: b.spans, types: map[string]cty.Type{}, decode: decode}
	for name, f := range b.fields {
		r.types[name] = cty.DynamicPseudoType
		if f.set && !f.mixed {
			r.types[name] = f.typ
		}
	}
	return r
}

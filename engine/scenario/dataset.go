package scenario

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Rows are the rows of a dataset.
type Rows struct {
	typ  cty.Type
	rows []cty.Value
}

// Type is the type of every row.
func (r Rows) Type() cty.Type {
	if r.rows == nil {
		return cty.DynamicPseudoType
	}
	return r.typ
}

// Len is the number of rows.
func (r Rows) Len() int { return len(r.rows) }

// Row is the i-th row, from 0.
func (r Rows) Row(i int) cty.Value { return r.rows[i] }

// loadDataset reads rows by the ending of the source: JSON Lines, CSV with a header, or one text a line.
func loadDataset(open func(string) ([]byte, error), source string) (Rows, error) {
	text, err := open(source)
	if err != nil {
		return Rows{}, err
	}
	var rows []map[string]cty.Value
	switch {
	case strings.HasSuffix(source, ".jsonl"):
		rows, err = jsonRows(text)
	case strings.HasSuffix(source, ".csv"):
		rows, err = csvRows(text)
	default:
		rows = textRows(text)
	}
	if err != nil {
		return Rows{}, err
	}
	return rowsOf(rows), nil
}

func jsonRows(text []byte) ([]map[string]cty.Value, error) {
	var rows []map[string]cty.Value
	n := 0
	for line := range bytes.Lines(text) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		v, err := decodeJSON(string(line))
		if err != nil || !json.Valid(line) || !v.Type().IsObjectType() {
			return nil, fmt.Errorf("line %d is not a JSON object", n)
		}
		rows = append(rows, v.AsValueMap())
	}
	return rows, nil
}

func csvRows(text []byte) ([]map[string]cty.Value, error) {
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(records) == 0 {
		return nil, err
	}
	var rows []map[string]cty.Value
	for _, record := range records[1:] {
		row := map[string]cty.Value{}
		for i, field := range record {
			row[records[0][i]] = cty.StringVal(field)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func textRows(text []byte) []map[string]cty.Value {
	var rows []map[string]cty.Value
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			rows = append(rows, map[string]cty.Value{"text": cty.StringVal(string(line))})
		}
	}
	return rows
}

// rowsOf gives every row the fields of all; what a row lacks is null, and a field of several types is dynamic.
func rowsOf(rows []map[string]cty.Value) Rows {
	types := map[string]cty.Type{}
	for _, row := range rows {
		for name, v := range row {
			if have, ok := types[name]; ok && !have.Equals(v.Type()) {
				types[name] = cty.DynamicPseudoType
			} else {
				types[name] = v.Type()
			}
		}
	}
	out := Rows{typ: cty.Object(types), rows: make([]cty.Value, len(rows))}
	for i, row := range rows {
		whole := make(map[string]cty.Value, len(types))
		for name, typ := range types {
			if v, ok := row[name]; ok {
				whole[name] = v
			} else {
				whole[name] = cty.NullVal(typ)
			}
		}
		out.rows[i] = cty.ObjectVal(whole)
	}
	return out
}

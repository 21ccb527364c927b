package scenario

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// textField is the field of rows that are just text.
const textField = "text"

// textRows has a row for each line that is not blank.
func textRows(text []byte) (Rows, error) {
	var b rowsBuilder
	at := 0
	for line := range bytes.Lines(text) {
		from := at
		at += len(line)
		line = bytes.TrimRight(line, "\r\n")
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		row, _ := textRow(line)
		if err := b.add(from, from+len(line), row); err != nil {
			return Rows{}, rowError{lineOf(text, from), err}
		}
	}
	return b.rows(text, textRow), nil
}

func textRow(line []byte) (map[string]cty.Value, error) {
	return map[string]cty.Value{textField: cty.StringVal(string(line))}, nil
}

// jsonRows has a row for each value of a stream, such as JSON Lines, or for each element of a list.
func jsonRows(text []byte) (Rows, error) {
	var b rowsBuilder
	dec := json.NewDecoder(bytes.NewReader(text))
	list := bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("["))
	if list {
		if _, err := dec.Token(); err != nil {
			return Rows{}, rowError{1, errors.New("it is not JSON")}
		}
	}
	for dec.More() {
		if err := b.nextJSON(dec, text); err != nil {
			return Rows{}, err
		}
	}
	if list {
		_, unclosed := dec.Token()
		if _, err := dec.Token(); unclosed != nil || err != io.EOF {
			return Rows{}, rowError{lineOf(text, int(dec.InputOffset())), errors.New("the list of rows does not end here as it should")}
		}
	}
	return b.rows(text, jsonRow), nil
}

func (b *rowsBuilder) nextJSON(dec *json.Decoder, text []byte) error {
	start := int(dec.InputOffset())
	for start < len(text) && bytes.IndexByte([]byte(" \t\r\n,"), text[start]) >= 0 {
		start++
	}
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return rowError{lineOf(text, start), errors.New("the row is not JSON")}
	}
	end := int(dec.InputOffset())
	row, err := jsonRow(raw)
	if err == nil && unsaid(row) {
		return nil
	}
	if err == nil {
		err = b.add(end-len(raw), end, row)
	}
	if err != nil {
		return rowError{lineOf(text, end-len(raw)), err}
	}
	return nil
}

func jsonRow(raw []byte) (map[string]cty.Value, error) {
	v, err := decodeJSON(string(raw))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the row cannot be read: %w", err)
	case v.Type() == cty.String && !v.IsNull():
		return map[string]cty.Value{textField: v}, nil
	case v.IsNull() || !v.Type().IsObjectType():
		return nil, errors.New("a row must be a JSON object")
	}
	return v.AsValueMap(), nil
}

// plainNumber is how a column's numbers are written: 007 is a name, not a number.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// csvRows has a row for each record after the header, which names the fields. A column whose values are all numbers is
// one of numbers; in it, an empty value is null.
func csvRows(text []byte, comma rune) (Rows, error) {
	c := csvColumns{comma: comma}
	r := c.reader(text)
	header, err := r.Read()
	if err == io.EOF {
		return Rows{}, nil
	}
	if err != nil {
		return Rows{}, csvError(err)
	}
	for i, name := range header {
		if name == "" || slices.Index(header, name) != i {
			return Rows{}, rowError{1, fmt.Errorf("column %d of the header has no name of its own", i+1)}
		}
	}
	c.names, c.numbers, c.filled = slices.Clone(header), make([]bool, len(header)), make([]bool, len(header))
	for i := range c.numbers {
		c.numbers[i] = true
	}
	var b rowsBuilder
	for {
		from := r.InputOffset()
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Rows{}, csvError(err)
		}
		c.see(record)
		if err := b.add(int(from), int(r.InputOffset()), nil); err != nil {
			line, _ := r.FieldPos(0)
			return Rows{}, rowError{line, err}
		}
	}
	rows := b.rows(text, c.row)
	for i, name := range c.names {
		rows.types[name] = cty.String
		if c.numbers[i] = c.numbers[i] && c.filled[i]; c.numbers[i] {
			rows.types[name] = cty.Number
		}
	}
	return rows, nil
}

func csvError(err error) error {
	var at *csv.ParseError
	if errors.As(err, &at) {
		return rowError{at.Line, fmt.Errorf("the record cannot be read: %w", at.Err)}
	}
	return errors.New("it is not CSV")
}

// csvColumns are the columns of a CSV file.
type csvColumns struct {
	comma           rune
	names           []string
	numbers, filled []bool
}

func (c *csvColumns) reader(text []byte) *csv.Reader {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.ReuseRecord = c.comma, true
	return r
}

// see learns from a record which columns are of numbers.
func (c *csvColumns) see(record []string) {
	for i, text := range record {
		if text == "" {
			continue
		}
		c.filled[i] = true
		c.numbers[i] = c.numbers[i] && plainNumber.MatchString(text) && numberInBounds(text)
	}
}

func (c *csvColumns) row(raw []byte) (map[string]cty.Value, error) {
	record, err := c.reader(raw).Read()
	if err != nil {
		return nil, csvError(err)
	}
	row := make(map[string]cty.Value, len(record))
	for i, text := range record[:min(len(record), len(c.names))] {
		switch {
		case !c.numbers[i]:
			row[c.names[i]] = cty.StringVal(text)
		case text == "":
			row[c.names[i]] = cty.NullVal(cty.Number)
		default:
			if row[c.names[i]], err = cty.ParseNumberVal(text); err != nil {
				return nil, errors.New("the record has something that is not a number")
			}
		}
	}
	return row, nil
}

package scenario

import (
	"testing"

	"github.com/zclconf/go-cty/cty"
)

func TestRow(t *testing.T) {
	rows := textRowsOf(t, 5)
	draw := func(d *Dataset, n int64) string {
		t.Helper()
		row, ok := d.Row(n)
		if !ok {
			return "-"
		}
		return row.GetAttr("text").AsString()
	}
	plain := &Dataset{Rows: rows}
	if got := draw(plain, 0) + draw(plain, 4) + draw(plain, 5); got != "ae-" {
		t.Errorf("in order, without wrapping: %s", got)
	}
	wrapped := &Dataset{Rows: rows, Wrap: true}
	if got := draw(wrapped, 5) + draw(wrapped, 14); got != "ae" {
		t.Errorf("wrapped: %s", got)
	}
	mixed := &Dataset{Rows: rows, Wrap: true, Shuffled: true, Seed: 7}
	orders := map[string]bool{}
	for pass := range int64(4) {
		seen, order := map[string]bool{}, ""
		for i := range int64(5) {
			text := draw(mixed, pass*5+i)
			seen[text], order = true, order+text
		}
		if len(seen) != 5 {
			t.Errorf("pass %d gave %s, not every row once", pass, order)
		}
		orders[order] = true
	}
	if len(orders) < 2 {
		t.Errorf("every pass has the same order: %v", orders)
	}
	if _, ok := (&Dataset{Wrap: true}).Row(0); ok {
		t.Error("an empty dataset gave a row")
	}
}

func textRowsOf(t *testing.T, n int) Rows {
	t.Helper()
	var out Rows
	text := ""
	for i := range n {
		text += string(rune('a'+i)) + "\n"
	}
	out, err := loadDataset(func(string) ([]byte, error) { return []byte(text), nil }, "rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	if out.Len() != n || !out.Type().Equals(cty.Object(map[string]cty.Type{"text": cty.String})) {
		t.Fatalf("%d rows of %s", out.Len(), out.Type().FriendlyName())
	}
	return out
}

package scenario

import "github.com/zclconf/go-cty/cty"

// Row is the row that the n-th conversation draws, from 0; false where the dataset has come to its end. A shuffled
// dataset gives every row once before it gives one again, in an order drawn from its seed for each pass.
func (d *Dataset) Row(n int64) (cty.Value, bool) {
	rows := int64(d.Rows.Len())
	if rows == 0 || n < 0 || (n >= rows && !d.Wrap) {
		return cty.NilVal, false
	}
	i := int(n % rows)
	if d.Shuffled {
		i = shuffled(i, int(rows), mix(uint64(d.Seed), uint64(n/rows)))
	}
	return d.Rows.Row(i), true
}

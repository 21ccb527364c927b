package scenario

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/zclconf/go-cty/cty"
)

// timeUnits are the units of a trace's times.
var timeUnits = map[string]time.Duration{"s": time.Second, "ms": time.Millisecond, "us": time.Microsecond, "ns": time.Nanosecond}

// replay reads a replay block, with the times of the rows that it takes.
func (d *decoder) replay(n *node) *Replay {
	r := &Replay{At: n.text("at"), Unit: n.word("unit"), Speedup: n.float("speedup"), Limit: n.integer("limit")}
	refs := n.refs["dataset"]
	if len(refs) == 0 {
		return r
	}
	r.Dataset = d.datasets[refs[0].name]
	if ty := r.Dataset.Rows.Type(); ty.IsObjectType() && !ty.HasAttribute(r.At) {
		d.fail(n.at("at"), "Unknown column", fmt.Sprintf("The rows of dataset.%s have no column %q.%s", r.Dataset.Name, r.At, didYouMean(r.At, attributeNames(ty))))
		return r
	}
	if timeUnits[r.Unit] == 0 || !(r.Speedup > 0) {
		return r // reported where they stand
	}
	if err := r.readTimes(); err != nil {
		d.fail(n.at("dataset"), "Unusable times", fmt.Sprintf("dataset.%s: %s.", r.Dataset.Name, err))
	}
	return r
}

// readTimes reads when the rows arrive. The error quotes nothing of them.
func (r *Replay) readTimes() error {
	rows := r.Dataset.Rows.Len()
	if r.Limit > 0 {
		rows = min(rows, r.Limit)
	}
	unit := float64(timeUnits[r.Unit]) / r.Speedup
	var first, last float64
	r.Times = make([]time.Duration, rows)
	for i := range rows {
		at, err := column(r.Dataset.Rows.Row(i), r.At)
		if i == 0 {
			first, last = at, at
		}
		switch {
		case err != nil:
			return fmt.Errorf("%s in row %d %w", r.At, i+1, err)
		case at < last:
			return fmt.Errorf("row %d arrived before row %d: sort the rows by %s", i+1, i, r.At)
		case (at-first)*unit > float64(maxDuration):
			return fmt.Errorf("row %d would arrive %.0f hours after the first: check unit", i+1, (at-first)*unit/float64(time.Hour))
		}
		last = at
		r.Times[i] = time.Duration(math.Round((at - first) * unit))
	}
	return nil
}

// column is a number in a row.
func column(row cty.Value, name string) (float64, error) {
	if !row.Type().IsObjectType() || !row.Type().HasAttribute(name) {
		return 0, errors.New("is missing")
	}
	v, _ := row.GetAttr(name).Unmark()
	if v.IsNull() || !v.IsKnown() || v.Type() != cty.Number {
		return 0, errors.New("must be a number")
	}
	x, _ := v.AsBigFloat().Float64()
	return x, nil
}

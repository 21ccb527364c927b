package measure

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/fxamacker/cbor/v2"
)

// Take returns what was measured since the last call, to be merged elsewhere, and forgets it. It is for a process that has
// a part of a run: what it measured is judged by the one that Merge is called in. The turns of single runs and the servers'
// series are not part of it.
func (r *Recorder) Take() ([]byte, error) {
	all := newSet(&r.rules, r.redact)
	for i := range r.shards {
		s := &r.shards[i]
		fresh := newSet(&r.rules, r.redact)
		s.mu.Lock()
		full := s.set
		s.set = fresh
		s.mu.Unlock()
		all.merge(full)
	}
	part, err := cbor.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("writing down what was measured: %w", err)
	}
	return part, nil
}

// Merge adds what Take returned in another process that runs the same scenario. The numbers are the same as if all turns
// had been recorded here. A part that does not fit, such as one of another version, is refused whole.
func (r *Recorder) Merge(part []byte) error {
	other := newSet(&r.rules, r.redact)
	if err := parts.Unmarshal(part, other); err != nil {
		return fmt.Errorf("reading what another process measured: %w", err)
	}
	if !newSet(&r.rules, r.redact).fits(other) {
		return fmt.Errorf("reading what another process measured: %w", errPart)
	}
	s := &r.shards[0]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set.merge(other)
	return nil
}

// parts reads CBOR, whose reader refuses what claims to be longer than it is.
var parts = func() cbor.DecMode {
	mode, err := cbor.DecOptions{MaxArrayElements: 1 << 20, MaxMapPairs: 1 << 20}.DecMode()
	if err != nil {
		panic(err)
	}
	return mode
}()

// MarshalBinary makes it an encoding.BinaryMarshaler: the numbers one after another, of the buckets only those that have
// values.
func (d *Distribution) MarshalBinary() ([]byte, error) {
	w := packer{}
	w.floats(d.scale, d.sum, d.min, d.max, d.waited)
	w.ints(d.n, d.lost, d.blank, int64(len(d.exact)))
	w.floats(d.exact...)
	var counts []int64
	if d.hist != nil {
		for i, n := range d.hist.Export().Counts {
			if n > 0 {
				counts = append(counts, int64(i), n)
			}
		}
		w.ints(1)
	} else {
		w.ints(0)
	}
	w.ints(int64(len(counts)))
	w.ints(counts...)
	if d.cut == nil {
		return w.bytes, nil
	}
	cut, err := d.cut.MarshalBinary()
	return append(w.bytes, cut...), err
}

// UnmarshalBinary makes it an encoding.BinaryUnmarshaler.
func (d *Distribution) UnmarshalBinary(raw []byte) error {
	r := &unpacker{bytes: raw}
	*d = Distribution{scale: r.float(), sum: r.float(), min: r.float(), max: r.float(), waited: r.float(), n: r.int(), lost: r.int(), blank: r.int()}
	for range r.length(keptExactly) {
		d.exact = append(d.exact, r.float())
	}
	folded, counts := r.int() == 1, r.length(2*len(buckets))
	if folded {
		d.hist = hdrhistogram.New(1, highest, digits)
		for range counts / 2 {
			at, n := r.int(), r.int()
			if at < 0 || at >= int64(len(buckets)) || n < 0 || d.hist.TotalCount()+n < 0 {
				return errPart
			}
			_ = d.hist.RecordValues(buckets[at], n) // it lies within the bounds
		}
	}
	if r.failed || d.n < 0 || d.lost < 0 || d.blank < 0 || d.scale <= 0 {
		return errPart
	}
	if len(r.bytes) > 0 {
		d.cut = &Distribution{}
		return d.cut.UnmarshalBinary(r.bytes)
	}
	return nil
}

var errPart = errors.New("it is cut, or of another scenario or version")

// buckets are the least values of a histogram's buckets, in their order.
var buckets = func() (out []int64) {
	state := hdrhistogram.New(1, highest, digits).Export()
	for i := range state.Counts {
		state.Counts[i] = 1
	}
	for _, bar := range hdrhistogram.Import(state).Distribution() {
		out = append(out, bar.From)
	}
	return out
}()

// packer writes numbers one after another.
type packer struct{ bytes []byte }

func (p *packer) ints(all ...int64) {
	for _, x := range all {
		p.bytes = binary.AppendVarint(p.bytes, x)
	}
}

func (p *packer) floats(all ...float64) {
	for _, x := range all {
		p.bytes = binary.LittleEndian.AppendUint64(p.bytes, math.Float64bits(x))
	}
}

// unpacker reads what a packer wrote.
type unpacker struct {
	bytes  []byte
	failed bool
}

func (u *unpacker) int() int64 {
	x, n := binary.Varint(u.bytes)
	if n <= 0 {
		u.failed, u.bytes = true, nil
		return 0
	}
	u.bytes = u.bytes[n:]
	return x
}

func (u *unpacker) float() float64 {
	if len(u.bytes) < 8 {
		u.failed, u.bytes = true, nil
		return 0
	}
	x := math.Float64frombits(binary.LittleEndian.Uint64(u.bytes))
	u.bytes = u.bytes[8:]
	return x
}

// length is a number of things, of which there can be so many at most.
func (u *unpacker) length(most int) int {
	n := u.int()
	if n < 0 || n > int64(most) {
		u.failed, u.bytes = true, nil
		return 0
	}
	return int(n)
}

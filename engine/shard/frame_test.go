package shard

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

func TestFramesComeBack(t *testing.T) {
	body := []byte(strings.Repeat("what was measured ", 1000))
	b, err := pack(kindUpload, upload{N: 7, Measured: 3}, body)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > len(body)/2 {
		t.Errorf("%d bytes for %d", len(b), len(body))
	}
	f, err := readFrame(bytes.NewReader(b), mostBody)
	var u upload
	if err != nil || f.kind != kindUpload || f.says(&u) != nil || u.N != 7 || !bytes.Equal(f.body, body) {
		t.Errorf("%v %+v", err, u)
	}
	for what, change := range map[string]func(b []byte) []byte{
		"cut":             func(b []byte) []byte { return b[:len(b)-1] },
		"of no kind":      func(b []byte) []byte { b[4] = 200; return b },
		"a wrong length":  func(b []byte) []byte { b[3]++; return append(b, 0) },
		"a long head":     func(b []byte) []byte { binary.BigEndian.PutUint32(b[5:], 1<<30); return b },
		"endless":         func(b []byte) []byte { binary.BigEndian.PutUint32(b, 1<<32-1); return b },
		"a wrong body":    func(b []byte) []byte { b[9]++; return b },
		"another checked": func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
	} {
		if _, err := readFrame(bytes.NewReader(change(bytes.Clone(b))), mostBody); err == nil {
			t.Errorf("%s: read", what)
		}
	}
	if _, err := readFrame(bytes.NewReader(b), 100); err == nil {
		t.Error("a body that is too large for a stranger was read")
	}
}

// Whatever comes over the network is a frame, or an error.
func FuzzReadFrame(f *testing.F) {
	for _, body := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("y"), 5000)} {
		b, err := pack(kindUpload, upload{N: 1}, body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("GET / HTTP/1.1\r\nHost: leader\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := readFrame(bytes.NewReader(raw), 1<<20)
		if err != nil {
			return
		}
		if len(got.body) > 1<<20 || got.kind == 0 || got.kind >= kindEnd {
			t.Errorf("%d bytes of kind %d", len(got.body), got.kind)
		}
		var u upload
		_ = got.says(&u)
	})
}

func TestDifference(t *testing.T) {
	for _, c := range [][3]string{
		{`{"a":[1,{"b":"x"}]}`, `{"a":[1,{"b":"y"}]}`, `a[1].b is "x" at the leader's, "y" there`},
		{`{"a":1}`, `{"a":1,"c":[2]}`, `c is null at the leader's, [2] there`},
		{`[1]`, `{"a":1}`, `the plan is [1] at the leader's, {"a":1} there`},
		{`{"a":1}`, `{ "a":1}`, "they are written in different ways"},
		{`{"a":1}`, `{`, "they cannot be compared"},
	} {
		if got := difference([]byte(c[0]), []byte(c[1])); got != c[2] {
			t.Errorf("%s and %s: %s", c[0], c[1], got)
		}
	}
}

func TestPlaces(t *testing.T) {
	for text, want := range map[string]Place{"0/1": {0, 1}, "3/4": {3, 4}} {
		if got, err := ParsePlace(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "4/4", "-1/4", "1/0", "1/99999", "a/b", "1/2/3"} {
		if got, err := ParsePlace(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

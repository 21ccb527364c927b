package simulate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// faultConfig is what the golden files were made with: headers at once, five tokens 10 ms apart from 100 ms on.
func faultConfig(kind Kind) Config {
	return Config{
		TTFT: always(100 * time.Millisecond), ITL: always(10 * time.Millisecond), Seed: 1, Model: "m", Cache: true,
		Replies: []Reply{{Text: `Käse "is" ready.`, Reasoning: "Hm."}},
		Faults:  []Fault{{Kind: kind, Share: 1, After: 2, RetryAfter: 1500 * time.Millisecond}},
	}
}

const (
	streamed = `{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true,"stream_options":{"include_usage":true}}`
	whole    = `{"model":"m","messages":[{"role":"user","content":"Hi"}]}`
	offering = `{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true,"tools":[{"type":"function","function":{"name":"nod"}}]}`
)

// Each kind puts these very bytes on the wire, at these instants.
func TestFaultsOnTheWire(t *testing.T) {
	for _, kind := range append(KindNames(), "none") {
		t.Run(kind, func(t *testing.T) {
			body := streamed
			if Kind(kind) == ToolRounds {
				body = offering
			}
			golden(t, filepath.Join("streamed", kind), wireOf(t, Kind(kind), body))
		})
	}
}

// Where the reply is not streamed, the kinds that show there do so, and the others change nothing.
func TestFaultsOnWholeReplies(t *testing.T) {
	usual := wireOf(t, "none", whole)
	golden(t, filepath.Join("whole", "none"), usual)
	for _, k := range Kinds() {
		t.Run(string(k.Kind), func(t *testing.T) {
			got := wireOf(t, k.Kind, whole)
			switch {
			case k.Whole && k.Kind != ToolRounds:
				golden(t, filepath.Join("whole", string(k.Kind)), got)
			case got != usual:
				t.Errorf("the kind is not said to show in whole replies, but does:\n%s", got)
			}
		})
	}
}

func wireOf(t *testing.T, kind Kind, body string) (lines string) {
	synctest.Test(t, func(t *testing.T) {
		_, dial := start(t, faultConfig(kind))
		lines = timeline(send(t, dial, "/v1/chat/completions", body, "Authorization: Bearer secret").read(3500 * time.Millisecond))
	})
	return lines
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "wire", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFaultSharesAreDrawnBySeed(t *testing.T) {
	count := func(seed int64) (n map[Kind]int, order string) {
		s := New(Config{Seed: seed, Faults: []Fault{{Kind: HTTP500, Share: 0.1}, {Kind: Reset, Share: 0.25}}})
		n = make(map[Kind]int)
		for i := range uint64(20_000) {
			kind := s.faultOf(i).Kind
			n[kind]++
			if i < 200 {
				order += string(kind) + ","
			}
		}
		return n, order
	}
	n, order := count(7)
	for kind, want := range map[Kind]int{HTTP500: 2000, Reset: 5000, "": 13_000} {
		if n[kind] < want-300 || n[kind] > want+300 {
			t.Errorf("%q: %d of 20000, want about %d", kind, n[kind], want)
		}
	}
	if _, again := count(7); again != order {
		t.Error("the same seed gave other faults")
	}
	if _, other := count(8); other == order {
		t.Error("another seed gave the same faults")
	}
}

func TestKindsAreDocumented(t *testing.T) {
	seen := make(map[Kind]bool)
	for _, k := range Kinds() {
		if k.Doc == "" || seen[k.Kind] || strings.ToLower(string(k.Kind)) != string(k.Kind) {
			t.Errorf("%+v", k)
		}
		seen[k.Kind] = true
	}
}

package scenario

import (
	"os"
	"path/filepath"
	"testing"
)

// Where the user says something synthetic, whatever the way to write it, and nowhere else.
func TestSynthetic(t *testing.T) {
	const head = `
endpoint "aim" {
  simulator {}
}
locals {
  plain  = text("Hello")
  sized  = [synthetic({ tokens = 5 })]
  nested = { prompts = local.sized }
}
conversation "c" {
  turn "t" {
    user = `
	for user, want := range map[string]bool{
		`"synthetic({ tokens = 5 })"`:                        false,
		`[text("synthetic")]`:                                false,
		`local.plain`:                                        false,
		`[local.plain, "about ${iteration}"]`:                false,
		`synthetic({ tokens = 5 })`:                          true,
		`local.sized`:                                        true,
		`concat(local.nested.prompts, ["${iteration}"])`:     true,
		`["${iteration}", synthetic({ tokens = 5 })]`:        true,
		`[for i in [iteration] : synthetic({ tokens = 5 })]`: true,
	} {
		path := filepath.Join(t.TempDir(), "test.hcl")
		if err := os.WriteFile(path, []byte(head+user+"\n  }\n}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s, diags := Read([]string{path}, Options{})
		if diags.HasErrors() {
			t.Fatalf("%s: %s", user, diags)
		}
		if got := s.Conversations[0].Synthetic(); got != want {
			t.Errorf("%s: %v, want %v", user, got, want)
		}
	}
}

// A length that is a distribution is drawn for each part and session, within what a length may be.
func TestTokensAreDrawn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.hcl")
	const text = `
endpoint "aim" {
  simulator {}
}
conversation "c" {
  turn "t" {
    user = [synthetic({ tokens = uniform(100, 200) }), synthetic({ tokens = uniform(100, 200) }), synthetic({ tokens = normal(-5, 0) })]
  }
}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, diags := Read([]string{path}, Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	seen := map[int]bool{}
	for session := range int64(100) {
		var drawn [2][]Part
		for i := range drawn {
			sc := s.NewScope(Site{Seed: 3, Session: session})
			sc.EnterTurn("t")
			if drawn[i], diags = s.Conversations[0].Turns[0].User.Parts(sc); diags.HasErrors() {
				t.Fatal(diags)
			}
		}
		for i, p := range drawn[0] {
			if p.Tokens != drawn[1][i].Tokens {
				t.Fatalf("session %d draws %d, then %d", session, p.Tokens, drawn[1][i].Tokens)
			}
			if i < 2 && (p.Tokens < 100 || p.Tokens > 200) || i == 2 && p.Tokens != 1 {
				t.Fatalf("part %d has %d tokens", i, p.Tokens)
			}
			seen[p.Tokens] = true
		}
	}
	if len(seen) < 50 {
		t.Errorf("only %d lengths in 200 draws from 101", len(seen))
	}
}

package scenario

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOutline(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.hcl": `
variable "peak" {
  description = "Conversations a second."
  default     = 40
  validation {
    condition     = var.peak > 0
    error_message = "no"
  }
}
variable "fast" {
  type = bool
}
variable "key" {
  default   = "secret"
  sensitive = true
}
variable "made" {
  default     = upper("x")
  description = "${var.peak}"
}
variable "list" {
  default = [1, 2]
}
conversation "ask" {
  description = "Asks."
  nonsense    = 1
}
unknown "block" {}
`,
		"b.hcl.json": `{"load": {"ramp": {}}, "variable": {"peak": {}, "word": {"default": "a b"}}}`,
		"c.hcl":      `load "half" { users = `,
		"d.hcl":      "\x00",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := []Declaration{
		{Kind: "variable", Name: "peak", Description: "Conversations a second.", Values: []string{"40"}},
		{Kind: "variable", Name: "fast", Values: []string{"true", "false"}},
		{Kind: "variable", Name: "key"},
		{Kind: "variable", Name: "made"},
		{Kind: "variable", Name: "list"},
		{Kind: "variable", Name: "word", Values: []string{"a b"}},
		{Kind: "conversation", Name: "ask", Description: "Asks."},
		{Kind: "load", Name: "ramp"},
		{Kind: "load", Name: "half"},
	}
	got := Outline([]string{dir, filepath.Join(dir, "nowhere.hcl")})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := Outline(nil); len(got) != 0 {
		t.Error(got)
	}
}

package scenario

import (
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	for name, c := range map[string]struct{ file, src, want, problem string }{
		"native":       {"a.hcl", "a=1\nbcd   = 2\nb   \"x\"  {\nc=3\n}\n\n\n", "a   = 1\nbcd = 2\nb \"x\" {\n  c = 3\n}\n", ""},
		"line ends":    {"a.hcl", "\xef\xbb\xbfa = 1\r\nb = 2", "a = 1\nb = 2\n", ""},
		"heredoc":      {"a.hcl", "a = <<X\n  kept   as it is\nX\n", "a = <<X\n  kept   as it is\nX\n", ""},
		"comments":     {"a.hcl", "# one\na=1 # two\n// three\n", "# one\na = 1 # two\n// three\n", ""},
		"empty":        {"a.hcl", "\n\n", "", ""},
		"syntax":       {"a.hcl", "a = = 1", "a = = 1", "Invalid expression"},
		"bounds":       {"a.hcl", "a = " + strings.Repeat("(", 200), "a = " + strings.Repeat("(", 200), "Nested too deep"},
		"JSON":         {"a.hcl.json", `{"b":[1,2],"a":{}}`, "{\n  \"b\": [\n    1,\n    2\n  ],\n  \"a\": {}\n}\n", ""},
		"JSON syntax":  {"a.hcl.json", `{"b":}`, `{"b":}`, "Missing"},
		"JSON as HCL":  {"a.hcl.json", `{"b"=1}`, `{"b"=1}`, "Missing property value colon"},
		"JSON numbers": {"a.hcl.json", `{"b": 1e999}`, `{"b": 1e999}`, "exponent"},
	} {
		t.Run(name, func(t *testing.T) {
			got, diags := Format([]byte(c.src), c.file)
			if string(got) != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.problem == "" && diags.HasErrors() || !strings.Contains(diags.Error(), c.problem) {
				t.Errorf("got %s, want %q", diags, c.problem)
			}
			if again, _ := Format(got, c.file); string(again) != string(got) {
				t.Errorf("formatted again it is %q", again)
			}
		})
	}
}

func TestDiff(t *testing.T) {
	if got := Diff("a.hcl", []byte("a=1\n"), []byte("a=1\n")); got != "" {
		t.Error(got)
	}
	want := "--- a.hcl\n+++ a.hcl (formatted)\n@@ -1 +1 @@\n-a=1\n+a = 1\n"
	if got := Diff("a.hcl", []byte("a=1\n"), []byte("a = 1\n")); got != want {
		t.Errorf("got %q", got)
	}
}

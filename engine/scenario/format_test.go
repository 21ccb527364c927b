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
	for name, c := range map[string]struct{ before, after, want string }{
		"one line": {"a=1\n", "a = 1\n", "@@ -1,1 +1,1 @@\n-a=1\n+a = 1\n"},
		"no end":   {"a = 1", "a = 1\n", "@@ -1,1 +1,1 @@\n-a = 1\n\\ No newline at end of file\n+a = 1\n"},
		"two places, as many lines as before": {
			"a=1\n1\n2\n3\nb=1\n4\n5\n6\n7\n8\n9\n10\nc=1\n", "a = 1\n1\n2\n3\nb = 1\n4\n5\n6\n7\n8\n9\n10\nc = 1\n",
			"@@ -1,8 +1,8 @@\n-a=1\n+a = 1\n 1\n 2\n 3\n-b=1\n+b = 1\n 4\n 5\n 6\n" +
				"@@ -10,4 +10,4 @@\n 8\n 9\n 10\n-c=1\n+c = 1\n",
		},
		"fewer lines": {
			"\n\na=1\n1\n2\n3\n4\n5\n6\n7\n8\nc=1\n", "a=1\n1\n2\n3\n4\n5\n6\n7\n8\nc = 1\n",
			"@@ -1,5 +1,3 @@\n-\n-\n a=1\n 1\n 2\n@@ -9,4 +7,4 @@\n 6\n 7\n 8\n-c=1\n+c = 1\n",
		},
	} {
		want := "--- a.hcl\n+++ a.hcl (formatted)\n" + c.want
		if got := Diff("a.hcl", []byte(c.before), []byte(c.after)); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

package scenario

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Scenarios that ask for more than they may come to an end with a diagnostic; each of these ran for seconds or minutes,
// or filled the memory, before its bound stood.
func TestGreedyScenariosAreRefused(t *testing.T) {
	times := strings.Repeat
	thousand := "a = [for x in range(1000) : \"a${x}\"]\n"
	long := "a = \"" + times("é", 100_000) + "\"\n"
	unlike := "a = [" + times("1, \"a\",", 5000) + "]\n"
	each := func(item string) string { return "b = [" + times(item+",", 2000) + "]" }
	for name, locals := range map[string]string{
		"one type for unlike values": unlike + each(`join(",", local.a)`),
		"one type of two lists":      unlike + each(`true ? local.a : [1]`),
		"coalesce":                   unlike + each(`coalesce(local.a, [1])`),
		"distinct":                   thousand + each(`distinct(local.a)`),
		"sets":                       thousand + each(`setunion(local.a, ["x"])`),
		"comparisons":                thousand + each(`local.a == local.a`),
		"splats":                     "a = [for x in range(1000) : { b = x }]\n" + each(`local.a[*].b`),
		"schemas":                    thousand + each(`satisfies(local.a, { items = { type = "string" } })`),
		"JSON":                       "a = jsonencode([for x in range(1000) : { b = x }])\n" + each(`jsondecode(local.a)`),
		"patterns":                   "a = \"" + times("a", 100_000) + "\"\n" + each(`can(regex("(a+)+b", local.a))`),
		"characters":                 long + each(`title(local.a)`),
		"templates":                  long + each(`"${local.a}x"`),
		"loops in templates":         each(`"%{ for x in range(1000) }${x}%{ endfor }"`),
		"lines":                      "a = <<X\n" + times("lorem ipsum\n", 30_000) + "X\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "greedy.hcl")
			if err := os.WriteFile(path, []byte(string(Starter)+"\nlocals {\n"+locals+"\n}\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			s, diags := Read([]string{path}, Options{Getenv: noEnvironment})
			if !diags.HasErrors() {
				t.Error("nothing is said to be too much")
			}
			var out bytes.Buffer
			if err := WriteDiagnostics(&out, diags, s.Sources, Style{Width: 80}); err != nil || out.Len() > 1<<20 {
				t.Errorf("%d bytes of diagnostics, %v", out.Len(), err)
			}
		})
	}
}

// A long list of values of one type may stand wherever one type is needed.
func TestLongListsOfOneType(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.hcl")
	list := "[" + strings.Repeat(`"prompt",`, 5000) + "]"
	locals := "a = " + list + "\nb = true ? local.a : []\nc = length(join(\",\", local.a))\nd = length(tolist(local.b))\ne = length(toset(slice(local.a, 0, 1000)))\n"
	if err := os.WriteFile(path, []byte(string(Starter)+"\nlocals {\n"+locals+"\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, diags := Read([]string{path}, Options{Getenv: noEnvironment}); diags.HasErrors() {
		t.Error(diags)
	}
}

package scenario

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func TestLanguageReferenceIsGenerated(t *testing.T) {
	var out bytes.Buffer
	if err := LanguageHelp(&out); err != nil {
		t.Fatal(err)
	}
	const path = "../../docs/language.md"
	if *update {
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file, out.Bytes()) {
		t.Errorf("%s is not what the table says: run go generate ./engine/scenario", path)
	}
}

var fence = regexp.MustCompile("(?ms)^```(hcl|json)\n(.*?)^```$")

// The guide's examples are right: those with a conversation are whole scenarios, the others are parts of one.
func TestGuideExamples(t *testing.T) {
	examples := fence.FindAllStringSubmatch(guide, -1)
	if len(examples) < 6 {
		t.Fatalf("only %d examples", len(examples))
	}
	for _, m := range examples {
		name := "example.hcl"
		if m[1] == "json" {
			name += ".json"
		}
		if strings.Contains(m[2], `"diagnostics"`) {
			continue
		}
		if !strings.Contains(m[2], "conversation") {
			if _, diags := hclsyntax.ParseConfig([]byte(m[2]), name, hcl.InitialPos); diags.HasErrors() {
				t.Errorf("%s\n%s", diags, m[2])
			}
			continue
		}
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS("testdata/datasets")); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(m[2]), 0o644); err != nil {
			t.Fatal(err)
		}
		if s, diags := Read([]string{path}, Options{Getenv: noEnvironment}); diags.HasErrors() {
			var text bytes.Buffer
			_ = WriteDiagnostics(&text, diags, s.Sources, Style{Width: 80})
			t.Errorf("%s\n%s", &text, m[2])
		}
	}
}

func TestStarterIsValid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "starter.hcl")
	if err := os.WriteFile(path, Starter, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, diags := Read([]string{path}, Options{Getenv: noEnvironment}); len(diags) > 0 {
		t.Error(diags)
	}
}

// Every default in the table is what its own argument allows, and every name is told apart.
func TestTable(t *testing.T) {
	var walk func(path string, blocks []*Block)
	walk = func(path string, blocks []*Block) {
		for _, b := range blocks {
			seen := map[string]bool{}
			for _, arg := range b.Arguments {
				where := path + b.Name + "." + arg.Name
				if seen[arg.Name] {
					t.Errorf("%s stands twice", where)
				}
				seen[arg.Name] = true
				if arg.Doc == "" {
					t.Errorf("%s has no doc", where)
				}
				switch arg.Kind {
				case KindKeyword:
					if arg.Default != "" && suggest(arg.Default, arg.Words) != arg.Default {
						t.Errorf("%s: default %s is no keyword of it", where, arg.Default)
					}
				case KindValue:
					arg.defaultValue() // panics on what it must not be
				}
			}
			for _, c := range b.Blocks {
				if seen[c.Name] {
					t.Errorf("%s.%s is an argument and a block", path+b.Name, c.Name)
				}
			}
			walk(path+b.Name+".", b.Blocks)
		}
	}
	walk("", Table)
}

package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree makes files of names and texts in a new directory; a text "-> target" is a symbolic link.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, link := strings.CutPrefix(text, "-> "); link {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReadSources(t *testing.T) {
	large := "# " + strings.Repeat("a", maxFileSize)
	dir := tree(t, map[string]string{
		"one/b.hcl": "b", "one/a.hcl": "a", "one/c.hcl.json": "{}", "one/notes.md": "x", "one/.hidden.hcl": "x", "one/d.hcl/x": "",
		"config/..2026/smoke.hcl": "smoke", "config/..data": "-> ..2026", "config/smoke.hcl": "-> ..data/smoke.hcl", "config/..2026/q.md": "q", "config/q.md": "-> ..data/q.md",
		"empty/x.md": "x", "large.hcl": large, "words1.hcl": strings.Repeat("a ", 130_000), "words2.hcl": strings.Repeat("a ", 130_000), "link.hcl": "-> one/a.hcl",
	})
	for name, c := range map[string]struct {
		paths []string
		want  string // the files' names, or what is wrong
	}{
		"a file":          {[]string{"one/a.hcl"}, "one/a.hcl"},
		"in order":        {[]string{"one/b.hcl", "one/a.hcl"}, "one/b.hcl one/a.hcl"},
		"a directory":     {[]string{"one"}, "one/a.hcl one/b.hcl one/c.hcl.json"},
		"a ConfigMap":     {[]string{"config"}, "config/smoke.hcl"},
		"both":            {[]string{"config", "one/c.hcl.json"}, "config/smoke.hcl one/c.hcl.json"},
		"none":            {nil, "Name a scenario file"},
		"missing":         {[]string{"one/aa.hcl"}, `There is no one/aa.hcl. Did you mean "one/a.hcl"?`},
		"missing folder":  {[]string{"on"}, `There is no on. Did you mean "one"?`},
		"far off":         {[]string{"nowhere/at/all.hcl"}, `There is no nowhere/at/all.hcl.`},
		"empty directory": {[]string{"empty"}, "empty has no scenario files"},
		"another file":    {[]string{"one/notes.md"}, "is no scenario file: those end in .hcl or .hcl.json"},
		"twice":           {[]string{"one/a.hcl", "one"}, "one/a.hcl is read already"},
		"twice by a link": {[]string{"one/a.hcl", "link.hcl"}, "link.hcl is read already"},
		"too many words":  {[]string{"words1.hcl", "words2.hcl"}, "at most 250000 words"},
		"two mistakes":    {[]string{"x.hcl", "y.hcl"}, "There is no y.hcl"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(dir)
			files, diags := readSources(c.paths)
			var got []string
			for _, f := range files {
				got = append(got, f.Path)
			}
			if diags.HasErrors() {
				got = nil
				for _, d := range diags {
					got = append(got, d.Detail)
				}
				if !strings.Contains(strings.Join(got, " "), c.want) {
					t.Errorf("got %s, want %s", got, c.want)
				}
				return
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	t.Chdir(dir)
	files, diags := readSources([]string{"one/c.hcl.json", "large.hcl"})
	if diags.HasErrors() || !files[0].JSON || files[1].JSON {
		t.Fatal(files, diags)
	}
	if diags := checkBounds(files[1].Text, "large.hcl"); !diags.HasErrors() {
		t.Error("a file that is too large passes")
	}
}

func TestOpenStaysBesideTheScenario(t *testing.T) {
	dir := tree(t, map[string]string{
		"s/a.md": "a", "s/sub/b.md": "b", "secret.md": "x", "s/out.md": "-> ../secret.md", "s/abs.md": "-> /etc/hostname", "s/in.md": "-> sub/b.md",
		"s/up": "-> ..", "s/..data": "-> ..1", "s/..1/c.md": "c", "s/c.md": "-> ..data/c.md", "s/loop.md": "-> loop.md",
	})
	file := sourceFile{dir: filepath.Join(dir, "s")}
	for name, want := range map[string]string{
		"a.md": "a", "sub/b.md": "b", "./sub/../a.md": "a", "in.md": "b", "c.md": "c", "../s/a.md": "outside the scenario file's directory",
		"out.md": "outside", "abs.md": "outside", "up/secret.md": "outside", "../secret.md": "outside", "/etc/hostname": "relative to the scenario file",
		"sub": "not a regular file", "": "no name", "aa.md": `there is no such file; is "a.md" meant?`, "sub/bb.md": `is "sub/b.md" meant?`,
		"nothing/x": "there is no such file", "loop.md": "",
	} {
		got, err := file.open(name)
		switch {
		case err == nil && string(got) != want:
			t.Errorf("%s: got %q, want %q", name, got, want)
		case err != nil && !strings.Contains(err.Error(), want):
			t.Errorf("%s: got %s, want %q", name, err, want)
		case err != nil && (want == "a" || want == "b" || want == "c"):
			t.Errorf("%s: %s", name, err)
		}
	}
}

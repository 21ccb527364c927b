package scenario

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is seen into the test data")

// noEnvironment keeps the tests apart from the machine's environment.
func noEnvironment(string) (string, bool) { return "", false }

// Every file in testdata/invalid says at its top the one diagnostic that it must get, as
// file:line,column-column: Summary; detail. Any implementation of the language could be held to it.
func TestInvalid(t *testing.T) {
	files, _ := filepath.Glob("testdata/invalid/*")
	if len(files) < 60 {
		t.Fatalf("only %d files", len(files))
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			_, diags := Read([]string{path}, Options{Getenv: noEnvironment})
			var got []string
			for _, d := range diags {
				got = append(got, strings.ReplaceAll(d.Error(), "testdata/invalid/", ""))
			}
			seen := strings.ReplaceAll(strings.Join(got, " | "), "\n", " ")
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				writeWant(t, path, string(text), seen)
			} else if want := wanted(t, path, string(text)); seen != want {
				t.Errorf("got  %s\nwant %s", seen, want)
			}
			if len(got) != 1 {
				t.Errorf("%d diagnostics, want exactly one", len(got))
			}
		})
	}
}

func wanted(t *testing.T, path, text string) string {
	if strings.HasSuffix(path, ".json") {
		line := strings.TrimSuffix(strings.TrimSpace(strings.Split(text, "\n")[1]), ",")
		var out map[string]string
		if err := json.Unmarshal([]byte("{"+line+"}"), &out); err != nil {
			t.Fatal(err)
		}
		return strings.TrimPrefix(out["//"], "want: ")
	}
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimPrefix(line, "# want: ")
}

func writeWant(t *testing.T, path, text, seen string) {
	lines := strings.Split(text, "\n")
	if strings.HasSuffix(path, ".json") {
		quoted, _ := json.Marshal("want: " + seen)
		lines[1] = `  "//": ` + strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(quoted)) + ","
	} else {
		lines[0] = "# want: " + seen
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

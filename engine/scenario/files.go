package scenario

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// sourceFile is a scenario file as it was read.
type sourceFile struct {
	Source
	// JSON: the file is in HCL's JSON syntax.
	JSON bool
	// dir is the directory that the file's own names are read below.
	dir string
}

func isScenarioName(name string) bool {
	return strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json")
}

// readSources reads files and directories.
func readSources(paths []string) ([]sourceFile, hcl.Diagnostics) {
	var out []sourceFile
	for _, p := range paths {
		files := []string{p}
		if info, err := os.Stat(p); err == nil && info.IsDir() {
			files = nil
			entries, _ := os.ReadDir(p)
			for _, e := range entries {
				if isScenarioName(e.Name()) && !strings.HasPrefix(e.Name(), ".") {
					files = append(files, filepath.Join(p, e.Name()))
				}
			}
			slices.Sort(files)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				return out, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Unreadable scenario", Detail: fmt.Sprintf("%s: %s.", f, plainPathError(err))}}
			}
			out = append(out, sourceFile{Source: Source{Path: f, Text: text}, JSON: strings.HasSuffix(f, ".json"), dir: filepath.Dir(f)})
		}
	}
	return out, nil
}

// open reads a file below the scenario file's directory.
func (f sourceFile) open(name string) ([]byte, error) {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	file, err := root.Open(name)
	if err != nil {
		return nil, plainPathError(err)
	}
	defer file.Close()
	return io.ReadAll(file)
}

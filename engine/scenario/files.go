package scenario

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

const (
	// maxFiles bounds the files of a scenario.
	maxFiles = 1000
	// maxOpened bounds a file that a scenario reads, such as a dataset, in bytes.
	maxOpened = 64 << 20
	// stdin is the path of the standard input, whose own names are read below the working directory.
	stdin = "-"
)

// sourceFile is a scenario file as it was read.
type sourceFile struct {
	Source
	// JSON: the file is in HCL's JSON syntax.
	JSON bool
	// dir is the directory that the file's own names are read below.
	dir string
	// served reads those names where another process has the directory; nil where this one does.
	served func(name string) ([]byte, error)
}

func isScenarioName(name string) bool {
	return strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json")
}

// readSources reads files as they are named and directories in the order of their files' names; "-" is the standard
// input. It reports all that cannot be read.
func readSources(paths []string) ([]sourceFile, hcl.Diagnostics) {
	r := sourceReader{seen: map[string]bool{}}
	if len(paths) == 0 {
		r.fail("No scenario", "Name a scenario file, or a directory of them.")
	}
	for _, path := range paths {
		r.path(path)
	}
	words := 0
	for _, f := range r.files {
		if words += countWords(f.Text); words > maxWords {
			r.fail("Scenario too large", fmt.Sprintf("The files of a scenario have at most %d words and signs together.", maxWords))
			return nil, r.diags
		}
	}
	return r.files, r.diags
}

type sourceReader struct {
	files []sourceFile
	diags hcl.Diagnostics
	seen  map[string]bool
}

func (r *sourceReader) fail(summary, detail string) {
	r.diags = append(r.diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail})
}

// path reads what one argument names.
func (r *sourceReader) path(path string) {
	if path == stdin {
		r.standardInput()
		return
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.fail("No such file", fmt.Sprintf("There is no %s.%s", path, neighbour(path)))
	case err != nil:
		r.fail("Unreadable scenario", fmt.Sprintf("%s cannot be read: %s.", path, plainPathError(err)))
	case info.IsDir():
		r.directory(path)
	case !isScenarioName(filepath.Base(path)):
		r.fail("Not a scenario", fmt.Sprintf("%s is no scenario file: those end in .hcl or .hcl.json.%s", path, neighbour(path)))
	default:
		r.file(path)
	}
}

// neighbour suggests a scenario file beside a path.
func neighbour(path string) string {
	dir := filepath.Dir(path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() || isScenarioName(e.Name()) {
			names = append(names, e.Name())
		}
	}
	if meant := suggest(filepath.Base(path), names); meant != "" {
		return fmt.Sprintf(" Did you mean %q?", filepath.Join(dir, meant))
	}
	return ""
}

// directory reads the scenario files of a directory.
func (r *sourceReader) directory(path string) {
	names, err := FilesIn(path)
	if err != nil {
		r.fail("Unreadable directory", fmt.Sprintf("%s cannot be read: %s.", path, plainPathError(err)))
		return
	}
	for _, name := range names {
		r.file(name)
	}
	if len(names) == 0 {
		r.fail("Empty directory", fmt.Sprintf("%s has no scenario files: those end in .hcl or .hcl.json.", path))
	}
}

// FilesIn are the scenario files of a directory, in the order of their names. Names that begin with a dot are passed
// over, with them the directories that a mounted ConfigMap has beside its links.
func FilesIn(directory string) ([]string, error) {
	entries, err := os.ReadDir(directory) // in the order of their names
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || !isScenarioName(e.Name()) {
			continue
		}
		name := filepath.Join(directory, e.Name())
		if info, err := os.Stat(name); err != nil || !info.IsDir() {
			names = append(names, name)
		}
	}
	return names, nil
}

func (r *sourceReader) file(path string) {
	same := path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		if same, err = filepath.Abs(real); err != nil {
			same = real
		}
	}
	if r.seen[same] {
		r.fail("File named twice", fmt.Sprintf("%s is read already: name it once.", path))
		return
	}
	r.seen[same] = true
	f, err := openRegular(path)
	if err != nil {
		r.fail("Unreadable scenario", fmt.Sprintf("%s cannot be read: %s.", path, plainPathError(err)))
		return
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		r.fail("Unreadable scenario", fmt.Sprintf("%s cannot be read: %s.", path, plainPathError(err)))
		return
	}
	r.add(path, text, strings.HasSuffix(path, ".json"), filepath.Dir(path))
}

// openRegular opens a file, and nothing whose reading would wait or go on without end.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	return os.Open(path)
}

func (r *sourceReader) standardInput() {
	if r.seen[stdin] {
		r.fail("File named twice", "The standard input can be read once.")
		return
	}
	r.seen[stdin] = true
	text, err := io.ReadAll(io.LimitReader(os.Stdin, maxFileSize+1))
	if err != nil {
		r.fail("Unreadable scenario", fmt.Sprintf("The standard input cannot be read: %s.", plainPathError(err)))
		return
	}
	first := strings.TrimSpace(string(text))
	r.add("<stdin>", text, strings.HasPrefix(first, "{"), ".")
}

func (r *sourceReader) add(path string, text []byte, json bool, dir string) {
	if len(r.files) == maxFiles {
		r.fail("Scenario too large", fmt.Sprintf("A scenario has at most %d files.", maxFiles))
	}
	if len(r.files) < maxFiles {
		r.files = append(r.files, sourceFile{Source: Source{Path: path, Text: text}, JSON: json, dir: dir})
	}
}

// open reads a file below the scenario file's directory. A path that leaves it, also by a symbolic link, is refused. The
// error does not name the file again.
func (f sourceFile) open(name string) ([]byte, error) {
	if f.served != nil {
		return f.served(name)
	}
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil, plainPathError(err)
	}
	defer root.Close()
	if name == "" {
		return nil, errors.New("it has no name")
	}
	if filepath.IsAbs(name) {
		return nil, errors.New("it must be named relative to the scenario file")
	}
	info, err := root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no such file%s", f.beside(root, name))
	case err != nil:
		return nil, rootError(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case info.Size() > maxOpened:
		return nil, fmt.Errorf("it has more than %d MiB", maxOpened>>20)
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, rootError(err)
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxOpened))
	return raw, plainPathError(err)
}

// beside suggests a file of nearly that name in the same directory.
func (f sourceFile) beside(root *os.Root, name string) string {
	entries, err := fs.ReadDir(root.FS(), filepath.ToSlash(filepath.Dir(filepath.Clean(name))))
	if err != nil {
		return ""
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	slices.Sort(names)
	if meant := suggest(filepath.Base(name), names); meant != "" {
		return fmt.Sprintf("; is %q meant?", filepath.ToSlash(filepath.Join(filepath.Dir(name), meant)))
	}
	return ""
}

// rootError says why a path was refused.
func rootError(err error) error {
	err = plainPathError(err)
	if strings.Contains(err.Error(), "escapes") {
		return errors.New("it lies outside the scenario file's directory")
	}
	return err
}

package scenario

import (
	"fmt"
	"strings"
)

// ReadServed reads a scenario whose files another process has: its name and its sources as they are there, and open for the
// files that the source of an index names, as Scenario.Open reads them. Nothing is read from the disk but what the options
// name.
func ReadServed(name string, sources []Source, open func(source int, name string) ([]byte, error), o Options) (*Scenario, Diagnostics) {
	return read(name, o, func() ([]sourceFile, Diagnostics) {
		files := make([]sourceFile, len(sources))
		for i, s := range sources {
			json := strings.HasSuffix(s.Path, ".json") || s.Path == "<stdin>" && strings.HasPrefix(strings.TrimSpace(string(s.Text)), "{")
			files[i] = sourceFile{Source: Source{Path: s.Path, Text: s.Text}, JSON: json, served: func(name string) ([]byte, error) { return open(i, name) }}
		}
		return files, nil
	})
}

// Open reads a file that the source of an index may name: one below its directory. A name that leads out of it is refused.
// The error does not say the name again.
func (s *Scenario) Open(source int, name string) ([]byte, error) {
	if source < 0 || source >= len(s.files) {
		return nil, fmt.Errorf("the scenario has %d files, and none of index %d", len(s.files), source)
	}
	return s.files[source].open(name)
}
